import type { Connected, Vendor } from "@svyazka/core";
import { connectBase } from "./adapter/base.ts";
import { demoRequests } from "./adapter/demo.ts";
import { groundOf } from "./adapter/ground.ts";
import { keep } from "./adapter/keep.ts";
import { decisionsOf } from "./served/deciding.ts";
import { bitrixPath, exchangePath, isExchange, receiveExchange } from "./served/exchange-door.ts";
import { packagesOf } from "./served/handlers.ts";
import { door, limits, names, receiveCall } from "./served.ts";
import { type OneC, settings } from "./settings.ts";

/** 1C accounting, both ways: what it calls, and bases of it that we call. */
export const onec: Vendor<typeof settings> = {
  id: "onec",
  title: { ru: "1С", en: "1C" },
  about: {
    ru: "Контрагенты, заказы, оплаты и отгрузки: из 1С в CRM и обратно. Пакеты обработчиков для баз.",
    en: "Counterparties, orders, payments and shipments: from 1C to the CRM and back. Packages of handlers for its bases.",
  },
  servesApi: true,
  ports: ["accounting"],
  tells: ["order.progressed"],
  settings,
  door: {
    ...door,
    routes: [...door.routes, ...[exchangePath, bitrixPath].map((path) => ({ methods: ["GET", "POST"], path, inboundOnly: true as const }))],
  },
  names,
  limits,
  lanes: ({ side, sessions }) => (side === "base" ? sessions : undefined),

  receive: (request, connection) => (isExchange(request) ? receiveExchange(request, connection) : receiveCall(request, connection)),
  receives: ({ settings }) => settings.side === "door",

  connect(connection: OneC, kit): Connected {
    if (connection.settings.side === "base") return connectBase(connection, kit);
    return { decisions: decisionsOf(connection, kit), packages: packagesOf(connection, kit), check: async () => {} };
  },

  listens: ({ settings: { side, web_address } }) => side === "base" && web_address !== undefined && web_address !== "",
  listen: (base, kit, signal) =>
    base.settings.side === "base" && base.settings.web_address ? keep(groundOf(base, kit), signal) : undefined,

  demo: {
    connection: () => ({ settings: { approve: "auto" } }),
    requests: demoRequests,
  },

  urls({ settings: { side }, secrets }, base): Record<string, string> {
    return side === "door"
      ? { base, secret_base: `${base}/in/${secrets.path_secret}`, exchange: `${base}/in/${secrets.path_secret}${exchangePath}` }
      : {};
  },

  paste({ settings: { side }, workspace }, base) {
    if (side !== "door") return [];
    return [
      {
        label: { ru: "Адрес хаба для 1С", en: "Address of the hub for 1C" },
        text: `${base}/in/{path_secret}`,
      },
      { label: { ru: "key", en: "key" }, text: String(workspace.id) },
      {
        label: { ru: "Проверить из командной строки", en: "Try it from a command line" },
        text: `curl '${base}/in/{path_secret}/sync/check_active?key=${workspace.id}'`,
      },
    ];
  },
};

import type { Connected, Kit, StopSignal, Vendor } from "@svyazka/core";
import { runExchange } from "./exchange.ts";
import { paste } from "./paste.ts";
import { type Exchange, settings } from "./settings.ts";
import { ariOf, telephonyOf } from "./telephony.ts";

/** One's own Asterisk (18 to 22) as a call engine, through ARI. */
export const asterisk: Vendor<typeof settings> = {
  id: "asterisk",
  title: { ru: "Свой Asterisk (ARI)", en: "Your own Asterisk (ARI)" },
  about: {
    ru: "Звонки через свой Asterisk: кому звонит телефон решает хаб, звонок по клику, записи.",
    en: "Calls through an Asterisk of one's own: the hub decides whose phone rings, click-to-call, recordings.",
  },
  ports: ["telephony"],
  tells: ["call.ringing", "call.answered", "call.ended", "call.finished", "call.recorded"],
  settings,
  paste,
  connect: (exchange: Exchange, kit: Kit): Connected => telephonyOf(exchange, kit),
  listen: (exchange: Exchange, kit: Kit, signal: StopSignal): Promise<void> => runExchange(exchange, kit, ariOf(exchange, kit), signal),
};

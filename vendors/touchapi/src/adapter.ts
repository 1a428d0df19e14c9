import {
  type Connected,
  type DoorRoute,
  type InboundRequest,
  Intruder,
  type Kit,
  messengerFacts,
  pollWaiting,
  type Received,
  Refused,
  type Vendor,
} from "@svyazka/core";
import { hookPath, hookUrlOf, touchOf } from "./adapter/account.ts";
import { receiveHook } from "./adapter/hooks.ts";
import { joinHook, mend } from "./adapter/mend.ts";
import { inWords, messengerOf } from "./adapter/messenger.ts";
import { demoHooks, rehearsalOf } from "./adapter/rehearsal.ts";
import { signInOf, stateOf } from "./adapter/sign-in.ts";
import { limits, receiveService, refuse, servicePaths, serviceRoutes, tokenOf } from "./served.ts";
import { settings, type TouchConnection } from "./settings.ts";

const hookRoutes: readonly DoorRoute[] = [{ methods: ["POST"], path: hookPath, inboundOnly: true }];

/** Accounts of messengers at Touch-API, and the service that connects them to CRMs by one call. */
export const touchapi: Vendor<typeof settings> = {
  id: "touchapi",
  title: { ru: "Touch-API (WhatsApp, Telegram и другие)", en: "Touch-API (WhatsApp, Telegram and others)" },
  about: {
    ru: "Переписка через WhatsApp, Telegram, MAX, VK, Viber: вход по QR, подключение к CRM одним запросом.",
    en: "Conversations by WhatsApp, Telegram, MAX, VK, Viber: signed in by a QR code, connected to a CRM by one request.",
  },
  servesApi: true,
  ports: ["messenger"],
  tells: messengerFacts,
  keys: {
    connect: {
      title: { ru: "Ключ для POST /crm/connect", en: "A key for POST /crm/connect" },
      settings: { side: "service" },
      secret: "api_key",
      domains: "domains",
    },
  },
  settings,
  // One request is longer on its way than another, and the far side counts what arrives: a second is a little longer here.
  pace: ({ side, requests_per_second: perSecond }) =>
    side === "account" && perSecond > 0 ? { perSecond: perSecond / 1.03, burst: Math.max(1, Math.floor(perSecond / 3)) } : undefined,
  door: {
    routes: [...serviceRoutes, ...hookRoutes],
    bodyLimit: 1_048_576,
    token: tokenOf,
    // Hooks may carry the token of the account, and calls of the service do.
    secrets: ({ json, form, query }) =>
      [form["touchapi_token"], form["token"], form["crm_token"], query["touchapi_token"], query["crm_token"], ...tokensIn(json)].flatMap(
        (one) => (one ? [one] : []),
      ),
    refuse,
  },
  limits,

  receive(request: InboundRequest, connection: TouchConnection, now: Date): Received {
    const isService = servicePaths.has(request.path);
    if (isService && connection.settings.side === "service") return receiveService(request, connection);
    if (!isService && connection.settings.side === "account") return receiveHook(request, connection, now);
    throw new Intruder("not this side");
  },

  connect(connection: TouchConnection, kit: Kit): Connected {
    if (connection.settings.side === "service") return { check: async () => {} };
    if (connection.settings.is_rehearsal) return { messenger: rehearsalOf(connection, kit), check: async () => {} };
    const touch = touchOf(connection, kit);
    return {
      messenger: messengerOf(connection, kit),
      signIn: signInOf(connection, kit),
      async check() {
        const { state, detail } = stateOf(await inWords(() => touch.getInfo()));
        if (!kit.isTrial) {
          const joined = await joinHook(connection, kit);
          if (!joined.ok) throw new Refused(`the webhook could not be set: ${String(joined["error"])}`);
        }
        if (state !== "active") throw new Refused(`the account is not ready: ${detail ?? state}`);
      },
      async farewell() {
        await inWords(() => touch.deleteWebhook(hookUrlOf(connection.secrets.hook_secret, kit.publicUrl())));
      },
    };
  },

  polls: ({ settings: { side } }) => side === "account",
  async poll(connection, kit) {
    if (connection.settings.side !== "account") return undefined;
    if (!connection.settings.is_rehearsal) await mend(connection, kit);
    return pollWaiting(connection.id, kit);
  },

  demo: {
    connection: () => ({ settings: { source: "whatsapp", login: "79000000000", is_rehearsal: true } }),
    requests: demoHooks,
  },

  urls({ settings: { side }, secrets }, base): Record<string, string> {
    return side === "service" ? { connect: `${base}/crm/connect` } : { webhook: hookUrlOf(secrets.hook_secret, base) };
  },

  paste({ settings: { side, domains } }, base) {
    if (side !== "service") return [];
    const sample = { touchapi_source: "whatsapp", touchapi_token: "…", touchapi_login: "…", crm_url: "domain.amocrm.ru" };
    return [
      {
        label: { ru: "Подключить аккаунт из командной строки", en: "Connect an account from a command line" },
        text: `curl -X POST '${base}/crm/connect' -H 'Content-Type: application/json' -H 'X-Api-Key: {api_key}' -H 'Referer: ${domains[0] ?? "example.com"}' -d '${JSON.stringify(sample)}'`,
      },
    ];
  },
};

/** Wherever a sender puts them: a hook of its own, and a token of a CRM may be an object of several. */
function tokensIn(json: unknown): string[] {
  const { token, touchapi_token, crm_token } = (typeof json === "object" && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const nested: unknown[] = typeof crm_token === "object" && crm_token !== null ? Object.values(crm_token) : [crm_token];
  return [token, touchapi_token, ...nested].filter((one) => typeof one === "string");
}

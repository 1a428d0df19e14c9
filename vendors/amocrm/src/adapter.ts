import type { Connected, DoorRoute, InboundRequest, Kit, Received, Vendor } from "@svyazka/core";
import { Intruder, pollWaiting } from "@svyazka/core";
import { connectAccount, listenToAccount, pollAccount } from "./adapter/account.ts";
import { amoOf, hookPath, redirectUriOf, signedInPath } from "./adapter/amo.ts";
import { formText, receiveHook } from "./adapter/hooks.ts";
import { pasteOf } from "./adapter/paste.ts";
import { receiveSignedIn, signInLink } from "./adapter/sign-in.ts";
import { chatHookPath, isChatHookPath, receiveChatHook } from "./desk/hooks.ts";
import { chatsPath } from "./protocol.ts";
import { isChatPath, receiveChat } from "./served/channel.ts";
import { tellDisabled } from "./served/disabling.ts";
import { grantsOf } from "./served/grants.ts";
import { connectChannel } from "./served/messenger.ts";
import { subscriberOf } from "./served/tell.ts";
import { limits, receiveServed, door as servedDoor } from "./served.ts";
import { type Integration, settings } from "./settings.ts";

/** `romashka.amocrm.ru` of whatever a person typed for it. */
const hostIn = (domain: string): string =>
  domain
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/\/.*$/, "");

/** Paths of our own making. */
const accountRoutes: readonly DoorRoute[] = [
  { methods: ["POST"], path: hookPath, inboundOnly: true },
  { methods: ["GET"], path: signedInPath, inboundOnly: true },
  { methods: ["POST"], path: chatHookPath, inboundOnly: true },
  { methods: ["POST"], path: `${chatHookPath}/*`, inboundOnly: true },
];
const isAccountPath = (path: string): boolean => accountRoutes.some((route) => route.path === path) || isChatHookPath(path);

/** amoCRM, from both sides: an account there is a CRM that we write to, and programs that were written for it work with our own CRM. */
export const amocrm: Vendor<typeof settings> = {
  id: "amocrm",
  title: { ru: "amoCRM", en: "amoCRM" },
  about: {
    ru: "Заявки и звонки попадают в ваш аккаунт amoCRM. А программы, написанные для amoCRM, работают с нашей CRM без изменений.",
    en: "Leads and calls go to your account at amoCRM. And programs that were written for amoCRM work with our own CRM unchanged.",
  },
  servesApi: true,
  integration: { side: "integration" },
  ports: ["crm", "callDesk", "phoneBook", "follower", "subscriber", "messenger", "chatDesk"],
  tells: ["record.told", "message.sent", "message.written"],
  crmDoor: {
    hostOf: ({ side, domain }) => (side === "account" && typeof domain === "string" ? hostIn(domain) : undefined),
    settingsFor: (host, token) => ({ side: "account", domain: host, sign_in: "token", long_lived_token: token }),
  },
  settings,
  // One request is longer on its way than another, and amoCRM counts what arrives: a second is a little longer here.
  pace: ({ side, requests_per_second: perSecond }) =>
    side === "account" && perSecond > 0 ? { perSecond: perSecond / 1.05, burst: 1 } : undefined,
  door: {
    ...servedDoor,
    routes: [...servedDoor.routes, ...accountRoutes],
    secrets: (request) => [
      ...(servedDoor.secrets?.(request) ?? []),
      ...(request.path === signedInPath ? [request.query["code"] ?? ""] : []),
    ],
  },
  limits,

  receive(request: InboundRequest, integration: Integration, now: Date): Received {
    const { side } = integration.settings;
    if (side === "account" && request.path === hookPath) return receiveHook(formText(request));
    if (side === "account" && isChatHookPath(request.path)) return receiveChatHook(request, integration);
    if (side === "account" && request.path === signedInPath) return receiveSignedIn(request, integration, (kit) => amoOf(integration, kit));
    if (side === "channel" && isChatPath(request.path)) return receiveChat(request, integration, now);
    if (side !== "integration" || isChatPath(request.path) || isAccountPath(request.path)) throw new Intruder("not an integration");
    return receiveServed(request, integration);
  },

  listen: (account, kit, signal) => (account.settings.side === "account" ? listenToAccount(account, kit, signal) : undefined),
  listens: ({ settings }) => settings.side === "account",
  polls: ({ settings: { side } }) => side === "account" || side === "channel",
  async poll(account, kit, since) {
    const { side } = account.settings;
    return side === "account" ? pollAccount(account, kit, since) : side === "channel" ? pollWaiting(account.id, kit) : undefined;
  },

  connect(integration: Integration, kit: Kit): Connected {
    if (integration.settings.side === "account") return connectAccount(integration, kit);
    if (integration.settings.side === "channel") return connectChannel(integration, kit);
    if (integration.settings.side === "hook") return { subscriber: subscriberOf(integration, kit), check: async () => {} };
    const grants = grantsOf(integration, kit);
    const { settings, secrets, workspace } = integration;
    return {
      farewell: () => tellDisabled(settings.disable_uri ?? "", secrets, workspace, kit),
      grants: {
        async issue(user, { longLivedDays }) {
          const code = await grants.code(Number(user));
          return { code, ...(longLivedDays !== undefined && { long_lived_token: await grants.longLived(Number(user), longLivedDays) }) };
        },
        list: async () => (await grants.list()).map(({ id, user, at }) => ({ id, user: String(user), at })),
        revoke: grants.revoke,
      },
      check: async () => {},
    };
  },

  paste: pasteOf,

  urls(connection: Integration, base: string): Record<string, string> {
    const { settings, secrets } = connection;
    const { side } = settings;
    if (side === "channel") return { chats: `${base}${chatsPath}/${secrets.channel_id}` };
    if (side === "account") {
      const signIn = signInLink(connection);
      return {
        ...(signIn !== undefined && { redirect: redirectUriOf(connection, base), authorize: signIn }),
        ...(settings.chat_channel_id && { chats: `${base}/in/${secrets.hook_secret}${chatHookPath}/:scope_id` }),
      };
    }
    return side === "integration"
      ? { api: base, authorize: `${base}/oauth?client_id=${secrets.client_id}`, token: `${base}/oauth2/access_token` }
      : {};
  },
};

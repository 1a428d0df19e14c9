import { type Kit, LoginNeeded, type Received, type Reply } from "@svyazka/core";
import { askForTokens, baseAt, makePortal, type Tokens, tokensOf } from "../client.ts";
import { portError } from "../port-errors.ts";
import { mapOf, type TokenAnswer, textIn } from "../protocol.ts";
import type { PortalConnection } from "../settings.ts";
import { isApplication, originOf, portalOf, tokensIn } from "./portal.ts";
import { forgetAsked, subscribe } from "./subscribe.ts";

/** However tokens come (a page in a frame, an event of the installation, a code), they are tried at the portal that the connection names, and at no other one. */

const withinMs = 20_000;

export interface Let {
  readonly connection: PortalConnection;
  readonly tokens: TokenAnswer;
  readonly reply: Reply;
  failure(words: string, isWrong: boolean): Reply;
}

export function letIn({ connection, tokens, reply, failure }: Let): Received {
  return {
    async answer(kit) {
      try {
        await enter(connection, kit, tokens);
        return { ...reply, detail: "the application is let in" };
      } catch (thrown) {
        const error = portError(thrown);
        const words = error instanceof Error ? error.message : String(error);
        return { ...failure(words, error instanceof LoginNeeded), detail: `not let in: ${words}` };
      }
    },
    otherwise: failure("", false),
    withinMs,
  };
}

/** The same with a code, which is exchanged first. */
export async function enterCode(connection: PortalConnection, kit: Kit, code: string): Promise<void> {
  const { client_id: clientId, auth_server: server } = connection.settings;
  const { client_secret: clientSecret } = connection.secrets;
  if (!clientId || !clientSecret) throw new LoginNeeded("enter the code and the key of the application first");
  await enter(connection, kit, await askForTokens((request) => kit.fetch(request), server, { clientId, clientSecret }, { code }));
}

async function enter(connection: PortalConnection, kit: Kit, answer: TokenAnswer): Promise<void> {
  const { settings } = connection;
  const store = tokensIn(kit);
  const known = await store.read();
  const home = `${originOf(settings.domain)}/rest/`;
  // A portal that was renamed is at home where it has sent us itself, as long as nobody has entered another address.
  const base = known?.memberId !== undefined && known.memberId === answer.member_id ? known.base : home;
  const server = new URL(isAuthServer(answer.server_endpoint, settings.auth_server) ? answer.server_endpoint : settings.auth_server).origin;
  const tokens: Tokens = { ...tokensOf(answer, { base, server: settings.auth_server }), server };
  if (known?.memberId !== undefined && answer.member_id !== undefined && known.memberId !== answer.member_id)
    throw new LoginNeeded("this connection is of another portal: add another connection for that one");
  const { isAdmin, base: now } = await tryOut(kit, tokens, settings.client_id);
  // Everybody in the portal may open the page: their rights, which may be small, do not take the place of good ones.
  if (known && !isAdmin && (await isStillIn(connection, kit))) return;
  await store.exclusively((_, save) => save({ ...tokens, base: now }));
  await forgetAsked(kit);
  await kit.resume();
  // What is not subscribed to now is looked after later.
  if (isApplication(connection))
    await subscribe({ portal: portalOf(connection, kit, { isPatient: false }), connection, kit }).catch(() => {});
}

/** Whether what we have lets us in. Where nobody can say just now, it is believed. */
async function isStillIn(connection: PortalConnection, kit: Kit): Promise<boolean> {
  try {
    await portalOf(connection, kit, { isPatient: false }).ask("app.info");
    return true;
  } catch (error) {
    return !(portError(error) instanceof LoginNeeded);
  }
}

interface TriedOut {
  /** Where the portal is now. */
  readonly base: string;
  /** May manage applications. */
  readonly isAdmin: boolean;
}

/** Throws when these tokens let nobody in there, or are another application's; renews none. Source: app.info, user.admin */
async function tryOut(kit: Kit, { accessToken: token, base: known }: Tokens, clientId: string | undefined): Promise<TriedOut> {
  const secrets = [token];
  let base = known;
  const portal = makePortal({
    send: (request) => kit.fetch(request),
    session: {
      access: async () => ({ base, token, secrets }),
      renewed: () => Promise.reject(new LoginNeeded("the token is too old")),
      stored: async () => undefined,
      async moved(old, location) {
        const there = baseAt(location, old.base);
        base = there ?? base;
        return there === undefined ? undefined : { base, token, secrets };
      },
    },
  });
  // Only of a local application the code is the client_id.
  const code = textIn(mapOf((await portal.ask("app.info")).result), "CODE");
  if (code?.startsWith("local.") && clientId !== undefined && code !== clientId)
    throw new LoginNeeded("these tokens are of another application: open the one whose code stands in the connection");
  return { isAdmin: (await portal.ask("user.admin")).result === true, base };
}

/** The key of the application goes there: to Bitrix24, or to whatever the connection names. */
function isAuthServer(told: string | undefined, named: string): told is string {
  const [one, other] = [URL.parse(told ?? ""), URL.parse(named)];
  if (!one) return false;
  return one.origin === other?.origin || (one.protocol === "https:" && /^oauth\.bitrix(24)?\.(tech|info|net|com|ru)$/.test(one.hostname));
}

import { type Fetch, type Kit, LoginNeeded } from "@svyazka/core";
import {
  applicationSession,
  makePortal,
  type Portal,
  patiently,
  type Session,
  type ShutMethods,
  type TokenStore,
  type Tokens,
  webhookSession,
} from "../client.ts";
import { readWebhook } from "../protocol.ts";
import type { PortalConnection } from "../settings.ts";

/** The portal of a connection: its tokens and its closed methods kept in the hub, its pace shared by all processes. */
export function portalOf(connection: PortalConnection, kit: Kit, { isPatient }: { readonly isPatient: boolean }): Portal {
  const once: Fetch = (request) => kit.fetch(request);
  const send = isPatient ? patiently(once) : once;
  return makePortal({
    session: sessionOf(connection, kit, send),
    send,
    pause: (seconds) => kit.pause(seconds).catch(() => {}),
    shut: shutIn(kit),
    // A delivery that is told to wait is put back, and holds up nobody else.
    patienceSeconds: isPatient ? 60 : 0,
    now: () => kit.now().getTime(),
  });
}

function sessionOf(connection: PortalConnection, kit: Kit, send: Fetch): Session {
  const { settings, secrets } = connection;
  if (settings.sign_in === "webhook") {
    const webhook = readWebhook(secrets.webhook ?? "", originOf(settings.domain));
    if (!webhook) return nobody("enter the address of the webhook");
    return webhookSession(webhook, { read: () => kit.store.get("place", "rest"), save: (base) => kit.store.put("place", "rest", base) });
  }
  const { client_id: clientId } = settings;
  const { client_secret: clientSecret } = secrets;
  if (!clientId || !clientSecret) return nobody("enter the code and the key of the application");
  return applicationSession({ clientId, clientSecret, tokens: tokensIn(kit), send });
}

function nobody(words: string): Session {
  const fail = (): Promise<never> => Promise.reject(new LoginNeeded(words));
  return { access: fail, renewed: fail, stored: fail, moved: fail };
}

/** Sealed in the hub, renewed by one process at a time. */
export function tokensIn({ store, exclusively }: Pick<Kit, "store" | "exclusively">): TokenStore {
  const read = () => store.get<Tokens>("tokens", "current");
  return {
    read,
    exclusively: (work) => exclusively(["tokens"], async () => work(await read(), (tokens) => store.put("tokens", "current", tokens))),
  };
}

/** So long a method may be closed. */
const shutDays = 1;

function shutIn({ store }: Kit): ShutMethods {
  // Looked at before each request: a store that is asked each time would cost more than it saves.
  const known = new Map<string, { readonly at: number; readonly until: number | undefined }>();
  return {
    async until(method) {
      const seen = known.get(method);
      if (seen && Date.now() - seen.at < 5_000) return seen.until;
      const until = await store.get<number>("shut", method);
      known.set(method, { at: Date.now(), until });
      return until;
    },
    async shut(method, until) {
      known.set(method, { at: Date.now(), until });
      await store.put("shut", method, until, { days: shutDays });
    },
  };
}

/** `https://romashka.bitrix24.ru` of whatever a person typed for it, in ASCII. */
export const originOf = (domain: string): string => {
  const typed = domain.trim().replace(/\/+$/, "").toLowerCase();
  const address = /^https?:\/\//.test(typed) ? typed : `https://${typed}`;
  return URL.parse(address)?.origin ?? address;
};

export const isApplication = ({ settings }: PortalConnection): boolean => settings.sign_in === "application";

import type { Credentials, Json } from "../protocol.ts";

/** How an account is on its way: as the steps of the far side go. */
export type Way = "off" | "qr" | "code" | "ready";

export interface Account extends Credentials {
  /** `source:login`. */
  readonly key: string;
  /** Digits; what `getInfo` calls connected_phone, once it is ready. */
  readonly phone: string | undefined;
  readonly webhooks: string[];
  /** Of its conversations, in the order they were told: bodies of hooks. */
  readonly messages: Json[];
  /** Threads that it has had a message in. */
  readonly threads: Set<string>;
  way: Way;
  /** Set by enablePhoneAuth. */
  authPhone: string | undefined;
  /** How many QR codes have been shown. */
  qrs: number;
}

export interface NewAccount {
  /** whatsapp unless told. */
  readonly source?: string;
  readonly login?: string;
  readonly token?: string;
  readonly phone?: string;
  /** Signed in; otherwise it waits to be switched on and scanned. True unless told. */
  readonly isReady?: boolean;
  readonly webhooks?: readonly string[];
}

export const keyOf = (source: string, login: string): string => `${source}:${login}`;

export function makeAccount({ source = "whatsapp", login = "example", token = "token-of-example", ...rest }: NewAccount): Account {
  return {
    ...{ key: keyOf(source, login), source, login, token, phone: rest.phone, webhooks: [...(rest.webhooks ?? [])] },
    ...{ messages: [], threads: new Set<string>(), way: (rest.isReady ?? true) ? "ready" : "off", authPhone: undefined, qrs: 0 },
  };
}

const steps: Readonly<Record<Way, Json | null>> = {
  off: null,
  qr: { value: 2.2, message: "QR code received" },
  code: { value: 2.22, message: "Auth code received" },
  ready: { value: 5, message: "Ready" },
};

/** As `getInfo` tells it, and as one of the clients of `getInfoByToken`, which without details has no step. */
export function writeInfo(account: Account, hasDetails = true): Json {
  const { login, source, way, phone, webhooks } = account;
  const isReady = way === "ready";
  return {
    ...{ login, source, activated: isReady, state: way !== "off", webhookUrls: webhooks },
    ...(hasDetails && { step: steps[way], connected_phone: isReady ? (phone ?? "") : "" }),
  };
}

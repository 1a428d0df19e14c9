/** One request of ours. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In place of `body`, for what is no text. */
  readonly bytes?: Uint8Array;
  readonly timeoutSeconds?: number;
  /** What in it is secret: whoever keeps a record of requests, leaves these out. */
  readonly secrets?: readonly string[];
  /** The answer brings new secrets: whoever keeps a record of answers, keeps none of this. */
  readonly hidesReply?: boolean;
}

/** What came back, whatever it says. */
export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The way out to the network: send this, get that. A redirect is an answer and is not followed. Throws when no answer came, or not in time; an error
 * named `Refused` means that it would not send the request at all, one named `NotYet` that it was not its turn. `overFetch(fetch)` makes one of any standard `fetch`.
 */
export type Send = (request: OutgoingRequest) => Promise<Answer>;

/** As much of the standard `fetch` as is needed. */
type StandardFetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string | Uint8Array<ArrayBuffer>;
    readonly redirect: "manual";
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number; readonly headers: Iterable<[string, string]>; text(): Promise<string> }>;

/** A `Send` over the standard `fetch`, which is passed in. Waits 30 seconds for an answer unless told. */
export const overFetch =
  (ask: StandardFetch): Send =>
  async ({ method, url, headers = {}, body, bytes, timeoutSeconds = 30 }) => {
    const answer = await ask(url, {
      ...{ method, headers: { ...headers }, redirect: "manual", signal: AbortSignal.timeout(timeoutSeconds * 1000) },
      ...(body !== undefined && { body }),
      ...(bytes && { body: Uint8Array.from(bytes) }),
    });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  };

/** Errors of a `Send` that did not send, and says so by these names: passed on as they are. */
export const neverLeft: ReadonlySet<string> = new Set(["Refused", "NotYet"]);

/** The connection was never made, so that nothing can have been done. Anything else may have happened behind our back. */
const unsent = new Set([
  ...["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "UND_ERR_CONNECT_TIMEOUT"],
  ...["CERT_HAS_EXPIRED", "DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  ...["ERR_TLS_CERT_ALTNAME_INVALID", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
]);

/** Whether what a `Send` threw leaves it open if the far side did what was asked. */
export function mayHaveArrived(error: unknown): boolean {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 10; at = at.cause, depth++) {
    if ("code" in at && typeof at.code === "string" && unsent.has(at.code)) return false;
    // Both addresses of a name were tried.
    if (at instanceof AggregateError && at.errors.length > 0 && at.errors.every((one) => !mayHaveArrived(one))) return false;
  }
  return true;
}

/** Waits; given in by tests that wait for no clock. */
export type Sleep = (milliseconds: number) => Promise<void>;
export const sleepReally: Sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Undefined when it is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A page of whatever stands in front of an API, in place of its answer. */
export const isHtml = (body: string): boolean => /^\s*</.test(body);

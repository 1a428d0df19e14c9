/**
 * The way out to the network: send this, get that. A redirect is an answer and is not followed. Throws when no answer came, or not in time.
 * `overFetch(fetch)` makes one of any standard `fetch`.
 */
export type Send = (request: {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutSeconds?: number;
  /** What in it is secret: whoever keeps a record of requests, leaves these out. */
  readonly secrets?: readonly string[];
  /** The answer brings new secrets: whoever keeps a record of answers, keeps none of this. */
  readonly hidesReply?: boolean;
}) => Promise<Answer>;

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As much of the standard `fetch` as is needed. */
type StandardFetch = (
  url: string,
  init: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: "manual";
    readonly signal: AbortSignal;
  },
) => Promise<{ readonly status: number; readonly headers: Iterable<[string, string]>; text(): Promise<string> }>;

/** `makeAmo({ send: overFetch(fetch), … })`. Waits 30 seconds for an answer unless told. */
export const overFetch =
  (ask: StandardFetch): Send =>
  async ({ method, url, headers = {}, body, timeoutSeconds = 30 }) => {
    const answer = await ask(url, {
      ...{ method, headers: { ...headers }, redirect: "manual", signal: AbortSignal.timeout(timeoutSeconds * 1000) },
      ...(body !== undefined && { body }),
    });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  };

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

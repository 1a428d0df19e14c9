import { mayHaveArrived, neverLeft, type Send, type Sleep, sleepReally } from "@svyazka/wire";
import { type Answered, readAnswer } from "../protocol.ts";
import { type BitrixError, BitrixExpired, BitrixLimited, BitrixLogin, BitrixMoved, BitrixUnavailable } from "./errors.ts";
import { errorOf } from "./problems.ts";
import type { Access, Session } from "./session.ts";

/** Sends one request: let in, in its turn, again where that helps. */
export interface Transport {
  /** Throws a `BitrixError`; and what `send` throws under a name that says that nothing has left, as it is. */
  ask(method: string, params?: Params, options?: { readonly isWrite?: boolean }): Promise<Answered>;
  /** What a request of this method would be refused with while its operating time is used up. */
  limitOf(method: string): Promise<BitrixLimited | undefined>;
  /** Sends no more of this method for so long: it was said of a command inside a batch. */
  shut(method: string, seconds: number): Promise<void>;
}
export type Params = Readonly<Record<string, unknown>>;

/** Methods whose operating time is used up, and until when: shared by all processes where the caller sees to it. */
export interface ShutMethods {
  /** Unix seconds; undefined when it is open. */
  until(method: string): Promise<number | undefined>;
  shut(method: string, until: number): Promise<void>;
}

export interface TransportOptions {
  readonly session: Session;
  readonly send: Send;
  /** The bucket is full: nobody sends anything for so long. */
  readonly pause?: (seconds: number) => Promise<void>;
  readonly shut?: ShutMethods;
  /** So long it waits at most before it sends again what the portal had no room for; 0 never. */
  readonly patienceSeconds?: number;
  /** Unix milliseconds. */
  readonly now?: () => number;
  readonly sleep?: Sleep;
}

const timeoutSeconds = 60;
const mostStorms = 3;
/** A portal may have been renamed more than once since we last asked. */
const mostMoves = 3;
/** A read without an answer is tried again after these. */
const readWaitsSeconds = [0.5, 2] as const;

/** In memory, for one process. */
export function shutHere(): ShutMethods {
  const shut = new Map<string, number>();
  return {
    until: async (method) => shut.get(method),
    async shut(method, until) {
      shut.set(method, until);
    },
  };
}

/**
 * Sends again: any request after a full bucket, as far as patience goes; a read without an answer, twice; once with another token after one that is old or refused; at the address
 * to which the portal has moved, and on from there a few times. Never a write that may have been done.
 */
export function transportOf({
  session,
  send,
  pause = async () => {},
  shut = shutHere(),
  patienceSeconds = 60,
  now = Date.now,
  sleep = sleepReally,
}: TransportOptions): Transport {
  const seconds = (): number => now() / 1000;

  async function ask(method: string, params: Params = {}, { isWrite = false } = {}): Promise<Answered> {
    const limit = await limitOf(method);
    if (limit) throw limit;
    let access = await session.access();
    let isRenewed = false;
    let moves = 0;
    let storms = 0;
    let losses = 0;
    for (;;) {
      try {
        return await sendOnce(method, params, access, isWrite);
      } catch (error) {
        if (error instanceof BitrixExpired && !isRenewed) {
          isRenewed = true;
          access = await session.renewed(access);
        } else if (error instanceof BitrixLogin && !isRenewed) {
          isRenewed = true;
          const other = await session.stored(access);
          if (!other) throw error;
          access = other;
        } else if (error instanceof BitrixMoved) {
          const there = moves++ < mostMoves ? await session.moved(access, error.location) : undefined;
          if (!there) throw notThere(error);
          access = there;
        } else if (error instanceof BitrixLimited) {
          await (error.isOfMethod ? shut.shut(method, seconds() + error.retryAfterSeconds) : pause(error.retryAfterSeconds));
          if (error.isOfMethod || storms >= mostStorms || error.retryAfterSeconds > patienceSeconds) throw error;
          storms++;
          await sleep(error.retryAfterSeconds * 1000 * (1 + 0.2 * Math.random()));
        } else if (error instanceof BitrixUnavailable && !isWrite && losses < readWaitsSeconds.length) {
          await sleep((readWaitsSeconds[losses++] ?? 0) * 1000);
        } else throw error;
      }
    }
  }

  async function sendOnce(method: string, params: Params, { base, token, secrets }: Access, isWrite: boolean): Promise<Answered> {
    const answer = await send({
      ...{ method: "POST", url: `${base}${method}.json`, timeoutSeconds, secrets },
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(token === undefined ? params : { ...params, auth: token }),
    }).catch((cause: unknown) => {
      if (cause instanceof Error && neverLeft.has(cause.name)) throw cause;
      throw new BitrixUnavailable(
        `no answer: ${cause instanceof Error ? cause.message : String(cause)}`,
        { method, status: 0, cause },
        isWrite && mayHaveArrived(cause),
      );
    });
    const read = answer.status < 300 ? readAnswer(answer.body) : undefined;
    if (read?.kind === "answered") return read.answer;
    throw errorOf(method, answer, isWrite, seconds());
  }

  async function limitOf(method: string): Promise<BitrixLimited | undefined> {
    const left = Math.ceil(((await shut.until(method)) ?? 0) - seconds());
    if (left <= 0) return undefined;
    const facts = { method, status: 429, code: "OPERATION_TIME_LIMIT" };
    return new BitrixLimited(`its operating time is used up for ${left} s`, facts, left, true);
  }

  return { ask, limitOf, shut: (method, left) => shut.shut(method, seconds() + left) };
}

const notThere = (error: BitrixMoved): BitrixError =>
  new BitrixUnavailable(`${error.message}, and no portal is there`, { method: error.method, status: error.status }, false);

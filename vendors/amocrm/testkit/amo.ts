import { type AmoOptions, type Limiter, longLived, makeAmo, memoryTokens, overFetch, type Send } from "../src/client.ts";
import { type AmoStandIn, startAmo } from "../src/standin.ts";

/** Turns at once: for tests that are not about the pace. */
export const noLimit: Limiter = { take: async () => {} };

/** A stand-in and a client of it with a long-lived token. The client never really sleeps; `slept` holds the seconds it wanted to. */
export async function startPair(options: Partial<AmoOptions> = {}) {
  const standin: AmoStandIn = await startAmo();
  const slept: number[] = [];
  const amo = makeAmo({
    ...{ domain: standin.url, tokens: memoryTokens(longLived(standin.longLivedToken())), send: overFetch(fetch), limiter: noLimit },
    async sleep(milliseconds) {
      slept.push(milliseconds / 1000);
    },
    ...options,
  });
  return { standin, amo, slept };
}

/** A server in front of nothing: answers by the path. What was asked is kept. */
export function scripted(
  answers: (request: Parameters<Send>[0], count: number) => { status?: number; headers?: Record<string, string>; body?: unknown },
) {
  const asked: Parameters<Send>[0][] = [];
  const send: Send = async (request) => {
    asked.push(request);
    const { status = 200, headers = {}, body = "" } = answers(request, asked.length);
    return { status, headers, body: typeof body === "string" ? body : JSON.stringify(body) };
  };
  return { asked, send };
}

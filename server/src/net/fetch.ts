import { lookup } from "node:dns";
import { isIP } from "node:net";
import { type OutgoingReply, type OutgoingRequest, Refused, Unavailable } from "@svyazka/core";
import { Agent, request as send } from "undici";
import { isPublicAddress } from "./addresses.ts";

export interface Limits {
  /** Lets the connection reach private addresses: a 1C or a boxed Bitrix24 in the same building. */
  readonly allowPrivateAddresses: boolean;
  readonly timeoutSeconds?: number;
  readonly maxReplyBytes?: number;
}

class NotAllowed extends Error {}

const defaultTimeoutSeconds = 30;
const defaultReplyBytes = 10_485_760;

type Found = { address: string; family: number };

/**
 * Names are resolved here, and the connection is made to the very address that was checked: a name that answers differently
 * the second time (DNS rebinding) gains nothing.
 */
function guardedLookup(
  hostname: string,
  options: object,
  done: (error: Error | null, found: Found[] | string, family?: number) => void,
): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, []);
    const blocked = (addresses as Found[]).find(({ address }) => !isPublicAddress(address));
    if (blocked) return done(new NotAllowed(`${hostname} is ${blocked.address}, a private address`), []);
    const [first] = addresses as Found[];
    if ("all" in options && options.all) return done(null, addresses as Found[]);
    return done(null, first?.address ?? "", first?.family);
  });
}

const agents = {
  guarded: new Agent({ connect: { lookup: guardedLookup as never, timeout: 10_000 }, connections: 64, pipelining: 1 }),
  open: new Agent({ connect: { timeout: 10_000 }, connections: 64, pipelining: 1 }),
};

/**
 * The one way out to the network. Redirects are answers, never followed. Throws `Unavailable` when no whole answer came in time,
 * `Refused` when the address is not one we may ask or the answer is too large.
 */
export async function guardedFetch(request: OutgoingRequest, limits: Limits): Promise<OutgoingReply> {
  const url = readUrl(request.url);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!limits.allowPrivateAddresses && isIP(host) !== 0 && !isPublicAddress(host)) {
    throw new Refused(`${url.host} is a private address: allow it in the connection's settings if it is meant`);
  }
  const timeoutMs = (request.timeoutSeconds ?? limits.timeoutSeconds ?? defaultTimeoutSeconds) * 1000;
  try {
    const answer = await send(url, {
      method: request.method as "GET",
      headers: { "user-agent": "Svyazka/0.1", ...request.headers },
      ...(request.body !== undefined && { body: request.body }),
      dispatcher: limits.allowPrivateAddresses ? agents.open : agents.guarded,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: answer.statusCode,
      headers: plainHeaders(answer.headers),
      body: await readBody(answer.body, limits.maxReplyBytes ?? defaultReplyBytes),
    };
  } catch (error) {
    if (error instanceof Refused) throw error;
    const cause = rootOf(error);
    if (cause instanceof NotAllowed)
      throw new Refused(`${cause.message}: allow it in the connection's settings if it is meant`, { cause: error });
    throw new Unavailable(`${url.host} did not answer: ${cause.message || cause.name}`, { cause: error });
  }
}

function readUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:"))
    throw new Refused(`"${text.slice(0, 200)}" is not an http or https address`);
  return url;
}

async function readBody(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Refused(`The answer is larger than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

const plainHeaders = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(", ") : (value ?? "")]),
  );

function rootOf(error: unknown): Error {
  let at = error instanceof Error ? error : new Error(String(error));
  while (at.cause instanceof Error) at = at.cause;
  return at;
}

import { lookup } from "node:dns";
import { isIP } from "node:net";
import { type OutgoingReply, type OutgoingRequest, Refused, Unavailable } from "@svyazka/core";
import { Agent, type Dispatcher, request as send } from "undici";
import { isPublicAddress } from "./addresses.ts";

export interface Limits {
  /** Lets the connection reach private addresses: a 1C or a CRM in the same building. */
  readonly allowPrivateAddresses: boolean;
  readonly timeoutSeconds?: number;
  readonly maxReplyBytes?: number;
}

/** The name leads to an address we may not ask. */
export class NotAllowed extends Error {}

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

export const agents = {
  guarded: new Agent({ connect: { lookup: guardedLookup as never, timeout: 10_000 }, connections: 64, pipelining: 1 }),
  open: new Agent({ connect: { timeout: 10_000 }, connections: 64, pipelining: 1 }),
};

/**
 * The one way out to the network. Redirects are answers, never followed. Throws `Unavailable` when no whole answer came in time,
 * `Refused` when the address is not one we may ask or the answer is too large.
 */
export async function guardedFetch(request: OutgoingRequest, limits: Limits): Promise<OutgoingReply> {
  return asking(request, limits, async ({ statusCode, headers, body }) => ({
    status: statusCode,
    headers: plainHeaders(headers),
    body: await readBody(body, limits.maxReplyBytes ?? defaultReplyBytes),
  }));
}

/** As `guardedFetch`, for an answer that is a file: the reader takes its bytes as they come, and bears its own limit. */
export async function guardedDownload(request: OutgoingRequest, limits: Limits): Promise<{ status: number; body: AsyncIterable<Buffer> }> {
  return asking(request, limits, async ({ statusCode, body }) => ({ status: statusCode, body }));
}

async function asking<T>(request: OutgoingRequest, limits: Limits, read: (answer: Dispatcher.ResponseData) => Promise<T>): Promise<T> {
  const url = allowedUrl(request.url, ["http:", "https:"], limits);
  const timeoutMs = (request.timeoutSeconds ?? limits.timeoutSeconds ?? defaultTimeoutSeconds) * 1000;
  try {
    const answer = await send(url, {
      method: request.method as "GET",
      headers: { "user-agent": "Svyazka/0.1", ...request.headers },
      ...((request.bytes ?? request.body) !== undefined && { body: request.bytes ?? request.body }),
      dispatcher: limits.allowPrivateAddresses ? agents.open : agents.guarded,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return await read(answer);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw noAnswer(error, url);
  }
}

/** The address, when it is of a protocol asked for and not a private one that the connection may not reach. Throws `Refused`. */
export function allowedUrl(text: string, protocols: readonly string[], limits: Limits): URL {
  const url = URL.parse(text);
  if (!url || !protocols.includes(url.protocol))
    throw new Refused(`"${beginningOf(text)}" is not an address of ${protocols.map((protocol) => protocol.replace(":", "")).join(" or ")}`);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!limits.allowPrivateAddresses && isIP(host) !== 0 && !isPublicAddress(host))
    throw new Refused(`${url.host} is a private address: allow it in the connection's settings if it is meant`);
  return url;
}

/** Without a path, which may hold a secret. */
const beginningOf = (text: string): string =>
  (/^[a-z]+:\/\/[^/?#]*/i.exec(text)?.[0] ?? text.split(/[/?#]/)[0] ?? "").replace(/\/\/.*@/, "//").slice(0, 200);

/** Why no answer came, in the words of a port. */
export function noAnswer(error: unknown, url: URL): Error {
  const cause = rootOf(error);
  if (cause instanceof NotAllowed)
    return new Refused(`${cause.message}: allow it in the connection's settings if it is meant`, { cause: error });
  return new Unavailable(`${url.host} did not answer: ${cause.message || cause.name}`, { cause: error });
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

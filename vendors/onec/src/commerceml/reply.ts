import { type Encoding, encode } from "./encoding.ts";
import type { ExchangeReply, ExchangeSession, ExchangeSettings } from "./session.ts";

/** The shop's answers were windows-1251 for as long as there was no version to ask for, and modules of that age read nothing else. */
export function encodingOf(settings: ExchangeSettings, session: ExchangeSession | undefined): Encoding {
  return settings.encoding ?? (session?.version === undefined ? "windows-1251" : "utf-8");
}

/** Lines of text; only the first is a word of the protocol, the rest is for people or in `name=value`. */
export function linesReply(lines: readonly string[], encoding: Encoding): ExchangeReply {
  return { status: 200, contentType: `text/plain; charset=${encoding}`, body: encode(lines.join("\n"), encoding) };
}

export function xmlReply(body: Uint8Array, encoding: Encoding): ExchangeReply {
  return { status: 200, contentType: `text/xml; charset=${encoding}`, body };
}

/** `failure` and why, in one line: a second one is cut off by some modules. */
export function failureReply(why: string, encoding: Encoding): ExchangeReply {
  return linesReply(["failure", why.replace(/\s+/g, " ").slice(0, 1000)], encoding);
}

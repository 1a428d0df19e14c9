import { zipSync } from "fflate";
import { atLeast } from "./version.ts";

/** How the 1C side is to behave. */
export interface ExchangeOptions {
  readonly login: string;
  readonly password: string;
  /** Of the exchange; left out, an old-style 1C speaks, which sends a file and asks for no import. */
  readonly version?: string;
  /** Sends smaller chunks than `file_limit` allows; an old-style exchange takes a short chunk for the last. */
  readonly chunkBytes?: number;
  /** Packs the files when the site takes archives; on by default. */
  readonly zip?: boolean;
  readonly type?: "sale" | "catalog";
  /** Asks for orders after the files, and confirms them; on by default for `sale`. */
  readonly query?: boolean;
  /** Asks for statuses before anything else, as newer modules do. */
  readonly info?: boolean;
}

/** A file to send; 1C names them `contragents___<guid>.xml`, `documents___<guid>.xml` or `orders-….xml`. */
export interface ExchangeFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What an exchange brought. */
export interface ExchangeOutcome {
  /** Request by request: the mode and the answer's lines. */
  readonly log: readonly { readonly mode: string; readonly lines: readonly string[] }[];
  /** The site's orders, as bytes with their own declaration; undefined when not asked for. */
  readonly orders?: Uint8Array;
  readonly info?: Uint8Array;
}

/** The site answered `failure`, or what is no answer of an exchange; the message is the site's. */
export class ExchangeFailed extends Error {
  override readonly name = "ExchangeFailed";
  readonly mode: string;

  constructor(mode: string, why: string) {
    super(`${mode}: ${why}`);
    this.mode = mode;
  }
}

/** 1C gives up too, after hours; here it is after this many answers of `progress`. */
const mostRepeats = 10_000;
const wordsOfSuccess = /^success/;

/**
 * Exchanges with a site as 1C does: checkauth, init, files by chunks, import while `progress`, query, success. Throws {@link
 * ExchangeFailed}.
 */
export async function exchangeWith(
  url: string,
  options: ExchangeOptions,
  files: readonly ExchangeFile[],
  send: typeof fetch,
): Promise<ExchangeOutcome> {
  const type = options.type ?? "sale";
  const log: { mode: string; lines: readonly string[] }[] = [];
  const headers: Record<string, string> = {
    authorization: `Basic ${Buffer.from(`${options.login}:${options.password}`, "utf8").toString("base64")}`,
  };
  let sessid: string | undefined;

  const ask = async (mode: string, more: Readonly<Record<string, string>> = {}, body?: Uint8Array): Promise<Uint8Array> => {
    const query = new URLSearchParams({ type, mode, ...(sessid !== undefined && { sessid }), ...more });
    const answer = await send(`${url}${url.includes("?") ? "&" : "?"}${query}`, {
      method: body ? "POST" : "GET",
      headers: body ? { ...headers, "content-type": "application/octet-stream" } : headers,
      ...(body && { body: Buffer.from(body) }),
    });
    const bytes = new Uint8Array(await answer.arrayBuffer());
    if (!answer.ok) throw new ExchangeFailed(mode, `HTTP ${answer.status}`);
    const charset = /charset=([\w-]+)/.exec(answer.headers.get("content-type") ?? "")?.[1] ?? "windows-1251";
    const lines = new TextDecoder(charset).decode(bytes).split(/\r?\n/);
    log.push({ mode, lines });
    if (lines[0]?.startsWith("failure")) throw new ExchangeFailed(mode, lines.slice(1).join(" "));
    return bytes;
  };
  const lastLines = (): readonly string[] => log.at(-1)?.lines ?? [];
  const setting = (name: string): string | undefined =>
    lastLines()
      .find((line) => line.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .trim();
  const expect = (mode: string, word: RegExp): void => {
    if (!word.test(lastLines()[0] ?? "")) throw new ExchangeFailed(mode, `непонятный ответ: ${lastLines()[0]?.slice(0, 100)}`);
  };

  await ask("checkauth");
  expect("checkauth", wordsOfSuccess);
  const [, cookieName = "", cookieValue = ""] = lastLines();
  headers["cookie"] = `${cookieName}=${cookieValue}`;
  sessid = setting("sessid");

  await ask("init", options.version === undefined ? {} : { version: options.version });
  expect("init", /^zip=/);
  const zips = setting("zip") === "yes" && (options.zip ?? true);
  const limit = Math.max(1, Math.min(Number(setting("file_limit")) || 204_800, options.chunkBytes ?? Number.POSITIVE_INFINITY));
  const agreed = options.version === undefined ? undefined : (setting("version") ?? options.version);
  sessid = setting("sessid") ?? sessid;

  const info = options.info ? await ask("info") : undefined;
  const sendFile = async ({ name, bytes }: ExchangeFile): Promise<void> => {
    for (let at = 0; at < bytes.length; at += limit) {
      await ask("file", { filename: name }, bytes.subarray(at, at + limit));
      expect("file", wordsOfSuccess);
    }
  };
  const importFile = async (filename: string): Promise<void> => {
    for (let repeat = 0; repeat < mostRepeats; repeat++) {
      await ask("import", { filename });
      if (!lastLines()[0]?.startsWith("progress")) return expect("import", wordsOfSuccess);
    }
    throw new ExchangeFailed("import", "слишком много повторов");
  };

  const sent =
    zips && files.length > 0
      ? [{ name: "v8_1C.zip", bytes: zipSync(Object.fromEntries(files.map(({ name, bytes }) => [name, bytes]))) }]
      : files;
  for (const file of sent) await sendFile(file);
  if (type === "catalog" || (agreed !== undefined && atLeast(agreed, "2.0"))) for (const { name } of files) await importFile(name);

  let orders: Uint8Array | undefined;
  if (options.query ?? type === "sale") {
    orders = await ask("query");
    await ask("success");
    expect("success", wordsOfSuccess);
  }
  return { log, ...(orders && { orders }), ...(info && { info }) };
}

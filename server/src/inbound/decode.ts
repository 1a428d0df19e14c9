import { Busboy } from "@fastify/busboy";
import type { Fields, InboundRequest } from "@svyazka/core";

/** A request as it came and as the journal keeps it. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly ip: string;
  /** See `InboundRequest.origin`. */
  readonly origin?: string;
}

const maxFields = 1_000;
const maxDepth = 20;

/** Reads charset, query, form, multipart and JSON. Never throws: what cannot be read is said in `unreadable`, and the raw bytes are kept. */
export function decode(raw: RawRequest): InboundRequest | Promise<InboundRequest> {
  const query = readForm(Buffer.from(raw.query, "latin1"), undefined);
  const { method, path, headers, ip, origin } = raw;
  const base = {
    method,
    path,
    headers,
    query,
    search: raw.query,
    ip,
    ...(raw.body.length > 0 && { bytes: raw.body }),
    ...(origin !== undefined && { origin }),
  };
  if (raw.body.length === 0) return { ...base, form: {}, files: [], text: "" };
  const type = raw.headers["content-type"] ?? "";
  if (/^multipart\/form-data/i.test(type)) return readMultipart(raw.body, type).then((body) => ({ ...base, text: "", ...body }));
  const charset = /charset="?([\w.:-]+)/i.exec(type)?.[1];
  if (/^application\/x-www-form-urlencoded/i.test(type)) {
    // curl says urlencoded unless told otherwise, also for JSON.
    const text = raw.body.toString("latin1");
    if (!/^\s*\{/.test(text)) return { ...base, form: readForm(raw.body, charset), files: [], text };
  }
  const text = decodeText(raw.body, charset);
  if (/json/i.test(type) || /^\s*[[{]/.test(text)) return { ...base, files: [], text, ...readJson(text) };
  // Without a telling type: sendBeacon, or a form that forgot to say so.
  const form = text.includes("=") ? readForm(raw.body, charset) : {};
  return { ...base, form, files: [], text };
}

/** UTF-8 unless the sender says otherwise; windows-1251 when the bytes are not UTF-8: what old Russian sites send without saying so. */
function decodeText(bytes: Buffer, charset: string | undefined): string {
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    try {
      return new TextDecoder(charset).decode(bytes);
    } catch {
      // A charset nobody knows: go by the bytes.
    }
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1251").decode(bytes);
  }
}

/** `a=1&b=2` with `+` and `%XX`, in the charset of the request, of its `_charset_` field, or by the bytes. A repeated name keeps the last value. */
function readForm(body: Buffer, charset: string | undefined): Fields {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const text = body.toString("latin1");
  if (text === "") return fields;
  const stated = charset ?? /(?:^|&)_charset_=([\w.:-]+)/.exec(text)?.[1];
  let count = 0;
  for (const pair of text.split("&")) {
    if (pair === "" || count++ >= maxFields) continue;
    const equals = pair.indexOf("=");
    const name = unescapeForm(equals === -1 ? pair : pair.slice(0, equals), stated);
    fields[name] = equals === -1 ? "" : unescapeForm(pair.slice(equals + 1), stated);
  }
  return fields;
}

function unescapeForm(text: string, charset: string | undefined): string {
  if (!/[%+\x80-\xff]/.test(text)) return text;
  const spaced = text.replaceAll("+", " ");
  if (charset === undefined && /^[\x00-\x7f]*$/.test(spaced)) {
    try {
      return decodeURIComponent(spaced);
    } catch {
      // Not UTF-8, or a stray per cent sign.
    }
  }
  const bytes = Buffer.from(
    spaced.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
  return decodeText(bytes, charset);
}

type Body = Pick<InboundRequest, "form" | "files" | "unreadable" | "json">;

function readJson(text: string): Omit<Body, "files"> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { form: {}, unreadable: "The body is not valid JSON" };
  }
  if (depthOf(json) > maxDepth) return { form: {}, unreadable: `The JSON is nested deeper than ${maxDepth} levels` };
  return { json, form: flatten(json) };
}

function depthOf(value: unknown): number {
  let depth = 0;
  let level: unknown[] = [value];
  while (level.length > 0 && depth <= maxDepth + 1) {
    level = level.flatMap((item) => (item !== null && typeof item === "object" ? Object.values(item) : []));
    depth++;
  }
  return depth;
}

/** `{"a":{"b":1}}` → `a[b]=1`, as a form would have written it. */
function flatten(json: unknown): Fields {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  let count = 0;
  // Of a list of a million, what is beyond the first thousand is not so much as looked at.
  const walk = (value: unknown, name: string): void => {
    if (value !== null && typeof value === "object") {
      const keys = Array.isArray(value) ? value.keys() : Object.keys(value);
      for (const key of keys) {
        if (count >= maxFields) return;
        walk((value as Readonly<Record<string, unknown>>)[key], name === "" ? String(key) : `${name}[${key}]`);
      }
      return;
    }
    if (!(name in fields)) count++;
    fields[name] = value === null || value === undefined ? "" : String(value);
  };
  if (json !== null && typeof json === "object") walk(json, "");
  return fields;
}

function readMultipart(body: Buffer, type: string): Promise<Body> {
  return new Promise((resolve) => {
    const form: Record<string, string> = Object.create(null) as Record<string, string>;
    const files: { field: string; name: string; bytes: number }[] = [];
    const fail = (message: string) => resolve({ form, files, unreadable: message });
    try {
      const parser = new Busboy({
        headers: { "content-type": type },
        defCharset: "latin1",
        limits: { fields: maxFields, files: 50, fieldSize: 1_048_576, fieldNameSize: 1000 },
      });
      parser.on("field", (name, value) => {
        // The parser reads names as UTF-8 itself, and values in the charset it is told.
        form[name] = decodeText(Buffer.from(value, "latin1"), undefined);
      });
      parser.on("file", (field, stream, name) => {
        const file = { field, name: String(name ?? ""), bytes: 0 };
        files.push(file);
        stream.on("data", (chunk: Buffer) => {
          file.bytes += chunk.length;
        });
      });
      parser.on("error", () => fail("The multipart body is broken"));
      parser.on("finish", () => resolve({ form, files }));
      parser.end(body);
    } catch {
      fail("The multipart body has no boundary");
    }
  });
}

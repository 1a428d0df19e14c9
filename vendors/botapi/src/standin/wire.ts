import type { IncomingMessage } from "node:http";

/** What a method was called with: every parameter as text, as Telegram itself takes them, and the files of a form. */
export interface Call {
  readonly method: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, { readonly name: string; readonly type: string; readonly bytes: Uint8Array }>;
}
export type Answer =
  | { readonly result: unknown }
  | { readonly code: number; readonly description: string; readonly retryAfterSeconds?: number };

export const refuse = (code: number, description: string): Answer => ({ code, description });

export function writeAnswer(answer: Answer): { status: number; body: string } {
  if ("result" in answer) return { status: 200, body: JSON.stringify({ ok: true, result: answer.result }) };
  const { code, description, retryAfterSeconds } = answer;
  const parameters = retryAfterSeconds === undefined ? {} : { parameters: { retry_after: retryAfterSeconds } };
  return { status: code, body: JSON.stringify({ ok: false, error_code: code, description, ...parameters }) };
}

/** 50 MB of a file, and the form around it. */
const bodyLimit = 51_000_000;

/** Undefined when it is too large. */
export async function readBytes(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyLimit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** "We support four ways of passing parameters": the query, a form of either kind, JSON. Throws what the platform throws about a broken one. */
export async function readCall(method: string, query: URLSearchParams, type: string, bytes: Buffer): Promise<Call> {
  const parameters: Record<string, string> = Object.fromEntries(query);
  const files = new Map<string, { name: string; type: string; bytes: Uint8Array }>();
  if (bytes.length > 0 && type.startsWith("application/json")) {
    const json: unknown = JSON.parse(bytes.toString("utf8"));
    for (const [name, value] of Object.entries(json ?? {}))
      if (value !== null && value !== undefined) parameters[name] = typeof value === "string" ? value : JSON.stringify(value);
  } else if (bytes.length > 0 && /^(multipart\/form-data|application\/x-www-form-urlencoded)/.test(type)) {
    const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
    for (const [name, value] of form) {
      if (typeof value === "string") parameters[name] = value;
      else files.set(name, { name: value.name, type: value.type, bytes: new Uint8Array(await value.arrayBuffer()) });
    }
  }
  return { method: method.toLowerCase(), parameters, files };
}

/** A parameter that is JSON; undefined when it is none. */
export function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export const answerOf = (json: object): Answer => ({ status: 200, type: "application/json", body: JSON.stringify(json) });

export const refuse = (status: number, code: number, message: string, details?: string, subcode?: number): Answer => ({
  ...{ status, type: "application/json" },
  body: JSON.stringify({
    error: {
      ...{ message, type: "OAuthException", code },
      ...(subcode !== undefined && { error_subcode: subcode }),
      ...(details !== undefined && { error_data: { messaging_product: "whatsapp", details } }),
      fbtrace_id: `A${randomBytes(16).toString("base64url")}`,
    },
  }),
});

/** No such thing, or not any more: 400, and not 404. */
export const missing = (id: string): Answer =>
  refuse(
    400,
    100,
    `Unsupported request. Object with ID '${id.slice(0, 100)}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
    undefined,
    33,
  );

/** 100 MB of a document, and the form around it. */
const bodyLimit = 105_000_000;

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

/** An object, or undefined. */
export function readBody(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

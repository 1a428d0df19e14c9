import type { IncomingMessage } from "node:http";
import { readBrackets } from "@svyazka/wire";
import type { Params } from "../call.ts";
import { isMap } from "../params.ts";

/** What a request says, however it is written: query, form, multipart, JSON. The body wins over the query. */
export async function readParams(request: IncomingMessage, query: string, body: Buffer): Promise<Params> {
  return { ...readBrackets(query), ...(await readBody(request.headers["content-type"] ?? "", body)) };
}

async function readBody(contentType: string, body: Buffer): Promise<Params> {
  if (body.length === 0) return {};
  if (contentType.startsWith("multipart/form-data")) return readMultipart(contentType, body);
  if (contentType.startsWith("application/json")) return readJson(body.toString());
  return readBrackets(body.toString());
}

function readJson(text: string): Params {
  try {
    const read: unknown = JSON.parse(text);
    return isMap(read) ? read : {};
  } catch {
    return {};
  }
}

/** A file becomes `{name, bytes, type}` under its field's name; the rest is read as a form. */
async function readMultipart(contentType: string, body: Buffer): Promise<Params> {
  const form = await new Response(new Uint8Array(body), { headers: { "content-type": contentType } }).formData();
  const pairs = new URLSearchParams();
  const files: Record<string, unknown> = {};
  for (const [name, value] of form.entries()) {
    if (typeof value === "string") pairs.append(name, value);
    else files[name] = { name: value.name, bytes: new Uint8Array(await value.arrayBuffer()), type: value.type };
  }
  return { ...readBrackets(pairs.toString()), ...files };
}

export function readAll(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
  });
}

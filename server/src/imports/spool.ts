import { mkdtemp, open, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import { Invalid } from "@svyazka/crm";
import { readCsv } from "./read-csv.ts";
import { readXlsx } from "./read-xlsx.ts";

const mostBytes = 50 * 1024 * 1024;

/** A table on its way in: its file lies on the disk of this process until `work` is over, for a spreadsheet is read from its end. */
export async function withTable<T>(
  request: { readonly raw: IncomingMessage; readonly body: unknown; readonly headers: IncomingMessage["headers"] },
  work: (name: string | undefined, table: AsyncIterable<readonly string[]>) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "svyazka-import-"));
  try {
    const path = join(directory, "table");
    if (!(request.body instanceof Readable))
      throw new Invalid({ file: ["is missing: send it as application/octet-stream or in a multipart form"] });
    const name = await spool(request.body, request.headers, path);
    return await work(name, (await isZip(path)) ? readXlsx(path) : readCsv(path));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Answers the name that the file was sent with. Whatever is wrong, the rest of the request is read, so that the answer can be. */
async function spool(body: Readable, headers: IncomingMessage["headers"], path: string): Promise<string | undefined> {
  const type = headers["content-type"] ?? "";
  try {
    if (!/^multipart\/form-data/i.test(type)) {
      await write(body, path);
      return undefined;
    }
    return await spoolForm(body, makeParser(type), path);
  } finally {
    body.resume();
  }
}

async function spoolForm(body: Readable, parser: InstanceType<typeof Busboy>, path: string): Promise<string> {
  let written: Promise<string> | undefined;
  parser.on("file", (_field, file, name) => {
    if (written) return void file.resume();
    written = write(file, path)
      .finally(() => file.resume())
      .then(() => name);
    // Awaited below; until then nobody must call it unhandled.
    written.catch(() => {});
  });
  await new Promise<void>((resolve, reject) => {
    parser.on("finish", resolve);
    parser.on("error", () => reject(new Invalid({ file: ["the multipart body is broken"] })));
    body.on("error", reject);
    body.pipe(parser);
  });
  if (!written) throw new Invalid({ file: ["is missing"] });
  return written;
}

async function write(from: Readable, path: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  let bytes = 0;
  try {
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) throw new Invalid({ file: ["is larger than 50 MB"] });
      await file.write(chunk as Buffer);
    }
  } finally {
    await file.close();
  }
}

function makeParser(type: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: { "content-type": type }, limits: { files: 1, fields: 20, fieldSize: 65_536 } });
  } catch {
    throw new Invalid({ file: ["the multipart body has no boundary"] });
  }
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead === 0) throw new Invalid({ file: ["is empty"] });
    return buffer.equals(Buffer.from([0x50, 0x4b, 3, 4]));
  } finally {
    await file.close();
  }
}

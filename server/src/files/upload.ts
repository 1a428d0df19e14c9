import { mkdtemp, open, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Busboy } from "@fastify/busboy";
import { Invalid } from "@svyazka/crm";

export interface Upload {
  readonly raw: IncomingMessage;
  readonly body: unknown;
  readonly headers: IncomingMessage["headers"];
}

/** A file on its way in: it lies at `path` on the disk of this process until `work` is over. Throws `Invalid`. */
export async function withUpload<T>(
  { body, headers }: Upload,
  mostBytes: number,
  work: (path: string, name: string | undefined) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "svyazka-upload-"));
  try {
    const path = join(directory, "file");
    if (!(body instanceof Readable))
      throw new Invalid({ file: ["is missing: send it as application/octet-stream or in a multipart form"] });
    return await work(path, await spool(body, headers, { path, mostBytes }));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Spool {
  readonly path: string;
  readonly mostBytes: number;
}

/** Answers the name that the file was sent with. Whatever is wrong, the rest of the request is read, so that the answer can be. */
async function spool(body: Readable, headers: IncomingMessage["headers"], to: Spool): Promise<string | undefined> {
  const type = headers["content-type"] ?? "";
  try {
    if (!/^multipart\/form-data/i.test(type)) {
      await write(body, to);
      return undefined;
    }
    return await spoolForm(body, makeParser(type), to);
  } finally {
    body.resume();
  }
}

async function spoolForm(body: Readable, parser: InstanceType<typeof Busboy>, to: Spool): Promise<string> {
  let written: Promise<string> | undefined;
  let coming: Readable | undefined;
  parser.on("file", (_field, file, name) => {
    if (written) return void file.resume();
    coming = file;
    written = write(file, to)
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
  }).catch(async (error: unknown) => {
    // Whoever hangs up in the middle: nothing more comes, and the file must not stay open for it.
    coming?.destroy();
    await written?.catch(() => {});
    throw error;
  });
  if (!written) throw new Invalid({ file: ["is missing"] });
  return written;
}

async function write(from: Readable, { path, mostBytes }: Spool): Promise<void> {
  const file = await open(path, "w", 0o600);
  let bytes = 0;
  try {
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Buffer).length;
      if (bytes > mostBytes) throw new Invalid({ file: [`is larger than ${Math.floor(mostBytes / 1_048_576)} MB`] });
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

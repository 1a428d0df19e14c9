import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { createInflateRaw } from "node:zlib";
import { Invalid } from "@svyazka/crm";

/** Of one file inside: where its bytes are. APPNOTE.TXT 4.3.12. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly size: number;
  readonly offset: number;
}

/** A text that a spreadsheet may unfold to, at most: more is no table but an attack. */
const mostUnfolded = 1_000_000_000;
const mostEntries = 10_000;

/** The files inside a ZIP archive, read as streams: memory does not grow with them. */
export class Zip {
  readonly #path: string;
  readonly #entries: ReadonlyMap<string, Entry>;

  private constructor(path: string, entries: ReadonlyMap<string, Entry>) {
    this.#path = path;
    this.#entries = entries;
  }

  /** Throws `Invalid` when it is none. */
  static async open(path: string): Promise<Zip> {
    const file = await open(path);
    try {
      return new Zip(path, await readDirectory(file));
    } finally {
      await file.close();
    }
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** The text of one file, in pieces; nothing when there is no such file. Throws `Invalid` when it cannot be unfolded. */
  async *text(name: string): AsyncGenerator<string> {
    const entry = this.#entries.get(name);
    if (!entry) return;
    const start = await dataStart(this.#path, entry);
    if (entry.size === 0) return;
    const raw = createReadStream(this.#path, { start, end: start + entry.size - 1 });
    const decoder = new TextDecoder();
    let unfolded = 0;
    try {
      for await (const chunk of entry.method === 0 ? raw : raw.pipe(createInflateRaw())) {
        unfolded += (chunk as Buffer).length;
        if (unfolded > mostUnfolded) throw new Invalid({ file: ["is too large when unpacked"] });
        yield decoder.decode(chunk as Buffer, { stream: true });
      }
      yield decoder.decode();
    } catch (error) {
      if (error instanceof Invalid) throw error;
      throw new Invalid({ file: ["is a broken spreadsheet"] });
    } finally {
      raw.destroy();
    }
  }
}

const broken = () => new Invalid({ file: ["is a broken spreadsheet"] });

async function readDirectory(file: FileHandle): Promise<ReadonlyMap<string, Entry>> {
  const { size } = await file.stat();
  const tail = Buffer.alloc(Math.min(size, 65_557));
  await file.read(tail, 0, tail.length, size - tail.length);
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > tail.length) throw broken();
  const [count, length, offset] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (count > mostEntries || offset + length > size) throw broken();
  const directory = Buffer.alloc(length);
  await file.read(directory, 0, length, offset);
  const entries = new Map<string, Entry>();
  for (let at = 0, n = 0; n < count; n++) {
    if (at + 46 > length || directory.readUInt32LE(at) !== 0x02014b50) throw broken();
    const [nameLength, extra, comment] = [
      directory.readUInt16LE(at + 28),
      directory.readUInt16LE(at + 30),
      directory.readUInt16LE(at + 32),
    ];
    const name = directory.toString("utf8", at + 46, at + 46 + nameLength);
    const method = directory.readUInt16LE(at + 10);
    if (method === 0 || method === 8)
      entries.set(name, { name, method, size: directory.readUInt32LE(at + 20), offset: directory.readUInt32LE(at + 42) });
    at += 46 + nameLength + extra + comment;
  }
  return entries;
}

/** Behind the file's own header, whose lengths may differ from those in the directory. */
async function dataStart(path: string, entry: Entry): Promise<number> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(30);
    const { bytesRead } = await file.read(head, 0, 30, entry.offset);
    if (bytesRead < 30 || head.readUInt32LE(0) !== 0x04034b50) throw broken();
    return entry.offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
  } finally {
    await file.close();
  }
}

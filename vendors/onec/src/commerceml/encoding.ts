import { ExchangeFileError } from "./error.ts";

/** The encodings that we write. */
export type Encoding = "utf-8" | "windows-1251";

/** How much of a file is looked at before its encoding is settled: a whole chunk of the default `file_limit` is seldom smaller. */
const sampleBytes = 64 * 1024;

const bytesOf1251: ReadonlyMap<string, number> = new Map(
  [...new TextDecoder("windows-1251").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))].map((letter, byte) => [letter, byte]),
);

/** Bytes of `text`; a character that windows-1251 lacks becomes what `replace` makes of it (a question mark when nothing is given). */
export function encode(text: string, encoding: Encoding, replace: (letter: string) => string = () => "?"): Uint8Array {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  const bytes: number[] = [];
  for (const letter of text) {
    const byte = bytesOf1251.get(letter);
    if (byte !== undefined) bytes.push(byte);
    else for (const sign of replace(letter)) bytes.push(bytesOf1251.get(sign) ?? 0x3f);
  }
  return Uint8Array.from(bytes);
}

/**
 * Turns the bytes of one XML file into text, chunk by chunk, wherever the chunks are cut.
 * The declaration is believed; a file that says UTF-8, or nothing, and is not UTF-8 is read as windows-1251 with a warning
 * (1C's own writers have both in the field: the letters are right and the declaration was left over from a template).
 */
export class TextFeed {
  readonly warnings: string[] = [];
  /** As settled after the first 64 KiB; undefined before. */
  encoding: string | undefined;
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  private decoder: TextDecoder | undefined;

  push(bytes: Uint8Array): string {
    if (this.decoder) return this.decode(this.decoder, bytes, true);
    this.held.push(bytes);
    this.heldBytes += bytes.length;
    return this.heldBytes < sampleBytes ? "" : this.settle(true);
  }

  end(): string {
    return this.decoder ? this.decode(this.decoder, new Uint8Array(), false) : this.settle(false);
  }

  private settle(more: boolean): string {
    const sample = join(this.held);
    this.held = [];
    this.encoding = this.choose(sample, more);
    try {
      this.decoder = new TextDecoder(this.encoding, { fatal: true });
    } catch {
      throw new ExchangeFileError(`неизвестная кодировка «${this.encoding}»`, 1);
    }
    // A blank line before the declaration is forbidden by XML and common in hand-made exports.
    return this.decode(this.decoder, sample, more).trimStart();
  }

  private choose(sample: Uint8Array, more: boolean): string {
    const [first, second, third] = sample;
    if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
    if (first === 0xff && second === 0xfe) return "utf-16le";
    if (first === 0xfe && second === 0xff) return "utf-16be";
    const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']{1,40})["']/.exec(
      new TextDecoder("latin1").decode(sample.subarray(0, 400)),
    )?.[1];
    const name = declared?.toLowerCase();
    if (name !== undefined && name !== "utf-8" && name !== "utf8" && !name.startsWith("utf-16")) return name;
    if (isUtf8(sample, more)) return "utf-8";
    if (name) this.warnings.push(`В заголовке указана кодировка ${declared}, а буквы в windows-1251: прочитано как windows-1251`);
    return "windows-1251";
  }

  private decode(decoder: TextDecoder, bytes: Uint8Array, stream: boolean): string {
    try {
      return decoder.decode(bytes, { stream });
    } catch {
      const why = stream ? `есть байты не в кодировке ${this.encoding}` : "файл обрывается посреди буквы";
      throw new ExchangeFileError(why, undefined, !stream);
    }
  }
}

function isUtf8(bytes: Uint8Array, more: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: more });
    return true;
  } catch {
    // A file cut off in the middle of its last letter is still UTF-8, only not whole.
    return !more && bytes.length > 4 && endsInsideLetter(bytes);
  }
}

function endsInsideLetter(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return /[а-яё]/i.test(text);
  } catch {
    return false;
  }
}

/** One array of several. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0]) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

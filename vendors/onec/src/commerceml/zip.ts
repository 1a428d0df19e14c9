import { Unzip, type UnzipFile, UnzipInflate } from "fflate";
import { ExchangeFileError } from "./error.ts";
import type { Bytes } from "./read-exchange.ts";

/** What an archive may cost. CommerceML packs 10 to 40 times smaller; deflate itself ends at about 1,032. */
export interface ZipLimits {
  /** Of all entries together, unpacked. */
  readonly bytes: number;
  /** Unpacked to packed, once more than a MiB is out. */
  readonly ratio: number;
  readonly entries: number;
}

const MiB = 1024 * 1024;
export const zipLimits: ZipLimits = { bytes: 1024 * MiB, ratio: 250, entries: 1000 };

/** Given to the inflater at once: at the worst it answers with a thousand times as much. */
const sliceBytes = 8 * 1024;

/** A piece of an entry, unpacked; an empty entry gives one empty piece. */
export interface ZipPiece {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * Unpacks an archive as its bytes come; holds a few slices, never the archive. Throws an {@link ExchangeFileError} for a
 * broken one and for a bomb.
 */
export async function* unzip(
  archive: Bytes,
  wanted: (name: string) => boolean = () => true,
  limits: ZipLimits = zipLimits,
): AsyncGenerator<ZipPiece> {
  let ready: ZipPiece[] = [];
  let read = 0;
  let made = 0;
  let entries = 0;
  const unpack = new Unzip((file: UnzipFile) => {
    if (++entries > limits.entries) throw new ExchangeFileError(`в архиве больше ${limits.entries} файлов`);
    if ((file.originalSize ?? 0) > limits.bytes) throw tooBig(limits);
    file.ondata = (error, bytes) => {
      if (error) throw error instanceof ExchangeFileError ? error : new ExchangeFileError(`архив повреждён (файл «${file.name}»)`);
      made += bytes.length;
      if (made > limits.bytes) throw tooBig(limits);
      if (made > MiB && made > read * limits.ratio)
        throw new ExchangeFileError(`архив распаковывается больше чем в ${limits.ratio} раз: похоже на «бомбу», не принят`);
      if (wanted(file.name) && !file.name.endsWith("/")) ready.push({ name: file.name, bytes });
    };
    // What is not wanted is started too: the library would keep its packed bytes otherwise.
    file.start();
  });
  unpack.register(UnzipInflate);
  const push = (bytes: Uint8Array, final: boolean): ZipPiece[] => {
    try {
      unpack.push(bytes, final);
    } catch (error) {
      if (error instanceof ExchangeFileError) throw error;
      throw final ? new ExchangeFileError("архив обрывается", undefined, true) : new ExchangeFileError("архив повреждён");
    }
    const pieces = ready;
    ready = [];
    return pieces;
  };
  for await (const chunk of archive)
    for (let at = 0; at < chunk.length; at += sliceBytes) {
      const slice = chunk.subarray(at, at + sliceBytes);
      if (read === 0 && slice.length > 1 && (slice[0] !== 0x50 || slice[1] !== 0x4b)) throw new ExchangeFileError("это не архив zip");
      read += slice.length;
      yield* push(slice, false);
    }
  yield* push(new Uint8Array(), true);
  if (entries === 0) throw new ExchangeFileError("архив пуст или обрывается", undefined, true);
}

function tooBig(limits: ZipLimits): ExchangeFileError {
  return new ExchangeFileError(`в архиве больше ${Math.round(limits.bytes / MiB)} МБ`);
}

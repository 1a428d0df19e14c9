import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Transform } from "node:stream";
import { Invalid } from "@svyazka/crm";
import { parse } from "csv-parse";

/** The rows of a text with cells between `,`, `;` or tabs, in UTF-8 or windows-1251: told by the bytes and by the first line. */
export async function* readCsv(path: string): AsyncGenerator<readonly string[]> {
  const encoding = (await isUtf8(path)) ? "utf-8" : "windows-1251";
  const delimiter = await likeliestDelimiter(path, encoding);
  const decoder = new TextDecoder(encoding);
  const decode = new Transform({
    transform(chunk: Buffer, _, done) {
      done(null, decoder.decode(chunk, { stream: true }));
    },
    flush(done) {
      done(null, decoder.decode());
    },
  });
  const parser = parse({ delimiter, relax_column_count: true, relax_quotes: true, skip_empty_lines: true, max_record_size: 4_000_000 });
  const source = createReadStream(path);
  source.on("error", (error) => parser.destroy(error));
  source.pipe(decode).pipe(parser);
  try {
    for await (const row of parser) yield row as string[];
  } catch (error) {
    if (String((error as { code?: string }).code ?? "").startsWith("CSV_")) throw new Invalid({ file: [(error as Error).message] });
    throw error;
  } finally {
    source.destroy();
  }
}

/** Every byte of it: a name in windows-1251 may stand in the last row. */
async function isUtf8(path: string): Promise<boolean> {
  const strict = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const chunk of createReadStream(path)) strict.decode(chunk as Buffer, { stream: true });
    strict.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

async function likeliestDelimiter(path: string, encoding: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const [line = ""] = new TextDecoder(encoding).decode(buffer.subarray(0, bytesRead)).split(/\r?\n/);
    const unquoted = line.replace(/"[^"]*"/g, "");
    const counted = [";", "\t", ","].map((delimiter) => [delimiter, unquoted.split(delimiter).length] as const);
    return counted.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  } finally {
    await file.close();
  }
}

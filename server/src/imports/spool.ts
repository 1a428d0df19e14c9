import { open } from "node:fs/promises";
import { Invalid } from "@svyazka/crm";
import { type Upload, withUpload } from "../files/upload.ts";
import { readCsv } from "./read-csv.ts";
import { readXlsx } from "./read-xlsx.ts";

const mostBytes = 50 * 1024 * 1024;

/** A table on its way in: its file lies on the disk of this process until `work` is over, for a spreadsheet is read from its end. */
export const withTable = <T>(
  request: Upload,
  work: (name: string | undefined, table: AsyncIterable<readonly string[]>) => Promise<T>,
): Promise<T> => withUpload(request, mostBytes, async (path, name) => work(name, (await isZip(path)) ? readXlsx(path) : readCsv(path)));

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

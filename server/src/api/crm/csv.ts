import { Readable } from "node:stream";
import { Download } from "../download.ts";

/** A text that a spreadsheet would take for a formula: an apostrophe keeps it a text, and an import takes it off again. */
const looksLikeFormula = /^[=+\-@\t\r]/;

/** A table as CSV (RFC 4180) with a byte order mark, for spreadsheets; written while it is read. */
export function csv(name: string, table: AsyncIterable<readonly string[]>, delimiter: "semicolon" | "comma" = "semicolon"): Download {
  const mark = delimiter === "comma" ? "," : ";";
  const cell = (text: string): string => {
    const safe = looksLikeFormula.test(text) ? `'${text}` : text;
    return /["\r\n;,]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  async function* lines(): AsyncGenerator<string> {
    let held = "\ufeff";
    for await (const row of table) {
      held += `${row.map(cell).join(mark)}\r\n`;
      if (held.length < 32_768) continue;
      yield held;
      held = "";
    }
    if (held !== "") yield held;
  }
  return new Download(Readable.from(lines()), name);
}

import { stripVTControlCharacters } from "node:util";

export const printJson = (value: unknown): void => console.log(JSON.stringify(value, null, 2));

/** Columns as wide as their widest cell. What came from outside cannot move the cursor. */
export function printTable(rows: readonly Readonly<Record<string, unknown>>[], columns: readonly string[]): void {
  if (rows.length === 0) {
    console.log("(none)");
    return;
  }
  const cells = [columns.map((column) => column.toUpperCase()), ...rows.map((row) => columns.map((column) => cellOf(row[column])))];
  const widths = columns.map((_, index) => Math.min(60, Math.max(...cells.map((line) => line[index]?.length ?? 0))));
  for (const line of cells)
    console.log(
      line
        .map((cell, index) => cell.slice(0, 60).padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    );
}

/** One record, a line per member. */
export function printRecord(record: Readonly<Record<string, unknown>>): void {
  const width = Math.max(...Object.keys(record).map((name) => name.length));
  for (const [name, value] of Object.entries(record)) {
    if (value !== null && typeof value === "object" && !Array.isArray(value)) {
      console.log(`${name}:`);
      for (const [inner, text] of Object.entries(value)) console.log(`  ${inner}: ${cellOf(text, 100_000)}`);
    } else console.log(`${name.padEnd(width)}  ${cellOf(value, 100_000)}`);
  }
}

function cellOf(value: unknown, most = 200): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return stripVTControlCharacters(text)
    .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, " ")
    .slice(0, most);
}

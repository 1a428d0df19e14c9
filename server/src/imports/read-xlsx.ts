import { Invalid } from "@svyazka/crm";
import { Zip } from "./zip.ts";

/** The rows of the first sheet of an XLSX file (ECMA-376), read piece by piece; only the texts that cells share are held. */
export async function* readXlsx(path: string): AsyncGenerator<readonly string[]> {
  const zip = await Zip.open(path);
  const sheet = firstSheet(zip.names);
  if (sheet === undefined) throw new Invalid({ file: ["has no sheet in it"] });
  const texts = await sharedTexts(zip);
  const dates = await dateStyles(zip);
  for await (const row of elements(zip.text(sheet), "row")) yield readRow(row, texts, dates);
}

const firstSheet = (names: readonly string[]): string | undefined =>
  names
    .filter((name) => /^xl\/worksheets\/[^/]+\.xml$/.test(name))
    .sort((one, other) => Number(/\d+/.exec(one)?.[0] ?? 0) - Number(/\d+/.exec(other)?.[0] ?? 0) || (one < other ? -1 : 1))[0];

/** A row or a shared text is small: one that never ends is no spreadsheet. */
const mostElement = 8_000_000;

/** Each `<name …>…</name>` of an XML text, whole. Names may have a prefix. */
async function* elements(text: AsyncIterable<string>, name: string): AsyncGenerator<string> {
  const opening = new RegExp(`<(?:\\w+:)?${name}(?=[\\s/>])[^>]*?(/?)>`);
  const closing = new RegExp(`</(?:\\w+:)?${name}\\s*>`);
  let held = "";
  for await (const piece of text) {
    held += piece;
    for (;;) {
      const open = opening.exec(held);
      if (!open) {
        // What may be the beginning of a tag stays.
        held = held.slice(Math.max(0, held.lastIndexOf("<")));
        break;
      }
      if (open[1] === "/") {
        held = held.slice(open.index + open[0].length);
        continue;
      }
      const rest = held.slice(open.index);
      const close = closing.exec(rest);
      if (!close) {
        if (rest.length > mostElement) throw new Invalid({ file: ["is a broken spreadsheet"] });
        held = rest;
        break;
      }
      yield rest.slice(0, close.index + close[0].length);
      held = rest.slice(close.index + close[0].length);
    }
  }
}

const mostTexts = 5_000_000;

async function sharedTexts(zip: Zip): Promise<string[]> {
  const texts: string[] = [];
  for await (const item of elements(zip.text("xl/sharedStrings.xml"), "si")) {
    texts.push(textOf(item));
    if (texts.length > mostTexts) throw new Invalid({ file: ["has too many texts in it"] });
  }
  return texts;
}

/** Runs of one text, without what is only there to say how it is read aloud. */
const textOf = (item: string): string =>
  [...item.replace(/<(?:\w+:)?rPh\b[\s\S]*?<\/(?:\w+:)?rPh>/g, "").matchAll(/<(?:\w+:)?t(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?t>/g)]
    .map(([, text = ""]) => unescaped(text))
    .join("");

const entities: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
const unescaped = (text: string): string =>
  text
    .replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
      const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : undefined;
      return code === undefined ? (entities[name] ?? whole) : code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    })
    // ST_Xstring: what XML cannot hold.
    .replace(/_x([0-9A-F]{4})_/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Which styles show a number as a date: the built-in ones of ECMA-376 18.8.30, and those whose own format has days or years in it. */
async function dateStyles(zip: Zip): Promise<ReadonlySet<number>> {
  let styles = "";
  for await (const piece of zip.text("xl/styles.xml")) {
    styles += piece;
    if (styles.length > mostElement) return new Set();
  }
  const own = new Set<number>();
  for (const [tag] of styles.matchAll(/<(?:\w+:)?numFmt\s[^>]*>/g)) {
    const format = (attribute(tag, "formatCode") ?? "").replace(/"[^"]*"|\[[^\]]*\]|\\./g, "");
    if (/[dy]/i.test(format)) own.add(Number(attribute(tag, "numFmtId")));
  }
  const list = /<(?:\w+:)?cellXfs\b[\s\S]*?<\/(?:\w+:)?cellXfs>/.exec(styles)?.[0] ?? "";
  const dates = [...list.matchAll(/<(?:\w+:)?xf\s[^>]*>/g)].flatMap(([tag], index) => {
    const id = Number(attribute(tag, "numFmtId"));
    return (id >= 14 && id <= 17) || id === 22 || own.has(id) ? [index] : [];
  });
  return new Set(dates);
}

const attribute = (tag: string, name: string): string | undefined => new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];

function readRow(row: string, texts: readonly string[], dates: ReadonlySet<number>): string[] {
  const cells: string[] = [];
  for (const [whole, tag = ""] of row.matchAll(/<(?:\w+:)?c(?=[\s/>])([^>]*?)(?:\/>|>[\s\S]*?<\/(?:\w+:)?c>)/g)) {
    const column = columnOf(attribute(tag, "r")) ?? cells.length;
    if (column > 16_384) continue;
    while (cells.length < column) cells.push("");
    cells[column] = readCell(whole, attribute(tag, "t"), Number(attribute(tag, "s") ?? -1), texts, dates);
  }
  return cells;
}

/** `AB12` stands in column 27, counted from 0. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^([A-Z]{1,3})\d/.exec(reference ?? "")?.[1];
  return letters === undefined ? undefined : [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function readCell(cell: string, type: string | undefined, style: number, texts: readonly string[], dates: ReadonlySet<number>): string {
  if (type === "inlineStr") return textOf(cell);
  const value = unescaped(/<(?:\w+:)?v(?:\s[^>]*)?>([\s\S]*?)<\/(?:\w+:)?v>/.exec(cell)?.[1] ?? "");
  if (type === "s") return texts[Number(value)] ?? "";
  if (type === "b") return value === "1" ? "true" : "false";
  if (type === "e") return "";
  if (type === undefined || type === "n") return dates.has(style) && /^\d/.test(value) ? dateOf(Number(value)) : plainNumber(value);
  return value;
}

/** Days since 1899-12-30, so that the day that 1900 did not have is counted. */
const dateOf = (days: number): string => {
  const date = new Date(Math.round(days * 86_400_000) + Date.UTC(1899, 11, 30));
  return Number.isNaN(date.getTime())
    ? ""
    : date
        .toISOString()
        .replace(/T00:00:00\.000Z$/, "")
        .replace(/\.\d+Z$/, "Z");
};

/** A phone of eleven digits is kept as `7.9101234567E10`. */
const plainNumber = (value: string): string =>
  /e/i.test(value) && Number.isFinite(Number(value))
    ? Number(value).toLocaleString("en", { useGrouping: false, maximumFractionDigits: 15 })
    : value;

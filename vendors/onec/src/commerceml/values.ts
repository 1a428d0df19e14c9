import type { XmlNode } from "./xml.ts";

/** The first child of that name. */
export function child(node: XmlNode | undefined, ...names: readonly string[]): XmlNode | undefined {
  return node?.children.find(({ name }) => names.includes(name));
}

/** All `inner` inside of all `outer`: 1C's lists are always wrapped (`Контакты/Контакт`). */
export function listed(node: XmlNode, outer: string, inner: string): readonly XmlNode[] {
  return node.children.filter(({ name }) => name === outer).flatMap(({ children }) => children.filter(({ name }) => name === inner));
}

/** The trimmed text of the first of those children that has any. */
export function textOf(node: XmlNode | undefined, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = node?.children.find((each) => each.name === name && each.text.trim() !== "")?.text.trim();
    if (text) return text;
  }
  return undefined;
}

/** `ЗначенияРеквизитов`: names to values; the first of a name stands. */
export function propertiesOf(node: XmlNode): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const property of listed(node, "ЗначенияРеквизитов", "ЗначениеРеквизита")) {
    const name = textOf(property, "Наименование");
    if (name && !found.has(name)) found.set(name, textOf(property, "Значение") ?? "");
  }
  return found;
}

/** Longer text is no sum, and is not worth a search that takes the square of its length. */
const longestSum = 100;

/**
 * A sum or an amount as decimal text with a point, never a float; undefined when it is none.
 * Spaces of any kind are marks of thousands, a currency word may follow; of comma and point the last one is the decimal mark.
 */
export function readDecimal(text: string | undefined): string | undefined {
  if ((text ?? "").length > longestSum) return undefined;
  const bare = (text ?? "").replace(/[\s\u00a0\u202f'’]/g, "").replace(/[\p{L}₽$€%]+\.?$/u, "");
  if (!/^[+-]?[\d.,]*\d[\d.,]*$/.test(bare)) return undefined;
  const last = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  // The same mark twice (1.234.567) can only be one of thousands.
  const isDecimal = last >= 0 && bare.indexOf(bare.charAt(last)) === last;
  const whole = (isDecimal ? bare.slice(0, last) : bare).replace(/[^\d]/g, "").replace(/^0+(?=\d)/, "") || "0";
  const fraction = isDecimal ? bare.slice(last + 1) : "";
  if (/\D/.test(fraction)) return undefined;
  const digits = fraction === "" ? whole : `${whole}.${fraction}`;
  return bare.startsWith("-") && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/**
 * A date as ISO text: `2026-03-02` or `2026-03-02T10:00:00`, in the base's own zone unless one is written; undefined for none and for
 * 1C's empty date (year 1). `time` is the separate `Время` of a document.
 */
export function readDate(text: string | undefined, time?: string): string | undefined {
  const found =
    /^(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d{1,2}):?(\d\d):?(\d\d)?(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?)?$/.exec(text ?? "") ??
    reordered(/^(\d\d)\.(\d\d)\.(\d{4})(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?)?$/.exec(text ?? ""));
  if (!found) return undefined;
  const [, year = "", month = "", day = "", hour, minute = "00", second = "00", zone = ""] = found;
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  if (year === "0001" || Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return undefined;
  const own = hour === undefined ? undefined : `${hour.padStart(2, "0")}:${minute}:${second}`;
  const clock = own === undefined || own === "00:00:00" ? (readTime(time) ?? own) : own;
  return clock === undefined ? `${year}-${month}-${day}` : `${year}-${month}-${day}T${clock}${zone}`;
}

function reordered(found: RegExpExecArray | null): (string | undefined)[] | undefined {
  return found ? [found[0], found[3], found[2], found[1], ...found.slice(4)] : undefined;
}

/** `10:00:00`, also out of `0001-01-01T10:00:00`, as some exchange modules write the time. */
function readTime(text: string | undefined): string | undefined {
  const found = /(?:^|T|\s)(\d{1,2}):(\d\d)(?::(\d\d))?/.exec(text ?? "");
  const [, hour = "", minute = "", second = "00"] = found ?? [];
  return found && Number(hour) < 24 && Number(minute) < 60 ? `${hour.padStart(2, "0")}:${minute}:${second}` : undefined;
}

/** An `Ид`: a GUID in lower case and without braces; other ids as they stand; undefined for none and for the zero GUID. */
export function readId(text: string | undefined): string | undefined {
  const bare = text?.trim().replace(/^\{(.*)\}$/, "$1");
  if (!bare || /^0{8}-0{4}-0{4}-0{4}-0{12}$/.test(bare)) return undefined;
  return /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i.test(bare) ? bare.toLowerCase() : bare;
}

/** true/false in all the words of 1C; undefined for anything else. */
export function readBoolean(text: string | undefined): boolean | undefined {
  const word = text?.trim().toLowerCase();
  if (word === "true" || word === "1" || word === "да" || word === "истина") return true;
  if (word === "false" || word === "0" || word === "нет" || word === "ложь") return false;
  return undefined;
}

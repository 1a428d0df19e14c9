/** Text as 1C sends it: names, ids, yes and no. */

/** PostgreSQL cannot keep a NUL, and UTF-8 no lone surrogate; `trim` takes a byte order mark and no-break spaces, too. */
export function cleanText(value: string): string {
  const whole = value.includes("\0") ? value.replaceAll("\0", "") : value;
  return (whole.isWellFormed() ? whole : whole.toWellFormed()).trim();
}

/** A text, or a number as text; undefined when there is nothing, or neither. */
export function readText(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== "string") return undefined;
  const text = cleanText(value);
  return text === "" ? undefined : text;
}

/** The most that an id may have (onec.md §6). */
export const longestId = 255;

/**
 * An id that may come as a number or as text (onec.md §2), as text. A number that 1C has turned into text by itself carries a space of some kind
 * as the thousands mark (§5): `28 345 678` is 28345678. Undefined when there is nothing, or something that is no id.
 */
export function readId(value: unknown): string | undefined {
  const id = readOpaqueId(value);
  return id !== undefined && /^\d{1,3}(?:\s\d{3})+$/.test(id) ? id.replace(/\s/g, "") : id;
}

/** An id in the CRM: as `readId`, and 0 is how 1C writes that there is none. */
export function readCrmId(value: unknown): string | undefined {
  const id = readId(value);
  return id !== undefined && /^0+$/.test(id) ? undefined : id;
}

const guid = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;
const zeroGuid = "00000000-0000-0000-0000-000000000000";

/** An id that 1C has given, as text: nothing in it is changed but spaces around it. Undefined when there is nothing, or something that is no id. */
export function readOpaqueId(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  const text = readText(value);
  return text !== undefined && text.length <= longestId ? text : undefined;
}

/** A GUID in lower case without braces; the zero GUID is an empty reference. Anything else is opaque text of up to 255 signs. Source: onec.md §6. */
export function readId1c(value: unknown): string | undefined {
  const id = readOpaqueId(value);
  if (id === undefined) return undefined;
  const found = guid.exec(id)?.[1]?.toLowerCase() ?? id;
  return found === zeroGuid ? undefined : found;
}

export const isGuid = (text: string): boolean => guid.test(text);

const yes = new Set(["true", "1", "да", "истина"]);
const no = new Set(["false", "0", "нет", "ложь"]);

/** true/false, 1/0, Да/Нет, Истина/Ложь; undefined otherwise. Source: onec.md §6. */
export function readBool(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const word = readText(value)?.toLowerCase() ?? "";
  return yes.has(word) ? true : no.has(word) ? false : undefined;
}

/** Several phones or e-mails in one field (A14), in order, each once; as they were typed, but for no-break spaces (onec.md §6). */
export const splitSeveral = (text: string): string[] => [
  ...new Set(
    text
      .replace(/[\u00a0\u202f]/g, " ")
      .split(/[,;/\n\r]/)
      .map(cleanText)
      .filter((one) => one !== ""),
  ),
];

/** Cut to `max` UTF-16 units, without splitting a character, and marked when something is missing. */
export const cutText = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "")}…`;

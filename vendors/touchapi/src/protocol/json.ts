/** Values of JSON of which nothing is known: nothing here throws. */

export type Json = Readonly<Record<string, unknown>>;
export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

/** A member of its own: `constructor` and the like are not members of what somebody sent. */
export const member = (json: Json, name: string): unknown => (Object.hasOwn(json, name) ? json[name] : undefined);

/** The most that an id, a login or a token may have. */
export const longestId = 255;

/** PostgreSQL cannot keep a NUL, and UTF-8 no lone surrogate. Spaces within are kept. */
export function cleanText(value: string): string {
  const whole = value.includes("\0") ? value.replaceAll("\0", "") : value;
  return whole.isWellFormed() ? whole : whole.toWellFormed();
}

/** A text without spaces around it, or a number as text; undefined when there is nothing, or something else. */
export function readText(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  if (typeof value !== "string") return undefined;
  const text = cleanText(value).trim();
  return text === "" ? undefined : text;
}

/** An id as text. A number that a double cannot hold exactly is no id any more; neither is a text longer than 255 signs. */
export function readId(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) ? String(value) : undefined;
  const text = readText(value);
  return text !== undefined && text.length <= longestId ? text : undefined;
}

/** The first of these members that is a text. */
export function firstText(json: Json, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = readText(member(json, name));
    if (text !== undefined) return text;
  }
  return undefined;
}

const yes = new Set<unknown>([true, 1, "true", "1", "yes", "on"]);
const no = new Set<unknown>([false, 0, "false", "0", "no", "off"]);

/** true and false, as JSON and as forms write them; undefined otherwise. */
export function readBool(value: unknown): boolean | undefined {
  const plain = typeof value === "string" ? value.trim().toLowerCase() : value;
  return yes.has(plain) ? true : no.has(plain) ? false : undefined;
}

/** An address of http or https; anything else is none. */
export function readUrl(value: unknown): string | undefined {
  const text = readText(value);
  const url = text === undefined ? null : URL.parse(text);
  return url && (url.protocol === "http:" || url.protocol === "https:") ? text : undefined;
}

/** With what is not there left out, so that "not sent" and "sent" stay apart. */
export function present<T extends object>(value: T): Present<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Present<T>;
}
type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

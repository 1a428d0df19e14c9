/** What a JSON object is known to be: names with values of any kind. */
export type Json = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
/** Those of its items that are objects. */
export const objectsOf = (value: unknown): Json[] =>
  listOf(value)
    .map(objectOf)
    .filter((item) => item !== undefined);
/** Undefined for an empty one, too. */
export const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);
export const numberOf = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
export const integerOf = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined);

/** Of Unix seconds; 0 means that there is none ("inaccessible messages", Bot API). */
export function momentOf(value: unknown): Date | undefined {
  const seconds = integerOf(value);
  return seconds !== undefined && seconds > 0 && seconds <= 8_640_000_000_000 ? new Date(seconds * 1000) : undefined;
}

export type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Without what is undefined. */
export function present<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}

/** What every method answers with. Source: settings/how-to-call-rest-api, error-codes */

export interface Answered {
  readonly result: unknown;
  /** Of a list: all there are, unless it was told not to count. */
  readonly total?: number;
  /** Of a list: the offset of the next page. */
  readonly next?: number;
  /** Unix seconds: when the time that this method has used up is forgotten. */
  readonly operatingResetAt?: number;
}

export interface Problem {
  /** May be empty: then only the words tell. */
  readonly code: string;
  /** In the portal's language. */
  readonly words: string;
  readonly operatingResetAt?: number;
}

export type ReadAnswer = { readonly kind: "answered"; readonly answer: Answered } | { readonly kind: "problem"; readonly problem: Problem };

/** Undefined when it is no answer of Bitrix24 at all: a page of HTML, half a text, another server's JSON. */
export function readAnswer(body: string): ReadAnswer | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body.replace(/^\uFEFF/, ""));
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const { result, error, error_description: words, total, next, time } = json as Readonly<Record<string, unknown>>;
  const resetAt = Number(
    (typeof time === "object" && time !== null ? (time as Readonly<Record<string, unknown>>) : {})["operating_reset_at"],
  );
  const operating = Number.isFinite(resetAt) && resetAt > 0 ? { operatingResetAt: resetAt } : {};
  if (error !== undefined) return { kind: "problem", problem: { code: textOf(error), words: textOf(words), ...operating } };
  if (result === undefined) return undefined;
  return {
    kind: "answered",
    answer: {
      result,
      ...(typeof total === "number" && { total }),
      ...(typeof next === "number" && { next }),
      ...operating,
    },
  };
}

const textOf = (value: unknown): string => (typeof value === "string" || typeof value === "number" ? String(value) : "");

/** PHP writes an empty map as `[]`. */
export function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A list; or a map that PHP made of a list with gaps. */
export const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : typeof value === "object" && value !== null ? Object.values(value) : [];

/** Text, or a number as text; undefined of anything else, and of nothing. */
export function textIn(map: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = map[name];
  return (typeof value === "string" && value !== "") || typeof value === "number" ? String(value) : undefined;
}

/** A number, or text that is one. */
export function numberIn(map: Readonly<Record<string, unknown>>, name: string): number | undefined {
  const value = map[name];
  const number = typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

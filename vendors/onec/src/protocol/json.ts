/** What was read, and what was wrong with it and was understood all the same, in words for the integrator. */
export type ReadJson =
  | { readonly value: unknown; readonly warnings: readonly string[] }
  | { readonly problem: string; readonly warnings: readonly string[] };

/**
 * JSON as 1C and the samples of the document write it: strictly first, then without a byte order mark and without trailing commas (A12).
 * A number that a double cannot hold becomes the text of its own digits: ids and sums are read from either. Source: onec.md A12, A13, §5.
 */
export function readJson(text: string): ReadJson {
  const strict = parse(text);
  if (strict) return { ...strict, warnings: [] };
  const warnings: string[] = [];
  const bare = withoutMark(text);
  if (bare.length < text.length) warnings.push("Перед JSON стоит метка порядка байтов (BOM): она отброшена");
  const withoutCommas = dropTrailingCommas(bare);
  if (withoutCommas.length < bare.length) warnings.push("В JSON стоят запятые перед закрывающей скобкой: они отброшены");
  const tolerant = parse(withoutCommas);
  if (tolerant) return { ...tolerant, warnings };
  return { problem: bare.trim() === "" ? "Тело пустое, а должен быть JSON" : "Тело — не JSON", warnings };
}

/** Platform 8.2 puts a byte order mark before every body set from a string, and HTTP services answer with one. Source: onec.md §5. */
export const withoutMark = (text: string): string => text.replace(/^\ufeff+/, "");

/** A run that may be more digits than a double holds. */
const longNumber = /\d[\d.]{15,}/;

/** `JSON.parse` tells a reviver the digits as they were written; the standard library's types do not know it yet. */
type Parse = (text: string, revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown) => unknown;

function parse(text: string): { value: unknown } | undefined {
  try {
    const value: unknown = longNumber.test(text) ? (JSON.parse as Parse)(text, keepDigits) : JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}

function keepDigits(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || source === undefined || /[eE]/.test(source)) return value;
  return digitsOf(source) === digitsOf(String(value)) ? value : source;
}

/** Digits that count: `1234.50` and `1234.5` are one number. */
const digitsOf = (number: string): string => (number.includes(".") ? number.replace(/\.?0+$/, "") : number);

/** Commas before `}` or `]`, outside of texts. A text may be a package of 32 MiB: no regular expression goes over it. */
function dropTrailingCommas(text: string): string {
  const closes = /\s*[}\]]/y;
  let kept = "";
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') at = endOfText(text, at);
    else if (text[at] === ",") {
      closes.lastIndex = at + 1;
      if (!closes.test(text)) continue;
      kept += text.slice(from, at);
      from = at + 1;
    }
  }
  return kept + text.slice(from);
}

function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text[at - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

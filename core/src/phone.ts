import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/max";

/** A phone as it was typed, beside what could be read from it. Without `e164` it is not a valid number: keep it, do not match by it. */
export interface Phone {
  readonly typed: string;
  readonly e164?: string;
  /** The extension, kept apart: it is no part of the number. */
  readonly ext?: string;
  /** A company's free line, dialled by many: never tells who is calling. */
  readonly tollFree?: true;
}

export const isCountry = (code: string): boolean => isSupportedCountry(code);

/**
 * Reads every phone in one field. `country` is ISO 3166-1 alpha-2 and says how a number without a country code is read.
 * Several numbers may be parted by `, ; / |` or " и ". Text with no digits at all gives nothing.
 */
export function readPhones(text: string, country: string): Phone[] {
  const parts = text.split(/[,;/|\n]|\sи\s/u);
  const split = parts.length > 1 ? parts.map((part) => readPhone(part, country)).filter((phone) => phone !== undefined) : [];
  // Before the text as a whole: what stands after a `;` would be taken for an extension.
  if (split.filter((phone) => phone.e164 !== undefined).length > 1) return split;
  const whole = readPhone(text, country);
  if (whole?.e164 !== undefined) return [whole];
  if (split.length > 1) return split;
  return whole ? [whole] : [];
}

/** Reads one phone. Undefined when there is no digit in it. */
export function readPhone(text: string, country: string): Phone | undefined {
  // Never half a character: no database takes one.
  const typed = text
    .trim()
    .slice(0, 255)
    .replace(/[\ud800-\udbff]$/, "");
  if (!/\d/.test(typed)) return undefined;
  const { number, ext } = splitExtension(typed);
  for (const spelling of spellings(number)) {
    const parsed = parsePhoneNumberFromString(spelling, isSupportedCountry(country) ? (country as CountryCode) : "RU");
    // A number is valid when it is of some type: asking once costs half of `isValid` and `getType`.
    const type = parsed?.getType();
    if (!parsed || type === undefined) continue;
    const extension = ext ?? parsed.ext;
    return {
      typed,
      e164: parsed.number,
      ...(extension !== undefined && { ext: extension }),
      ...(type === "TOLL_FREE" && { tollFree: true as const }),
    };
  }
  return { typed };
}

/** "доб. 12", "вн. 12", "ext 12", "x12", "#12" after the number. */
function splitExtension(text: string): { number: string; ext?: string } {
  const found = /^(.*\d.*?)[\s,(]*(?:доб(?:авочный)?|вн(?:утр(?:енний)?)?|ext(?:ension)?|x|#)[.:\s]*(\d{1,8})\)?\s*$/iu.exec(text);
  if (!found?.[1] || !found[2]) return { number: text };
  return { number: found[1], ext: found[2] };
}

/** The number as typed, then the two misspellings people make: `+8 910…` and `007 910…`. */
function spellings(number: string): string[] {
  const digits = number.replace(/\D/g, "");
  const tries = digits.startsWith("007") && digits.length === 13 ? [`+7${digits.slice(3)}`] : [number];
  if (number.trimStart().startsWith("+")) tries.push(number.replace("+", ""));
  if (digits.length === 11 && digits.startsWith("7")) tries.push(`+${digits}`);
  return tries;
}

/** The last ten digits: what is left of a number when its country code is written in many ways. */
export const lastTenDigits = (text: string): string => text.replace(/\D/g, "").slice(-10);

/** For comparison only: trimmed, lower case, without `mailto:`. Undefined when it is not an e-mail address. */
export function readEmail(text: string): string | undefined {
  const bare = text
    .trim()
    .replace(/^mailto:/i, "")
    .toLowerCase();
  return bare.length <= 254 && /^[^\s@,;<>"()]+@[^\s@,;<>"()]+\.[^\s@.,;<>"()]{2,}$/u.test(bare) ? bare : undefined;
}

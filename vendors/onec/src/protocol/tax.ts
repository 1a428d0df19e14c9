import { cleanText } from "./text.ts";

export type TaxKind = "inn-legal" | "inn-person" | "unp" | "kpp" | "ogrn" | "ogrnip" | "unknown";

export interface TaxNumber {
  /** As text: a leading zero is real. Without spaces and with Latin letters where its kind is known, otherwise as it came. */
  readonly number: string;
  readonly kind: TaxKind;
  /** Real bases hold wrong ones: people are warned, and nothing is refused. In Russian. */
  readonly warnings: readonly string[];
}

/** ИНН, УНП, and what people type in their place; `country` (ISO 3166, two letters) decides what nine digits are. Rules and sources: onec.md §8. */
export function checkTaxNumber(text: string, country: string): TaxNumber {
  const number = bare(text);
  if (/^\d{10}$/.test(number)) return checked(number, "inn-legal", isInn10(number), "ИНН организации");
  if (/^\d{12}$/.test(number)) return checked(number, "inn-person", isInn12(number), "ИНН физического лица");
  // Two letters at the start are УНП anywhere; nine digits are УНП in Belarus only.
  if (/^[A-Z]{2}\d{7}$/.test(number) || (country.toUpperCase() === "BY" && /^\d{9}$/.test(number)))
    return checked(number, "unp", isUnp(number), "УНП");
  if (/^\d{13}$/.test(number)) return instead(checked(number, "ogrn", isOgrn(number), "ОГРН"), "Это ОГРН, а не ИНН");
  if (/^\d{15}$/.test(number)) return instead(checked(number, "ogrnip", isOgrnip(number), "ОГРНИП"), "Это ОГРНИП, а не ИНН");
  if (/^\d{9}$|^\d{11}$/.test(number))
    return {
      ...{ number, kind: "unknown" },
      warnings: [`В номере ${number.length} цифр: похоже, в начале пропал ноль${number.length === 9 ? ", или это УНП" : ""}`],
    };
  return { number: cleanText(text), kind: "unknown", warnings: ["Не похоже на ИНН (10 или 12 цифр) или УНП (9 знаков)"] };
}

/** КПП: nine signs NNNNPPXXX, no check sum; only organisations have one. */
export function checkKpp(text: string): TaxNumber {
  const number = bare(text);
  return /^\d{4}[\dA-Z]{2}\d{3}$/.test(number)
    ? { number, kind: "kpp", warnings: [] }
    : { number: cleanText(text), kind: "unknown", warnings: ["Не похоже на КПП: в нём 9 знаков"] };
}

/** Russian letters that look like Latin ones are typed in their place: `МА1953684` (measured). */
const lookAlikes = new Map([..."АВСЕНКМОРТ"].map((letter, index) => [letter, "ABCEHKMOPT"[index] ?? letter]));
const bare = (text: string): string =>
  cleanText(text)
    .replace(/\s/g, "")
    .toUpperCase()
    .replace(/[А-Я]/g, (letter) => lookAlikes.get(letter) ?? letter);

function checked(number: string, kind: TaxKind, isRight: boolean, name: string): TaxNumber {
  if (/^0+$/.test(number)) return { number, kind, warnings: [`${name}: одни нули`] };
  return { number, kind, warnings: isRight ? [] : [`${name}: контрольная сумма не сходится`] };
}

const instead = (tax: TaxNumber, warning: string): TaxNumber => ({ ...tax, warnings: [warning, ...tax.warnings] });

const weigh = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, place) => sum + weight * (digits[place] ?? 0), 0);
const digitsOf = (number: string): number[] => [...number].map((sign) => Number.parseInt(sign, 36));

/** d11 is weighed by all but the first, d12 by all. */
const innWeights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

function isInn10(number: string): boolean {
  const digits = digitsOf(number);
  return (weigh(digits, innWeights.slice(2)) % 11) % 10 === digits[9];
}

function isInn12(number: string): boolean {
  const digits = digitsOf(number);
  return (weigh(digits, innWeights.slice(1)) % 11) % 10 === digits[10] && (weigh(digits, innWeights) % 11) % 10 === digits[11];
}

const unpLetters = "ABCEHKMOPT";

function isUnp(number: string): boolean {
  if (!/^[1-7ABCEHKM](?:\d|[ABCEHKMOPT])\d{7}$/.test(number) || /^\d[A-Z]/.test(number)) return false;
  const second = number[1] ?? "";
  const digits = digitsOf(/[A-Z]/.test(second) ? `${number[0]}${unpLetters.indexOf(second)}${number.slice(2)}` : number);
  return weigh(digits, [29, 23, 19, 17, 13, 7, 5, 3]) % 11 === digits[8];
}

const isOgrn = (number: string): boolean => (BigInt(number.slice(0, 12)) % 11n) % 10n === BigInt(number.slice(12));
const isOgrnip = (number: string): boolean => (BigInt(number.slice(0, 14)) % 13n) % 10n === BigInt(number.slice(14));

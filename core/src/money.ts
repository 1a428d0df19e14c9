/** Money is a whole number of minor units (kopecks, cents) beside its currency; never a float. */
export interface Money {
  readonly minor: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** ISO 4217: currencies whose minor unit is not a hundredth. */
const digitsOf: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

const minorDigits = (currency: string): number => digitsOf[currency] ?? 2;

/**
 * Reads decimal text as people type it: `10000`, `10 000,50`, `10.000,50 ₽`, `1,234.5`.
 * Extra decimals are rounded half up. Undefined when it is not a sum, or too large to be exact.
 */
export function readMoney(text: string, currency: string): Money | undefined {
  const bare = text
    .replace(/(?:[Рр][Уу][Бб](?:лей|ля|ль)?\.?|[Рр]\.|[₽$€₸]|\b[A-Z]{3})\s*$/u, "")
    .replace(/^[₽$€₸]/u, "")
    .replace(/[\s\u00a0\u202f'’]/gu, "");
  const decimal = plainDecimal(bare);
  if (decimal === undefined) return undefined;
  const digits = minorDigits(currency);
  const negative = decimal.startsWith("-");
  const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
  const padded = fraction.padEnd(digits + 1, "0");
  const roundUp = (padded[digits] ?? "0") >= "5" ? 1 : 0;
  const minor = Number(whole + padded.slice(0, digits)) + roundUp;
  if (!Number.isSafeInteger(minor)) return undefined;
  return { minor: negative && minor !== 0 ? -minor : minor, currency };
}

/** `1.234,5` and `1,234.5` and `1234,5` → `1234.5`. A lone separator before exactly three digits groups thousands. */
function plainDecimal(text: string): string | undefined {
  if (!/^-?\d[\d.,]*$/.test(text)) return undefined;
  const lastDot = text.lastIndexOf(".");
  const lastComma = text.lastIndexOf(",");
  if (lastDot === -1 && lastComma === -1) return text;
  const mark = lastDot > lastComma ? "." : ",";
  const other = mark === "." ? "," : ".";
  const parts = text.split(mark);
  const tail = parts.at(-1) ?? "";
  const grouped = parts.length > 2 || (!text.includes(other) && tail.length === 3 && parts[0] !== "0" && parts[0] !== "-0" && mark === ",");
  const whole = (grouped ? parts : parts.slice(0, -1)).join("").replaceAll(other, "");
  // Groups after the first have three digits; anything else is a list of numbers, not a sum.
  const groups = (grouped ? text : text.slice(0, -tail.length - 1)).split(/[.,]/);
  if (groups.slice(1).some((group) => group.length !== 3)) return undefined;
  const plain = grouped ? whole : `${whole}.${tail}`;
  return /^-?\d+(\.\d*)?$/.test(plain) ? plain : undefined;
}

/** Decimal text with a point and the currency's own number of decimals: `10000.50`. */
export function writeMoney({ minor, currency }: { readonly minor: number | bigint; readonly currency: string }): string {
  const digits = minorDigits(currency);
  const sign = minor < 0 ? "-" : "";
  const padded = String(minor)
    .replace("-", "")
    .padStart(digits + 1, "0");
  return digits === 0 ? sign + padded : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

import { cleanText, cutText } from "./text.ts";

/** A value, or none; and what was wrong, in words. Nothing given is neither. */
export interface Found<T> {
  readonly value: T | undefined;
  readonly warning?: string;
}

/** 1C holds numbers of up to 38 digits. */
const mostDigits = 38;

/**
 * A sum as decimal text with a point, such as `1234.50`: never a float (A13). Numbers turned to text by 1C carry a comma, and a space of some kind
 * as thousands mark; people add the currency. Of `,` and `.` together the last one is the decimal mark. Source: onec.md §6.
 */
export function readNumber(value: unknown): Found<string> {
  if (value === undefined || value === null) return { value: undefined };
  if (typeof value === "number") return Number.isFinite(value) ? { value: plainDigits(value) } : unreadable(value);
  if (typeof value !== "string") return unreadable(value);
  const text = cleanText(value);
  if (text === "") return { value: undefined };
  const bare = text
    .replace(/[\s'’]/g, "")
    .replace(/[\p{L}\p{Sc}][\p{L}\p{Sc}.]*$/u, "")
    .replace(/^\u2212/, "-");
  const decimal = withPoint(bare);
  return decimal === undefined ? unreadable(value) : { value: decimal };
}

function withPoint(text: string): string | undefined {
  const last = Math.max(text.lastIndexOf(","), text.lastIndexOf("."));
  const whole = last < 0 ? text : text.slice(0, last);
  const part = last < 0 ? "" : text.slice(last + 1);
  // Before the decimal mark, the other of the two stands between thousands.
  const mark = text[last] === "," ? "." : ",";
  if (!new RegExp(`^-?(?:\\d*|\\d{1,3}(?:\\${mark}\\d{3})+)$`).test(whole) || !/^\d*$/.test(part)) return undefined;
  const minus = whole.startsWith("-") ? "-" : "";
  const digits = whole.replace(/\D/g, "");
  if (digits.length + part.length === 0 || digits.length + part.length > mostDigits || (last >= 0 && part === "")) return undefined;
  const number = `${digits.replace(/^0+(?=\d)/, "") || "0"}${part === "" ? "" : `.${part}`}`;
  return /[1-9]/.test(number) ? minus + number : number;
}

/** A double prints itself with an exponent below 1e-6 and from 1e21. */
function plainDigits(value: number): string {
  const text = String(Object.is(value, -0) ? 0 : value);
  if (!text.includes("e")) return text;
  return Math.abs(value) < 1 ? value.toFixed(20).replace(/\.?0+$/, "") : String(BigInt(value));
}

const unreadable = (value: unknown): Found<never> => ({
  value: undefined,
  warning: `Не число: «${cutText(String(typeof value === "object" ? JSON.stringify(value) : value), 60)}». Ожидается число, например 1234.50`,
});

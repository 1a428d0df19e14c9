import { isObject, member, readText } from "./json.ts";

/** What an account waits for. `unknown` also when it tells no step, as one that is switched off. */
export type StepState = "ready" | "needs_qr" | "needs_code" | "starting" | "unknown";

export interface Step {
  readonly state: StepState;
  /** The far side's words; empty when there are none. */
  readonly text: string;
  /** As it was told: 5, 2.2, 2.22 … */
  readonly value?: number;
}

/**
 * The step of an account, `{ value, message }` or the number alone. Opaque but for this: 5 and above is ready, 2.2 waits for a QR code to be scanned, 2.22 for a code to be
 * entered, any other 2.x for the user in some way (a code if the words say so, else a QR code); the other numbers from 0 on are on their way.
 * Source: the vendor's cabinet, messengers.md §3.
 */
export function readStep(step: unknown): Step {
  const value = numberOf(isObject(step) ? member(step, "value") : step);
  const text = (isObject(step) ? readText(member(step, "message")) : undefined) ?? "";
  return { state: stateOf(value, text), text, ...(value !== undefined && { value }) };
}

function stateOf(value: number | undefined, text: string): StepState {
  if (value === undefined || value < 0) return "unknown";
  if (value >= 5) return "ready";
  if (value === 2.2) return "needs_qr";
  if (value === 2.22) return "needs_code";
  if (value >= 2 && value < 3) return /code|challenge|factor|код/i.test(text) && !/qr/i.test(text) ? "needs_code" : "needs_qr";
  return "starting";
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\s*\d+(?:[.,]\d+)?\s*$/.test(value) ? Number(value.replace(",", ".")) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

/**
 * What the words of a refused `setState` mean, which are no failure: the account is on its way and waits for its user. Undefined when it is one.
 * Source: the vendor's cabinet ("QR received", "QR code received", "Auth code received", "Challenge required") and its page on Telegram ("Two factor auth required").
 */
export function readStartWords(words: string): Step | undefined {
  if (/\bqr\b.*\breceived/i.test(words)) return { state: "needs_qr", text: words };
  if (/\b(?:auth )?code received|challenge required|two.?factor/i.test(words)) return { state: "needs_code", text: words };
  return undefined;
}

import { readPhone, type Workspace } from "@svyazka/core";
import { Invalid } from "@svyazka/crm";

/** The phone of somebody who works here as it is kept: E.164, or an extension as it was typed. Throws `Invalid` when it is neither. */
export function userPhone(typed: string | null, { country }: Workspace): string | null {
  if (typed === null || typed.trim() === "") return null;
  const e164 = readPhone(typed, country)?.e164;
  if (e164 !== undefined) return e164;
  if (/^\d{2,6}$/.test(typed.trim())) return typed.trim();
  throw new Invalid({ phone: [`"${typed}" is not a phone: write it with the country code, or an extension of 2 to 6 digits`] });
}

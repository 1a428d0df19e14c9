import { type Money, type OwnField, type OwnValue, readMoney, writeMoney } from "@svyazka/core";
import { Unfit } from "../api/account.ts";
import type { FieldValue } from "../protocol.ts";
import { dayOf, midnight, moment, seconds } from "./times.ts";

/** A value of a custom field of ours as amoCRM shows it, and back. */

/** A custom field, of whomever: of a kind of records, or of a catalog. */
export type HeldField = Omit<OwnField, "entity">;

export function writeOwnValue(field: HeldField, value: OwnValue, timeZone: string): FieldValue[] {
  const option = (id: number): FieldValue[] => {
    const found = field.options.find((one) => one.id === id);
    return found ? [{ value: found.value, enum_id: id, enum_code: found.code }] : [];
  };
  if (Array.isArray(value)) return value.flatMap(option);
  if (typeof value === "object" && "json" in value)
    return Array.isArray(value.json) ? (value.json as FieldValue[]) : [{ value: value.json }];
  if (typeof value === "object" && "minor" in value) return [{ value: writeMoney(value as Money) }];
  if (field.type === "select") return typeof value === "number" ? option(value) : [];
  if (field.type === "date") return [{ value: midnight(String(value), timeZone) }];
  if (field.type === "moment") return [{ value: seconds(new Date(String(value))) }];
  return [{ value: typeof value === "number" ? String(value) : value }];
}

/** Throws `Unfit` for what is no sum. */
export function readOwnValue(
  field: HeldField,
  given: readonly FieldValue[],
  currency: string,
  timeZone: string,
  path: string,
): OwnValue | null {
  const [first] = given;
  if (!first) return null;
  const text = typeof first.value === "string" ? first.value : String(first.value);
  switch (field.type) {
    case "select":
      return first.enum_id ?? null;
    case "multiselect":
      return given.flatMap(({ enum_id }) => (enum_id === undefined ? [] : [enum_id]));
    case "flag":
      return first.value === true;
    case "number":
      return Number(text);
    case "money": {
      const sum = readMoney(text, currency);
      if (!sum) throw new Unfit(`${path}.values.0.value`, "This value is not a sum.");
      return sum;
    }
    case "date":
      return dayOf(Number(first.value), timeZone);
    case "moment":
      return moment(Number(first.value)).toISOString();
    case "object":
      return { json: given };
    default:
      return text;
  }
}

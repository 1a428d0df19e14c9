import type { Field } from "../data/shapes.ts";
import type { Choice, EditableValue, Editor } from "./editable.tsx";
import type { useFormat } from "./format.tsx";
import { localInput } from "./local-input.ts";

/** Values of custom fields: as text, and as what edits them. */

export type FieldValue =
  | string
  | number
  | boolean
  | readonly string[]
  | { readonly sum: string; readonly currency: string }
  | { readonly json: unknown }
  | undefined;

const isSum = (value: FieldValue): value is { readonly sum: string; readonly currency: string } =>
  typeof value === "object" && value !== null && "sum" in value;

export function fieldText(value: FieldValue, format: ReturnType<typeof useFormat>): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return value ? "✓" : "—";
  if (typeof value === "number") return format.number(value);
  if (typeof value === "string" && isMoment(value)) return format.moment(value);
  if (typeof value === "string") return /^\d{4}-\d{2}-\d{2}$/.test(value) ? format.day(`${value}T00:00:00`) : value;
  if (Array.isArray(value)) return value.join(", ");
  if ("json" in value) return jsonText(value.json);
  const money = value as { sum: string; currency: string };
  return format.money(money.sum, money.currency);
}

/** As the API writes one. */
const isMoment = (text: string): boolean => /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/.test(text);

/** What a program keeps, for people to read. */
function jsonText(json: unknown): string {
  if (json === null || json === undefined) return "";
  if (Array.isArray(json)) return json.map(jsonText).join("; ");
  if (typeof json !== "object") return String(json);
  return Object.entries(json)
    .map(([name, value]) => `${name}: ${jsonText(value)}`)
    .join(", ");
}

export function fieldEditor(field: Field): Editor {
  const choices: Choice[] = field.options.map(({ value }) => ({ value, label: value }));
  switch (field.type) {
    case "number":
    case "money":
      return { kind: "number" };
    case "flag":
      return { kind: "flag" };
    case "date":
      return { kind: "date" };
    case "moment":
      return { kind: "moment" };
    case "select":
      return { kind: "choice", choices };
    case "multiselect":
      return { kind: "choices", choices };
    case "address":
      return { kind: "textarea" };
    case "url":
      return { kind: "url" };
    case "email":
      return { kind: "email" };
    default:
      return { kind: "text" };
  }
}

/** As it is edited: a sum without its currency, a moment in the clock of whoever looks. */
export function editableOf(field: Field, value: FieldValue): EditableValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "object" && "json" in value) return jsonText(value.json);
  if (typeof value === "object" && "sum" in value) return value.sum;
  return field.type === "moment" && typeof value === "string" ? localInput(new Date(value)) : (value as EditableValue);
}

/** As the API takes it. A sum that was there keeps its currency; a new one is in `currency`. */
export const draftOf = (field: Field, value: EditableValue, before: FieldValue, currency: string): unknown => {
  if (value === null || value === "") return null;
  if (field.type === "money") return { sum: String(value), currency: isSum(before) ? before.currency : currency };
  if (field.type === "number") return Number(value);
  if (field.type === "moment") return new Date(String(value)).toISOString();
  return value;
};

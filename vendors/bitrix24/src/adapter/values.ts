import { type Attribution, readWhen, type Workspace } from "@svyazka/core";
import type { UserField } from "../client.ts";
import { listOf } from "../protocol.ts";
import { codeOf, type FieldOwner, type Setup } from "./setup.ts";

/** Values as flows have them (text by the field's code) for the portal's own fields, and what found no place. */
export interface Placed {
  /** By the field's name: `UF_CRM_SIZE`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** `name: value`, for a comment. */
  readonly leftovers: readonly string[];
}

export function placeValues(
  given: Readonly<Record<string, string>>,
  setup: Pick<Setup, "fields" | "currency">,
  of: FieldOwner,
  { timeZone }: Pick<Workspace, "timeZone">,
): Placed {
  const values: Record<string, unknown> = {};
  const leftovers: string[] = [];
  const ways: Ways = { timeZone, currency: setup.currency };
  for (const [code, text] of Object.entries(given)) {
    if (text.trim() === "") continue;
    const field = setup.fields[of].find((one) => codeOf(one) === code.toLowerCase() || codeOf(one) === `uf_crm_${code.toLowerCase()}`);
    const value = field && readValue(field, text.trim(), ways);
    if (field && value !== undefined) values[field.code] = value;
    else leftovers.push(`${field?.name ?? code}: ${text}`);
  }
  return { values, leftovers };
}

/** What is left unsaid in a text. */
interface Ways {
  readonly timeZone: string;
  /** The portal's own. */
  readonly currency: string;
}

/** Undefined when the field cannot hold it. */
function readValue(field: UserField, text: string, ways: Ways): unknown {
  if (!field.isMultiple) return readOne(field, text, ways);
  const whole = readOne(field, text, ways);
  if (whole !== undefined) return [whole];
  const each = text.split(/[,;]/).map((part) => readOne(field, part.trim(), ways));
  return each.every((one) => one !== undefined) ? each : undefined;
}

function readOne({ type, options }: UserField, text: string, { timeZone, currency: usual }: Ways): unknown {
  switch (type) {
    case "string":
    case "string_formatted":
    case "address":
      return text;
    case "url":
      return /^(https?:\/\/)?[^\s/.]+(\.[^\s/.]+)+(\/\S*)?$/iu.test(text) ? text : undefined;
    case "integer": {
      const number = readNumber(text);
      return number !== undefined && Number.isInteger(number) ? number : undefined;
    }
    case "double":
      return readNumber(text);
    case "boolean":
      return /^(1|true|yes|on|да|вкл)$/i.test(text) ? "Y" : /^(0|false|no|off|нет|выкл)$/i.test(text) ? "N" : undefined;
    case "enumeration":
      return options.find(({ name }) => name.trim().toLowerCase() === text.toLowerCase())?.id;
    case "date":
      return readWhen(text, timeZone, "start")?.slice(0, 10);
    case "datetime":
      return readWhen(text, timeZone, "start");
    case "money": {
      const [, amount, currency = ""] = /^([\d\s\u00a0.,-]+?)\s*([A-Z]{3})?$/i.exec(text) ?? [];
      const number = readNumber(amount ?? "");
      return number === undefined ? undefined : `${number}|${currency.toUpperCase() || usual}`;
    }
    default:
      return undefined;
  }
}

function readNumber(text: string): number | undefined {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : undefined;
}

/** As a person reads it. */
export function textOfValue(field: UserField, value: unknown): string {
  const each = (Array.isArray(value) || (typeof value === "object" && value !== null) ? listOf(value) : [value]).map((one) => {
    if (one === null || one === undefined || one === false) return "";
    const text = String(one);
    return field.type === "enumeration" ? (field.options.find(({ id }) => id === text)?.name ?? "") : text;
  });
  return each.filter((text) => text !== "").join(", ");
}

/** Whether nothing stands in it. A flag that is off is not told apart from one that nobody has touched. */
export const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || value === false || (Array.isArray(value) && value.length === 0) || value === "N";

/** The five marks of a visit have fields of their own. Source: api-reference/crm/universal/object-fields */
export function utmValues(attribution: Attribution | undefined): Readonly<Record<string, string>> {
  const touch = attribution?.last ?? attribution?.first ?? {};
  const named = {
    utmSource: touch.source,
    utmMedium: touch.medium,
    utmCampaign: touch.campaign,
    utmContent: touch.content,
    utmTerm: touch.term,
  };
  return Object.fromEntries(Object.entries(named).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

import { type Attribution, readEmail, readPhone, readWhen, type Workspace } from "@svyazka/core";
import { type FieldDraft, fieldDraft, type ValueDraft } from "../client.ts";
import type { CustomField } from "../protocol.ts";
import { codeOf } from "./setup.ts";

/** Values as flows have them (text by the field's code) for amoCRM's fields, and what found no place. */
export interface Placed {
  readonly drafts: readonly FieldDraft[];
  /** `name: value`, for a note. */
  readonly leftovers: readonly string[];
}

export function placeValues(
  given: Readonly<Record<string, string>>,
  fields: readonly CustomField[],
  { timeZone, country }: Workspace,
): Placed {
  const drafts: FieldDraft[] = [];
  const leftovers: string[] = [];
  for (const [code, text] of Object.entries(given)) {
    if (text.trim() === "") continue;
    const field = fields.find((one) => codeOf(one) === code.toLowerCase() || String(one.id) === code);
    const value = field && readValue(field, text.trim(), { timeZone, country });
    if (field && value !== undefined) drafts.push(fieldDraft(field.id, value));
    else leftovers.push(`${field?.name ?? code}: ${text}`);
  }
  return { drafts, leftovers };
}

type Local = Pick<Workspace, "timeZone" | "country">;

/** Undefined when the field cannot hold it. */
function readValue(field: CustomField, text: string, { timeZone, country }: Local): ValueDraft | readonly ValueDraft[] | undefined {
  switch (field.type) {
    case "text":
    case "textarea":
    case "streetaddress":
    case "tracking_data":
      return text;
    case "url":
      return /^(https?:\/\/)?[^\s/.]+(\.[^\s/.]+)+(\/\S*)?$/iu.test(text) ? text : undefined;
    case "numeric":
    case "monetary":
    case "price":
      return readNumber(text);
    case "checkbox":
      return readFlag(text);
    case "select":
    case "radiobutton":
    case "category":
      return optionOf(field, text);
    case "multiselect":
      return optionsOf(field, text);
    case "date":
    case "birthday":
      return readDate(text, timeZone, "start");
    case "date_time":
      return readDate(text, timeZone, "start");
    case "multitext":
      return readChannel(field, text, country);
    default:
      return undefined;
  }
}

function readNumber(text: string): number | undefined {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : undefined;
}

function readFlag(text: string): boolean | undefined {
  if (/^(1|true|yes|on|да|вкл)$/i.test(text)) return true;
  return /^(0|false|no|off|нет|выкл)$/i.test(text) ? false : undefined;
}

function optionOf({ enums }: CustomField, text: string): ValueDraft | undefined {
  const plain = text.trim().toLowerCase();
  const option = enums?.find(({ value }) => value.toLowerCase() === plain) ?? enums?.find(({ code }) => code?.toLowerCase() === plain);
  return option && { enum_id: option.id };
}

function optionsOf(field: CustomField, text: string): readonly ValueDraft[] | undefined {
  const whole = optionOf(field, text);
  if (whole !== undefined) return [whole];
  const each = text.split(/[,;]/).map((part) => optionOf(field, part));
  return each.every((one) => one !== undefined) ? each : undefined;
}

function readDate(text: string, timeZone: string, dateAlone: "start"): Date | undefined {
  const read = readWhen(text, timeZone, dateAlone);
  const moment = read === undefined ? Number.NaN : Date.parse(read);
  return Number.isNaN(moment) ? undefined : new Date(moment);
}

function readChannel(field: CustomField, text: string, country: string): ValueDraft | undefined {
  const code = field.code?.toUpperCase();
  if (code === "PHONE") return readPhone(text, country) && channel(field, text, "WORK");
  if (code === "EMAIL") return readEmail(text) === undefined ? undefined : channel(field, text, "WORK");
  return channel(field, text, "OTHER");
}

/** One phone, e-mail or messenger, with its kind where the field knows kinds. */
export function channel({ enums }: Pick<CustomField, "enums">, value: string, kind: string): ValueDraft {
  const known = enums?.find(({ value, code }) => (code ?? value).toUpperCase() === kind) ?? enums?.[0];
  return known ? { value, enum_id: known.id } : { value };
}

/** Where somebody came from, for those of amoCRM's tracking fields that the account has. What has none stands in the flow's note anyway. */
export function trackingValues({ first, last, tracking }: Attribution, fields: readonly CustomField[]): readonly FieldDraft[] {
  const touch = last ?? first ?? {};
  const named: Readonly<Record<string, string | undefined>> = {
    ...Object.fromEntries(Object.entries(tracking).flatMap(([name, value]) => trackingCodes(name).map((code) => [code, value]))),
    ...{
      UTM_SOURCE: touch.source,
      UTM_MEDIUM: touch.medium,
      UTM_CAMPAIGN: touch.campaign,
      UTM_CONTENT: touch.content,
      UTM_TERM: touch.term,
    },
    ...{ REFERRER: touch.referer, UTM_REFERRER: touch.referer },
  };
  return fields.flatMap((field) => {
    const value = field.type === "tracking_data" && field.code !== null ? named[field.code.toUpperCase()] : undefined;
    return value ? [fieldDraft(field.id, value)] : [];
  });
}

/** Some of them have another name there. Source: crm_platform/custom-fields */
function trackingCodes(name: string): string[] {
  const code = name.toUpperCase();
  const other: Readonly<Record<string, string>> = {
    YM_CLIENT_ID: "_YM_UID",
    GAID: "GCLIENTID",
    GA_CLIENT_ID: "GCLIENTID",
    ROISTAT_VISIT: "ROISTAT",
  };
  return [code, ...(other[code] === undefined ? [] : [other[code]])];
}

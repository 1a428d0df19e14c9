import type { Params } from "../call.ts";
import { isMap, isYes, mapOf, textOf } from "../params.ts";
import type { Item } from "../portal.ts";

/** Phones, mails and messengers of an item: rows with ids of their own. */
export interface Multifield {
  readonly id: number;
  readonly valueType: string;
  readonly value: string;
  readonly typeId: string;
}

export const rowsOf = (item: Item): Multifield[] => (item["fm"] as Multifield[] | undefined) ?? [];

/**
 * The rows after a write of `fm`: an id of a row changes it, or removes it when the value is empty or DELETE says so; any other key (`n0`, `n1`, an unknown id) adds a row.
 * Source: api-reference/crm/data-types, crm_multifield.
 */
export function writeFm(rows: readonly Multifield[], written: unknown, nextId: () => number): Multifield[] {
  let all = [...rows];
  for (const [key, value] of Object.entries(mapOf(written))) {
    if (!isMap(value)) continue;
    const id = Number(textOf(value["id"] ?? value["ID"]) || key);
    const before = Array.isArray(written) && value["id"] === undefined ? undefined : all.find((row) => row.id === id);
    all = before ? changed(all, before, value) : [...all, ...added(value, nextId)];
  }
  return all;
}

function changed(rows: readonly Multifield[], before: Multifield, value: Params): Multifield[] {
  const text = part(value, "value", "VALUE") ?? before.value;
  if (text === "" || isYes(part(value, "delete", "DELETE"))) return rows.filter((row) => row !== before);
  const after = { ...before, value: text, valueType: part(value, "valueType", "VALUE_TYPE") ?? before.valueType };
  return rows.map((row) => (row === before ? after : row));
}

function added(value: Params, nextId: () => number): Multifield[] {
  const text = part(value, "value", "VALUE") ?? "";
  const typeId = part(value, "typeId", "TYPE_ID") ?? "";
  if (text === "" || typeId === "") return [];
  return [{ id: nextId(), valueType: part(value, "valueType", "VALUE_TYPE") ?? "WORK", value: text, typeId }];
}

const part = (row: Params, ...names: readonly string[]): string | undefined => {
  const found = names.map((name) => row[name]).find((value) => value !== undefined);
  return found === undefined ? undefined : textOf(found);
};

/** The flat copies that answers carry beside `fm`. */
export function flatCopies(rows: readonly Multifield[]): Params {
  const first = (typeId: string, valueType?: string): string =>
    rows.find((row) => row.typeId === typeId && (valueType === undefined || row.valueType === valueType))?.value ?? "";
  const has = (typeId: string): string => (rows.some((row) => row.typeId === typeId) ? "Y" : "N");
  return {
    ...{ hasPhone: has("PHONE"), hasEmail: has("EMAIL"), hasImol: rows.some((row) => row.valueType === "OPENLINE") ? "Y" : "N" },
    ...{
      phone: first("PHONE"),
      phoneMobile: first("PHONE", "MOBILE"),
      phoneWork: first("PHONE", "WORK"),
      phoneMailing: first("PHONE", "MAILING"),
    },
    ...{
      email: first("EMAIL"),
      emailHome: first("EMAIL", "HOME"),
      emailWork: first("EMAIL", "WORK"),
      emailMailing: first("EMAIL", "MAILING"),
    },
    imol: first("IM", "OPENLINE"),
  };
}

/** Digits alone; of a mail, small letters. What the documents do not say, that we take: `8` and `+7` differ. */
export const bareNumber = (text: string): string => text.replace(/\D/g, "");

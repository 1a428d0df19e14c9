import { Refusal } from "../call.ts";
import { isMap, isYes, listOf, numberOf, textOf } from "../params.ts";
import { stampOf } from "../portal.ts";
import type { Field } from "./item-fields.ts";

/** A field's value as it is kept. Throws `Refusal` for what does not fit. */
export function readValue(field: Field, given: unknown): unknown {
  if (!field.multiple) return readOne(field, given);
  if (given === null || given === "" || given === false) return [];
  // Of forms a list comes as a map, and that is well; a lone text is not.
  if (!isMap(given)) throw new Refusal(400, "100", `Expected iterable value for multiple field, but got ${typeof given} instead`);
  return listOf(given).map((one) => readOne(field, one));
}

const whole = new Set(["integer", "user", "crm_company", "crm_contact", "crm_lead", "crm_quote", "crm_category", "crm_webform", "file"]);

function readOne(field: Field, given: unknown): unknown {
  const text = textOf(given).trim();
  if (field.type === "boolean") return isYes(given) ? "Y" : "N";
  if (text === "" && !isMap(given)) return emptyOf(field);
  if (whole.has(field.type)) return numberOf(text) === undefined ? refuse(field) : Math.trunc(Number(text));
  if (field.type === "double") return numberOf(text.replace(",", ".")) ?? refuse(field);
  if (field.type === "enumeration") return readOption(field, text);
  if (field.type === "date" || field.type === "datetime") return readTime(field, text);
  return isMap(given) ? given : String(given);
}

const emptyOf = (field: Field): unknown => (field.name === "companyId" || field.name === "contactId" ? 0 : null);

/** An option is written by its id; its name is not an option. */
function readOption(field: Field, text: string): number {
  const found = field.userField?.list.find((option) => option.ID === text);
  return found ? Number(found.ID) : refuse(field);
}

/** ISO, or the portal's own `31.12.2026 23:59:00`. A time that says no offset is the portal's. */
function readTime(field: Field, text: string): string {
  const local = /^(\d{2})\.(\d{2})\.(\d{4})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?$/.exec(text);
  const iso = local ? `${local[3]}-${local[2]}-${local[1]}${local[4] ? `T${local[4]}` : ""}` : text.replace(" ", "T");
  const hasOffset = /T.*(Z|[+-]\d{2}:?\d{2})$/i.test(iso);
  const day = iso.slice(0, 10);
  const at = Date.parse(
    field.type === "date" ? `${day}T00:00:00+03:00` : hasOffset ? iso : `${iso.includes("T") ? iso : `${iso}T00:00:00`}+03:00`,
  );
  return Number.isNaN(at) ? refuse(field) : stampOf(at);
}

export function refuse(field: Pick<Field, "upper">): never {
  throw new Refusal(400, "CRM_FIELD_ERROR_VALUE_NOT_VALID", `Неверное значение поля "${field.upper}"`);
}

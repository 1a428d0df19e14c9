import { type CustomField, type FieldProblem, type FieldValue, fieldProblem } from "../protocol.ts";
import type { Account, FieldDraft, FieldOwner } from "./account.ts";
import { anything, int, list, nullable, object, type ReadBy, text } from "./shape.ts";

/** Values of custom fields as a caller sends them. `field_name` and its kin come along from those who send back what they have read. */
export const fieldValues = nullable(
  list(
    object({
      field_id: int(1),
      field_code: nullable(text(255)),
      field_name: anything,
      field_type: anything,
      is_computed: anything,
      values: nullable(
        list(
          object({
            value: anything,
            enum_id: nullable(int(1)),
            enum_code: nullable(text(255)),
            enum: anything,
            subtype: anything,
            catalog_id: anything,
            catalog_element_id: anything,
          }),
        ),
      ),
    }),
  ),
);

/** Finds the fields and the options that are meant, and checks the values. What is wrong is told by its place. */
export async function readFieldValues(
  account: Account,
  of: FieldOwner,
  sent: ReadBy<typeof fieldValues> | undefined,
  path: string,
  problems: FieldProblem[],
): Promise<FieldDraft[] | undefined> {
  if (sent === undefined || sent === null) return undefined;
  const fields = await account.fields(of);
  return sent.flatMap((item, index) => {
    const at = `${path}.${index}`;
    const { field_id: id, field_code: code } = item;
    const field = fields.find((one) => (id === undefined ? code != null && sameCode(one.code, code) : one.id === id));
    if (!field) {
      const by = id === undefined ? "field_code" : "field_id";
      problems.push(fieldProblem(id === undefined && code == null ? "FieldMissing" : "NotSupportedChoice", `${at}.${by}`));
      return [];
    }
    if (item.values === undefined || item.values === null) return [{ field, values: null, path: at }];
    const values = item.values.flatMap((value, place) => {
      const read = readValue(field, given(value), `${at}.values.${place}`, problems);
      return read === undefined ? [] : [read];
    });
    return [{ field, values: values.length > 0 ? values : null, path: at }];
  });
}

interface Sent {
  readonly value?: unknown;
  readonly enum_id?: number | null;
  readonly enum_code?: string | null;
}

/** v2 and old clients name the option `enum`. */
const given = ({ enum: old, ...value }: Sent & { readonly enum?: unknown }): Sent =>
  old === undefined || value.enum_id != null || value.enum_code != null
    ? value
    : /^\d+$/.test(String(old))
      ? { ...value, enum_id: Number(old) }
      : { ...value, enum_code: String(old) };

const sameCode = (one: string | null, other: string): boolean => one !== null && one.toUpperCase() === other.toUpperCase();

export const choiceTypes: ReadonlySet<string> = new Set(["select", "radiobutton", "multiselect", "category"]);
const textTypes: ReadonlySet<string> = new Set(["text", "textarea", "url", "streetaddress", "tracking_data"]);
const numberTypes: ReadonlySet<string> = new Set(["numeric", "monetary", "price"]);
export const momentTypes: ReadonlySet<string> = new Set(["date", "birthday", "date_time"]);

const mostText = 65_535;

/** One value of this field; undefined when it is nothing, or wrong. */
function readValue(field: CustomField, sent: Sent, path: string, problems: FieldProblem[]): FieldValue | undefined {
  const { value } = sent;
  const wrong = (type: string): undefined => {
    problems.push(fieldProblem("InvalidType", `${path}.value`, `This value should be of type ${type}.`));
    return undefined;
  };
  if (choiceTypes.has(field.type)) return readOption(field, sent, path, problems);
  if (value === null || value === undefined || value === "") {
    if (value === undefined) problems.push(fieldProblem("FieldMissing", `${path}.value`));
    return undefined;
  }
  if (textTypes.has(field.type) || field.type === "multitext") {
    if (typeof value !== "string" && typeof value !== "number") return wrong("string");
    const words = String(value);
    if (words.length > mostText || words.includes("\0")) return wrong("string");
    return field.type === "multitext" ? { value: words, ...readEnum(field, sent, path, problems) } : { value: words };
  }
  if (numberTypes.has(field.type)) {
    const number = typeof value === "string" ? value.trim().replace(",", ".") : value;
    const isNumber = number !== "" && (typeof number === "number" || typeof number === "string") && Number.isFinite(Number(number));
    return isNumber ? { value: String(number) } : wrong("numeric");
  }
  if (field.type === "checkbox") {
    if (typeof value === "boolean") return { value };
    return ["1", "0", 1, 0, "true", "false"].includes(value as string)
      ? { value: ["1", 1, "true"].includes(value as string) }
      : wrong("bool");
  }
  if (momentTypes.has(field.type)) {
    const seconds = readMoment(value);
    return seconds === undefined ? wrong("timestamp") : { value: seconds };
  }
  return {
    value,
    ...(typeof sent.enum_id === "number" && { enum_id: sent.enum_id }),
    ...(sent.enum_code && { enum_code: sent.enum_code }),
  };
}

/** Unix seconds, as a number or a text of digits, or RFC 3339. */
function readMoment(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && Math.abs(value) < 253_402_300_800 ? value : undefined;
  if (typeof value !== "string") return undefined;
  if (/^-?\d{1,12}$/.test(value)) return Number(value);
  const at = /^\d{4}-\d\d-\d\d([T ]|$)/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.floor(at / 1000);
}

/** By its number, its code, or its very text. */
function readOption(
  field: CustomField,
  { value, enum_id, enum_code }: Sent,
  path: string,
  problems: FieldProblem[],
): FieldValue | undefined {
  const options = field.enums ?? [];
  const option =
    enum_id != null
      ? options.find(({ id }) => id === enum_id)
      : enum_code != null
        ? options.find(({ code }) => code != null && sameCode(code, enum_code))
        : (options.find((one) => one.value === String(value)) ?? options.find(({ id }) => id === value));
  if (option) return { value: option.value, enum_id: option.id, enum_code: option.code ?? null };
  if (enum_id == null && enum_code == null && (value === null || value === "")) return undefined;
  problems.push(fieldProblem("NotSupportedChoice", `${path}.${enum_id != null ? "enum_id" : enum_code != null ? "enum_code" : "value"}`));
  return undefined;
}

/** Of a phone or an e-mail: which kind. The first one, unless told. */
function readEnum(field: CustomField, { enum_id, enum_code }: Sent, path: string, problems: FieldProblem[]): Partial<FieldValue> {
  const options = field.enums ?? [];
  const option =
    enum_id != null
      ? options.find(({ id }) => id === enum_id)
      : enum_code != null
        ? options.find(({ value, code }) => sameCode(value, enum_code) || sameCode(code ?? null, enum_code))
        : options[0];
  if (option) return { enum_id: option.id, enum_code: option.value };
  if (enum_id != null || enum_code != null)
    problems.push(fieldProblem("NotSupportedChoice", `${path}.${enum_id != null ? "enum_id" : "enum_code"}`));
  return {};
}

import { type CrmType, crmTypes, guessCrmType, readCrmHost, readCrmType } from "./crm.ts";
import { cleanText, isObject, type Json, longestId, member, present, readBool } from "./json.ts";
import { readPhone, readSource } from "./sources.ts";

/** What the connect service is asked: `POST /crm/connect`, `GET /crm/status`, `POST /crm/disable`. */

export interface FieldError {
  /** As the caller wrote it. */
  readonly field: string;
  /** English, as the service's own. */
  readonly message: string;
}
export type Read<T> = { readonly value: T } | { readonly errors: readonly FieldError[] };

export interface CrmAddress {
  /** As it was sent, for answers. */
  readonly url: string;
  /** By `readCrmHost`. */
  readonly host: string;
  readonly type: CrmType;
}

export interface ConnectDraft {
  readonly source: string;
  readonly token: string;
  readonly login: string;
  readonly crm: CrmAddress;
  /** Undefined when nothing was said: what was chosen before stays. */
  readonly isMain?: boolean;
  readonly name?: string;
  /** Digits. */
  readonly phone?: string;
  readonly crmToken?: string | Json;
  /** Where amoCRM puts new leads. */
  readonly pipelineId?: number;
}

/** The seed's fields, and three more of the vendor's OpenAPI. Names all that is wrong at once; fields that it does not know are nothing to it. Never throws. */
export function readConnect(fields: unknown): Read<ConnectDraft> {
  const form = readForm(fields);
  const source = form.must("touchapi_source");
  if (source !== "" && readSource(source) === undefined) form.wrong("touchapi_source", "must be the name of a messenger, as whatsapp");
  const token = form.must("touchapi_token");
  const login = form.must("touchapi_login");
  const crm = readCrm(form);
  const isMain = form.bool("touchapi_main");
  const name = form.text("touchapi_name");
  const phone = readPhoneOf(form);
  const crmToken = form.textOrObject("crm_token");
  const pipelineId = readPipeline(form);
  if (form.errors.length > 0 || !crm) return { errors: form.errors };
  return { value: { source: source.toLowerCase(), token, login, crm, ...present({ isMain, name, phone, crmToken, pipelineId }) } };
}

/** Of `GET /crm/status`. */
export function readStatusQuery(query: unknown): Read<CrmAddress> {
  const form = readForm(query);
  const crm = readCrm(form);
  return form.errors.length > 0 || !crm ? { errors: form.errors } : { value: crm };
}

/** Of `POST /crm/disable`: the uuid of the messenger's account, exactly 36 signs. In lower case. */
export function readDisable(fields: unknown): Read<{ readonly uuid: string }> {
  const form = readForm(fields);
  const uuid = form.text("uuid");
  if (uuid === undefined && form.errors.length === 0) form.wrong("uuid", "UUID is required");
  if (uuid !== undefined && uuid.length !== 36) form.wrong("uuid", "UUID must be exactly 36 characters");
  return form.errors.length > 0 || uuid === undefined ? { errors: form.errors } : { value: { uuid: uuid.toLowerCase() } };
}

function readCrm(form: Form): CrmAddress | undefined {
  const url = form.must("crm_url");
  const host = url === "" ? undefined : readCrmHost(url);
  if (url !== "" && host === undefined) form.wrong("crm_url", "Invalid CRM URL");
  const word = form.text("crm_type");
  const given = word === undefined ? undefined : readCrmType(word);
  if (word !== undefined && given === undefined)
    form.wrong("crm_type", `CRM type cannot be identified: must be one of ${crmTypes.join(", ")}`);
  const guessed = host === undefined ? undefined : guessCrmType(host);
  const type = given ?? guessed;
  if (given !== undefined && guessed !== undefined && given !== guessed)
    form.wrong("crm_type", `CRM type cannot be identified: ${host} is no address of ${given}`);
  if (host !== undefined && word === undefined && guessed === undefined) form.wrong("crm_type", "CRM type cannot be identified");
  return host === undefined || type === undefined ? undefined : { url, host, type };
}

function readPhoneOf(form: Form): string | undefined {
  const text = form.text("touchapi_phone");
  const phone = text === undefined ? undefined : readPhone(text);
  if (text !== undefined && phone === undefined) form.wrong("touchapi_phone", "must be a phone number");
  return phone;
}

/** `crm_data` is an object, or its JSON in a form. Whatever else stands in it is left alone. */
function readPipeline(form: Form): number | undefined {
  const data = form.object("crm_data");
  const value = data && member(data, "pipeline_id");
  if (value === undefined || value === null || value === "") return undefined;
  const id = typeof value === "string" && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : value;
  if (typeof id === "number" && Number.isSafeInteger(id) && id > 0) return id;
  form.wrong("crm_data", "pipeline_id must be a positive integer");
  return undefined;
}

interface Form {
  readonly errors: FieldError[];
  wrong(field: string, message: string): void;
  /** Undefined when it was not sent, or is blank. */
  text(field: string): string | undefined;
  /** Empty, with an error, when there is none. */
  must(field: string): string;
  bool(field: string): boolean | undefined;
  object(field: string): Json | undefined;
  textOrObject(field: string): string | Json | undefined;
}

function readForm(fields: unknown): Form {
  const errors: FieldError[] = [];
  const sent = isObject(fields) ? fields : {};
  if (!isObject(fields)) errors.push({ field: "", message: "must be an object with fields" });
  const wrong = (field: string, message: string): void => {
    // One thing at a time: what is not there is not also of a wrong kind.
    if (!errors.some((one) => one.field === field)) errors.push({ field, message });
  };
  const raw = (field: string): unknown => {
    const value = member(sent, field);
    return value === null || (typeof value === "string" && value.trim() === "") ? undefined : value;
  };
  const text = (field: string): string | undefined => {
    const value = raw(field);
    // A login that is a phone may come as a number.
    const plain = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : value;
    if (plain === undefined) return undefined;
    if (typeof plain !== "string") return void wrong(field, "must be a string");
    const clean = cleanText(plain).trim();
    const most = field === "crm_url" ? 2_048 : longestId;
    if (clean.length > most) return void wrong(field, `must not be longer than ${most} characters`);
    return clean === "" ? undefined : clean;
  };
  const object = (field: string): Json | undefined => {
    const value = raw(field);
    const read = typeof value === "string" ? parsed(value) : value;
    if (read === undefined && value === undefined) return undefined;
    return isObject(read) ? read : void wrong(field, "must be an object");
  };
  return {
    ...{ errors, wrong, text, object },
    must(field) {
      const value = text(field);
      if (value === undefined) wrong(field, "Required parameter missing");
      return value ?? "";
    },
    bool(field) {
      const value = raw(field);
      const read = readBool(value);
      return value !== undefined && read === undefined ? void wrong(field, "must be true or false") : read;
    },
    textOrObject(field) {
      const value = raw(field);
      if (isObject(value)) return value;
      // An access token of a CRM is longer than any id.
      if (typeof value === "string" && value.length <= 10_000) return cleanText(value).trim() || undefined;
      return value === undefined ? undefined : void wrong(field, "must be a string or an object");
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

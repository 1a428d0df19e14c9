import {
  type BaseCall,
  type CounterpartyCall,
  type DeclaredField,
  type EventCall,
  type EventName,
  eventNames,
  type FieldsCall,
  type HandlersCall,
  type OrderCall,
  type PlainCall,
  type SentFields,
} from "./calls.ts";
import { type Fields, isObject, present, type Read, readFields } from "./reading.ts";
import { cutText, splitSeveral } from "./text.ts";

/** 2.1: of the query, `key` alone. */
export function readCheckActive(query: Readonly<Record<string, unknown>>): Read<{ readonly key: string }> {
  const fields = readFields(query);
  return fields.done({ key: fields.must.id("key") });
}

/** 2.2. */
export function readBaseCall(json: unknown): Read<BaseCall> {
  const fields = readFields(json);
  const from = sender(fields);
  const web_address = webAddress(fields);
  const url_address = fields.must.text("url_address");
  const param1 = verbatim(fields, "param1");
  const param2 = verbatim(fields, "param2", "may be empty");
  // RFC 7617: what stands before the first colon is the login.
  if (param1.includes(":")) fields.wrong("param1", "В логине не может быть двоеточия: Basic-авторизация его не передаёт");
  return fields.done({ ...from, web_address, url_address, param1, param2, unknown: fields.rest() });
}

/** 2.3, and 2.4 when `kindOfSharedCall` does not say that it is an order. */
export function readCounterpartyCall(json: unknown): Read<CounterpartyCall> {
  const fields = readFields(json);
  const from = sender(fields);
  const call = {
    ...present({
      id: fields.crmId("id"),
      id_1c: fields.id1c("id_1c"),
      link: fields.text("link"),
      name: fields.text("name"),
      inn: fields.text("inn"),
      kpp: fields.text("kpp"),
      responsible_user_id: fields.crmId("responsible_user_id"),
    }),
    emails: splitSeveral(fields.text("email") ?? ""),
    phones: splitSeveral(fields.text("phone") ?? ""),
    fields: sentFields(fields),
  };
  return fields.done({ ...from, ...call, unknown: fields.rest() });
}

/** 2.5. */
export function readOrderCall(json: unknown): Read<OrderCall> {
  const fields = readFields(json);
  const from = sender(fields);
  const call = {
    ...present({
      id: fields.crmId("id"),
      id_1c: fields.id1c("id_1c"),
      link: fields.text("link"),
      company_id: fields.crmId("company_id"),
      contact_id: fields.crmId("contact_id"),
      budget: fields.number("budget"),
      order_number: fields.text("order_number"),
      name: fields.text("name"),
      responsible_user_id: fields.crmId("responsible_user_id"),
    }),
    fields: sentFields(fields),
  };
  return fields.done({ ...from, ...call, unknown: fields.rest() });
}

/** 2.6. */
export function readEventCall(json: unknown): Read<EventCall> {
  const fields = readFields(json);
  const from = sender(fields);
  const event_name = eventName(fields);
  const call = present({
    id: fields.crmId("id"),
    id_1c: fields.id1c("id_1c"),
    sum: fields.number("sum"),
    debt_sum: fields.number("debt_sum"),
    document_name: fields.text("document_name"),
  });
  return fields.done({ ...from, event_name, ...call, unknown: fields.rest() });
}

/** 2.7. */
export function readFieldsCall(json: unknown): Read<FieldsCall> {
  const fields = readFields(json);
  const from = sender(fields);
  const declared = fields.names().flatMap((key): DeclaredField[] => {
    const [, kind, field] = fieldKey.exec(key) ?? [];
    if (field === undefined) return [];
    return [{ key, kind: kind === "inn" ? "inn" : "p", field, value: fields.raw(key) }];
  });
  return fields.done({ ...from, declared, unknown: fields.rest() });
}

/** 2.10. */
export function readHandlersCall(json: unknown): Read<HandlersCall> {
  const fields = readFields(json);
  const from = sender(fields);
  const handlers = fields.raw("handlers");
  if (handlers === undefined || handlers === null || handlers === "") fields.wrong("handlers", "Обязательное поле не заполнено");
  return fields.done({ ...from, handlers, unknown: fields.rest() });
}

/** 2.8 and 2.9. */
export function readPlainCall(json: unknown): Read<PlainCall> {
  const fields = readFields(json);
  return fields.done({ ...sender(fields), unknown: fields.rest() });
}

const ofOrders = ["order_number", "budget", "company_id", "contact_id"];
const ofCompanies = ["inn", "name"];

/**
 * What came to the address that companies and orders share (seed 2.4 and 2.5): by which keys are present, null counts (A1).
 * "unknown" is for the caller to look up by `id_1c`; a company if that says nothing.
 */
export function kindOfSharedCall(json: unknown): "order" | "company" | "unknown" {
  if (!isObject(json)) return "unknown";
  if (ofOrders.some((name) => Object.hasOwn(json, name))) return "order";
  return ofCompanies.some((name) => Object.hasOwn(json, name)) ? "company" : "unknown";
}

const sender = (fields: Fields) => ({ key: fields.must.id("key"), id_base: fields.must.opaqueId("id_base") });

/** `p_<field of the CRM>` everywhere, `inn_<field>` for companies: the later text of the same document, see README.md. */
const fieldKey = /^(p|inn)_(\d+)$/;

function sentFields(fields: Fields): SentFields {
  const keys = fields.names().filter((name) => fieldKey.test(name));
  return Object.fromEntries(keys.map((key) => [key, yesOrNo(fields, key) ?? fields.text(key) ?? ""]));
}

/** A field of the CRM may be a tick. */
function yesOrNo(fields: Fields, key: string): string | undefined {
  const value = fields.raw(key);
  return typeof value === "boolean" ? String(value) : undefined;
}

/** Logins and passwords may begin and end with a space; nothing of them is cut. */
function verbatim(fields: Fields, name: string, empty?: "may be empty"): string {
  const value = fields.raw(name);
  if (typeof value === "string" && (value.includes("\0") || !value.isWellFormed())) {
    fields.wrong(name, "Недопустимые знаки");
    return "";
  }
  if (typeof value === "string" && (value !== "" || empty)) return value;
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  fields.wrong(name, value === undefined || value === null || value === "" ? "Обязательное поле не заполнено" : "Ожидается текст");
  return "";
}

/** A scheme is added when there is none: people paste hosts (onec.md §13); nothing is dropped. */
function webAddress(fields: Fields): string {
  const sent = fields.must.text("web_address");
  if (sent === "") return "";
  const address = /^(?:https?:|[a-z][a-z\d+.-]*:\/\/)/i.test(sent) ? sent : `http://${sent}`;
  const url = /^https?:\/\//i.test(address) && URL.canParse(address) ? new URL(address) : undefined;
  if (!url) fields.wrong("web_address", `Не адрес http или https: «${cutText(sent, 200)}». Нужен вида http://server/base/hs/amo`);
  else if (url.username !== "" || url.password !== "")
    fields.wrong("web_address", "Логин и пароль передавайте в param1 и param2, а не в адресе");
  return address;
}

function eventName(fields: Fields): EventName {
  const sent = fields.must.text("event_name");
  const name = eventNames.find((one) => one === sent.toLowerCase());
  // An undone payment has no event of its own (A23).
  if (!name && sent !== "") fields.wrong("event_name", `Неизвестное событие «${cutText(sent, 60)}». Бывают: ${eventNames.join(", ")}`);
  return name ?? "payment";
}

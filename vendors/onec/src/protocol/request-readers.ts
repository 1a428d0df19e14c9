import { type Fields, isObject, type Json, type Problem, present, type Read, readFields } from "./reading.ts";
import { type EntityName, entityNames } from "./requests.ts";
import { cutText } from "./text.ts";

/** A client as 1C reads it. What has `inn` is an organisation: nothing else tells a company from a contact under one key (A4). */
export interface ReadClient {
  readonly kind: "contact" | "company";
  readonly id: string;
  readonly name: string;
  readonly responsible_user_id: string;
  readonly id_1c?: string;
  readonly inn?: string;
  readonly phone?: string;
  readonly email?: string;
  /** Everything else that was sent: `p_<field>`. */
  readonly fields: Json;
}

interface Asked {
  readonly key: string;
  readonly id_base: string;
}
export type ReadRequest = Asked &
  (
    | { readonly type: "get_orders"; readonly id: string }
    | { readonly type: "new_lead"; readonly client: ReadClient }
    | {
        readonly type: "new_order";
        readonly id: string;
        readonly name: string;
        readonly responsible_user_id: string;
        readonly id_1c?: string;
        readonly contact?: ReadClient;
        readonly company?: ReadClient;
      }
    | { readonly type: "get_handlers_version" }
    | { readonly type: "corr_table"; readonly user_id?: string; readonly rows: readonly ReadRow[] }
  );
export interface ReadRow {
  readonly amo_name: string;
  readonly amo_id: string;
  readonly entity_name: EntityName;
}

export const requestTypes = ["get_orders", "new_lead", "new_order", "get_handlers_version", "corr_table"] as const;

/** A request of a hub as 1C reads it: any of the five, told apart by `type`. */
export function readRequest(json: unknown): Read<ReadRequest> {
  const fields = readFields(json);
  const from = { key: fields.must.id("key"), id_base: fields.must.opaqueId("id_base") };
  const sent = fields.must.text("type");
  const type = requestTypes.find((one) => one === sent);
  switch (type) {
    case "get_orders":
      return fields.done({ ...from, type, id: fields.must.crmId("id") });
    case "new_lead":
      return newLead(fields, from);
    case "new_order":
      return newOrder(fields, from);
    case "get_handlers_version":
      return fields.done({ ...from, type });
    case "corr_table":
      return fields.done({ ...from, type, ...present({ user_id: fields.crmId("user_id") }), rows: readRows(fields) });
    case undefined:
      if (sent !== "") fields.wrong("type", `Неизвестный тип запроса «${cutText(sent, 60)}». Бывают: ${requestTypes.join(", ")}`);
      return fields.done<never>(undefined as never);
  }
}

function newLead(fields: Fields, from: Asked): Read<ReadRequest> {
  const { contact, company } = clientsOf(fields);
  const client = company ?? contact;
  if (contact && company) fields.wrong("clients", "Передавайте одного клиента за раз");
  else if (!client) fields.wrong("clients", "Нет ни company, ни contact");
  return fields.done({ ...from, type: "new_lead", client: client ?? nobody });
}

function newOrder(fields: Fields, from: Asked): Read<ReadRequest> {
  return fields.done({
    ...{ ...from, type: "new_order" },
    id: fields.must.crmId("id"),
    name: fields.must.text("name"),
    responsible_user_id: fields.must.crmId("responsible_user_id"),
    ...present({ id_1c: fields.id1c("id_1c"), ...clientsOf(fields) }),
  });
}

function clientsOf(fields: Fields): { contact: ReadClient | undefined; company: ReadClient | undefined } {
  const clients = fields.raw("clients");
  if (clients !== undefined && clients !== null && !isObject(clients)) fields.wrong("clients", "Ожидается объект");
  if (!isObject(clients)) return { contact: undefined, company: undefined };
  const under = (name: "company" | "contact"): ReadClient | undefined => {
    const sent = clients[name];
    return sent === undefined || sent === null ? undefined : adopt(fields, readClient(sent, `clients.${name}.`));
  };
  return { contact: under("contact"), company: under("company") };
}

function readClient(sent: unknown, prefix: string): Read<ReadClient> {
  const fields = readFields(sent, prefix);
  const inn = fields.text("inn");
  return fields.done({
    kind: inn === undefined ? "contact" : "company",
    id: fields.must.crmId("id"),
    name: fields.must.text("name"),
    responsible_user_id: fields.must.crmId("responsible_user_id"),
    ...present({ inn, id_1c: fields.id1c("id_1c"), phone: fields.text("phone"), email: fields.text("email") }),
    fields: fields.rest(),
  });
}

function readRows(fields: Fields): ReadRow[] {
  const table = fields.raw("table");
  const rows = Array.isArray(table) ? (table as unknown[]) : table === undefined || table === null ? [] : [table];
  if (rows.length === 0) fields.wrong("table", "Обязательное поле не заполнено");
  return rows.flatMap((row, index) => adopt(fields, readRow(row, Array.isArray(table) ? `table[${index}].` : "table.")) ?? []);
}

function readRow(sent: unknown, prefix: string): Read<ReadRow> {
  const fields = readFields(sent, prefix);
  const [amo_name, amo_id, entity] = [fields.must.text("amo_name"), fields.must.crmId("amo_id"), fields.must.text("entity_name")];
  const entity_name = entityNames.find((one) => one === entity);
  if (!entity_name && entity !== "") fields.wrong("entity_name", `Неизвестная сущность. Бывают: ${entityNames.join(", ")}`);
  return fields.done({ amo_name, amo_id, entity_name: entity_name ?? "Контакт" });
}

/** What is wrong with a part is wrong with the whole. */
function adopt<T>(fields: Fields, part: Read<T>): T | undefined {
  if (!("problems" in part)) return part.value;
  for (const { field, message } of part.problems satisfies readonly Problem[]) fields.wrong(field, message);
  return undefined;
}

const nobody: ReadClient = { kind: "contact", id: "", name: "", responsible_user_id: "", fields: {} };

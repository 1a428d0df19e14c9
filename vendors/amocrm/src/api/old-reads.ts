import {
  type EntityType,
  entityTypes,
  noteTypeNumbers,
  oldLink,
  writeOldCompany,
  writeOldContact,
  writeOldField,
  writeOldLead,
  writeOldNote,
  writeOldPipeline,
  writeOldTask,
} from "../protocol.ts";
import type { Account, Paging, RecordQuery } from "./account.ts";
import { dateSettings, offsetOf } from "./account-info.ts";
import { type Answer, type At, type Handler, type Route, route } from "./http.ts";
import { given, Query, withOf } from "./query.ts";
import { find } from "./records.ts";

/** Reading API v2: the seed's shapes, and old clients'. */

export const oldReadRoutes: readonly Route[] = [
  route("GET", "/api/v2/account", account),
  route("GET", "/api/v2/pipelines", pipelines),
  ...entityTypes.map((of) => route("GET", `/api/v2/${of}`, records(of))),
  route("GET", "/api/v2/tasks", tasks),
  route("GET", "/api/v2/notes", notes),
  ...["customers", "transactions", "catalogs", "catalog_elements", "incoming_leads"].map((name) => route("GET", `/api/v2/${name}`, nobody)),
];

/** There is nothing of it here. */
async function nobody(): Promise<Answer> {
  return undefined;
}

export const oldAnswer = (at: At, items: unknown): Answer => ({
  body: {
    _links: oldLink(`${at.request.path}${at.request.query === "" ? "" : `?${at.request.query}`}`),
    _embedded: { items },
  },
  type: "application/json; charset=utf-8",
});

const pageOf = (query: Query): Paging & { readonly skip: number } => {
  const limit = query.int("limit_rows", 1, 500) ?? 500;
  const skip = query.int("limit_offset", 0, 100_000_000) ?? 0;
  return { page: Math.floor(skip / limit) + 1, limit, skip };
};

/** A page of any place in a list that has pages only: the two it lies on. */
async function slice<T>(
  { limit, skip }: { readonly limit: number; readonly skip: number },
  read: (paging: Paging) => Promise<{ readonly items: readonly T[] }>,
): Promise<T[]> {
  const page = Math.floor(skip / limit) + 1;
  const from = skip % limit;
  const first = (await read({ page, limit })).items;
  if (from === 0) return [...first];
  return [...first.slice(from), ...(await read({ page: page + 1, limit })).items.slice(0, from)];
}

/** An RFC 1123 date, whatever its zone is called, or bare Unix seconds: both are sent. */
function since(at: At): number | undefined {
  const sent = at.request.headers["if-modified-since"];
  if (sent === undefined) return undefined;
  if (/^\d{1,12}$/.test(sent)) return Number(sent);
  const moment = Date.parse(sent.replace(/UTC$/, "GMT"));
  return Number.isNaN(moment) ? undefined : Math.floor(moment / 1000);
}

function records(of: EntityType): Handler {
  return async (at) => {
    const query = new Query(at.query);
    const filter = query.below("filter");
    const modified = since(at);
    const read: Omit<RecordQuery, keyof Paging> = {
      ...given({
        ids: query.ids("id"),
        query: query.text("query") || undefined,
        responsible: query.ids("responsible_user_id"),
        statusIds: query.ids("status") ?? filter?.ids("status"),
        createdAt: filter?.range("date_create", "from"),
        updatedAt: filter?.range("date_modify", "from") ?? (modified === undefined ? undefined : { from: modified }),
      }),
      order: { by: "id", descending: false },
      with: new Set(["contacts", "leads"]),
    };
    const paging = pageOf(query);
    filter?.raw("active");
    filter?.raw("tasks");
    query.done();
    const items = await slice(paging, (page) => find(at.account, of, { ...read, ...page }));
    if (items.length === 0) return undefined;
    return oldAnswer(at, await writeAll(at.account, of, items));
  };
}

async function writeAll(account: Account, of: EntityType, items: readonly unknown[]): Promise<unknown[]> {
  const fields = await account.fields(of);
  const system = new Set(fields.filter(({ is_predefined }) => is_predefined).map(({ id }) => id));
  const ids = [
    ...new Set(
      (items as readonly { _embedded: { companies?: readonly { id: number }[] } }[]).flatMap(({ _embedded: { companies = [] } }) =>
        companies.map(({ id }) => id),
      ),
    ),
  ];
  const found = ids.length === 0 ? { items: [] } : await account.companies({ page: 1, limit: ids.length, ids, with: new Set() });
  const known = { system, companies: new Map(found.items.map(({ id, name }) => [id, name])) };
  const write = { leads: writeOldLead, contacts: writeOldContact, companies: writeOldCompany }[of] as (
    item: never,
    names: typeof known,
  ) => unknown;
  return items.map((item) => write(item as never, known));
}

async function pipelines(at: At): Promise<Answer> {
  const wanted = new Query(at.query).ids("id");
  const found = (await at.account.pipelines()).filter(({ id }) => wanted === undefined || wanted.includes(id));
  if (found.length === 0) return undefined;
  return oldAnswer(at, Object.fromEntries(found.map((pipeline) => [pipeline.id, writeOldPipeline(pipeline)])));
}

async function tasks(at: At): Promise<Answer> {
  const query = new Query(at.query);
  const type = readType(query);
  const read = given({
    ids: query.ids("id"),
    responsible: query.ids("responsible_user_id"),
    entityType: type,
    entityIds: query.ids("element_id"),
    updatedAt: since(at) === undefined ? undefined : { from: since(at) ?? 0 },
  });
  const paging = pageOf(query);
  query.done();
  const items = await slice(paging, (page) => at.account.tasks({ ...read, ...page, order: { by: "id", descending: false } }));
  return items.length === 0 ? undefined : oldAnswer(at, items.map(writeOldTask));
}

/** `lead`, or in the plural; customers have nothing here. */
function readType(query: Query): EntityType | undefined {
  const type = query.text("type");
  if (type === undefined) return undefined;
  const found = entityTypes.find((of) => of === type || of === `${type}s` || (type === "company" && of === "companies"));
  if (!found) query.wrong("type", "NotSupportedChoice");
  return found;
}

async function notes(at: At): Promise<Answer> {
  const query = new Query(at.query);
  const of = readType(query);
  if (of === undefined && query.text("type") === undefined)
    query.wrong("type", "NotSupportedChoice", "Say of what: lead, contact or company.");
  const wanted = query.ids("note_type");
  const read = given({
    ids: query.ids("id"),
    entityIds: query.ids("element_id"),
    types: wanted && Object.entries(noteTypeNumbers).flatMap(([name, number]) => (wanted.includes(number) ? [name] : [])),
    updatedAt: since(at) === undefined ? undefined : { from: since(at) ?? 0 },
  });
  const paging = pageOf(query);
  query.done();
  if (of === undefined) return undefined;
  const items = await slice(paging, (page) =>
    at.account.notes({ entityType: of, ...read, ...page, order: { by: "id", descending: false } }),
  );
  return items.length === 0
    ? undefined
    : oldAnswer(
        at,
        items.map((note) => writeOldNote(note, of)),
      );
}

async function account(at: At): Promise<Answer> {
  const bring = withOf(new Query(at.query));
  const info = await at.account.info();
  const { date_pattern, short_date_pattern, short_time_pattern } = dateSettings(info.timezone, at.now);
  const users = bring.has("users") ? await at.account.users() : [];
  const embedded = {
    ...(bring.has("users") && { users: Object.fromEntries(users.map((user) => [user.id, oldUser(user)])) }),
    ...(bring.has("groups") && {
      groups: Object.fromEntries((await at.account.groups()).map(({ id, name }) => [id, { id, name }])),
    }),
    ...(bring.has("pipelines") && {
      pipelines: Object.fromEntries((await at.account.pipelines()).map((pipeline) => [pipeline.id, writeOldPipeline(pipeline)])),
    }),
    ...(bring.has("note_types") && { note_types }),
    ...(bring.has("task_types") && {
      task_types: Object.fromEntries((await at.account.taskTypes()).map(({ id, name }) => [id, { id, name }])),
    }),
    ...(bring.has("custom_fields") && { custom_fields: await oldFields(at.account) }),
  };
  return {
    body: {
      _links: oldLink(`${at.request.path}${at.request.query === "" ? "" : `?${at.request.query}`}`),
      ...{ id: info.id, name: info.name, subdomain: info.subdomain, currency: info.currency, timezone: info.timezone },
      timezone_offset: offsetOf(info.timezone, at.now),
      language: info.language,
      date_pattern: { date: short_date_pattern, time: short_time_pattern, date_time: date_pattern, time_full: "H:i:s" },
      current_user: info.current_user_id,
      ...(Object.keys(embedded).length > 0 && { _embedded: embedded }),
    },
    type: "application/json; charset=utf-8",
  };
}

const note_types = Object.fromEntries(
  Object.entries(noteTypeNumbers).map(([code, id]) => [id, { id, code: code.toUpperCase(), is_editable: code === "common" }]),
);

const oldUser = ({ id, name, email, lang, phone_number, rights }: Awaited<ReturnType<Account["users"]>>[number]) => ({
  ...{ id, name, last_name: "", login: email, language: lang, phone_number: phone_number ?? "", group_id: rights.group_id ?? 0 },
  is_active: rights.is_active,
  is_free: rights.is_free,
  is_admin: rights.is_admin,
  rights: {
    mail: "A",
    incoming_leads: "A",
    catalogs: "A",
    lead_add: rights.leads.add,
    contact_add: rights.contacts.add,
    company_add: rights.companies.add,
  },
});

async function oldFields(account: Account) {
  const of = async (entity: EntityType) =>
    Object.fromEntries((await account.fields(entity)).map((field) => [field.id, writeOldField(field)]));
  return { contacts: await of("contacts"), leads: await of("leads"), companies: await of("companies"), customers: {}, catalogs: {} };
}

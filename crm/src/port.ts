import {
  type ConnectionId,
  type ContactHit,
  type Crm,
  type DealHit,
  type DealQuery,
  type Entry,
  Refused,
  type Saved,
  type Workspace,
} from "@svyazka/core";
import type { By, Target } from "./by.ts";
import { closeTasks } from "./calls.ts";
import { readDirectory } from "./directory.ts";
import { insertNote, insertTask } from "./entries.ts";
import { Forbidden, Invalid, NotFound } from "./errors.ts";
import { findRecord } from "./find-record.ts";
import { following } from "./following.ts";
import { type PortWrite, readId } from "./port-write.ts";
import { findCall, saveCall } from "./save-call.ts";
import { saveCompany } from "./save-company.ts";
import { saveContact } from "./save-contact.ts";
import { saveDeal } from "./save-deal.ts";
import type { Sql } from "./sql.ts";
import { storable } from "./text.ts";
import { lastActivity } from "./timeline.ts";

/** Whose CRM it is, and the connection it is reached by. */
export interface PortContext {
  readonly workspace: Workspace;
  readonly connection: ConnectionId;
  /** The connection a write came from, when it is made on behalf of another. */
  source?(): ConnectionId | undefined;
}

/** The built-in CRM as flows see every CRM. */
export function crmPort(sql: Sql, { workspace, connection, source }: PortContext): Crm {
  const by = (key: string, author: string | undefined): By => {
    const via = source?.() ?? connection;
    return {
      actor: `connection:${via}`,
      via,
      key: storable(key),
      user: author === undefined ? undefined : readId("author", author),
      home: workspace,
      relaxed: true,
    };
  };
  const write = (key: string, author: string | undefined): PortWrite => ({ by: by(key, author), language: workspace.language });
  return {
    findContact: (search) => refusing(() => findContact(sql, storable(search))),
    saveContact: (draft) =>
      saved(() =>
        following(sql, storable(draft), { id: "contact", company: "company" }, (draft) =>
          saveContact(sql, draft, write(draft.key, draft.author)),
        ),
      ),
    findCompany: (search) => refusing(() => findCompany(sql, storable(search))),
    saveCompany: (draft) =>
      saved(() => following(sql, storable(draft), { id: "company" }, (draft) => saveCompany(sql, draft, write(draft.key, draft.author)))),
    findDeal: (search) => refusing(() => findDeal(sql, storable(search))),
    saveDeal: (draft) =>
      saved(() =>
        following(sql, storable(draft), { contact: "contact", company: "company" }, (draft) =>
          saveDeal(sql, draft, write(draft.key, draft.author)),
        ),
      ),
    addEntry: (entry) => saved(() => addEntryTo(sql, storable(entry), by(entry.key, entry.author))),
    saveCall: (draft) => refusing(() => saveCall(sql, storable(draft), by(draft.key, undefined))),
    findCall: (key) => refusing(() => findCall(sql, storable(key))),
    closeTasks: (which, result) => refusing(() => closeTasks(sql, storable(which), storable(result), by("", undefined))),
    findRecord: (kind, id) => refusing(() => findRecord(sql, kind, readId(kind, id))),
    directory: () => readDirectory(sql),
  };
}

const saved = async (work: () => Promise<number>): Promise<Saved> => ({ id: String(await refusing(work)) });

/** A flow hears one word for "no", with the reason. */
async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Invalid || error instanceof NotFound || error instanceof Forbidden)
      throw new Refused(error.message, { cause: error });
    throw error;
  }
}

const findContactText = `
  select c.id::text as id, c.full_name as name, c.responsible::text as responsible, hit.by_phone as "byPhone",
    array(select e164 from crm.channel ch where ch.workspace = $1 and ch.contact = c.id and ch.e164 is not null order by ch.position, ch.id) as phones,
    array(select email_lower from crm.channel ch where ch.workspace = $1 and ch.contact = c.id and ch.email_lower is not null order by ch.position, ch.id) as emails
  from (
    select contact, bool_or(by_phone) as by_phone from (
      select ch.contact, true as by_phone from unnest($2::text[]) as v cross join lateral (
        select contact from crm.channel where workspace = $1 and e164 = v offset 0) ch
      union all
      select ch.contact, false from unnest($3::text[]) as v cross join lateral (
        select contact from crm.channel where workspace = $1 and email_lower = v offset 0) ch) channels
    where contact is not null group by contact) hit
  cross join lateral (select * from crm.contact c where c.workspace = $1 and c.id = hit.contact and c.deleted_at is null offset 0) c
  left join lateral (${lastActivity("c.id")}) last on true
  order by hit.by_phone desc, last.at desc nulls last, last.id desc nulls last, c.id desc limit 10`;

async function findContact(sql: Sql, by: Parameters<Crm["findContact"]>[0]): Promise<ContactHit[]> {
  if (by.phones.length + by.emails.length === 0) return [];
  const rows = await sql.query<Omit<ContactHit, "matchedBy" | "responsible"> & { responsible: string | null; byPhone: boolean }>({
    name: "crm-find-contact",
    text: findContactText,
    values: [sql.workspace, by.phones, by.emails.map((email) => email.toLowerCase())],
  });
  return rows.map(({ byPhone, responsible, ...row }) => ({
    ...row,
    ...(responsible !== null && { responsible }),
    matchedBy: byPhone ? "phone" : "email",
  }));
}

async function findCompany(sql: Sql, { name, inn }: Parameters<Crm["findCompany"]>[0]): Promise<readonly Saved[]> {
  if (name === undefined && inn === undefined) return [];
  // A statement of its own for each question: one plan for both would read all companies of the workspace.
  const [kind, where] =
    inn === undefined
      ? ["name", "lower(name) = lower(btrim($2))"]
      : ["inn", "inn = $3 and ($2::text is null or lower(name) = lower(btrim($2)))"];
  return sql.query<Saved>({
    name: `crm-find-company-by-${kind}`,
    text: `select id::text as id from crm.company where workspace = $1 and deleted_at is null and ${where} and ($3::text is null or inn = $3)
      order by updated_at desc, id desc limit 10`,
    values: [sql.workspace, name ?? null, inn ?? null],
  });
}

const findDealText = `
  select d.id::text as id, d.name, d.pipeline::text as pipeline, d.stage::text as stage, d.responsible::text as responsible
  from crm.deal_contact dc
  cross join lateral (select * from crm.deal d where d.workspace = $1 and d.id = dc.deal and d.deleted_at is null offset 0) d
  where dc.workspace = $1 and dc.contact = coalesce((select merged_into from crm.contact where workspace = $1 and id = $2::bigint), $2::bigint) and (d.closed_at is null) = $3::boolean
    and ($4::bigint is null or d.pipeline = $4::bigint) and ($5::timestamptz is null or d.created_at >= $5::timestamptz)
    and ($6::text is null or d.id is distinct from (select w.id from crm.written w where w.workspace = $1 and w.kind = 'deal' and w.key = $6::text))
  order by d.created_at desc, d.id desc limit 1`;

async function findDeal(sql: Sql, { contact, pipeline, state, since, notMadeBy }: DealQuery): Promise<DealHit | undefined> {
  const [row] = await sql.query<Omit<DealHit, "responsible"> & { responsible: string | null }>({
    name: "crm-find-deal",
    text: findDealText,
    values: [
      sql.workspace,
      readId("contact", contact),
      state === "open",
      pipeline === undefined ? null : readId("pipeline", pipeline),
      since ?? null,
      notMadeBy ?? null,
    ],
  });
  if (!row) return undefined;
  const { responsible, ...deal } = row;
  return { ...deal, ...(responsible !== null && { responsible }) };
}

/** An entry on a record that was merged goes where that went. */
const addEntryTo = (sql: Sql, entry: Entry, by: By): Promise<number> =>
  following(sql, { ...entry.on }, { contact: "contact", company: "company" }, (on) =>
    addEntry(sql, { ...entry, ...(entry.on && { on: on as NonNullable<Entry["on"]> }) } as Entry, by),
  );

const addEntry = (sql: Sql, entry: Entry, by: By): Promise<number> =>
  entry.kind === "note" ? insertNote(sql, readTarget(entry.on), entry.text, by) : addTask(sql, entry, by);

async function addTask(sql: Sql, entry: Entry & { kind: "task" }, by: By): Promise<number> {
  const due = entry.due === undefined ? undefined : new Date(entry.due);
  if (due && Number.isNaN(due.getTime())) throw new Invalid({ due: [`${entry.due} is not a moment`] });
  const task = {
    title: entry.title,
    text: entry.text,
    type: entry.type === undefined ? undefined : readId("type", entry.type),
    due,
    estimateMinutes: entry.estimateMinutes,
    responsible: entry.responsible === undefined ? undefined : readId("responsible", entry.responsible),
    mark: entry.mark && { name: entry.mark.name, at: new Date(entry.mark.at) },
  };
  return insertTask(sql, entry.on && readTarget(entry.on), task, by);
}

function readTarget(on: NonNullable<Entry["on"]>): Target {
  if ("contact" in on) return { contact: readId("contact", on.contact) };
  return "company" in on ? { company: readId("company", on.company) } : { deal: readId("deal", on.deal) };
}

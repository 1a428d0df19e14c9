import type { Workspace } from "@svyazka/core";
import { directoryChanged } from "../src/directory-changed.ts";
import type { Sql } from "../src/sql.ts";
import { createUser } from "../src/users.ts";
import { type Story, tellStory } from "./story.ts";
import { demoWords } from "./words.ts";

/**
 * Puts half a year of a small company into a workspace: people who sell, sources, and everything the story tells, each at the moment it happened.
 * In one transaction: all of it or nothing. What is there already stays. Answers how much there is.
 */
export const fillWithDemo = (
  sql: Sql,
  workspace: Workspace,
  { now, seed = 1, deals }: { readonly now: Date; readonly seed?: number; readonly deals?: number },
): Promise<DemoCounts> =>
  sql.transaction(async (sql) => {
    const sellers = await hire(sql, workspace);
    const sources = await openSources(sql, workspace);
    const [pipeline] = await sql.query<{ id: number; currency: string }>({
      text: "select id from crm.pipeline where workspace = $1 and is_default",
      values: [sql.workspace],
    });
    if (!pipeline) throw new Error("a workspace without a pipeline");
    const stages = await sql.query<{ id: number; kind: "incoming" | "open" | "won" | "lost" }>({
      text: "select id, kind from crm.stage where workspace = $1 and pipeline = $2 and deleted_at is null order by rank, position, id",
      values: [sql.workspace, pipeline.id],
    });
    const story = tellStory({
      seed,
      now,
      language: workspace.language,
      currency: workspace.currency,
      sellers,
      pipeline: pipeline.id,
      stages,
      lossReasons: await idsOf(sql, "loss_reason"),
      taskTypes: await idsOf(sql, "task_type"),
      sources,
      ...(deals !== undefined && { deals }),
    });
    await write(sql, story, { pipeline: pipeline.id, currency: workspace.currency });
    await directoryChanged(sql);
    return { contacts: story.contacts.length, companies: story.companies.length, deals: story.deals.length, calls: story.calls.length };
  });

export interface DemoCounts {
  readonly contacts: number;
  readonly companies: number;
  readonly deals: number;
  readonly calls: number;
}

const idsOf = async (sql: Sql, table: "loss_reason" | "task_type"): Promise<number[]> =>
  (
    await sql.query<{ id: number }>({
      text: `select id from crm.${table} where workspace = $1 and deleted_at is null order by position, id`,
      values: [sql.workspace],
    })
  ).map(({ id }) => id);

async function hire(sql: Sql, { language }: Workspace): Promise<number[]> {
  const [group] = await sql.query<{ id: number }>({
    text: "select id from crm.user_group where workspace = $1 and deleted_at is null order by position, id limit 1",
    values: [sql.workspace],
  });
  const ids: number[] = [];
  for (const [index, name] of demoWords[language].employees.entries()) {
    const email = `seller${index + 1}@demo.example`;
    const [known] = await sql.query<{ id: number }>({
      text: "select id from crm.user_account where workspace = $1 and lower(email) = $2",
      values: [sql.workspace, email],
    });
    const user = known ?? (await createUser(sql, { name, email, role: "manager", language, group: group?.id ?? null }));
    ids.push(user.id);
  }
  return ids;
}

async function openSources(sql: Sql, { language }: Workspace): Promise<Record<string, number>> {
  const rows = await sql.query<{ code: string; id: number }>({
    text: `with wanted as (select * from jsonb_to_recordset($2::jsonb) as x (code text, name text, position integer)),
             made as (
               insert into crm.source (workspace, code, name, position) select $1, code, name, position from wanted
               on conflict (workspace, code) where deleted_at is null do nothing returning code, id)
           select code, id from made union all select code, id from crm.source where workspace = $1 and deleted_at is null and code in (select code from wanted)`,
    values: [
      sql.workspace,
      JSON.stringify(demoWords[language].sources.map(([code, name], index) => ({ code, name, position: (index + 1) * 10 }))),
    ],
  });
  return Object.fromEntries(rows.map(({ code, id }) => [code, id]));
}

async function takeIds(sql: Sql, table: string, count: number): Promise<number[]> {
  const rows = await sql.query<{ id: number }>({
    text: `select nextval(pg_get_serial_sequence('crm.${table}', 'id')) as id from generate_series(1, $1)`,
    values: [count],
  });
  return rows.map(({ id }) => Number(id));
}

/** Inserts rows given as JSON. The names and types of the columns are ours, not a caller's. */
async function insert(sql: Sql, table: string, columns: Readonly<Record<string, string>>, rows: readonly object[]): Promise<void> {
  const names = Object.keys(columns).join(", ");
  const shape = Object.entries(columns)
    .map(([name, type]) => `${name} ${type}`)
    .join(", ");
  for (let from = 0; from < rows.length; from += 1000) {
    // What was half a year ago is no news.
    const written = "updated_at" in columns ? { names: `${names}, changed_at`, values: `${names}, updated_at` } : { names, values: names };
    await sql.query({
      text: `insert into crm.${table} (workspace, ${written.names}) select $1, ${written.values} from jsonb_to_recordset($2::jsonb) as x (${shape})`,
      values: [sql.workspace, JSON.stringify(rows.slice(from, from + 1000))],
    });
  }
}

async function write(
  sql: Sql,
  story: Story,
  { pipeline, currency }: { readonly pipeline: number; readonly currency: string },
): Promise<void> {
  const companies = await takeIds(sql, "company", story.companies.length);
  const contacts = await takeIds(sql, "contact", story.contacts.length);
  const deals = await takeIds(sql, "deal", story.deals.length);
  // Calls share their ids with notes.
  const calls = await takeIds(sql, "note", story.calls.length);
  const stamps = { created_at: "timestamptz", updated_at: "timestamptz" } as const;
  const user = (id: number): string => `user:${id}`;
  const lines: object[] = [];

  await insert(
    sql,
    "company",
    { id: "bigint", name: "text", inn: "text", responsible: "bigint", ...stamps },
    story.companies.map(({ name, inn, responsible, at }, index) => ({
      id: companies[index],
      name,
      inn,
      responsible,
      created_at: at,
      updated_at: at,
    })),
  );
  const fields = await sql.query<{ id: number }>({
    text: "select id from crm.field where workspace = $1 and entity = 'contact' and code = 'city' and deleted_at is null",
    values: [sql.workspace],
  });
  await insert(
    sql,
    "contact",
    { id: "bigint", name: "text", surname: "text", company: "bigint", responsible: "bigint", fields: "jsonb", ...stamps },
    story.contacts.map(({ name, surname, company, responsible, city, at }, index) => ({
      id: contacts[index],
      name,
      surname,
      company: company === null ? null : companies[company],
      responsible,
      fields: fields[0] ? { [fields[0].id]: city } : {},
      created_at: at,
      updated_at: at,
    })),
  );
  await insert(
    sql,
    "channel",
    { contact: "bigint", company: "bigint", kind: "text", label: "text", value: "text", e164: "text", last10: "text", email_lower: "text" },
    [
      ...story.contacts.flatMap(({ phone, email }, index) => [
        { contact: contacts[index], kind: "phone", label: "mobile", value: phone, e164: phone, last10: phone.slice(-10) },
        ...(email === null ? [] : [{ contact: contacts[index], kind: "email", label: "work", value: email, email_lower: email }]),
      ]),
      ...story.companies.map(({ phone }, index) => ({
        company: companies[index],
        kind: "phone",
        label: "work",
        value: phone,
        e164: phone,
        last10: phone.slice(-10),
      })),
    ],
  );
  await insert(
    sql,
    "deal",
    {
      ...{ id: "bigint", name: "text", sum_minor: "bigint", currency: "text", pipeline: "bigint", stage: "bigint", responsible: "bigint" },
      ...{ company: "bigint", source: "bigint", loss_reason: "bigint", attribution: "jsonb", closed_at: "timestamptz", ...stamps },
    },
    story.deals.map((deal, index) => ({
      id: deals[index],
      name: deal.name,
      sum_minor: deal.sumMinor,
      currency,
      pipeline,
      stage: deal.moves.at(-1)?.stage,
      responsible: deal.responsible,
      company: deal.company === null ? null : companies[deal.company],
      source: deal.source,
      loss_reason: deal.lossReason,
      attribution: deal.attribution,
      closed_at: deal.closedAt,
      created_at: deal.at,
      updated_at: deal.moves.at(-1)?.at,
    })),
  );
  await insert(
    sql,
    "deal_contact",
    { deal: "bigint", contact: "bigint", is_main: "boolean" },
    story.deals.map(({ contact }, index) => ({ deal: deals[index], contact: contacts[contact], is_main: true })),
  );
  await tagDeals(sql, story, deals);

  for (const [index, deal] of story.deals.entries()) {
    const id = deals[index];
    lines.push({ at: deal.at, kind: "created", actor: user(deal.responsible), deal: id });
    for (const [step, move] of deal.moves.entries()) {
      const from = deal.moves[step - 1];
      if (!from) continue;
      const place = (stage: number): object => ({ pipeline, stage });
      lines.push({
        at: move.at,
        kind: "stage",
        actor: user(deal.responsible),
        deal: id,
        what: { old: place(from.stage), new: place(move.stage) },
      });
    }
  }
  const notes = story.deals.flatMap((deal, index) => deal.notes.map((note) => ({ ...note, deal: deals[index], by: deal.responsible })));
  const noteIds = await takeIds(sql, "note", notes.length);
  await insert(
    sql,
    "note",
    { id: "bigint", deal: "bigint", text: "text", created_by: "bigint", updated_by: "bigint", ...stamps },
    notes.map(({ text, at, deal, by }, index) => ({
      id: noteIds[index],
      deal,
      text,
      created_by: by,
      updated_by: by,
      created_at: at,
      updated_at: at,
    })),
  );
  for (const [index, { at, deal, by }] of notes.entries()) lines.push({ at, kind: "note", actor: user(by), deal, note: noteIds[index] });

  const tasks = story.deals.flatMap((deal, index) => deal.tasks.map((task) => ({ ...task, deal: deals[index], by: deal.responsible })));
  const taskIds = await takeIds(sql, "task", tasks.length);
  await insert(
    sql,
    "task",
    {
      ...{ id: "bigint", deal: "bigint", type: "bigint", title: "text", due: "timestamptz", responsible: "bigint", result: "text" },
      ...{ done_at: "timestamptz", created_by: "bigint", updated_by: "bigint", ...stamps },
    },
    tasks.map(({ title, type, at, due, doneAt, result, deal, by }, index) => ({
      ...{ id: taskIds[index], deal, type, title, due, responsible: by, result, done_at: doneAt, created_by: by, updated_by: by },
      ...{ created_at: at, updated_at: doneAt ?? at },
    })),
  );
  for (const [index, { at, doneAt, deal, by }] of tasks.entries()) {
    lines.push({ at, kind: "task", actor: user(by), deal, task: taskIds[index] });
    if (doneAt) lines.push({ at: doneAt, kind: "task_closed", actor: user(by), deal, task: taskIds[index] });
  }

  await insert(
    sql,
    "call",
    {
      ...{
        id: "bigint",
        key: "text",
        direction: "text",
        phone: "text",
        e164: "text",
        responsible: "bigint",
        state: "text",
        answered: "boolean",
      },
      ...{
        told: "text",
        outcome: "text",
        started_at: "timestamptz",
        wait_seconds: "integer",
        talk_seconds: "integer",
        recordings: "jsonb",
      },
      ...{ contact: "bigint", deal: "bigint", ...stamps },
    },
    story.calls.map((call, index) => ({
      ...{
        id: calls[index],
        key: `demo:${calls[index]}`,
        direction: call.direction,
        phone: call.phone,
        e164: call.phone,
        responsible: call.responsible,
      },
      ...{ state: "over", answered: call.outcome === "answered", told: call.outcome, outcome: call.outcome, started_at: call.at },
      ...{ wait_seconds: call.waitSeconds, talk_seconds: call.talkSeconds, recordings: [] },
      ...{ contact: call.contact === null ? null : contacts[call.contact], deal: call.deal === null ? null : deals[call.deal] },
      ...{ created_at: call.at, updated_at: call.at },
    })),
  );
  for (const [index, call] of story.calls.entries()) {
    const line = { at: call.at, kind: "call", actor: user(call.responsible), call: calls[index] };
    if (call.contact !== null) lines.push({ ...line, contact: contacts[call.contact] });
    if (call.deal !== null) lines.push({ ...line, deal: deals[call.deal] });
  }
  await insert(
    sql,
    "timeline",
    {
      at: "timestamptz",
      kind: "text",
      actor: "text",
      contact: "bigint",
      deal: "bigint",
      note: "bigint",
      task: "bigint",
      call: "bigint",
      what: "jsonb",
    },
    [
      ...story.contacts.map(({ at, responsible }, index) => ({ at, kind: "created", actor: user(responsible), contact: contacts[index] })),
      ...lines,
    ].sort((one, other) => (one as { at: Date }).at.getTime() - (other as { at: Date }).at.getTime()),
  );
}

async function tagDeals(sql: Sql, story: Story, deals: readonly number[]): Promise<void> {
  const tagged = story.deals.flatMap(({ tags }, index) => tags.map((name) => ({ name, record: deals[index] })));
  await sql.query({
    text: `with named as (select * from jsonb_to_recordset($2::jsonb) as x (name text, record bigint)),
             made as (
               insert into crm.tag (workspace, entity, name) select distinct $1::bigint, 'deal', name from named
               on conflict (workspace, entity, lower(name)) where deleted_at is null do update set name = crm.tag.name returning id, name)
           insert into crm.tagged (workspace, entity, record, tag) select $1, 'deal', record, made.id from named join made using (name)`,
    values: [sql.workspace, JSON.stringify(tagged)],
  });
}

import type { By, Target } from "./by.ts";
import { Invalid } from "./errors.ts";
import { wrongReferences } from "./references.ts";
import type { Sql } from "./sql.ts";
import { knownPart, type MadeRow, writtenParts, wrongPart } from "./statement-parts.ts";
import { insertOnce } from "./written.ts";

/** Notes and tasks: what is put on a record. Made by one statement each, with its line in the timeline. */

export interface NewTask {
  readonly title: string;
  readonly text?: string | null | undefined;
  readonly type?: number | null | undefined;
  readonly due?: Date | null | undefined;
  readonly estimateMinutes?: number | null | undefined;
  readonly responsible?: number | null | undefined;
  /** What a program finds its own open tasks by, and the moment they are about. */
  readonly mark?: { readonly name: string; readonly at: Date } | undefined;
}

const by = { actor: "$6", via: "$7", key: "$2" };
const target = [
  ["contact", "contact", "$3"],
  ["company", "company", "$4"],
  ["deal", "deal", "$5"],
  ["author", "user_account", "$8"],
] as const;

const answer = "select (select id from known) as known, (select id from made) as made, array(select name from wrong) as wrong";

const noteText = `
  with ${knownPart("note", by)},
  ${wrongPart(target)},
  made as (
    insert into crm.note (workspace, contact, company, deal, text, created_by, updated_by)
    select $1, $3::bigint, $4::bigint, $5::bigint, $9::text, $8::bigint, $8::bigint where not exists (select from known) and not exists (select from wrong)
    returning id),
  ${writtenParts("note", "made", by)},
  line as (
    insert into crm.timeline (workspace, kind, actor, via, key, contact, company, deal, note)
    select $1, 'note', $6::text, $7::bigint, $2::text, $3::bigint, $4::bigint, $5::bigint, id from made)
  ${answer}`;

const taskText = `
  with ${knownPart("task", by)},
  ${wrongPart([...target, ["type", "task_type", "$11"], ["responsible", "user_account", "$14"]])},
  made as (
    insert into crm.task (workspace, contact, company, deal, title, text, type, due, estimate_minutes, responsible, mark, mark_at, created_by, updated_by)
    select $1, $3::bigint, $4::bigint, $5::bigint, $9::text, $10::text, $11::bigint, $12::timestamptz, $13::integer, $14::bigint, $15::text, $16::timestamptz, $8::bigint, $8::bigint
    where not exists (select from known) and not exists (select from wrong)
    returning id),
  ${writtenParts("task", "made", by)},
  line as (
    insert into crm.timeline (workspace, kind, actor, via, key, contact, company, deal, task)
    select $1, 'task', $6::text, $7::bigint, $2::text, $3::bigint, $4::bigint, $5::bigint, id from made
    where num_nonnulls($3::bigint, $4::bigint, $5::bigint) = 1)
  ${answer}`;

/** Puts a note on a record, and answers its id; with a key written before, the id of that time. Throws `Invalid` for a reference that leads nowhere. */
export async function insertNote(sql: Sql, on: Target, text: string, by: By): Promise<number> {
  const place = placesOf(on);
  const values = [sql.workspace, by.key ?? null, place.contact, place.company, place.deal, by.actor, by.via ?? null, by.user ?? null, text];
  const row = await insertOnce<MadeRow>(sql, by, { name: "crm-insert-note", text: noteText, values });
  return made(row, place, by, {});
}

/** Puts a task on a record, or on none, and answers its id; the rest as `insertNote`. */
export async function insertTask(sql: Sql, on: Target | undefined, task: NewTask, by: By): Promise<number> {
  const place = placesOf(on);
  const values = [
    sql.workspace,
    by.key ?? null,
    place.contact,
    place.company,
    place.deal,
    by.actor,
    by.via ?? null,
    by.user ?? null,
    task.title,
    task.text ?? null,
    task.type ?? null,
    task.due ?? null,
    task.estimateMinutes ?? null,
    task.responsible ?? null,
    task.mark?.name ?? null,
    task.mark?.at ?? null,
  ];
  const row = await insertOnce<MadeRow>(sql, by, { name: "crm-insert-task", text: taskText, values });
  return made(row, place, by, task);
}

interface Places {
  readonly contact: number | null;
  readonly company: number | null;
  readonly deal: number | null;
}
const placesOf = (on: Target | undefined): Places => ({ contact: null, company: null, deal: null, ...on });

/** The one record that these columns name. */
export function targetOf({ contact, company, deal }: Places): Target | undefined {
  if (deal !== null) return { deal };
  if (contact !== null) return { contact };
  return company === null ? undefined : { company };
}

/** Tells in the timeline of what it stands on what became of a note or task. On nothing, nothing is told. */
export async function insertLine(
  sql: Sql,
  on: Places,
  of: { readonly note: number } | { readonly task: number },
  kind: "task_closed" | "task_reopened" | "deleted" | "restored",
  by: By,
): Promise<void> {
  if (!targetOf(on)) return;
  const { note, task } = { note: null, task: null, ...of };
  const what = kind === "deleted" || kind === "restored" ? JSON.stringify(of) : null;
  await sql.query({
    text: "insert into crm.timeline (workspace, kind, actor, via, key, contact, company, deal, note, task, what) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    values: [sql.workspace, kind, by.actor, by.via ?? null, by.key ?? null, on.contact, on.company, on.deal, note, task, what],
  });
}

/** Reads a target from a request that may name one of three. Throws `Invalid` when it names more. */
export function readTarget({ contact, company, deal }: { readonly [K in keyof Places]?: number | null | undefined }): Target | undefined {
  const given = Object.entries({ contact, company, deal }).filter(([, id]) => id !== undefined && id !== null);
  if (given.length > 1)
    throw new Invalid(Object.fromEntries(given.map(([name]) => [name, ["name one of contact, company and deal only"]])));
  return targetOf({ contact: contact ?? null, company: company ?? null, deal: deal ?? null });
}

function made(row: MadeRow | undefined, place: Places, by: By, task: Partial<NewTask>): number {
  const id = row?.known ?? row?.made;
  if (id !== undefined && id !== null) return id;
  throw wrongReferences(
    [
      ["contact", "contact", place.contact],
      ["company", "company", place.company],
      ["deal", "deal", place.deal],
      ["author", "user_account", by.user],
      ["type", "task_type", task.type],
      ["responsible", "user_account", task.responsible],
    ],
    row?.wrong ?? [],
  );
}

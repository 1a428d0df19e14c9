import type { By, Target } from "./by.ts";
import { Invalid } from "./errors.ts";
import { type Reference, wrongReferences } from "./references.ts";
import { type Said, saidParts, saidProblems, saidReferences, takenProblem } from "./said.ts";
import type { Sql } from "./sql.ts";
import { knownPart, type MadeRow, type ReferencedTable, writtenParts, wrongPart } from "./statement-parts.ts";
import { Composition, type Values } from "./values.ts";
import { insertOnce } from "./written.ts";

/** Notes and tasks: what is put on a record. Made by one statement each, with its line in the timeline. */

export interface NewTask extends Said {
  readonly title: string;
  readonly text?: string | null | undefined;
  readonly type?: number | null | undefined;
  readonly due?: Date | null | undefined;
  readonly estimateMinutes?: number | null | undefined;
  readonly responsible?: number | null | undefined;
  /** What a program finds its own open tasks by, and the moment they are about. */
  readonly mark?: { readonly name: string; readonly at: Date } | undefined;
}

/** A note, as it is made. */
export interface NewNote extends Said {
  readonly text: string;
  /** `common`, unless told. */
  readonly kind?: string | undefined;
  /** What programs keep with it. */
  readonly params?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Puts a note on a record, and answers its id; with a key written before, the id of that time. Throws `Invalid` for a reference that leads nowhere. */
export const insertNote = (sql: Sql, on: Target, note: string | NewNote, by: By): Promise<number> => {
  const draft: NewNote = typeof note === "string" ? { text: note } : note;
  return insertEntry(sql, "note", on, draft, by, (values) => [
    ["text", `${values.add(draft.text)}::text`],
    ["kind", `${values.add(draft.kind ?? "common")}::text`],
    ["params", values.json(draft.params)],
  ]);
};

/** Puts a task on a record, or on none, and answers its id; the rest as `insertNote`. */
export const insertTask = (sql: Sql, on: Target | undefined, task: NewTask, by: By): Promise<number> =>
  insertEntry(sql, "task", on, task, by, (values, refer) => [
    ["title", `${values.add(task.title)}::text`],
    ["text", `${values.add(task.text)}::text`],
    ["type", refer("type", "task_type", task.type)],
    ["due", `${values.add(task.due)}::timestamptz`],
    ["estimate_minutes", `${values.add(task.estimateMinutes)}::numeric`],
    ["responsible", refer("responsible", "user_account", task.responsible)],
    ["mark", `${values.add(task.mark?.name)}::text`],
    ["mark_at", `${values.add(task.mark?.at)}::timestamptz`],
  ]);

/** Names a reference to be checked, and answers its place. */
type Refer = (name: string, table: ReferencedTable, id: number | null | undefined) => string;

/** Makes one, with its line in the timeline: where it was made before, so was the line. */
async function insertEntry(
  sql: Sql,
  table: "note" | "task",
  on: Target | undefined,
  draft: Said,
  by: By,
  columnsOf: (values: Values, refer: Refer) => readonly (readonly [column: string, value: string])[],
): Promise<number> {
  const problems = saidProblems(draft);
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  const statement = new Composition();
  const { values } = statement;
  values.add(sql.workspace);
  const places = { key: values.add(by.key), actor: values.add(by.actor), via: values.add(by.via) };
  const references: Reference[] = [];
  const placed: [string, ReferencedTable, string][] = [];
  const refer: Refer = (name, referred, id) => {
    const place = values.add(id);
    references.push([name, referred, id]);
    placed.push([name, referred, place]);
    return `${place}::bigint`;
  };
  const given = placesOf(on);
  const target = (["contact", "company", "deal"] as const).map((name) => refer(name, name, given[name]));
  const author = refer("author", "user_account", by.user).replace("::bigint", "");
  const columns = columnsOf(values, refer);
  const said = saidParts(table, draft, by, author, values);
  // What stands on nothing has no line, and its moment no place in the statement.
  const saysWhen = on !== undefined && draft.createdAt !== undefined;
  const at = saysWhen ? `${values.add(draft.createdAt)}::timestamptz` : "statement_timestamp()";
  statement.always(knownPart(table, places));
  statement.always(wrongPart([...placed, ...said.references], said.complaints));
  statement.always(
    `
    made as (
      insert into crm.${table} (workspace, contact, company, deal, ${columns.map(([name]) => name).join(", ")}, ${said.columns})
      select $1, ${[...target, ...columns.map(([, value]) => value), said.places].join(", ")} where not exists (select from known) and not exists (select from wrong)
      returning id)`,
    said.letters + (saysWhen ? "a" : ""),
  );
  statement.when(by.key !== undefined, "k", () => writtenParts(table, "made", places));
  statement.when(
    on !== undefined,
    "o",
    () => `
    line as (
      insert into crm.timeline (workspace, at, kind, actor, via, key, contact, company, deal, ${table})
      select $1, ${at}, '${table}', ${places.actor}::text, ${places.via}::bigint, ${places.key}::text, ${target.join(", ")}, id from made)`,
  );
  const answer = `select (select id from known) as known, (select id from made) as made, array(select name from wrong) as wrong,
    ${places.actor}::text as actor, ${places.via}::bigint as via`;
  const row = await insertOnce<MadeRow>(sql, by, statement.statement(`crm-insert-${table}`, answer));
  const id = row?.known ?? row?.made;
  if (id !== undefined && id !== null) return id;
  const wrong = row?.wrong ?? [];
  throw new Invalid({ ...wrongReferences([...references, ...saidReferences(draft)], wrong).fields, ...takenProblem(draft.id, wrong) });
}

/** The one record, or none, by the columns that name it. */
export interface Places {
  readonly contact: number | null;
  readonly company: number | null;
  readonly deal: number | null;
}
export const placesOf = (on: Target | undefined): Places => ({ contact: null, company: null, deal: null, ...on });

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
  kind: "task" | "task_closed" | "task_reopened" | "deleted" | "restored",
  by: By,
  at?: Date,
): Promise<void> {
  if (!targetOf(on)) return;
  const { note, task } = { note: null, task: null, ...of };
  const what = kind === "deleted" || kind === "restored" ? JSON.stringify(of) : null;
  await sql.query({
    text: `insert into crm.timeline (workspace, kind, actor, via, key, contact, company, deal, note, task, what, at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce($12, statement_timestamp()))`,
    values: [sql.workspace, kind, by.actor, by.via ?? null, by.key ?? null, on.contact, on.company, on.deal, note, task, what, at ?? null],
  });
}

/** Reads a target from a request that may name one of three. Throws `Invalid` when it names more. */
export function readTarget({ contact, company, deal }: { readonly [K in keyof Places]?: number | null | undefined }): Target | undefined {
  const given = Object.entries({ contact, company, deal }).filter(([, id]) => id !== undefined && id !== null);
  if (given.length > 1)
    throw new Invalid(Object.fromEntries(given.map(([name]) => [name, ["name one of contact, company and deal only"]])));
  return targetOf({ contact: contact ?? null, company: company ?? null, deal: deal ?? null });
}

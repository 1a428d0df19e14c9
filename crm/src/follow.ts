import type { ChangedRecord, EventDraft, Kit, RecordKind, StopSignal } from "@svyazka/core";
import type { Sql } from "./sql.ts";

type Snapshots = (sql: Sql, kind: RecordKind, ids: readonly number[]) => Promise<ReadonlyMap<number, unknown>>;

/** A place in a feed: everything up to it has been told. */
interface Place {
  readonly at: string;
  readonly id: number;
}

/** How far each feed has been followed. */
interface Reached {
  /** From when on records count as made before our eyes. */
  readonly begun: string;
  readonly lines: Place;
  readonly task: Place;
  readonly note: Place;
  readonly call: Place;
}

interface Found {
  readonly kind: RecordKind;
  readonly id: number;
  readonly change: ChangedRecord["change"];
  readonly key: string;
  readonly at: Date;
  readonly by: string | null;
  readonly changes?: unknown;
}

const everyMs = 1_000;
const most = 500;
/** A record that is younger may have been changed before it was told that it was made. */
const youngMs = 600_000;
/** How far we are is put down at least so often while nothing happens. */
const putDownMs = 60_000;
const kept = ["follow", "reached"] as const;

/**
 * Tells every change of a record as a fact, once, from when it is first called on until `signal` ends it. Whoever goes on after it begins where it ended;
 * when nobody hears it any more, the next time begins anew.
 */
export async function follow(sql: Sql, kit: Kit, signal: StopSignal, snapshots: Snapshots): Promise<void> {
  let reached = (await kit.store.get<Reached>(...kept)) ?? beginAt(await settled(sql));
  let putDown = 0;
  let wake = () => {};
  signal.addEventListener("abort", () => wake());
  while (!signal.aborted) {
    const { found, next, isMore } = await readChanges(sql, reached, await settled(sql));
    if (found.length > 0) await kit.record(await draftsOf(sql, found, snapshots), { what: "changes" });
    reached = next;
    // What is told again after a fall costs a look at its key: keys stand for ever.
    if (found.length > 0 || kit.now().getTime() - putDown > putDownMs) {
      await kit.store.put(...kept, reached);
      putDown = kit.now().getTime();
    }
    if (isMore || signal.aborted) continue;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
  if (!(await kit.isHeard("record.changed"))) await kit.store.remove(...kept);
}

function beginAt(moment: Date): Reached {
  const place = { at: moment.toISOString(), id: 0 };
  return { begun: place.at, lines: place, task: place, note: place, call: place };
}

/** Nothing before this moment can be committed any more. */
async function settled(sql: Sql): Promise<Date> {
  const [row] = await sql.query<{ at: Date }>({ name: "crm-settled", text: "select crm.settled() as at" });
  return row?.at ?? new Date(0);
}

async function readChanges(sql: Sql, reached: Reached, until: Date): Promise<{ found: Found[]; next: Reached; isMore: boolean }> {
  const lines = await readLines(sql, reached.lines, until);
  const [tasks, notes, calls] = [
    await readRows(sql, "task", reached.task, until),
    await readRows(sql, "note", reached.note, until),
    await readRows(sql, "call", reached.call, until),
  ];
  // A feed that was read to its end goes on from there: what is stamped with that very moment is still to come.
  const place = (rows: readonly { readonly at: Date; readonly id: number }[]): Place => {
    const last = rows.length === most ? rows.at(-1) : undefined;
    return last ? { at: last.at.toISOString(), id: last.id } : { at: until.toISOString(), id: 0 };
  };
  return {
    found: [...lines.flatMap(ofLine), ...[...tasks, ...notes, ...calls].flatMap((row) => ofRow(row, reached.begun))].sort(
      (one, other) => one.at.getTime() - other.at.getTime(),
    ),
    next: {
      begun: reached.begun,
      lines: place(lines),
      task: place(tasks),
      note: place(notes),
      call: place(calls),
    },
    isMore: [lines, tasks, notes, calls].some((rows) => rows.length === most),
  };
}

interface LineRow {
  readonly id: number;
  readonly at: Date;
  readonly kind: string;
  readonly actor: string;
  readonly entity: "contact" | "company" | "deal";
  readonly record: number;
  readonly what: unknown;
}

/**
 * Contacts, companies and deals: each change has a line in the timeline, written in the statement that changes the record. So whose lines to read is told by
 * the change feed, without an end: a record that has changed again since has lines before that, too.
 */
const linesText = `
select l.* from (
  ${(["contact", "company", "deal"] as const)
    .map(
      (entity) => `select l.id, l.at, l.kind, l.actor, '${entity}' as entity, r.id as record, l.what
        from (select id from crm.${entity} where workspace = $1 and changed_at >= $2 order by changed_at) r
        cross join lateral (select id, at, kind, actor, what from crm.timeline where workspace = $1 and ${entity} = r.id
          and (at, id) > ($2::timestamptz, $3::bigint) and at < $4 order by at, id limit ${most}) l`,
    )
    .join("\n  union all\n  ")}
) l order by l.at, l.id limit ${most}`;

const readLines = (sql: Sql, { at, id }: Place, until: Date): Promise<LineRow[]> =>
  sql.query({ text: linesText, values: [sql.workspace, at, id, until] });

const changeOf: Readonly<Record<string, ChangedRecord["change"]>> = { created: "created", stage: "stage_changed", deleted: "deleted" };
/** They belong to records of their own. */
const othersLines: ReadonlySet<string> = new Set(["note", "task", "task_closed", "task_reopened", "call", "message"]);

const ofLine = ({ id, at, kind, actor, entity, record, what }: LineRow): Found[] =>
  othersLines.has(kind)
    ? []
    : [
        {
          kind: entity,
          id: record,
          change: changeOf[kind] ?? "changed",
          key: `line ${id}`,
          at,
          by: actor,
          ...(what !== null && { changes: what }),
        },
      ];

interface Row {
  readonly kind: "task" | "note" | "call";
  readonly id: number;
  readonly at: Date;
  readonly mark: string;
  readonly made: Date;
  readonly gone: boolean;
  readonly first: boolean;
  readonly author: number | null;
}

/** What has no lines of its own is told as it is: changes that follow each other within a second are one. */
async function readRows(sql: Sql, kind: Row["kind"], { at, id }: Place, until: Date): Promise<Row[]> {
  const [mark, author] = kind === "call" ? ["changed_at::text", "null::bigint"] : ["version::text", "coalesce(updated_by, created_by)"];
  return sql.query({
    text: `select '${kind}' as kind, id, changed_at as at, ${mark} as mark, coalesce(made_at, created_at) as made, deleted_at is not null as gone,
             coalesce(made_at, created_at) = changed_at as first, ${author} as author
           from crm.${kind} where workspace = $1 and (changed_at, id) > ($2::timestamptz, $3::bigint) and changed_at < $4 order by changed_at, id limit ${most}`,
    values: [sql.workspace, at, id, until],
  });
}

function ofRow({ kind, id, at, mark, made, gone, first, author }: Row, begun: string): Found[] {
  const by = author === null ? null : `user:${author}`;
  const isNew = made >= new Date(begun) && at.getTime() - made.getTime() < youngMs;
  return [
    // Its key is known when it has been told before.
    ...(isNew ? [{ kind, id, change: "created" as const, key: `${kind} ${id} created`, at: made, by }] : []),
    ...(isNew && first
      ? []
      : [{ kind, id, change: gone ? ("deleted" as const) : ("changed" as const), key: `${kind} ${id} ${mark}`, at, by }]),
  ];
}

async function draftsOf(sql: Sql, found: readonly Found[], snapshots: Snapshots): Promise<EventDraft<"record.changed">[]> {
  const records = new Map<RecordKind, ReadonlyMap<number, unknown>>();
  for (const kind of new Set(found.map((one) => one.kind)))
    records.set(kind, await snapshots(sql, kind, [...new Set(found.flatMap((one) => (one.kind === kind ? [one.id] : [])))]));
  return found.map(({ kind, id, change, key, at, by, changes }) => ({
    type: "record.changed",
    key,
    subject: `${kind} ${id}`,
    data: {
      ...{ kind, id: String(id), change, at: at.toISOString(), record: records.get(kind)?.get(id) ?? null },
      ...(by !== null && { by }),
      ...(changes !== undefined && { changes }),
    },
  }));
}

import { lastTenDigits } from "@svyazka/core";
import type { Sql } from "@svyazka/crm";
import { leastIdAt, momentOf } from "../db/new-id.ts";

export interface JournalQuery {
  readonly q?: string | undefined;
  readonly connection?: number | undefined;
  readonly outcome?: string | undefined;
  readonly state?: "waiting" | "held" | "parked" | "failed" | undefined;
  readonly receivedFrom?: Date | undefined;
  readonly receivedTo?: Date | undefined;
  /** Only lines before this one. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** A line as lists show it. */
export interface FoundLine {
  readonly id: string;
  readonly connection: number;
  readonly received_at: Date;
  readonly method: string;
  readonly path: string;
  readonly outcome: "accepted" | "repeated" | "answered" | "ignored" | "malformed" | "failed";
  readonly detail: string | null;
  readonly status: number;
  readonly ip: string;
  readonly events: string[];
}

export interface Found {
  readonly lines: readonly FoundLine[];
  /** Where to go on; undefined when nothing is left. */
  readonly next: string | undefined;
  /** How far back it has looked, when it stopped before it had enough. */
  readonly searchedUntil: Date | undefined;
}

/** Lines of one look. Texts are read in full, so fewer of them. */
const linesAtOnce = { plain: 5_000, text: 2_000 };
/** Then it stops and says how far it came. */
const patienceMs = 1_000;

const columns = "j.id, j.connection, j.received_at, j.method, j.path, j.outcome, j.detail, j.status, j.ip, j.events";
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The newest lines that fit, in looks of so many lines each, back in time: a rare text among a million lines is answered with how far it came.
 * What an index can name (an id, a record, an open delivery) is not looked for line by line.
 */
export async function searchJournal(sql: Sql, query: JournalQuery): Promise<Found> {
  const { q, limit } = query;
  const named = q === undefined ? undefined : await namedLines(sql, q);
  const look = named
    ? lookAt(named)
    : query.state
      ? openLook(query.state)
      : timeLook(q === undefined ? linesAtOnce.plain : linesAtOnce.text);
  const match = named || q === undefined ? undefined : patternsOf(q);
  const started = performance.now();
  const found: { readonly line: FoundLine; readonly place: string }[] = [];
  let before = query.before;
  for (;;) {
    const { places, isLast } = await look(sql, query, before);
    const byId = new Map(places.map(({ id, place }) => [id, place]));
    const lines = await fitting(sql, [...byId.keys()], query, match, limit + 1 - found.length);
    found.push(...lines.map((line) => ({ line, place: byId.get(line.id) ?? line.id })));
    const shown = found.slice(0, limit);
    const answer = { lines: shown.map(({ line }) => line), next: undefined, searchedUntil: undefined };
    if (found.length > limit) return { ...answer, next: shown.at(-1)?.place };
    before = places.at(-1)?.place;
    if (isLast || before === undefined) return answer;
    if (performance.now() - started > patienceMs) return { ...answer, next: before, searchedUntil: momentOf(before) };
  }
}

/** The next lines to look at, in the order they are shown in. `place` is where to go on after one. */
type Look = (
  sql: Sql,
  query: JournalQuery,
  before: string | undefined,
) => Promise<{ readonly places: readonly { readonly id: string; readonly place: string }[]; readonly isLast: boolean }>;

const lookAt =
  (ids: readonly string[]): Look =>
  async (_sql, _query, before) => ({
    places: ids.filter((id) => before === undefined || id < before).map((id) => ({ id, place: id })),
    isLast: true,
  });

const timeLook =
  (most: number): Look =>
  async (sql, query, before) => {
    const rows = await sql.query<{ id: string }>({
      text: `select id from hub.journal where workspace = $1 and ($2::bigint is null or connection = $2) and ($3::uuid is null or id < $3)
               and ($4::uuid is null or id < $4) and ($5::uuid is null or id >= $5) order by id desc limit $6`,
      values: [sql.workspace, query.connection ?? null, before ?? null, ...span(query), most],
    });
    return { places: rows.map(({ id }) => ({ id, place: id })), isLast: rows.length < most };
  };

/** By the deliveries that are in this state now, each line at its newest one. */
const openLook =
  (state: string): Look =>
  async (sql, _query, before) => {
    const most = linesAtOnce.plain;
    const rows = await sql.query<{ id: string; place: string; isNewest: boolean }>({
      text: `select j.id, d.id as place, not exists (
               select from hub.delivery o where o.workspace = $1 and o.event = any(j.events) and o.state = $2 and o.id > d.id) as "isNewest"
             from (select id, event from hub.delivery where workspace = $1 and state = $2 and ($3::uuid is null or id < $3) order by id desc limit $4) d
             cross join lateral (select journal from hub.event where workspace = $1 and id = d.event offset 0) e
             cross join lateral (select id, events from hub.journal where workspace = $1 and id = e.journal offset 0) j
             order by d.id desc`,
      values: [sql.workspace, state, before ?? null, most],
    });
    const isLast = rows.length < most;
    const places = rows.filter((row, index) => row.isNewest || (!isLast && index === rows.length - 1));
    return { places, isLast };
  };

/** The times asked for, as ids: the first one that is too new, and the oldest that is not too old. */
const span = ({ receivedFrom, receivedTo }: JournalQuery): readonly [until: string | null, since: string | null] => [
  receivedTo ? leastIdAt(receivedTo) : null,
  receivedFrom ? leastIdAt(receivedFrom) : null,
];

/** Of these lines, those that fit, in the order they are given in, so many at most. */
async function fitting(
  sql: Sql,
  ids: readonly string[],
  { connection, outcome, state, receivedFrom, receivedTo }: JournalQuery,
  match: Patterns | undefined,
  most: number,
): Promise<FoundLine[]> {
  if (ids.length === 0) return [];
  const values: unknown[] = [
    sql.workspace,
    ids,
    connection ?? null,
    outcome ?? null,
    state ?? null,
    receivedFrom ?? null,
    receivedTo ?? null,
    most,
  ];
  return sql.query<FoundLine>({
    text: `select ${columns} from unnest($2::uuid[]) with ordinality as x (id, place)
           cross join lateral (select * from hub.journal where workspace = $1 and id = x.id offset 0) j
           where ($3::bigint is null or j.connection = $3) and ($4::text is null or j.outcome = $4)
             and ($6::timestamptz is null or j.received_at >= $6) and ($7::timestamptz is null or j.received_at < $7)
             and ($5::text is null or exists (select from hub.delivery d where d.workspace = $1 and d.event = any(j.events) and d.state = $5))
             ${match ? match.sql("j", values) : ""}
           order by x.place limit $8`,
    values,
  });
}

/** The lines that an id or a record names; undefined for any other text. Newest first. */
async function namedLines(sql: Sql, q: string): Promise<readonly string[] | undefined> {
  const text = q.trim();
  if (uuidShape.test(text)) {
    const rows = await sql.query<{ id: string }>({
      text: `select id from hub.journal where workspace = $1 and id = $2
             union select journal from hub.event where workspace = $1 and id = $2
             union select e.journal from hub.delivery d join hub.event e on e.workspace = d.workspace and e.id = d.event where d.workspace = $1 and d.id = $2`,
      values: [sql.workspace, text.toLowerCase()],
    });
    return rows.map(({ id }) => id);
  }
  const record = /^(contact|company|deal|task|note|call|file):([^\s:]{1,100})$/.exec(text);
  if (!record) return undefined;
  const rows = await sql.query<{ journal: string }>({
    text: `select distinct e.journal from hub.delivery d join hub.event e on e.workspace = d.workspace and e.id = d.event
           where d.workspace = $1 and d.records @> $2::jsonb order by e.journal desc limit ${linesAtOnce.plain}`,
    values: [sql.workspace, JSON.stringify({ [record[1] ?? ""]: record[2] })],
  });
  return rows.map(({ journal }) => journal);
}

interface Patterns {
  /** A condition on the line, with its values added to those there are. */
  sql(alias: string, values: unknown[]): string;
}

/** How a text, or a phone, may stand in what was sent and in what became of it. */
function patternsOf(q: string): Patterns {
  const text = q.trim();
  const digits = lastTenDigits(text);
  // A phone in any spelling is a pattern of its digits with anything between them that is none; in an address that is encoded, too.
  const phone = /^[+\d][\d\s().\-–]*$/.test(text) && digits.length >= 5 ? [...digits].join("(?:%2[089BD]|[^0-9])*") : undefined;
  return {
    sql(alias, values) {
      const place = (value: unknown): string => `$${values.push(value)}`;
      const has = (column: string): string =>
        phone === undefined ? `${column} ilike any(${place(spellings(text).map(asPattern))}::text[])` : `${column} ~* ${place(phone)}`;
      return `and (${has(`${alias}.path || '?' || ${alias}.query`)} or ${has(`hub.readable(${alias}.body)`)} or ${has(`coalesce(${alias}.detail, '')`)}
        or exists (select from hub.event e where e.workspace = $1 and e.id = any(${alias}.events) and (${has("e.subject || ' ' || e.data::text")})))`;
    },
  };
}

/** As it is, as an address or a form encodes it, and as JSON may escape it. Encoded letters know no case, so the usual ones are tried. */
function spellings(text: string): string[] {
  const lower = text.toLowerCase();
  const cases = [text, lower, text.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)].map((one) => one.toWellFormed());
  const escaped = (one: string) => one.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return [
    ...new Set([
      text,
      ...cases.flatMap((one) => [encodeURIComponent(one), encodeURIComponent(one).replaceAll("%20", "+"), escaped(one)]),
      JSON.stringify(text).slice(1, -1),
    ]),
  ];
}

const asPattern = (text: string): string => `%${text.replace(/[\\%_]/g, "\\$&")}%`;

/** What the deliveries of these lines' events have come to, and what kind of events they are. */
export async function summarise(
  sql: Sql,
  lines: readonly FoundLine[],
): Promise<
  ReadonlyMap<string, { readonly types: string[]; readonly subject: string | null; readonly states: Readonly<Record<string, number>> }>
> {
  const events = [...new Set(lines.flatMap((line) => line.events))];
  const known = await sql.query<{ id: string; type: string; subject: string }>({
    text: "select id, type, subject from hub.event where workspace = $1 and id = any($2::uuid[])",
    values: [sql.workspace, events],
  });
  const counts = await sql.query<{ event: string; state: string; n: number }>({
    text: "select event, state, count(*) as n from hub.delivery where workspace = $1 and event = any($2::uuid[]) group by event, state",
    values: [sql.workspace, events],
  });
  const byId = new Map(known.map((event) => [event.id, event]));
  const byEvent = Map.groupBy(counts, ({ event }) => event);
  return new Map(
    lines.map((line) => {
      const states: Record<string, number> = { waiting: 0, held: 0, parked: 0, done: 0, failed: 0, skipped: 0 };
      for (const event of line.events) for (const { state, n } of byEvent.get(event) ?? []) states[state] = (states[state] ?? 0) + n;
      const types = [...new Set(line.events.flatMap((event) => byId.get(event)?.type ?? []))];
      return [line.id, { types, subject: byId.get(line.events[0] ?? "")?.subject ?? null, states }];
    }),
  );
}

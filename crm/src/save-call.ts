import { isDeepStrictEqual } from "node:util";
import { type CallDraft, type KnownCall, mergeCall, type SavedCall } from "@svyazka/core";
import type { By } from "./by.ts";
import type { Sql } from "./sql.ts";

interface CallRow {
  readonly id: number;
  readonly direction: KnownCall["direction"];
  readonly phone: string;
  readonly e164: string | null;
  readonly line: string | null;
  readonly account: string | null;
  readonly extension: string | null;
  readonly group_name: string | null;
  readonly responsible: string | null;
  readonly state: KnownCall["state"];
  readonly answered: boolean;
  readonly told: KnownCall["told"] | null;
  readonly outcome: KnownCall["outcome"] | null;
  readonly started_at: Date;
  readonly wait_seconds: number | null;
  readonly talk_seconds: number | null;
  readonly duration_seconds: number | null;
  readonly recordings: KnownCall["recordings"];
  readonly rating: number | null;
  readonly contact: string | null;
  readonly deal: string | null;
  readonly returned: boolean;
}

const columns = `id, direction, phone, e164, line, account, extension, group_name, responsible::text as responsible, state, answered, told, outcome, started_at,
  wait_seconds, talk_seconds, duration_seconds, recordings, rating, contact::text as contact, deal::text as deal, coalesce((
    select true from crm.call later where later.workspace = call.workspace and later.e164 = call.e164 and later.started_at > call.started_at and later.answered limit 1
  ), false) as returned`;

/** `Crm.findCall`. */
export async function findCall(sql: Sql, key: string): Promise<SavedCall | undefined> {
  const row = await readCall(sql, key);
  return row && savedCall(row, knownCall(row));
}

/**
 * `Crm.saveCall`: the promise stands there. Tellings of one call wait for each other at its row, so that each is added to all before it;
 * a telling that adds nothing writes nothing.
 */
export const saveCall = (sql: Sql, draft: CallDraft, by: By): Promise<SavedCall> =>
  sql.transaction(
    async (sql) => {
      await sql.query({
        name: "crm-open-call",
        text: `insert into crm.call (workspace, key, via, direction, phone, e164, state, started_at)
               values ($1, $2, $3, $4, $5, $6, 'ringing', coalesce($7, statement_timestamp())) on conflict (workspace, key) do nothing`,
        values: [
          sql.workspace,
          draft.key,
          by.via ?? null,
          draft.direction,
          draft.client.typed,
          draft.client.e164 ?? null,
          draft.startedAt ?? null,
        ],
      });
      const row = await readCall(sql, draft.key, "for update");
      if (!row) throw new Error("a call that was just opened must be there");
      const known = knownCall(row);
      const merged = mergeCall(known, await withLiveReferences(sql, draft));
      if (!isDeepStrictEqual(merged, known)) await writeCall(sql, row, merged, by);
      return savedCall(row, merged);
    },
    { relaxed: by.relaxed ?? false },
  );

async function readCall(sql: Sql, key: string, lock = ""): Promise<CallRow | undefined> {
  const [row] = await sql.query<CallRow>({
    name: `crm-read-call${lock && "-locked"}`,
    text: `select ${columns} from crm.call where workspace = $1 and key = $2 ${lock}`,
    values: [sql.workspace, key],
  });
  return row;
}

/** A contact or deal that is gone costs the call its link, not its place in the list. A merged contact is the one it was merged into. */
async function withLiveReferences(sql: Sql, { contact, deal, employee, ...draft }: CallDraft): Promise<CallDraft> {
  const [live] = await sql.query<{ contact: number | null; deal: boolean; responsible: boolean }>({
    name: "crm-call-references",
    text: `select (select coalesce(merged_into, id) from crm.contact where workspace = $1 and id = $2 and (deleted_at is null or merged_into is not null)) as contact,
             (select true from crm.deal where workspace = $1 and id = $3 and deleted_at is null) as deal,
             (select true from crm.user_account where workspace = $1 and id = $4) as responsible`,
    values: [sql.workspace, numberOf(contact), numberOf(deal), numberOf(employee?.user)],
  });
  const { user, ...nobody } = employee ?? {};
  return {
    ...draft,
    ...(contact !== undefined && live?.contact && { contact: String(live.contact) }),
    ...(deal !== undefined && live?.deal && { deal }),
    ...(employee && { employee: { ...nobody, ...(user !== undefined && live?.responsible && { user }) } }),
  };
}

/** An id that cannot be one of ours is nobody's. */
const numberOf = (id: string | undefined): number | null => (id !== undefined && /^[1-9]\d{0,14}$/.test(id) ? Number(id) : null);

async function writeCall(sql: Sql, row: CallRow, call: KnownCall, by: By): Promise<void> {
  const { employee, client } = call;
  await sql.query({
    name: "crm-write-call",
    text: `update crm.call set direction = $3, phone = $4, e164 = $5, line = $6, account = $7, extension = $8, group_name = $9, responsible = $10, state = $11,
             answered = $12, told = $13, outcome = $14, started_at = coalesce($15, started_at), wait_seconds = $16, talk_seconds = $17, duration_seconds = $18,
             recordings = $19, rating = $20, contact = $21, deal = $22, updated_at = statement_timestamp()
           where workspace = $1 and id = $2`,
    values: [
      ...[sql.workspace, row.id, call.direction, client.typed, client.e164 ?? null, call.line ?? null],
      ...[employee?.account ?? null, employee?.extension ?? null, employee?.group ?? null, numberOf(employee?.user)],
      ...[call.state, call.answered, call.told ?? null, call.outcome ?? null, call.startedAt ?? null],
      ...[
        call.waitSeconds ?? null,
        call.talkSeconds ?? null,
        call.durationSeconds ?? null,
        JSON.stringify(call.recordings),
        call.rating ?? null,
      ],
      ...[numberOf(call.contact), numberOf(call.deal)],
    ],
  });
  const told = (name: "contact" | "deal") => (row[name] === null ? numberOf(call[name]) : null);
  const [contact, deal] = [told("contact"), told("deal")];
  if (contact === null && deal === null) return;
  await sql.query({
    name: "crm-call-line",
    text: `insert into crm.timeline (workspace, at, kind, actor, via, key, contact, deal, call)
           select $1, coalesce($2, statement_timestamp()), 'call', $3, $4, $5, contact, deal, $6
           from (values ($7::bigint, null::bigint), (null, $8::bigint)) as line (contact, deal) where num_nonnulls(contact, deal) = 1`,
    values: [sql.workspace, call.startedAt ?? row.started_at, by.actor, by.via ?? null, by.key ?? null, row.id, contact, deal],
  });
}

function knownCall(row: CallRow): KnownCall {
  const employee = given({ account: row.account, extension: row.extension, group: row.group_name, user: row.responsible });
  return {
    direction: row.direction,
    client: { typed: row.phone, ...given({ e164: row.e164 }) },
    ...given({ line: row.line, waitSeconds: row.wait_seconds, talkSeconds: row.talk_seconds, durationSeconds: row.duration_seconds }),
    ...given({ rating: row.rating, contact: row.contact, deal: row.deal, told: row.told, outcome: row.outcome }),
    ...(Object.keys(employee).length > 0 && { employee }),
    startedAt: row.started_at,
    recordings: row.recordings,
    state: row.state,
    answered: row.answered,
  };
}

type Given<T> = { readonly [K in keyof T]?: NonNullable<T[K]> };
const given = <T extends Record<string, unknown>>(columns: T): Given<T> =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== null)) as Given<T>;

const savedCall = ({ id, returned }: CallRow, call: KnownCall): SavedCall => ({
  id: String(id),
  direction: call.direction,
  client: call.client,
  isOver: call.state === "over",
  isReturned: returned,
  ...given({ outcome: call.outcome ?? null, user: call.employee?.user ?? null, contact: call.contact ?? null, deal: call.deal ?? null }),
});

import type { Language } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By } from "./by.ts";
import { applyChange, changedLine } from "./change.ts";
import { type ChannelRow, sameChannel } from "./channels.ts";
import { companyColumns } from "./companies.ts";
import { contactColumns, prefixed } from "./contacts.ts";
import type { Mergeable } from "./duplicates.ts";
import { insertNote } from "./entries.ts";
import { Invalid, NotFound } from "./errors.ts";
import { type StoredFields, writeFields } from "./field-values.ts";
import { type Field, fieldsOf } from "./fields.ts";
import { type Lost, losingNote, type Party } from "./losing-note.ts";
import { pointers, touched } from "./merged.ts";
import { run } from "./page.ts";
import { mustSee } from "./records.ts";
import type { Sql } from "./sql.ts";

export interface MergeRequest {
  /** Whose values win, by member: `position`, `responsible`, `fields.city`. Of names, `name` stands for all three. Without a choice, the kept one's when it has one. */
  readonly choices?: Readonly<Record<string, number>> | undefined;
  readonly from: readonly number[];
}

export type MovedChannel = ChannelRow & { readonly id: number };

/** What moved, by table and then by the record it came from. */
export interface Moved {
  readonly rows: Record<string, Record<string, number[]>>;
  /** As rows: what has been written anew meanwhile can be put back. */
  readonly channels: Record<string, MovedChannel[]>;
  readonly links: {
    readonly deal: number;
    readonly from: number;
    readonly isMain: boolean;
    readonly had: boolean;
    readonly keptWasMain: boolean;
  }[];
  readonly tags: number[];
  /** Those that had been merged into the merged ones before. */
  readonly chained: Record<string, number[]>;
}

/** Members that win or lose by themselves, as their columns are called. */
export const membersOf: Readonly<Record<Mergeable, readonly (readonly [member: string, column: string])[]>> = {
  contact: [
    ["position", "position"],
    ["website", "website"],
    ["company", "company"],
    ["responsible", "responsible"],
    ["attribution", "attribution"],
  ],
  company: [
    ["name", "name"],
    ["inn", "inn"],
    ["kpp", "kpp"],
    ["website", "website"],
    ["responsible", "responsible"],
  ],
};
const names = ["name", "surname", "middlename"] as const;

/**
 * Makes several records one: everything moves to the kept one, where a filled value wins over an empty one, and what loses is written into a note. The
 * others are put away and remember where they went. One transaction; whoever works on one of them meanwhile waits, or is late (see `gatherStragglers`).
 * Answers the id of the merge. Throws `NotFound` and `Invalid`.
 */
export const merge = (sql: Sql, entity: Mergeable, kept: number, request: MergeRequest, by: By, language: Language): Promise<number> =>
  sql.transaction(async (sql) => {
    await mustSee(sql, entity, kept, by);
    const losers = [...new Set(request.from)].filter((id) => id !== kept);
    if (losers.length === 0) throw new Invalid({ from: ["names nobody else"] });
    const parties = await lockParties(sql, entity, [kept, ...losers], by);
    const definitions = await fieldsOf(sql, entity, { pastOptions: true });
    const won = winners(entity, parties, request.choices ?? {}, definitions);
    const [first] = parties;
    if (!first) throw new NotFound(entity, kept);

    const [row] = await sql.query<{ id: number }>({
      text: "insert into crm.merge (workspace, entity, kept, merged, moved, before, after, actor) values ($1, $2, $3, $4, '{}', '{}', '{}', $5) returning id",
      values: [sql.workspace, entity, kept, losers, by.actor],
    });
    const id = row?.id ?? 0;
    const moved = await moveAll(sql, entity, kept, losers);
    const before = Object.fromEntries(Object.keys(won.columns).map((column) => [column, first[column] ?? null]));
    const told = (values: Readonly<Record<string, unknown>>) => {
      const { fields, ...rest } = values;
      return { ...rest, ...prefixed(writeFields(definitions, (fields ?? {}) as StoredFields)) };
    };
    await applyChange(
      sql,
      entity,
      kept,
      {
        columns: won.columns,
        lines: [...changedLine(told(before), told(won.columns)), { kind: "merged", what: { merge: id, from: losers } }],
      },
      by,
    );
    const text = await losingNote(sql, entity, parties, won.lost, language);
    const note =
      text === undefined
        ? null
        : await insertNote(sql, entity === "contact" ? { contact: kept } : { company: kept }, text, { ...by, key: undefined });
    await sql.query({
      text: `update crm.${entity} set deleted_at = statement_timestamp(), merged_into = $3, updated_by = $4, updated_at = statement_timestamp(), version = version + 1
        where workspace = $1 and id = any($2::bigint[])`,
      values: [sql.workspace, losers, kept, by.user ?? null],
    });
    await sql.query({
      text: "update crm.merge set moved = $3, before = $4, after = $5, note = $6 where workspace = $1 and id = $2",
      values: [sql.workspace, id, JSON.stringify(moved), JSON.stringify(before), JSON.stringify(won.columns), note],
    });
    return id;
  });

/** In the order given, the kept one first; locked in one order for everybody, against new rows that would point to them, too. */
async function lockParties(sql: Sql, entity: Mergeable, ids: readonly number[], by: By): Promise<Party[]> {
  await sql.query({
    text: `select from crm.${entity} where workspace = $1 and id = any($2::bigint[]) order by id for update`,
    values: [sql.workspace, ids],
  });
  for (const id of ids) await mustSee(sql, entity, id, by);
  const rows = await run<Party>(
    sql,
    raw`select ${entity === "contact" ? contactColumns : companyColumns} from crm.${raw.ref(entity)} r where r.workspace = ${sql.workspace} and r.id = any(${ids}::bigint[])`,
  );
  return ids.map((id) => {
    const party = rows.find((row) => row.id === id);
    if (!party) throw new NotFound(entity, id);
    return party;
  });
}

const isFilled = (value: unknown): boolean => value !== null && value !== undefined && value !== "";
const same = (one: unknown, other: unknown): boolean =>
  typeof one === "string" && typeof other === "string"
    ? one.trim().toLowerCase() === other.trim().toLowerCase()
    : JSON.stringify(one) === JSON.stringify(other);

/** What the kept one gets, and what is lost by it. Throws `Invalid` for a choice that is none of them. */
function winners(
  entity: Mergeable,
  parties: readonly Party[],
  choices: Readonly<Record<string, number>>,
  definitions: readonly Field[],
): { columns: Record<string, unknown>; lost: Lost[] } {
  const members = membersOf[entity].map(([member]) => member);
  const known = new Set([...members, "name", ...definitions.map(({ code }) => `fields.${code}`)]);
  const problems = Object.entries(choices).flatMap(([member, id]): [string, string[]][] => {
    if (!known.has(member)) return [[`choices.${member}`, ["is not a member that can be chosen"]]];
    return parties.some((party) => party.id === id) ? [] : [[`choices.${member}`, ["is none of those that are merged"]]];
  });
  if (problems.length > 0) throw new Invalid(Object.fromEntries(problems));

  const lost: Lost[] = [];
  const winner = (member: string, value: (party: Party) => unknown): Party | undefined => {
    const chosen = parties.find((party) => party.id === choices[member] && isFilled(value(party)));
    const won = chosen ?? parties.find((party) => isFilled(value(party)));
    for (const party of parties) {
      const its = value(party);
      if (won && isFilled(its) && !same(its, value(won))) lost.push({ party, member, value: its });
    }
    return won;
  };
  const [kept] = parties;
  const columns: Record<string, unknown> = {};
  const take = (column: string, value: unknown) => {
    if (JSON.stringify(kept?.[column] ?? null) !== JSON.stringify(value ?? null)) columns[column] = value;
  };
  for (const [member, column] of membersOf[entity]) {
    const won = winner(member, (party) => party[member]);
    if (won) take(column, won[member]);
  }
  if (entity === "contact") {
    const won = winner("name", (party) => party["fullName"]);
    for (const name of names) if (won) take(name, won[name]);
  }
  const fields: Record<string, unknown> = { ...kept?.fields };
  for (const { id, code } of definitions) {
    const won = winner(`fields.${code}`, (party) => party.fields[String(id)]);
    if (won) fields[String(id)] = won.fields[String(id)];
  }
  take("fields", fields);
  return { columns, lost };
}

async function moveAll(sql: Sql, entity: Mergeable, kept: number, losers: readonly number[]): Promise<Moved> {
  const moved: Moved = { rows: {}, channels: await moveChannels(sql, entity, kept, losers), links: [], tags: [], chained: {} };
  for (const [table, column] of pointers[entity]) {
    const rows = await sql.query<{ id: number; from: number }>({
      text: `update crm.${table} t set ${column} = $3 ${touched(table)} from (
          select id, ${column} as "from" from crm.${table} where workspace = $1 and ${column} = any($2::bigint[]) order by id for update) old
        where t.workspace = $1 and t.id = old.id returning t.id, old."from"`,
      values: [sql.workspace, losers, kept],
    });
    if (rows.length > 0) moved.rows[table] = grouped(rows);
  }
  if (entity === "contact") moved.links.push(...(await moveLinks(sql, kept, losers)));
  const tags = await sql.query<{ tag: number }>({
    text: `insert into crm.tagged (workspace, entity, record, tag) select distinct $1::bigint, entity, $4::bigint, tag from crm.tagged
      where workspace = $1 and entity = $2 and record = any($3::bigint[]) on conflict do nothing returning tag`,
    values: [sql.workspace, entity, losers, kept],
  });
  moved.tags.push(...tags.map(({ tag }) => tag));
  const chained = await sql.query<{ id: number; from: number }>({
    text: `update crm.${entity} t set merged_into = $3 from (
        select id, merged_into as "from" from crm.${entity} where workspace = $1 and merged_into = any($2::bigint[]) order by id for update) old
      where t.workspace = $1 and t.id = old.id returning t.id, old."from"`,
    values: [sql.workspace, losers, kept],
  });
  Object.assign(moved.chained, grouped(chained));
  return moved;
}

const grouped = (rows: readonly { readonly id: number; readonly from: number }[]): Record<string, number[]> => {
  const groups: Record<string, number[]> = {};
  for (const { id, from } of rows) {
    const group = groups[from] ?? [];
    group.push(id);
    groups[from] = group;
  }
  return groups;
};

/** What the kept one has already stays with the one that is put away. */
async function moveChannels(sql: Sql, entity: Mergeable, kept: number, losers: readonly number[]): Promise<Moved["channels"]> {
  const rows = await sql.query<MovedChannel & { owner: number }>({
    text: `select *, ${entity} as owner from crm.channel where workspace = $1 and ${entity} = any($2::bigint[]) order by array_position($2::bigint[], ${entity}), position, id`,
    values: [sql.workspace, [kept, ...losers]],
  });
  const held = rows.filter((row) => row.owner === kept);
  const moving: typeof rows = [];
  for (const row of rows) {
    if (row.owner === kept || held.some((other) => sameChannel(row, other))) continue;
    held.push(row);
    moving.push(row);
  }
  await sql.query({
    text: `update crm.channel c set ${entity} = $3, position = least(32767, $4 + n) from unnest($2::bigint[]) with ordinality as m (id, n) where c.workspace = $1 and c.id = m.id`,
    values: [
      sql.workspace,
      moving.map(({ id }) => id),
      kept,
      Math.max(-1, ...rows.filter((row) => row.owner === kept).map(({ position }) => position)),
    ],
  });
  const moved: Moved["channels"] = {};
  for (const { owner, ...row } of moving) moved[owner] = [...(moved[owner] ?? []), row];
  return moved;
}

/** A deal that had both keeps one; the main one stays the main one. */
async function moveLinks(sql: Sql, kept: number, losers: readonly number[]): Promise<Moved["links"]> {
  const links = await sql.query<Moved["links"][number]>({
    text: `with gone as (delete from crm.deal_contact where workspace = $1 and contact = any($2::bigint[]) returning deal, contact, is_main)
      select g.deal, g.contact as "from", g.is_main as "isMain", k.deal is not null as had, coalesce(k.is_main, false) as "keptWasMain"
      from gone g left join crm.deal_contact k on k.workspace = $1 and k.deal = g.deal and k.contact = $3`,
    values: [sql.workspace, losers, kept],
  });
  const deals = [...new Set(links.map(({ deal }) => deal))];
  await sql.query({
    text: `insert into crm.deal_contact as k (workspace, deal, contact, is_main)
      select $1, deal, $3, bool_or(main) from unnest($2::bigint[], $4::boolean[]) as l (deal, main) group by deal
      on conflict (workspace, deal, contact) do update set is_main = k.is_main or excluded.is_main`,
    values: [sql.workspace, links.map(({ deal }) => deal), kept, links.map(({ isMain }) => isMain)],
  });
  await sql.query({
    text: `update crm.deal set version = version + 1, updated_at = statement_timestamp() where workspace = $1 and id = any($2::bigint[])`,
    values: [sql.workspace, deals],
  });
  return links;
}

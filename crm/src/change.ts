import type { By, Entity } from "./by.ts";
import type { ChannelRow } from "./channels.ts";
import { type Said, saidSets, saysAnything } from "./said.ts";
import type { Sql } from "./sql.ts";
import { channelParts, noteParts, tagParts, writtenParts } from "./statement-parts.ts";
import { Values } from "./values.ts";

/** One change of one record, which the caller holds locked. */
export interface Change {
  /** New values by column. */
  readonly columns: Readonly<Record<string, unknown>>;
  /** The whole new list of each kind that is given. */
  readonly channels?: { readonly kinds: readonly ChannelRow["kind"][]; readonly rows: readonly ChannelRow[] } | undefined;
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
  /** Whole new list of a deal's contacts. */
  readonly contacts?: readonly { readonly id: number; readonly is_main: boolean }[] | undefined;
  /** For the timeline. */
  readonly lines: readonly Line[];
  /** A note to leave on it. */
  readonly note?: string | undefined;
  /** What is said of who changed it and when. */
  readonly said?: Said | undefined;
}

export interface Line {
  readonly kind: "changed" | "stage" | "tags" | "deleted" | "restored" | "merged" | "unmerged";
  readonly what: unknown;
}

const jsonColumns: ReadonlySet<string> = new Set(["fields", "attribution"]);

/** Writes a change, its lines in the timeline and its key in one statement. A change with nothing in it only keeps its key. */
export async function applyChange(sql: Sql, entity: Entity, id: number, change: Change, by: By): Promise<void> {
  const said = change.said ?? {};
  const empty = change.lines.length === 0 && change.note === undefined && !saysAnything(said);
  if (empty && by.key === undefined) return;
  const values = new Values();
  values.add(sql.workspace);
  const record = values.add(id);
  const places = { actor: values.add(by.actor), via: values.add(by.via), key: values.add(by.key) };
  const author = values.add(by.user);
  const sets = Object.entries(change.columns).map(
    ([name, value]) => `${name} = ${jsonColumns.has(name) ? values.json(value) : values.add(value)}`,
  );
  const parts = [
    empty
      ? `owner as (select ${record}::bigint as id)`
      : `owner as (update crm.${entity} set ${[...sets, ...saidSets(said, author, values).map((set) => set.join(" = ")), "version = version + 1"].join(", ")}
         where workspace = $1 and id = ${record} returning id)`,
  ];
  if (change.channels && entity !== "deal") {
    parts.push(
      `channels_gone as (delete from crm.channel where workspace = $1 and ${entity} = ${record} and kind = any(${values.add(change.channels.kinds)}::text[]))`,
    );
    parts.push(channelParts(entity, "owner", values.json(change.channels.rows)));
  }
  if (change.removeTags?.length) {
    parts.push(`tags_gone as (delete from crm.tagged g using crm.tag t where g.workspace = $1 and g.entity = '${entity}' and g.record = ${record}
      and t.workspace = $1 and t.id = g.tag and t.name = any(${values.add(change.removeTags)}::text[]))`);
  }
  if (change.addTags?.length) parts.push(tagParts(entity, "owner", values.add(change.addTags)));
  if (change.contacts) parts.push(contactParts(record, values.json(change.contacts)));
  if (change.lines.length > 0) {
    parts.push(`lines as (insert into crm.timeline (workspace, kind, actor, via, key, ${entity}, what)
      select $1, x.kind, ${places.actor}::text, ${places.via}::bigint, ${places.key}::text, owner.id, x.what
      from owner cross join jsonb_to_recordset(${values.json(change.lines)}) as x (kind text, what jsonb))`);
  }
  if (change.note !== undefined) parts.push(noteParts(entity, "owner", values.add(change.note), author, places));
  if (by.key !== undefined) parts.push(writtenParts(entity, "owner", places));
  // Every value must be named somewhere for PostgreSQL to know its type.
  const typed = `select id, ${places.actor}::text as actor, ${places.via}::bigint as via, ${places.key}::text as key, ${author}::bigint as author from owner`;
  await sql.query({ text: `with ${parts.join(", ")} ${typed}`, values: values.list });
}

const contactParts = (deal: string, contacts: string): string => `
  contacts_wanted as (select x.id, x.is_main from jsonb_to_recordset(${contacts}) as x (id bigint, is_main boolean)),
  contacts_gone as (delete from crm.deal_contact where workspace = $1 and deal = ${deal} and contact not in (select id from contacts_wanted)),
  contacts_put as (
    insert into crm.deal_contact (workspace, deal, contact, is_main) select $1, ${deal}, id, is_main from contacts_wanted
    on conflict (workspace, deal, contact) do update set is_main = excluded.is_main)`;

/** Old and new of every member that differs, as a line of the timeline; none when nothing does. */
export function changedLine(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): Line[] {
  const changes = Object.fromEntries(
    Object.keys({ ...before, ...after })
      .filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null))
      .map((name) => [name, { old: before[name] ?? null, new: after[name] ?? null }]),
  );
  return Object.keys(changes).length > 0 ? [{ kind: "changed", what: { changes } }] : [];
}

export interface TagDraft {
  /** The whole new list, by name. */
  readonly tags?: readonly string[] | undefined;
  /** In place of a whole list: what comes, and what goes. */
  readonly addTags?: readonly string[] | undefined;
  readonly removeTags?: readonly string[] | undefined;
}

/** The whole new list that a draft asks for; undefined when it asks for none. */
export function tagsAfter(before: readonly string[], { tags, addTags, removeTags }: TagDraft): readonly string[] | undefined {
  if (tags !== undefined || (addTags === undefined && removeTags === undefined)) return tags;
  const gone = new Set((removeTags ?? []).map((name) => name.trim().toLowerCase()));
  return [...before.filter((name) => !gone.has(name.toLowerCase())), ...(addTags ?? [])];
}

/** Which tags come and which go to get from one list to the other, without regard to case, with the line that tells it. */
export function tagChange(
  before: readonly string[],
  after: readonly string[] | undefined,
): Pick<Change, "addTags" | "removeTags" | "lines"> {
  if (after === undefined) return { lines: [] };
  const has = (tags: readonly string[], name: string) => tags.some((tag) => tag.toLowerCase() === name.trim().toLowerCase());
  const addTags = after.filter((name) => name.trim() !== "" && !has(before, name));
  const removeTags = before.filter((name) => !has(after, name));
  const lines: Line[] = addTags.length + removeTags.length > 0 ? [{ kind: "tags", what: { added: addTags, removed: removeTags } }] : [];
  return { addTags, removeTags, lines };
}

import type { AddressBook, BookEntry, BookHit, BookKind, ConnectionId } from "@svyazka/core";
import type { Sql } from "@svyazka/crm";

/** The address book of one connection. */
export function bookOf(sql: Sql, connection: ConnectionId): AddressBook {
  const place = [sql.workspace, connection] as const;
  return {
    async save(entries) {
      // Of two that are told at once, the later one; in one order everywhere, so that two who save at once never wait for each other.
      const last = new Map(
        [...entries]
          .sort((one, other) => one.changedAt.getTime() - other.changedAt.getTime())
          .map((entry) => [`${entry.kind} ${entry.id}`, entry]),
      );
      if (last.size === 0) return;
      const rows = [...last].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, entry]) => ({ ...entry, keys: keysOf(entry) }));
      await sql.query({ name: "book-save", text: saveText, values: [...place, JSON.stringify(rows)] });
    },
    async remove(kind, ids) {
      await sql.query({
        name: "book-remove",
        text: `with gone as (delete from hub.book_key where workspace = $1 and connection = $2 and kind = $3 and id = any($4::text[]))
               delete from hub.book_entry where workspace = $1 and connection = $2 and kind = $3 and id = any($4::text[])`,
        values: [...place, kind, ids],
      });
    },
    async get(kind, id) {
      const [row] = await sql.query<Row>({
        name: "book-get",
        text: `select ${columns} from hub.book_entry e where workspace = $1 and connection = $2 and kind = $3 and id = $4`,
        values: [...place, kind, id],
      });
      return row && entryOf(row);
    },
    async find({ kind, phones = [], emails = [], name, inn, limit }) {
      const byNumber = [...phones.map((phone) => `p:${phone}`), ...emails.map((email) => `e:${email.toLowerCase()}`)];
      // A name and a taxpayer's number are one question, the others are many.
      const named = inn !== undefined ? [`i:${inn}`] : name !== undefined ? [nameKey(name)] : [];
      const rows = await sql.query<Row & { readonly found_by: string }>({
        name: "book-find",
        text: findText,
        values: [...place, kind, [...byNumber, ...named], inn !== undefined && name !== undefined ? nameKey(name) : null, limit],
      });
      return rows.map((row): BookHit => ({ ...entryOf(row), matchedBy: matches[row.found_by] ?? "name" }));
    },
    async touch(kind, id) {
      await sql.query({
        name: "book-touch",
        text: "update hub.book_entry set active_at = clock_timestamp() where workspace = $1 and connection = $2 and kind = $3 and id = $4",
        values: [...place, kind, id],
      });
    },
  };
}

const matches: Readonly<Record<string, BookHit["matchedBy"]>> = { p: "phone", e: "email" };

const nameKey = (name: string): string => `n:${name.trim().toLowerCase().slice(0, 200)}`;

const keysOf = ({ kind, phones, emails, inn, name }: BookEntry): string[] => [
  ...new Set([
    ...phones.map((phone) => `p:${phone}`),
    ...emails.map((email) => `e:${email}`),
    ...(inn === undefined ? [] : [`i:${inn}`]),
    ...(kind === "company" && name !== "" ? [nameKey(name)] : []),
  ]),
];

const columns = "e.kind, e.id, e.name, e.phones, e.emails, e.inn, e.company, e.responsible, e.changed_at";

interface Row {
  readonly kind: BookKind;
  readonly id: string;
  readonly name: string;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly inn: string | null;
  readonly company: string | null;
  readonly responsible: string | null;
  readonly changed_at: Date;
}

const entryOf = ({ kind, id, name, phones, emails, inn, company, responsible, changed_at }: Row): BookEntry => ({
  ...{ kind, id, name, phones, emails, changedAt: changed_at },
  ...(inn !== null && { inn }),
  ...(company !== null && { company }),
  ...(responsible !== null && { responsible }),
});

const saveText = `
  with given as (
    select * from jsonb_to_recordset($3::jsonb) as g(kind text, id text, name text, phones jsonb, emails jsonb, inn text, company text, responsible text,
      "changedAt" timestamptz, keys jsonb)
  ), saved as (
    insert into hub.book_entry as e (workspace, connection, kind, id, name, phones, emails, inn, company, responsible, changed_at, active_at)
    select $1, $2, kind, id, name, array(select jsonb_array_elements_text(phones)), array(select jsonb_array_elements_text(emails)),
      inn, company, responsible, "changedAt", "changedAt" from given
    on conflict (workspace, connection, kind, id) do update set name = excluded.name, phones = excluded.phones, emails = excluded.emails, inn = excluded.inn,
      company = excluded.company, responsible = excluded.responsible, changed_at = excluded.changed_at, active_at = greatest(e.active_at, excluded.active_at)
    where e.changed_at <= excluded.changed_at
    returning kind, id
  ), keys as (
    select kind, id, key from saved join given using (kind, id), jsonb_array_elements_text(given.keys) as key
  ), gone as (
    delete from hub.book_key k using saved s
    where k.workspace = $1 and k.connection = $2 and k.kind = s.kind and k.id = s.id
      and not exists (select from keys where keys.kind = k.kind and keys.id = k.id and keys.key = k.key)
  )
  insert into hub.book_key (workspace, connection, kind, id, key) select $1, $2, kind, id, key from keys on conflict do nothing`;

/** A key that two writers left behind at the same moment finds nobody: the entry itself must have it. */
const findText = `
  select ${columns}, hit.found_by from (
    select distinct on (k.id) k.id, left(k.key, 1) as found_by from unnest($4::text[]) as wanted
    cross join lateral (select id, key from hub.book_key where workspace = $1 and connection = $2 and kind = $3 and key = wanted offset 0) k
    cross join lateral (select phones, emails from hub.book_entry where workspace = $1 and connection = $2 and kind = $3 and id = k.id offset 0) has
    where case left(k.key, 2) when 'p:' then substr(k.key, 3) = any(has.phones) when 'e:' then substr(k.key, 3) = any(has.emails) else true end
    order by k.id, left(k.key, 1) desc) hit
  cross join lateral (select * from hub.book_entry where workspace = $1 and connection = $2 and kind = $3 and id = hit.id offset 0) e
  where $5::text is null or exists (
    select from hub.book_key n where n.workspace = $1 and n.connection = $2 and n.kind = $3 and n.id = e.id and n.key = $5::text)
  order by hit.found_by = 'p' desc, e.active_at desc, e.id desc limit $6`;

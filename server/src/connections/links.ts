import type { ConnectionId, Link, Links } from "@svyazka/core";
import type { Sql } from "@svyazka/crm";

interface Row {
  readonly kind: string;
  readonly theirs: string;
  readonly ours: string;
  readonly known: Readonly<Record<string, string>> | null;
}

const linkOf = ({ known, ...row }: Row): Link => (known === null ? row : { ...row, known });

/** The links of one connection. Their commits need not wait for the disk: whatever they are the answer to is written down durably after them. */
export function linksOf(sql: Sql, connection: ConnectionId): Links {
  const place = [sql.workspace, connection] as const;
  return {
    async find(kind, theirs) {
      const [row] = await sql.query<Row>({
        name: "link-find",
        text: "select kind, theirs, ours, known from hub.link where workspace = $1 and connection = $2 and kind = $3 and theirs = $4",
        values: [...place, kind, theirs],
      });
      return row && linkOf(row);
    },
    async of(kind, ours) {
      const rows = await sql.query<Row>({
        name: "link-of",
        text: `select kind, theirs, ours, known from hub.link where workspace = $1 and connection = $2 and kind = $3 and ours = $4
          order by at, theirs`,
        values: [...place, kind, ours],
      });
      return rows.map(linkOf);
    },
    async save({ kind, theirs, ours, known }) {
      await sql.query({
        name: "link-save",
        text: `insert into hub.link (workspace, connection, kind, theirs, ours, known) values ($1, $2, $3, $4, $5, $6)
          on conflict (workspace, connection, kind, theirs) do update set ours = excluded.ours, known = excluded.known`,
        values: [...place, kind, theirs, ours, known === undefined ? null : JSON.stringify(known)],
        relaxed: true,
      });
    },
    async remove(kind, theirs) {
      await sql.query({
        name: "link-remove",
        text: "delete from hub.link where workspace = $1 and connection = $2 and kind = $3 and theirs = $4",
        values: [...place, kind, theirs],
        relaxed: true,
      });
    },
  };
}

import type { Mergeable } from "./duplicates.ts";
import type { Sql } from "./sql.ts";

/** Where records are by now that may have been merged: the kept one for a merged one, itself for every other. */
export async function whereIs(sql: Sql, entity: Mergeable, id: number): Promise<number> {
  const [row] = await sql.query<{ kept: number }>({
    name: `crm-merged-${entity}`,
    text: `select merged_into as kept from crm.${entity} where workspace = $1 and id = $2 and merged_into is not null`,
    values: [sql.workspace, id],
  });
  return row?.kept ?? id;
}

/** What points to a record of each kind, beside its channels and tags: table and column. */
export const pointers: Readonly<Record<Mergeable, readonly (readonly [table: string, column: string])[]>> = {
  contact: [
    ["task", "contact"],
    ["note", "contact"],
    ["call", "contact"],
    ["timeline", "contact"],
    ["conversation", "contact"],
  ],
  company: [
    ["contact", "company"],
    ["deal", "company"],
    ["task", "company"],
    ["note", "company"],
    ["call", "company"],
    ["timeline", "company"],
  ],
};

/** Tables whose rows people read as records of their own: moving one is a change of it. */
export const versioned: ReadonlySet<string> = new Set(["contact", "deal", "task", "note"]);
export const touched = (table: string): string =>
  versioned.has(table)
    ? ", version = version + 1, updated_at = statement_timestamp()"
    : table === "call"
      ? ", updated_at = statement_timestamp()"
      : "";

/**
 * Brings to the kept record what was being written to a merged one at the very moment of the merge, and could not see it. For the housekeeping:
 * a day back is longer than any transaction.
 */
export async function gatherStragglers(sql: Sql): Promise<number> {
  let gathered = 0;
  for (const entity of ["contact", "company"] as const) {
    const merged = `select m.id, m.merged_into as kept from crm.${entity} m
      where m.workspace = $1 and m.merged_into is not null and m.deleted_at > statement_timestamp() - interval '1 day'`;
    for (const [table, column] of pointers[entity]) {
      const rows = await sql.query({
        text: `update crm.${table} t set ${column} = m.kept ${touched(table)} from (${merged}) m
          where t.workspace = $1 and t.${column} = m.id ${table === "contact" ? "and t.deleted_at is null" : ""} returning t.id`,
        values: [sql.workspace],
      });
      gathered += rows.length;
    }
    if (entity === "company") continue;
    const links = await sql.query({
      text: `with late as (delete from crm.deal_contact l using (${merged}) m where l.workspace = $1 and l.contact = m.id returning l.deal, m.kept, l.is_main)
        insert into crm.deal_contact as o (workspace, deal, contact, is_main) select $1, deal, kept, bool_or(is_main) from late group by deal, kept
        on conflict (workspace, deal, contact) do update set is_main = o.is_main or excluded.is_main returning o.deal`,
      values: [sql.workspace],
    });
    gathered += links.length;
  }
  return gathered;
}

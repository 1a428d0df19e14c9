import { Invalid } from "./errors.ts";
import type { Sql } from "./sql.ts";
import { type ReferencedTable, wrongPart } from "./statement-parts.ts";

/** What a record points to, by the name of the member that does: `[name, table, id]`. */
export type Reference = readonly [name: string, table: ReferencedTable, id: number | null | undefined];

const nouns: Readonly<Record<ReferencedTable, string>> = {
  contact: "contact",
  company: "company",
  deal: "deal",
  user_account: "user",
  source: "source",
  loss_reason: "loss reason",
  task_type: "task type",
  pipeline: "pipeline",
};

/** The complaint about references that lead nowhere, in words. */
export const wrongReferences = (references: readonly Reference[], wrong: readonly string[]): Invalid =>
  new Invalid(
    Object.fromEntries(
      references.filter(([name]) => wrong.includes(name)).map(([name, table, id]) => [name, [`there is no ${nouns[table]} ${id}`]]),
    ),
  );

/** Throws `Invalid` when one of them leads nowhere. */
export async function checkReferences(sql: Sql, references: readonly Reference[]): Promise<void> {
  const given = references.filter(([, , id]) => id !== null && id !== undefined);
  if (given.length === 0) return;
  const rows = await sql.query<{ name: string }>({
    text: `with ${wrongPart(given.map(([name, table], index) => [name, table, `$${index + 2}`]))} select name from wrong`,
    values: [sql.workspace, ...given.map(([, , id]) => id)],
  });
  if (rows.length > 0)
    throw wrongReferences(
      given,
      rows.map((row) => row.name),
    );
}

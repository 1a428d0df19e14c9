import type { By } from "./by.ts";
import type { ChannelRow } from "./channels.ts";
import type { StoredFields } from "./field-values.ts";
import { wrongReferences } from "./references.ts";
import type { Sql } from "./sql.ts";
import { channelParts, createdParts, knownPart, type MadeRow, noteParts, tagParts, writtenParts, wrongPart } from "./statement-parts.ts";
import { insertOnce } from "./written.ts";

export interface NewCompany {
  readonly name: string;
  readonly inn?: string | null | undefined;
  readonly kpp?: string | null | undefined;
  readonly website?: string | null | undefined;
  readonly responsible?: number | null | undefined;
  readonly fields: StoredFields;
  readonly channels: readonly ChannelRow[];
  readonly tags: readonly string[];
  /** What no field could hold. */
  readonly note?: string | undefined;
}

const by = { actor: "$12", via: "$13", key: "$2" };
const text = `
  with ${knownPart("company", by)},
  ${wrongPart([
    ["responsible", "user_account", "$7"],
    ["author", "user_account", "$8"],
  ])},
  made as (
    insert into crm.company (workspace, name, inn, kpp, website, responsible, created_by, updated_by, fields)
    select $1, $3::text, $4::text, $5::text, $6::text, $7::bigint, $8::bigint, $8::bigint, $9::jsonb
    where not exists (select from known) and not exists (select from wrong)
    returning id),
  ${writtenParts("company", "made", by)},
  ${channelParts("company", "made", "$10::jsonb")},
  ${tagParts("company", "made", "$11")},
  ${createdParts("company", "made", by)},
  ${noteParts("company", "made", "$14", "$8", by)}
  select (select id from known) as known, (select id from made) as made, array(select name from wrong) as wrong`;

/** Makes a company in one statement, and answers its id; with a key written before, the id of that time. Throws `Invalid` for a wrong reference. */
export async function insertCompany(sql: Sql, company: NewCompany, by: By): Promise<number> {
  const values = [
    sql.workspace,
    by.key ?? null,
    company.name,
    company.inn ?? null,
    company.kpp ?? null,
    company.website ?? null,
    company.responsible ?? null,
    by.user ?? null,
    JSON.stringify(company.fields),
    JSON.stringify(company.channels),
    company.tags,
    by.actor,
    by.via ?? null,
    company.note ?? null,
  ];
  const row = await insertOnce<MadeRow>(sql, by, { name: "crm-insert-company", text, values });
  const id = row?.known ?? row?.made;
  if (id !== undefined && id !== null) return id;
  throw wrongReferences(
    [
      ["responsible", "user_account", company.responsible],
      ["author", "user_account", by.user],
    ],
    row?.wrong ?? [],
  );
}

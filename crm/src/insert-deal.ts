import type { Attribution, Money } from "@svyazka/core";
import type { By } from "./by.ts";
import { Invalid } from "./errors.ts";
import type { StoredFields } from "./field-values.ts";
import { wrongReferences } from "./references.ts";
import type { Sql } from "./sql.ts";
import { createdParts, knownPart, type MadeRow, noSuchContact, noteParts, tagParts, writtenParts, wrongPart } from "./statement-parts.ts";
import { insertOnce } from "./written.ts";

export interface NewDeal {
  readonly name: string;
  readonly sum?: Money | null | undefined;
  readonly currency: string;
  /** Without a stage, the first one; without both, of the default pipeline. */
  readonly pipeline?: number | undefined;
  readonly stage?: number | undefined;
  readonly responsible?: number | null | undefined;
  readonly company?: number | null | undefined;
  readonly source?: number | null | undefined;
  readonly lossReason?: number | null | undefined;
  readonly fields: StoredFields;
  readonly attribution?: Attribution | null | undefined;
  readonly contacts: readonly { readonly id: number; readonly is_main: boolean }[];
  readonly tags: readonly string[];
  /** What no field could hold. */
  readonly note?: string | undefined;
}

const by = { actor: "$17", via: "$18", key: "$2" };
const text = `
  with ${knownPart("deal", by)},
  place as (
    select s.id as stage, s.pipeline, s.kind from crm.stage s join crm.pipeline p on p.workspace = s.workspace and p.id = s.pipeline and p.deleted_at is null
    where s.workspace = $1 and s.deleted_at is null and ($7::bigint is null or s.id = $7::bigint)
      and s.pipeline = coalesce($6::bigint, case when $7::bigint is not null then s.pipeline else (select id from crm.pipeline where workspace = $1 and is_default) end)
    order by s.rank, s.position, s.id limit 1),
  people as (select x.id, x.is_main from jsonb_to_recordset($15::jsonb) as x (id bigint, is_main boolean)),
  ${wrongPart(
    [
      ["responsible", "user_account", "$8"],
      ["company", "company", "$9"],
      ["source", "source", "$10"],
      ["loss_reason", "loss_reason", "$11"],
      ["author", "user_account", "$12"],
    ],
    [
      ["stage", "not exists (select from place)"],
      ["contacts", `exists (select from people where ${noSuchContact("people.id")})`],
    ],
  )},
  made as (
    insert into crm.deal (workspace, name, sum_minor, currency, pipeline, stage, responsible, company, source, loss_reason, created_by, updated_by, fields, attribution, closed_at)
    select $1, $3::text, $4::bigint, $5::text, place.pipeline, place.stage, $8::bigint, $9::bigint, $10::bigint, $11::bigint, $12::bigint, $12::bigint,
      $13::jsonb, $14::jsonb, case when place.kind in ('won', 'lost') then statement_timestamp() end
    from place where not exists (select from known) and not exists (select from wrong)
    returning id),
  ${writtenParts("deal", "made", by)},
  people_put as (insert into crm.deal_contact (workspace, deal, contact, is_main) select $1, made.id, people.id, people.is_main from made cross join people),
  ${tagParts("deal", "made", "$16")},
  ${createdParts("deal", "made", by)},
  ${noteParts("deal", "made", "$19", "$12", by)}
  select (select id from known) as known, (select id from made) as made, array(select name from wrong) as wrong`;

/**
 * Makes a deal in one statement, and answers its id; with a key written before, the id of that time.
 * Throws `Invalid` for a stage or a reference that leads nowhere.
 */
export async function insertDeal(sql: Sql, deal: NewDeal, by: By): Promise<number> {
  const values = [
    sql.workspace,
    by.key ?? null,
    deal.name,
    deal.sum?.minor ?? null,
    deal.currency,
    deal.pipeline ?? null,
    deal.stage ?? null,
    deal.responsible ?? null,
    deal.company ?? null,
    deal.source ?? null,
    deal.lossReason ?? null,
    by.user ?? null,
    JSON.stringify(deal.fields),
    deal.attribution ? JSON.stringify(deal.attribution) : null,
    JSON.stringify(deal.contacts),
    deal.tags,
    by.actor,
    by.via ?? null,
    deal.note ?? null,
  ];
  const row = await insertOnce<MadeRow>(sql, by, { name: "crm-insert-deal", text, values });
  const id = row?.known ?? row?.made;
  if (id !== undefined && id !== null) return id;
  const wrong = row?.wrong ?? [];
  const references = wrongReferences(
    [
      ["responsible", "user_account", deal.responsible],
      ["company", "company", deal.company],
      ["source", "source", deal.source],
      ["loss_reason", "loss_reason", deal.lossReason],
      ["author", "user_account", by.user],
    ],
    wrong,
  );
  throw new Invalid({
    ...references.fields,
    ...(wrong.includes("stage") && placeProblem(deal)),
    ...(wrong.includes("contacts") && {
      contacts: [`there is no such contact among ${deal.contacts.map((contact) => contact.id).join(", ")}`],
    }),
  });
}

/** What to say when no stage was found. */
export function placeProblem({
  pipeline,
  stage,
}: {
  readonly pipeline?: number | undefined;
  readonly stage?: number | undefined;
}): Record<string, string[]> {
  if (stage !== undefined)
    return { stage: [pipeline === undefined ? `there is no stage ${stage}` : `there is no stage ${stage} in pipeline ${pipeline}`] };
  return { pipeline: [pipeline === undefined ? "there is no pipeline yet" : `there is no pipeline ${pipeline}`] };
}

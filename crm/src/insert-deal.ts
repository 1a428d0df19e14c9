import type { Attribution, Money } from "@svyazka/core";
import type { By } from "./by.ts";
import { Invalid } from "./errors.ts";
import type { StoredFields } from "./field-values.ts";
import { wrongReferences } from "./references.ts";
import { type Said, saidParts, saidReferences, takenProblem } from "./said.ts";
import type { Sql, Statement } from "./sql.ts";
import { createdParts, knownPart, type MadeRow, noSuchContact, noteParts, tagParts, writtenParts, wrongPart } from "./statement-parts.ts";
import { Composition } from "./values.ts";
import { insertOnce } from "./written.ts";

export interface NewDeal extends Said {
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
  /** Of one that is won or lost from the start: when, if not now. */
  readonly closedAt?: Date | undefined;
  readonly contacts: readonly { readonly id: number; readonly is_main: boolean }[];
  readonly tags: readonly string[];
  /** What no field could hold. */
  readonly note?: string | undefined;
}

/**
 * Makes a deal in one statement, and answers its id; with a key written before, the id of that time.
 * Throws `Invalid` for a stage or a reference that leads nowhere.
 */
export async function insertDeal(sql: Sql, deal: NewDeal, by: By): Promise<number> {
  const row = await insertOnce<MadeRow>(sql, by, compose(sql, deal, by));
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
      ...saidReferences(deal),
    ],
    wrong,
  );
  throw new Invalid({
    ...references.fields,
    ...takenProblem(deal.id, wrong),
    ...(wrong.includes("stage") && placeProblem(deal)),
    ...(wrong.includes("contacts") && {
      contacts: [`there is no such contact among ${deal.contacts.map((contact) => contact.id).join(", ")}`],
    }),
  });
}

function compose(sql: Sql, deal: NewDeal, by: By): Statement {
  const statement = new Composition();
  const { values } = statement;
  values.add(sql.workspace);
  const places = { key: values.add(by.key), actor: values.add(by.actor), via: values.add(by.via) };
  const author = values.add(by.user);
  const [responsible, company, source, lossReason] = [deal.responsible, deal.company, deal.source, deal.lossReason].map((id) =>
    values.add(id),
  ) as Four;
  const sum = `${values.add(deal.name)}::text, ${values.add(deal.sum?.minor)}::bigint, ${values.add(deal.currency)}::text`;
  const json = `${values.json(deal.fields)}, ${values.json(deal.attribution)}`;
  const said = saidParts("deal", deal, by, author, values);
  const closedAt = deal.closedAt === undefined ? "statement_timestamp()" : `${values.add(deal.closedAt)}::timestamptz`;
  statement.always(knownPart("deal", places));
  statement.always(placePart(values.add(deal.pipeline), values.add(deal.stage)));
  statement.always(
    `people as (select x.id, x.is_main from jsonb_to_recordset(${values.json(deal.contacts)}) as x (id bigint, is_main boolean))`,
  );
  statement.always(
    wrongPart(
      [
        ["responsible", "user_account", responsible],
        ["company", "company", company],
        ["source", "source", source],
        ["loss_reason", "loss_reason", lossReason],
        ["author", "user_account", author],
        ...said.references,
      ],
      [
        ...said.complaints,
        ["stage", "not exists (select from place)"],
        ["contacts", `exists (select from people where ${noSuchContact("people.id")})`],
      ],
    ),
  );
  statement.always(
    `
    made as (
      insert into crm.deal (workspace, name, sum_minor, currency, pipeline, stage, responsible, company, source, loss_reason,
        ${said.columns}, fields, attribution, closed_at)
      select $1, ${sum}, place.pipeline, place.stage, ${responsible}::bigint, ${company}::bigint, ${source}::bigint, ${lossReason}::bigint,
        ${said.places}, ${json}, case when place.kind in ('won', 'lost') then ${closedAt} end
      from place where not exists (select from known) and not exists (select from wrong)
      returning id)`,
    said.letters + (deal.closedAt === undefined ? "" : "z"),
  );
  statement.always(createdParts("deal", "made", places));
  statement.when(by.key !== undefined, "k", () => writtenParts("deal", "made", places));
  statement.when(
    deal.contacts.length > 0,
    "c",
    () => `
    people_put as (insert into crm.deal_contact (workspace, deal, contact, is_main) select $1, made.id, people.id, people.is_main from made cross join people)`,
  );
  statement.when(deal.tags.length > 0, "t", () => tagParts("deal", "made", values.add(deal.tags)));
  statement.when(deal.note !== undefined, "n", () => noteParts("deal", "made", values.add(deal.note), author, places));
  const answer = "select (select id from known) as known, (select id from made) as made, array(select name from wrong) as wrong";
  return statement.statement("crm-insert-deal", answer);
}
type Four = [string, string, string, string];

/** The stage that is named, else the first of the pipeline that is named, else the first of the default one. */
const placePart = (pipeline: string, stage: string): string => `
  place as (
    select s.id as stage, s.pipeline, s.kind from crm.stage s join crm.pipeline p on p.workspace = s.workspace and p.id = s.pipeline and p.deleted_at is null
    where s.workspace = $1 and s.deleted_at is null and (${stage}::bigint is null or s.id = ${stage}::bigint)
      and s.pipeline = coalesce(${pipeline}::bigint,
        case when ${stage}::bigint is not null then s.pipeline else (select id from crm.pipeline where workspace = $1 and is_default) end)
    order by s.rank, s.position, s.id limit 1)`;

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

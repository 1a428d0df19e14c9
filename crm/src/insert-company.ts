import type { By } from "./by.ts";
import type { ChannelRow } from "./channels.ts";
import { Invalid } from "./errors.ts";
import type { StoredFields } from "./field-values.ts";
import { wrongReferences } from "./references.ts";
import { type Said, saidParts, saidReferences, takenProblem } from "./said.ts";
import type { Sql, Statement } from "./sql.ts";
import { channelParts, createdParts, knownPart, type MadeRow, noteParts, tagParts, writtenParts, wrongPart } from "./statement-parts.ts";
import { Composition } from "./values.ts";
import { insertOnce } from "./written.ts";

export interface NewCompany extends Said {
  readonly name: string;
  readonly inn?: string | null | undefined;
  readonly kpp?: string | null | undefined;
  readonly website?: string | null | undefined;
  readonly address?: string | null | undefined;
  readonly responsible?: number | null | undefined;
  readonly fields: StoredFields;
  readonly channels: readonly ChannelRow[];
  readonly tags: readonly string[];
  /** What no field could hold. */
  readonly note?: string | undefined;
}

/** Makes a company in one statement, and answers its id; with a key written before, the id of that time. Throws `Invalid` for a wrong reference. */
export async function insertCompany(sql: Sql, company: NewCompany, by: By): Promise<number> {
  const row = await insertOnce<MadeRow>(sql, by, compose(sql, company, by));
  const id = row?.known ?? row?.made;
  if (id !== undefined && id !== null) return id;
  const wrong = row?.wrong ?? [];
  const references = wrongReferences(
    [["responsible", "user_account", company.responsible], ["author", "user_account", by.user], ...saidReferences(company)],
    wrong,
  );
  throw new Invalid({ ...references.fields, ...takenProblem(company.id, wrong) });
}

function compose(sql: Sql, company: NewCompany, by: By): Statement {
  const statement = new Composition();
  const { values } = statement;
  values.add(sql.workspace);
  const places = { key: values.add(by.key), actor: values.add(by.actor), via: values.add(by.via) };
  const [responsible, author] = [values.add(company.responsible), values.add(by.user)];
  const texts = [company.name, company.inn, company.kpp, company.website, company.address].map((text) => `${values.add(text)}::text`);
  const fields = values.json(company.fields);
  const said = saidParts("company", company, by, author, values);
  statement.always(knownPart("company", places));
  statement.always(
    wrongPart([["responsible", "user_account", responsible], ["author", "user_account", author], ...said.references], said.complaints),
  );
  statement.always(
    `
    made as (
      insert into crm.company (workspace, name, inn, kpp, website, address, responsible, ${said.columns}, fields)
      select $1, ${texts.join(", ")}, ${responsible}::bigint, ${said.places}, ${fields}
      where not exists (select from known) and not exists (select from wrong)
      returning id)`,
    said.letters,
  );
  statement.always(createdParts("company", "made", places));
  statement.when(by.key !== undefined, "k", () => writtenParts("company", "made", places));
  statement.when(company.channels.length > 0, "c", () => channelParts("company", "made", values.json(company.channels)));
  statement.when(company.tags.length > 0, "t", () => tagParts("company", "made", values.add(company.tags)));
  statement.when(company.note !== undefined, "n", () => noteParts("company", "made", values.add(company.note), author, places));
  const answer = "select (select id from known) as known, (select id from made) as made, array(select name from wrong) as wrong";
  return statement.statement("crm-insert-company", answer);
}

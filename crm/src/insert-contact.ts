import { type Attribution, Conflict } from "@svyazka/core";
import type { By } from "./by.ts";
import type { ChannelRow } from "./channels.ts";
import { Invalid } from "./errors.ts";
import type { StoredFields } from "./field-values.ts";
import { type Reference, wrongReferences } from "./references.ts";
import { type Said, saidParts, saidReferences, takenProblem } from "./said.ts";
import type { Sql, Statement } from "./sql.ts";
import {
  channelParts,
  createdParts,
  knownPart,
  type MadeRow,
  noSuchContact,
  noteParts,
  tagParts,
  writtenParts,
  wrongPart,
} from "./statement-parts.ts";
import { Composition } from "./values.ts";
import { insertOnce } from "./written.ts";

export interface NewContact extends Said {
  readonly name: string;
  readonly surname: string;
  readonly middlename: string;
  readonly position?: string | null | undefined;
  readonly website?: string | null | undefined;
  readonly company?: number | null | undefined;
  readonly responsible?: number | null | undefined;
  readonly fields: StoredFields;
  readonly attribution?: Attribution | null | undefined;
  readonly channels: readonly ChannelRow[];
  readonly tags: readonly string[];
  /** What no field could hold. */
  readonly note?: string | undefined;
}

/**
 * Makes a contact in one statement, and answers its id; with a key written before, the id of that time. Throws `Invalid` for a reference
 * that leads nowhere. With `unlike`, throws `Conflict` when another contact has one of its valid phones (free lines aside) or e-mails:
 * callers with the same phone wait for each other, so that of two at once the second sees what the first made.
 */
export async function insertContact(sql: Sql, contact: NewContact, by: By, { unlike = false } = {}): Promise<number> {
  const phones = unlike ? contact.channels.flatMap(({ e164, toll_free }) => (e164 !== null && !toll_free ? [e164] : [])) : [];
  const emails = unlike ? contact.channels.flatMap(({ email_lower }) => email_lower ?? []) : [];
  const references: Reference[] = [
    ["company", "company", contact.company],
    ["responsible", "user_account", contact.responsible],
    ["author", "user_account", by.user],
    ...saidReferences(contact),
  ];
  const row = await insertOnce<MadeRow & { readonly clash: number | null }>(sql, by, compose(sql, contact, by, phones, emails), [
    ...phones,
    ...emails,
  ]);
  const id = row?.known ?? row?.made;
  if (id !== undefined && id !== null) return id;
  if (row?.clash) throw new Conflict(`contact ${row.clash} has appeared with the same phone or e-mail`);
  const wrong = row?.wrong ?? [];
  throw new Invalid({ ...wrongReferences(references, wrong).fields, ...takenProblem(contact.id, wrong) });
}

function compose(sql: Sql, contact: NewContact, by: By, phones: readonly string[], emails: readonly string[]): Statement {
  const statement = new Composition();
  const { values } = statement;
  values.add(sql.workspace);
  const key = values.add(by.key);
  const places = { actor: values.add(by.actor), via: values.add(by.via), key };
  const [company, responsible, author] = [values.add(contact.company), values.add(contact.responsible), values.add(by.user)];
  const names = [contact.name, contact.surname, contact.middlename, contact.position, contact.website].map(
    (text) => `${values.add(text)}::text`,
  );
  const json = [values.json(contact.fields), values.json(contact.attribution)];
  const said = saidParts("contact", contact, by, author, values);
  statement.always(knownPart("contact", places));
  statement.always(clashPart(values.add(phones), values.add(emails)));
  statement.always(
    wrongPart(
      [
        ["company", "company", company],
        ["responsible", "user_account", responsible],
        ["author", "user_account", author],
        ...said.references,
      ],
      said.complaints,
    ),
  );
  statement.always(
    `
    made as (
      insert into crm.contact (workspace, name, surname, middlename, position, website, company, responsible, ${said.columns}, fields, attribution)
      select $1, ${names.join(", ")}, ${company}::bigint, ${responsible}::bigint, ${said.places}, ${json.join(", ")}
      where not exists (select from known) and not exists (select from clash) and not exists (select from wrong)
      returning id)`,
    said.letters,
  );
  statement.always(createdParts("contact", "made", places));
  statement.when(by.key !== undefined, "k", () => writtenParts("contact", "made", places));
  statement.when(contact.channels.length > 0, "c", () => channelParts("contact", "made", values.json(contact.channels)));
  statement.when(contact.tags.length > 0, "t", () => tagParts("contact", "made", values.add(contact.tags)));
  statement.when(contact.note !== undefined, "n", () => noteParts("contact", "made", values.add(contact.note), author, places));
  const answer =
    "(select id from known) as known, (select id from made) as made, (select contact from clash) as clash, array(select name from wrong) as wrong";
  return statement.statement("crm-insert-contact", `select ${answer}`);
}

/**
 * Another contact with one of these. Each value is looked up by itself behind `offset 0`: asked in one condition, a planner that has seen
 * only a young table reads every channel of the workspace by an index that merely begins with it.
 */
const clashPart = (phones: string, emails: string): string => `
  clash as (
    select contact from (
      select ch.contact from unnest(${phones}::text[]) as v cross join lateral (
        select contact from crm.channel where workspace = $1 and e164 = v and not toll_free offset 0) ch
      union all
      select ch.contact from unnest(${emails}::text[]) as v cross join lateral (
        select contact from crm.channel where workspace = $1 and email_lower = v offset 0) ch) taken
    where taken.contact is not null and not (${noSuchContact("taken.contact")})
    limit 1)`;

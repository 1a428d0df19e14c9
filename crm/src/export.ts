import { type Language, writeMoney } from "@svyazka/core";
import type { Entity, Reader } from "./by.ts";
import type { Channels } from "./channels.ts";
import { type CompanyFilter, listCompanies } from "./companies.ts";
import { type ContactFilter, listContacts } from "./contacts.ts";
import { listDealCards } from "./deal-cards.ts";
import type { DealFilter } from "./deal-filter.ts";
import type { FieldValue, FieldValues } from "./field-values.ts";
import { type Field, fieldsOf } from "./fields.ts";
import { fieldLabel, labelOf } from "./import-targets.ts";
import type { Page, PageQuery } from "./page.ts";
import { listPipelines } from "./pipelines.ts";
import type { Sql } from "./sql.ts";
import { listUsers } from "./users.ts";

/**
 * A list as a table: the names of the columns first, then every row, page by page, so that memory does not grow. An import of it, here or elsewhere,
 * finds everything where it was: columns are called what `importTargets` calls them.
 */
export type Table = AsyncGenerator<readonly string[]>;

type Without<Filter> = Omit<Filter, keyof PageQuery>;
const pageSize = 250;

async function* pages<T>(read: (query: PageQuery) => Promise<Page<T>>): AsyncGenerator<T[]> {
  let cursor: string | undefined;
  do {
    const page = await read({ limit: pageSize, cursor });
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

const labelled = (label: string): string => (label === "work" ? "" : ` (${label})`);
const phones = ({ phones }: Channels): string => phones.map(({ value, label }) => `${value}${labelled(label)}`).join("; ");
const emails = ({ emails }: Channels): string => emails.map(({ value, label }) => `${value}${labelled(label)}`).join("; ");
const messengers = ({ messengers }: Channels): string =>
  messengers.map(({ network, value, label }) => `${network}: ${value}${labelled(label)}`).join("; ");

function fieldText(value: FieldValue | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "object" && "json" in value) return JSON.stringify(value.json);
  if (typeof value === "object" && "sum" in value) return `${value.sum} ${value.currency}`;
  return typeof value === "object" ? value.join("; ") : String(value);
}
const fieldTexts = (fields: readonly Field[], values: FieldValues): string[] => fields.map(({ code }) => fieldText(values[code]));

/** By e-mail, which tells people apart; by name where there is none. */
async function userNames(sql: Sql): Promise<(id: number | null) => string> {
  const names = new Map((await listUsers(sql, { limit: 10_000 })).map(({ id, email, name }) => [id, email ?? name]));
  return (id) => (id === null ? "" : (names.get(id) ?? ""));
}

const heads = (names: readonly string[], fields: readonly Field[], language: Language): string[] => [
  ...names.map((name) => labelOf(name, language)),
  ...fields.map((field) => fieldLabel(field, language)),
];

async function fieldsFor(sql: Sql, entity: Entity): Promise<readonly Field[]> {
  return fieldsOf(sql, entity);
}

export async function* exportContacts(sql: Sql, filter: Without<ContactFilter>, reader: Reader, language: Language): Table {
  const fields = await fieldsFor(sql, "contact");
  const user = await userNames(sql);
  const names = "id name middlename surname position phone email messenger website responsible tags"
    .split(" ")
    .map((name) => `contact.${name}`);
  yield heads([...names, "company.name", "company.inn"], fields, language);
  for await (const page of pages((query) => listContacts(sql, { ...filter, ...query }, reader))) {
    const employers = await companiesOf(
      sql,
      page.flatMap(({ company }) => company ?? []),
    );
    for (const one of page) {
      const employer = one.company === null ? undefined : employers.get(one.company);
      yield [
        ...[String(one.id), one.name, one.middlename, one.surname, one.position ?? "", phones(one), emails(one), messengers(one)],
        ...[one.website ?? "", user(one.responsible), one.tags.join("; "), employer?.name ?? "", employer?.inn ?? ""],
        ...fieldTexts(fields, one.fields),
      ];
    }
  }
}

async function companiesOf(sql: Sql, ids: readonly number[]): Promise<Map<number, { readonly name: string; readonly inn: string | null }>> {
  const rows = await sql.query<{ id: number; name: string; inn: string | null }>({
    text: "select id, name, inn from crm.company where workspace = $1 and id = any($2::bigint[]) and deleted_at is null",
    values: [sql.workspace, ids],
  });
  return new Map(rows.map((row) => [row.id, row]));
}

export async function* exportCompanies(sql: Sql, filter: Without<CompanyFilter>, reader: Reader, language: Language): Table {
  const fields = await fieldsFor(sql, "company");
  const user = await userNames(sql);
  yield heads(
    "id name inn kpp phone email messenger website responsible tags".split(" ").map((name) => `company.${name}`),
    fields,
    language,
  );
  for await (const page of pages((query) => listCompanies(sql, { ...filter, ...query }, reader))) {
    for (const one of page) {
      yield [
        ...[String(one.id), one.name, one.inn ?? "", one.kpp ?? "", phones(one), emails(one), messengers(one)],
        ...[one.website ?? "", user(one.responsible), one.tags.join("; ")],
        ...fieldTexts(fields, one.fields),
      ];
    }
  }
}

export async function* exportDeals(sql: Sql, filter: Without<DealFilter>, reader: Reader, language: Language): Table {
  const fields = await fieldsFor(sql, "deal");
  const user = await userNames(sql);
  const pipelines = await listPipelines(sql);
  const named = async (table: "source" | "loss_reason") =>
    new Map(
      (
        await sql.query<{ id: number; name: string }>({
          text: `select id, name from crm.${table} where workspace = $1`,
          values: [sql.workspace],
        })
      ).map(({ id, name }) => [id, name]),
    );
  const [sources, reasons] = [await named("source"), await named("loss_reason")];
  const names = "id name sum currency pipeline stage source loss_reason responsible tags".split(" ").map((name) => `deal.${name}`);
  yield heads([...names, "contact.id", "contact.full_name", "contact.phone", "company.name"], fields, language);
  for await (const page of pages((query) => listDealCards(sql, { ...filter, ...query }, reader))) {
    for (const one of page) {
      const pipeline = pipelines.find(({ id }) => id === one.pipeline);
      const stage = pipeline?.stages.find(({ id }) => id === one.stage);
      yield [
        ...[String(one.id), one.name, one.sum === null ? "" : writeMoney(one.sum), one.currency, pipeline?.name ?? "", stage?.name ?? ""],
        ...[one.source === null ? "" : (sources.get(one.source) ?? ""), one.lossReason === null ? "" : (reasons.get(one.lossReason) ?? "")],
        ...[user(one.responsible), one.tags.join("; ")],
        ...[one.contact === null ? "" : String(one.contact.id), one.contact?.name ?? "", one.contact?.phone ?? "", one.company?.name ?? ""],
        ...fieldTexts(fields, one.fields),
      ];
    }
  }
}

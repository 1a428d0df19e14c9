import { readEmail, readMoney, readPhone } from "@svyazka/core";
import type { By, Entity } from "./by.ts";
import { type ChannelLabel, labels } from "./channels.ts";
import type { CompanyChanges } from "./companies.ts";
import type { ContactChanges } from "./contacts.ts";
import type { DealChanges } from "./deals.ts";
import { readFieldValue } from "./field-values.ts";
import { type Field, fieldsOf } from "./fields.ts";
import { listPipelines, type Pipeline } from "./pipelines.ts";
import type { Sql } from "./sql.ts";
import { listUsers, type User } from "./users.ts";

/** What is done about a record that is there already: leave the row, fill what is empty, overwrite, or make another one all the same. */
export const duplicatePolicies = ["skip", "update_empty", "update", "create"] as const;
export type DuplicatePolicy = (typeof duplicatePolicies)[number];

export interface ImportSettings {
  /** By column: what it is, see `importTargets`; null is left out. */
  readonly columns: readonly (string | null)[];
  readonly duplicates: DuplicatePolicy;
  readonly pipeline?: number | undefined;
  readonly stage?: number | undefined;
  /** Whose own ids the columns `contact.external`, `company.external` and `deal.external` hold: a connection. */
  readonly connection?: number | undefined;
  /** Of what names nobody. */
  readonly responsible?: number | undefined;
  /** On everything that is made. */
  readonly tags: readonly string[];
}

/** A row as it would become. Undefined parts are not in the row. */
export interface ReadRow {
  readonly contact?: ContactChanges & { readonly id?: number };
  readonly company?: CompanyChanges & { readonly id?: number };
  readonly deal?: DealChanges & { readonly id?: number };
  readonly note?: string;
  /** What the other program calls them. */
  readonly external: { readonly [E in Entity]?: string };
  readonly problems: readonly { readonly column: number; readonly detail: string }[];
}

/** Which record another program calls what. */
export interface ImportLinks {
  find(sql: Sql, entity: Entity, theirs: string): Promise<number | undefined>;
  /** Whether it is known there under another name than this. */
  isAnother(sql: Sql, entity: Entity, ours: number, theirs: string): Promise<boolean>;
  save(sql: Sql, entity: Entity, theirs: string, ours: number): Promise<void>;
}

/** What a row is read with. */
export interface ImportContext {
  readonly settings: ImportSettings;
  readonly fields: readonly Field[];
  readonly users: readonly User[];
  readonly pipelines: readonly Pipeline[];
  readonly sources: readonly { readonly id: number; readonly name: string; readonly code: string | null }[];
  readonly lossReasons: readonly { readonly id: number; readonly name: string }[];
  /** What records are called by the connection of the settings. */
  readonly links?: ImportLinks | undefined;
  readonly home: By["home"];
}

export async function importContext(sql: Sql, settings: ImportSettings, home: By["home"], links?: ImportLinks): Promise<ImportContext> {
  const named = (table: string, more: string) =>
    sql.query<{ id: number; name: string; code: string | null }>({
      text: `select id, name, ${more} as code from crm.${table} where workspace = $1 and deleted_at is null order by position, id`,
      values: [sql.workspace],
    });
  return {
    settings,
    home,
    links,
    fields: await fieldsOf(sql),
    users: await listUsers(sql, { limit: 10_000 }),
    pipelines: await listPipelines(sql),
    sources: await named("source", "code"),
    lossReasons: await named("loss_reason", "null::text"),
  };
}

/** A cell that was kept from being taken for a formula loses its apostrophe again. */
export const bareCell = (cell: string): string => cell.replace(/^'(?=[=+\-@\t\r])/, "").trim();

type Draft = Record<string, unknown> & { fields?: Record<string, unknown> };

/** Reads one row; what cannot be read is told by its column, in words. */
export function readImportRow(cells: readonly string[], context: ImportContext): ReadRow {
  const drafts: Record<Entity, Draft> = { contact: {}, company: {}, deal: {} };
  const problems: { column: number; detail: string }[] = [];
  const notes: string[] = [];
  context.settings.columns.forEach((to, column) => {
    const cell = bareCell(cells[column] ?? "");
    if (to === null || cell === "") return;
    const [entity, member = "", code = ""] = /^([a-z]+)\.([a-z_]+)(?:\.(.+))?$/.exec(to)?.slice(1) ?? [];
    if (to === "contact.note") {
      notes.push(cell);
      return;
    }
    const draft = drafts[entity as Entity];
    if (!draft) return;
    const detail = readCell(entity as Entity, draft, member, code, cell, context);
    if (detail !== undefined) problems.push({ column, detail });
  });
  const external = Object.fromEntries(
    Object.entries(drafts).flatMap(([entity, { external }]) => (typeof external === "string" ? [[entity, external]] : [])),
  );
  for (const draft of Object.values(drafts)) delete draft["external"];
  return {
    external,
    ...(Object.keys(drafts.contact).length > 0 && { contact: drafts.contact as ReadRow["contact"] & object }),
    ...(Object.keys(drafts.company).length > 0 && { company: drafts.company as ReadRow["company"] & object }),
    ...(Object.keys(drafts.deal).length > 0 && { deal: placed(drafts.deal, context) as ReadRow["deal"] & object }),
    ...(notes.length > 0 && { note: notes.join("\n") }),
    problems,
  };
}

/** Several in one cell stand between commas, semicolons or lines. */
const several = (cell: string): string[] =>
  cell
    .split(/[,;\n]/)
    .map((part) => bareCell(part))
    .filter((part) => part !== "");

const push = (draft: Draft, name: string, items: readonly unknown[]): void => {
  draft[name] = [...((draft[name] as unknown[] | undefined) ?? []), ...items];
};

const same = (one: string, other: string | null): boolean => other !== null && one.toLowerCase() === other.toLowerCase();

/** Puts a cell where it belongs; answers in words when it cannot. */
function readCell(entity: Entity, draft: Draft, member: string, code: string, cell: string, context: ImportContext): string | undefined {
  const { home } = context;
  switch (member) {
    case "id": {
      if (!/^[1-9]\d{0,14}$/.test(cell)) return `"${cell}" is not a number of a record`;
      draft["id"] = Number(cell);
      return undefined;
    }
    case "external":
      if (!context.links) return "choose the connection whose ids these are";
      draft["external"] = cell.slice(0, 255);
      return undefined;
    case "full_name":
      Object.assign(draft, nameParts(cell));
      return undefined;
    case "phone": {
      const phones = several(cell).map(withLabel);
      const wrong = phones.find(({ value }) => !readPhone(value, home.country));
      if (wrong) return `"${wrong.value}" is not a phone`;
      push(draft, "phones", phones);
      return undefined;
    }
    case "email": {
      const emails = several(cell).map(withLabel);
      const wrong = emails.find(({ value }) => readEmail(value) === undefined);
      if (wrong) return `"${wrong.value}" is not an e-mail address`;
      push(draft, "emails", emails);
      return undefined;
    }
    case "messenger":
      push(draft, "messengers", several(cell).map(readMessenger));
      return undefined;
    case "tags":
      push(draft, "tags", several(cell));
      return undefined;
    case "responsible": {
      const user = context.users.find(({ email, name }) => same(cell, email) || same(cell, name));
      if (!user) return `nobody here is called "${cell}"`;
      draft["responsible"] = user.id;
      return undefined;
    }
    case "inn":
      if (!/^\d{8,15}$/.test(cell)) return `"${cell}" is not an INN`;
      draft["inn"] = cell;
      return undefined;
    case "kpp":
      if (!/^[0-9A-Z]{9}$/.test(cell)) return `"${cell}" is not a KPP`;
      draft["kpp"] = cell;
      return undefined;
    case "sum":
      draft["sum"] = cell;
      return readMoney(cell, home.currency) === undefined ? `"${cell}" is not a sum` : undefined;
    case "currency":
      if (!/^[A-Za-z]{3}$/.test(cell)) return `"${cell}" is not a currency: RUB, USD, …`;
      draft["currency"] = cell.toUpperCase();
      return undefined;
    case "pipeline":
    case "stage":
      draft[`${member} name`] = cell;
      return placeProblem(draft, context);
    case "source": {
      const source = context.sources.find(({ name, code: its }) => same(cell, name) || same(cell, its));
      if (!source) return `there is no source "${cell}"`;
      draft["source"] = source.id;
      return undefined;
    }
    case "loss_reason": {
      const reason = context.lossReasons.find(({ name }) => same(cell, name));
      if (!reason) return `there is no loss reason "${cell}"`;
      draft["lossReason"] = reason.id;
      return undefined;
    }
    case "fields": {
      const field = context.fields.find((one) => one.entity === entity && one.code.toLowerCase() === code.toLowerCase());
      if (!field) return `there is no field ${code}`;
      const money = field.type === "money" ? /^(.+?)\s+([A-Z]{3})$/.exec(cell) : null;
      const sum = money ? readMoney(money[1] ?? "", money[2] ?? "") : undefined;
      const given = money && sum ? { sum: (money[1] ?? "").replace(/\s/g, "").replace(",", "."), currency: money[2] } : cell;
      if (readFieldValue(field, given, home) === undefined) return `"${cell}" does not fit into the field "${field.name}"`;
      draft.fields = { ...draft.fields, [field.code]: given };
      return undefined;
    }
    default:
      draft[member] = cell.slice(0, member === "website" ? 2000 : 500);
      return undefined;
  }
}

/** `Иванов Иван Иванович` as it is mostly written: the surname first when there are three words, or when the last one is a father's name. */
function nameParts(text: string): Pick<ContactChanges, "name" | "surname" | "middlename"> {
  const words = text.split(/\s+/);
  const [first = "", second = "", third = ""] = words;
  if (words.length === 3 && /(вич|вна|чна|ич)$/i.test(third)) return { surname: first, name: second, middlename: third };
  if (words.length === 3 && /(вич|вна|чна|ич)$/i.test(second)) return { name: first, middlename: second, surname: third };
  return { name: text.slice(0, 500) };
}

/** `+7 910 123-45-67 (mobile)`. */
function withLabel(text: string): { value: string; label?: ChannelLabel } {
  const [, value, label] = /^(.*\S)\s+\((\w+)\)$/.exec(text) ?? [];
  const known = labels.find((one) => one === label);
  return known && value !== undefined ? { value, label: known } : { value: text };
}

/** `telegram: @anna`, or a name alone. */
function readMessenger(text: string): { network: string; value: string; label?: ChannelLabel } {
  const { value, label } = withLabel(text);
  const [, network, name] = /^([a-z][a-z0-9_]{0,31}):\s*(.+)$/i.exec(value) ?? [];
  return { network: network?.toLowerCase() ?? "telegram", value: name ?? value, ...(label && { label }) };
}

function pipelineOf(draft: Draft, { pipelines, settings }: ImportContext): Pipeline | undefined {
  const name = draft["pipeline name"];
  return typeof name === "string" ? pipelines.find((one) => same(name, one.name)) : pipelines.find(({ id }) => id === settings.pipeline);
}

function placeProblem(draft: Draft, context: ImportContext): string | undefined {
  const [pipeline, stage] = [draft["pipeline name"], draft["stage name"]];
  if (typeof pipeline === "string" && !pipelineOf(draft, context)) return `there is no pipeline "${pipeline}"`;
  if (typeof stage === "string" && stageOf(draft, context) === undefined && typeof pipeline !== "string") {
    return context.pipelines.some(({ stages }) => stages.some(({ name }) => same(stage, name)))
      ? undefined
      : `there is no stage "${stage}"`;
  }
  return undefined;
}

function stageOf(draft: Draft, context: ImportContext): number | undefined {
  const name = draft["stage name"];
  if (typeof name !== "string") return undefined;
  const pipeline = pipelineOf(draft, context);
  // A stage that only another pipeline has means that one.
  const places = pipeline ? [pipeline] : [...context.pipelines].sort((one, other) => Number(other.isDefault) - Number(one.isDefault));
  return places.flatMap(({ stages }) => stages).find((stage) => same(name, stage.name))?.id;
}

/** Where a deal goes: what its row says, else what the settings say. */
function placed(draft: Draft, context: ImportContext): Draft {
  const { "pipeline name": named, "stage name": stageName, ...rest } = draft;
  const stage = stageOf(draft, context);
  if (stage !== undefined) return { ...rest, stage };
  if (named !== undefined) return { ...rest, pipeline: pipelineOf(draft, context)?.id };
  if (stageName !== undefined || rest["id"] !== undefined) return rest;
  return {
    ...rest,
    ...(context.settings.pipeline && { pipeline: context.settings.pipeline }),
    ...(context.settings.stage && { stage: context.settings.stage }),
  };
}

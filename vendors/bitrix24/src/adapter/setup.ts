import {
  type Directory,
  type DirectoryField,
  type DirectoryPipeline,
  type FieldType,
  type KeptCopy,
  type Kit,
  keptCopy,
  Refused,
  type StageKind,
  Unavailable,
} from "@svyazka/core";
import {
  BitrixUnable,
  type Category,
  type CrmMode,
  listCategories,
  listCurrencies,
  listStatuses,
  listUserFields,
  listUsers,
  type Portal,
  readMe,
  readMode,
  readScopes,
  type StatusRow,
  type User,
  type UserField,
} from "../client.ts";
import { portError } from "../port-errors.ts";
import type { PortalConnection } from "../settings.ts";
import { mustBeSamePortal } from "./same-portal.ts";

/** What a portal is made of, as the adapter needs it. */
export interface Setup {
  /** The address that the connection was set up with. */
  readonly domain: string;
  /** Whose rights we have: what we write is theirs. */
  readonly me: string | undefined;
  readonly mode: CrmMode;
  readonly scopes: readonly string[];
  readonly currency: string;
  readonly currencies: readonly string[];
  readonly users: readonly User[];
  readonly categories: readonly Category[];
  readonly statuses: readonly StatusRow[];
  readonly fields: Readonly<Record<FieldOwner, readonly UserField[]>>;
}
export const fieldOwners = ["contact", "company", "deal", "lead"] as const;
export type FieldOwner = (typeof fieldOwners)[number];

export type Setups = KeptCopy<Setup>;

export const setupsOf = (connection: PortalConnection, portal: Portal, kit: Kit): Setups =>
  keptCopy<Setup>({
    ...{ kit, name: "setup" },
    async read() {
      await mustBeSamePortal(connection, kit);
      return { ...(await read(portal)), domain: connection.settings.domain };
    },
    isOfThis: ({ domain }) => domain === connection.settings.domain,
    isAway: (error) => portError(error) instanceof Unavailable,
  });

async function read({ transport }: Portal): Promise<Omit<Setup, "domain">> {
  const fields: Partial<Record<FieldOwner, readonly UserField[]>> = {};
  for (const of of fieldOwners) fields[of] = await unlessUnable([], () => listUserFields(transport, of));
  const currencies = await unlessUnable([], () => listCurrencies(transport));
  return {
    me: await readMe(transport),
    mode: await unlessUnable(2 as const, () => readMode(transport)),
    scopes: await unlessUnable([], () => readScopes(transport)),
    currency: currencies.find(({ isBase }) => isBase)?.code ?? "RUB",
    currencies: currencies.map(({ code }) => code),
    users: await unlessUnable([], () => listUsers(transport)),
    categories: await listCategories(transport),
    statuses: await listStatuses(transport),
    fields: fields as Setup["fields"],
  };
}

/** What the permissions do not let us see is done without. */
async function unlessUnable<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BitrixUnable) return otherwise;
    throw error;
  }
}

/** Leads stand beside the pipelines of deals, as one more. */
export const leadsPipeline = "leads";
const leadPrefix = "L:";
const leadStages = "STATUS";

export const stageList = (category: number): string => (category === 0 ? "DEAL_STAGE" : `DEAL_STAGE_${category}`);

/** A stage as the portal has it: whose, and in which pipeline. */
export interface StagePlace {
  readonly of: "deal" | "lead";
  readonly stageId: string;
  readonly categoryId?: number;
}

export const stageIdOf = ({ of, stageId }: StagePlace): string => (of === "lead" ? `${leadPrefix}${stageId}` : stageId);

export const kindOf = ({ semantics }: Pick<StatusRow, "semantics">): StageKind =>
  semantics === "S" ? "won" : semantics === "F" ? "lost" : "open";

const rowsOf = ({ statuses }: Setup, list: string): readonly StatusRow[] =>
  statuses.filter((row) => row.list === list).sort((one, other) => one.sort - other.sort);

/** Undefined when there is none of this id. */
export function findStage(setup: Setup, id: string): (StagePlace & { readonly kind: StageKind }) | undefined {
  if (id.startsWith(leadPrefix)) {
    const stageId = id.slice(leadPrefix.length);
    const row = rowsOf(setup, leadStages).find(({ code }) => code === stageId);
    return row && { of: "lead", stageId, kind: kindOf(row) };
  }
  for (const { id: categoryId } of setup.categories) {
    const row = rowsOf(setup, stageList(categoryId)).find(({ code }) => code === id);
    if (row) return { of: "deal", stageId: id, categoryId, kind: kindOf(row) };
  }
  return undefined;
}

/** Where new ones of a pipeline begin. */
export function firstStage(setup: Setup, pipeline: string): StagePlace | undefined {
  const isLeads = pipeline === leadsPipeline;
  const category = setup.categories.find(({ id }) => String(id) === pipeline);
  if (!isLeads && !category) return undefined;
  const [first] = rowsOf(setup, isLeads ? leadStages : stageList(category?.id ?? 0));
  if (!first) return undefined;
  return isLeads ? { of: "lead", stageId: first.code } : { of: "deal", stageId: first.code, categoryId: category?.id ?? 0 };
}

export const usesLeads = ({ mode }: Setup, { settings }: PortalConnection): boolean => mode === 1 || settings.new_as === "leads";

/** Where new requests go when nobody says otherwise. */
export function defaultPipeline(setup: Setup, { settings }: PortalConnection): string {
  if (settings.new_as === "leads" || (settings.new_as === "auto" && setup.mode === 1)) return leadsPipeline;
  const category =
    setup.categories.find(({ isDefault }) => isDefault) ?? setup.categories.find(({ id }) => id === 0) ?? setup.categories[0];
  if (!category) throw new Refused("the portal shows no pipeline of deals");
  return String(category.id);
}

/** Kinds of things to do: one in the feed of a record, one among the portal's tasks. */
export const taskTypes = { todo: "todo", task: "task" } as const;

export function directoryOf(setup: Setup, connection: PortalConnection, phoneOf: (typed: string) => string | undefined): Directory {
  const isRussian = connection.workspace.language === "ru";
  const first = defaultPipeline(setup, connection);
  const pipelineOf = (id: string, name: string, list: string, prefix: string): DirectoryPipeline => ({
    ...{ id, name, isDefault: id === first },
    stages: rowsOf(setup, list).map((row) => ({ id: `${prefix}${row.code}`, name: row.name, kind: kindOf(row) })),
  });
  const categories = [...setup.categories].sort((one, other) => one.sort - other.sort || one.id - other.id);
  return {
    users: setup.users.map(({ id, name, email, phone, photo, isActive }) => {
      const e164 = phone === undefined ? undefined : phoneOf(phone);
      return {
        ...{ id, name, active: isActive },
        ...(email !== undefined && { email }),
        ...(e164 !== undefined && { phone: e164 }),
        ...(photo !== undefined && { avatar: photo }),
      };
    }),
    pipelines: [
      ...(usesLeads(setup, connection) ? [pipelineOf(leadsPipeline, isRussian ? "Лиды" : "Leads", leadStages, leadPrefix)] : []),
      ...categories.map(({ id, name }) => pipelineOf(String(id), name, stageList(id), "")),
    ],
    fields: {
      contact: setup.fields.contact.flatMap(directoryField),
      company: setup.fields.company.flatMap(directoryField),
      deal: setup.fields.deal.flatMap(directoryField),
    },
    taskTypes: [
      { id: taskTypes.todo, name: isRussian ? "Дело" : "To-do" },
      { id: taskTypes.task, name: isRussian ? "Задача" : "Task" },
    ],
    sources: rowsOf(setup, "SOURCE").map(({ code, name }) => ({ id: code, name })),
  };
}

/** By this name flows and mappings know a field. */
export const codeOf = ({ code }: Pick<UserField, "code">): string => code.toLowerCase();

/** Source: api-reference/crm/universal/user-defined-fields; other types hold what we have no words for. */
const types: Readonly<Record<string, FieldType>> = {
  ...{ string: "text", string_formatted: "text", integer: "number", double: "number", boolean: "flag" },
  ...{ date: "date", datetime: "moment", enumeration: "select", url: "url", money: "money", address: "address" },
};

function directoryField(field: UserField): DirectoryField[] {
  const type = types[field.type];
  if (type === undefined) return [];
  return [
    {
      ...{ id: codeOf(field), code: codeOf(field), name: field.name },
      type: type === "select" && field.isMultiple ? "multiselect" : type,
      ...(field.options.length > 0 && { options: field.options.map(({ name }) => name) }),
    },
  ];
}

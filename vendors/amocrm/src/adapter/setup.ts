import {
  type Directory,
  type DirectoryField,
  type DirectoryPipeline,
  type FieldType,
  type KeptCopy,
  type Kit,
  keptCopy,
  LoginNeeded,
  type StageKind,
  Unavailable,
} from "@svyazka/core";
import { type Amo, AmoForbidden, AmoNotFound, listed } from "../client.ts";
import { portError } from "../port-errors.ts";
import {
  type CustomField,
  type EntityType,
  entityTypes,
  lost,
  type Pipeline,
  type Source,
  type Status,
  type TaskType,
  type User,
  won,
} from "../protocol.ts";

/** What an account is made of, as the adapter needs it. */
export interface Setup {
  /** The address that the connection was set up with, and the account that was found there. */
  readonly domain: string;
  readonly account: number;
  /** Whose token it is: what we write is theirs. */
  readonly me: number;
  readonly currency: string;
  readonly timeZone: string | undefined;
  readonly users: readonly User[];
  readonly pipelines: readonly Pipeline[];
  readonly fields: Readonly<Record<EntityType, readonly CustomField[]>>;
  readonly taskTypes: readonly TaskType[];
  readonly sources: readonly Source[];
}

/** Reads it when it is wanted, keeps it for a while, for all processes. While amoCRM does not answer, what it was is taken for what it is. */
export const setupOf = (amo: Amo, domain: string, kit: Kit): KeptCopy<Setup> =>
  keptCopy<Setup>({
    ...{ kit, name: "setup" },
    async read() {
      const fresh = { ...(await read(amo)), domain };
      await mustBeSame(kit, fresh.account);
      return fresh;
    },
    isOfThis: (stored) => stored.domain === domain,
    isAway: (error) => portError(error) instanceof Unavailable,
  });

/** What is kept of one account (who is who, what was written) would be wrong of another one. */
async function mustBeSame({ store }: Kit, account: number): Promise<void> {
  const first = await store.get<number>("account", "id");
  if (first === undefined) await store.put("account", "id", account);
  else if (first !== account)
    throw new LoginNeeded(
      `this connection is of the account ${first}, and the address leads to ${account}: add another connection for that one`,
    );
}
export type Setups = KeptCopy<Setup>;

async function read(amo: Amo): Promise<Omit<Setup, "domain">> {
  const info = await amo.account.get(["task_types", "datetime_settings"]);
  const pipelines = await listed(amo.pipelines.all());
  const users = await unlessForbidden(() => listed(amo.users.all({ with: ["phone_number"] })));
  const fields: Partial<Record<EntityType, readonly CustomField[]>> = {};
  for (const of of entityTypes) fields[of] = await listed(amo[of].fields.all());
  return {
    ...{ account: info.id, me: info.current_user_id, currency: info.currency, pipelines, users },
    timeZone: info._embedded?.datetime_settings?.timezone,
    fields: fields as Setup["fields"],
    taskTypes: info._embedded?.task_types ?? [],
    sources: await unlessForbidden(() => listed(amo.sources.all())),
  };
}

/** Users and sources are shown to administrators only: another's token goes without. */
async function unlessForbidden<T>(ask: () => Promise<T[]>): Promise<T[]> {
  try {
    return await ask();
  } catch (error) {
    if ((error instanceof AmoForbidden && error.bannedForSeconds === undefined) || error instanceof AmoNotFound) return [];
    throw error;
  }
}

/** Won and lost have one number in all pipelines: their pipeline is a part of their name. */
export const stageId = ({ id, pipeline_id }: Pick<Status, "id" | "pipeline_id">): string =>
  id === won || id === lost ? `${pipeline_id}:${id}` : String(id);

/** The status that a stage is, with its pipeline. */
export function statusOf({ pipelines }: Setup, stage: string): Status | undefined {
  for (const { _embedded } of pipelines) {
    const found = _embedded.statuses.find((status) => stageId(status) === stage);
    if (found) return found;
  }
  return undefined;
}

export const kindOf = ({ id, type }: Pick<Status, "id" | "type">): StageKind =>
  id === won ? "won" : id === lost ? "lost" : type === 1 ? "incoming" : "open";

export const codeOf = ({ code, id }: CustomField): string => code?.toLowerCase() ?? `field_${id}`;

const types: Readonly<Record<string, FieldType>> = {
  ...{ numeric: "number", monetary: "money", price: "money", checkbox: "flag", date: "date", birthday: "date", date_time: "moment" },
  ...{ select: "select", radiobutton: "select", category: "select", multiselect: "multiselect", url: "url" },
  ...{ streetaddress: "address", smart_address: "object", legal_entity: "object", items: "object", linked_entity: "object" },
  ...{ chained_list: "object", file: "object", payer: "object", supplier: "object" },
};

export function directoryOf(setup: Setup): Directory {
  const fields = (of: EntityType): DirectoryField[] =>
    setup.fields[of].map((field) => ({
      ...{ id: String(field.id), code: codeOf(field), name: field.name, type: types[field.type] ?? "text" },
      ...(field.enums && field.type !== "multitext" && { options: field.enums.map(({ value }) => value) }),
    }));
  return {
    users: setup.users.map(({ id, name, email, phone_number, rights }) => ({
      ...{ id: String(id), name, active: rights.is_active },
      ...(email !== "" && { email: email.toLowerCase() }),
      ...(phone_number && { phone: phone_number }),
    })),
    pipelines: [...setup.pipelines]
      .filter(({ is_archive }) => !is_archive)
      .sort((one, other) => one.sort - other.sort)
      .map(pipelineOf),
    fields: { contact: fields("contacts"), company: fields("companies"), deal: fields("leads") },
    taskTypes: setup.taskTypes.map(({ id, name }) => ({ id: String(id), name })),
    sources: setup.sources.map(({ id, name }) => ({ id: String(id), name })),
  };
}

const pipelineOf = ({ id, name, is_main, _embedded }: Pipeline): DirectoryPipeline => ({
  ...{ id: String(id), name, isDefault: is_main },
  stages: [..._embedded.statuses]
    .sort((one, other) => one.sort - other.sort)
    .map((status) => ({ id: stageId(status), name: status.name, kind: kindOf(status) })),
});

import { Refused } from "@svyazka/core";
import { type AccountAnswer, type Amo, AmoForbidden, AmoNotFound, listed } from "../client.ts";
import {
  type Catalog,
  type CustomField,
  type EntityType,
  entityTypes,
  type Group,
  type LossReason,
  type Pipeline,
  type Source,
  type TagRef,
  type TaskType,
  type User,
} from "../protocol.ts";

/** What an account is made of, all but its records. */
export interface Theirs {
  readonly info: AccountAnswer;
  /** IANA name. */
  readonly timeZone: string;
  readonly groups: readonly Group[];
  readonly users: readonly User[];
  readonly pipelines: readonly Pipeline[];
  readonly lossReasons: readonly LossReason[];
  readonly taskTypes: readonly TaskType[];
  /** Those of our own integration: amoCRM shows no others. */
  readonly sources: readonly Source[];
  readonly fields: Readonly<Record<EntityType, readonly CustomField[]>>;
  readonly tags: Readonly<Record<EntityType, readonly TagRef[]>>;
  /** Lists of goods and the like, with the fields of their elements. */
  readonly catalogs: readonly (Catalog & { readonly fields: readonly CustomField[] })[];
}

/** Throws `Refused` for a token that is not an administrator's: it does not see everything. */
export async function readTheirs(amo: Amo): Promise<Theirs> {
  const info = await amo.account.get(["users_groups", "task_types", "datetime_settings"]);
  const users = await listed(amo.users.all()).catch((error: unknown) => {
    if (error instanceof AmoForbidden) throw new Refused("a move needs the token of an administrator");
    throw error;
  });
  const catalogs: Theirs["catalogs"][number][] = [];
  for (const catalog of await optional(() => listed(amo.catalogs.all())))
    catalogs.push({ ...catalog, fields: await optional(() => listed(amo.catalogs.fields(catalog.id).all())) });
  const { users_groups = [], task_types = [], datetime_settings } = info._embedded ?? {};
  return {
    info,
    timeZone: datetime_settings?.timezone ?? "Europe/Moscow",
    groups: users_groups.filter(({ id }) => id !== 0),
    users,
    pipelines: await listed(amo.pipelines.all()),
    lossReasons: await listed(amo.lossReasons.all()),
    taskTypes: task_types,
    sources: await optional(() => listed(amo.sources.all())),
    fields: await ofEach((of) => listed(amo[of].fields.all())),
    tags: await ofEach((of) => listed(amo[of].tags.all())),
    catalogs,
  };
}

/** Some integrations may not ask for it, and some accounts have none. */
export async function optional<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof AmoForbidden || error instanceof AmoNotFound) return [];
    throw error;
  }
}

export async function ofEach<T>(read: (of: EntityType) => Promise<T>): Promise<Record<EntityType, T>> {
  const all: Partial<Record<EntityType, T>> = {};
  for (const of of entityTypes) all[of] = await read(of);
  return all as Record<EntityType, T>;
}

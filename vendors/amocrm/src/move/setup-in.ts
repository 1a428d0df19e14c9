import { Invalid, type MoveFinding, type MoveKind, type OwnChoices, type OwnUserDraft } from "@svyazka/core";
import { type EntityType, entityTypes, type User } from "../protocol.ts";
import { ownEntity } from "../served/fields.ts";
import { wireTaskType } from "../served/words.ts";
import { catalogsIn } from "./catalogs-in.ts";
import { fieldsIn } from "./fields-in.ts";
import { type Ground, isUntouched, passageIn, said } from "./ground.ts";
import type { IdKind } from "./ids.ts";
import { pipelinesIn } from "./pipelines-in.ts";

/** What an account is made of becomes what our CRM is made of. Answers what was refused. */
export async function setupIn(ground: Ground): Promise<MoveFinding[]> {
  const found: MoveFinding[] = [];
  const { crm, theirs } = ground;
  const { to } = passageIn(ground);
  await giveWay(ground, crm.groups);
  for (const { id, name } of theirs.groups)
    await bring(ground, { kind: "group", idKind: "group", choices: crm.groups, id, draft: { name } }, found);
  await usersIn(ground);
  await pipelinesIn(ground, found);
  await giveWay(ground, crm.lossReasons);
  for (const { id, name, sort } of theirs.lossReasons)
    await bring(
      ground,
      { kind: "loss_reason", idKind: "loss_reason", choices: crm.lossReasons, id, draft: { name, position: sort } },
      found,
    );
  await taskTypesIn(ground, found);
  await giveWay(ground, crm.sources);
  for (const { id, name, external_id, pipeline_id } of theirs.sources)
    await bring(
      ground,
      {
        ...{ kind: "source", idKind: "source", choices: crm.sources, id },
        draft: { name, code: external_id, pipeline: to("pipeline", pipeline_id) },
        isSame: ({ code }) => code === external_id,
      },
      found,
    );
  for (const of of entityTypes) await fieldsIn(ground, of, found);
  for (const of of entityTypes) await tagsIn(ground, of, found);
  await catalogsIn(ground, found);
  return found;
}

interface Row {
  readonly id: number;
  readonly name: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a new workspace has by itself, and nobody has touched, is not theirs. */
export async function giveWay<T extends Row>(
  { began }: Ground,
  choices: Pick<OwnChoices<T, never>, "list" | "remove">,
  isNeeded: (row: T) => boolean = () => false,
): Promise<void> {
  for (const row of await choices.list()) if (isUntouched(row, began) && !isNeeded(row)) await choices.remove(row.id);
}

interface Brought<T extends Row, Draft> {
  readonly kind: MoveKind;
  readonly idKind: IdKind;
  readonly choices: OwnChoices<T, Draft>;
  /** Of theirs. */
  readonly id: number;
  readonly draft: Draft & { readonly name: string };
  /** Whether one that is here already is meant by it, whatever its id. */
  readonly isSame?: (row: T) => boolean;
  /** The number that programs see of it. */
  readonly shownId?: (row: T) => number;
}

/** One entry of a short list: as it is there, under its id, or beside it when something else has that here. */
async function bring<T extends Row, Draft extends object>(
  { ids }: Ground,
  { kind, idKind, choices, id, draft, isSame = () => false, shownId = (row) => row.id }: Brought<T, Draft>,
  found: MoveFinding[],
): Promise<void> {
  const here = await choices.list();
  const known = ids.get(idKind, id);
  const row =
    known === undefined
      ? (here.find((one) => one.id === id && one.name === draft.name) ?? here.find(isSame))
      : here.find((one) => shownId(one) === known);
  try {
    const kept = row ? await choices.update(row.id, draft as Partial<Omit<Draft, "id">>) : await create(choices, id, draft);
    await ids.keep(idKind, [[id, shownId(kept)]]);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    found.push({ what: "refused", kind, id: String(id), words: said(error.message) });
  }
}

/** With the id it has there, unless that is taken. */
async function create<T extends Row, Draft extends object>(choices: OwnChoices<T, Draft>, id: number, draft: Draft): Promise<T> {
  try {
    return await choices.create({ ...draft, id });
  } catch (error) {
    if (error instanceof Invalid && "id" in error.fields) return choices.create(draft);
    throw error;
  }
}

/** By their e-mails those who are here already; the rest cannot sign in before they are invited. */
async function usersIn({ crm, theirs, ids }: Ground): Promise<void> {
  const here = await crm.users.list();
  for (const user of theirs.users) {
    const email = (user.email ?? "").toLowerCase();
    const known = ids.get("user", user.id);
    const row =
      here.find(({ id }) => id === known) ??
      here.find((one) => email !== "" && one.email?.toLowerCase() === email) ??
      here.find(({ id, name }) => id === user.id && name === user.name);
    const kept =
      row ??
      (await create(
        crm.users,
        user.id,
        userDraft(user, (group) => ids.get("group", group) ?? group),
      ));
    await ids.keep("user", [[user.id, kept.id]]);
  }
}

function userDraft({ id, name, email, lang, rights }: User, group: (id: number) => number): OwnUserDraft & { readonly name: string } {
  const { view, edit } = rights.leads ?? { view: "A", edit: "A" };
  return {
    name: name || email || `№ ${id}`,
    email: email || null,
    role: rights.is_admin ? "administrator" : edit === "D" ? "read-only" : "manager",
    recordAccess: view === "A" ? "all" : view === "G" ? "group" : "own",
    group: rights.group_id ? group(rights.group_id) : null,
    active: rights.is_active,
    language: lang || "ru",
  };
}

/** Calls and meetings are the same two everywhere. */
async function taskTypesIn(ground: Ground, found: MoveFinding[]): Promise<void> {
  const { crm, theirs } = ground;
  const codes: Readonly<Record<number, string>> = { 1: "call", 2: "meeting" };
  await giveWay(ground, crm.taskTypes, ({ code }) => code === "call" || code === "meeting");
  for (const { id, name, color, code } of theirs.taskTypes) {
    const own = codes[id] ?? code?.toLowerCase();
    await bring(
      ground,
      {
        ...{ kind: "task_type", idKind: "task_type", choices: crm.taskTypes, id, shownId: wireTaskType },
        draft: { name, colour: color || null, ...(own && { code: own }) },
        isSame: (row) => wireTaskType(row) === id || (own !== undefined && row.code === own),
      },
      found,
    );
  }
}

async function tagsIn({ crm, theirs, ids }: Ground, of: EntityType, found: MoveFinding[]): Promise<void> {
  const entity = ownEntity[of];
  const pairs: [number, number][] = [];
  for (const { id, name, color } of theirs.tags[of]) {
    const draft = { entity, name, ...(color && { colour: color }) };
    try {
      const tag = await crm.tags.create({ ...draft, id }).catch((error: unknown) => {
        if (error instanceof Invalid && "id" in error.fields) return crm.tags.create(draft);
        throw error;
      });
      pairs.push([id, tag.id]);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      found.push({ what: "refused", kind: "tag", id: String(id), there: name, words: said(error.message) });
    }
  }
  await ids.keep(`${of}_tag`, pairs);
}

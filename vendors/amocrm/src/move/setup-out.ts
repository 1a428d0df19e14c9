import type { MoveFinding } from "@svyazka/core";
import { colours } from "../api/pipelines.ts";
import { tagColours } from "../api/tags.ts";
import { AmoForbidden, AmoInvalid, AmoNotFound } from "../client.ts";
import { type EntityType, entityTypes, lost, type Pipeline, type Status, won } from "../protocol.ts";
import { catalogsOut } from "./catalogs-out.ts";
import { fieldsOut } from "./fields-out.ts";
import { type Here, readHere } from "./here.ts";
import { type OutGround, tie } from "./out-ground.ts";
import { sourceName } from "./source-name.ts";

/** What our CRM is made of, made there: what is there already under the same name is taken, and what the API cannot make is told by the comparison. */
export async function setupOut(ground: OutGround): Promise<MoveFinding[]> {
  const found: MoveFinding[] = [];
  const here = await readHere(ground.crm, ground.workspace, ground.kit);
  await peopleOut(ground, here);
  await pipelinesOut(ground, await here.account.pipelines(), found);
  await namesOut(ground, here);
  await sourcesOut(ground, found);
  for (const of of entityTypes) {
    const there = { fields: ground.theirs.fields[of], client: ground.amo[of].fields };
    await fieldsOut(ground, there, await here.account.fields(of), found);
  }
  for (const of of entityTypes) await tagsOut(ground, of, here, found);
  await catalogsOut(ground, here, found);
  return found;
}

const same = (one: string | null | undefined, other: string | null | undefined): boolean =>
  (one ?? "") !== "" && (one ?? "").trim().toLowerCase() === (other ?? "").trim().toLowerCase();

/** Whoever is not there by their e-mail is stood for by whose token it is. */
async function peopleOut(ground: OutGround, { account }: Here): Promise<void> {
  const { theirs } = ground;
  const ours = await account.users();
  const pairs = ours.flatMap((user): [number, number][] => {
    const there = theirs.users.find(({ email }) => same(email, user.email));
    return there ? [[user.id, there.id]] : [];
  });
  const known = new Set(pairs.map(([id]) => id));
  await ground.out.keep(
    "user",
    ours.filter(({ id }) => !known.has(id)).map(({ id }) => [id, theirs.info.current_user_id] as const),
  );
  await tie(ground, "user", pairs);
  const groups = await account.groups();
  await tie(
    ground,
    "group",
    matched(
      groups.filter(({ id }) => id !== 0),
      theirs.groups,
      (one, other) => same(one.name, other.name),
    ),
  );
}

/** What amoCRM lets nobody make is found by its name. */
async function namesOut(ground: OutGround, { account }: Here): Promise<void> {
  const { theirs } = ground;
  await tie(
    ground,
    "loss_reason",
    matched(await account.lossReasons(), theirs.lossReasons, (one, other) => same(one.name, other.name)),
  );
  await tie(
    ground,
    "task_type",
    matched(await account.taskTypes(), theirs.taskTypes, (one, other) =>
      one.id <= 2 ? one.id === other.id : other.id > 2 && (same(one.code, other.code) || same(one.name, other.name)),
    ),
  );
}

function matched<T extends { readonly id: number }>(
  ours: readonly T[],
  theirs: readonly T[],
  isSame: (one: T, other: T) => boolean,
): [number, number][] {
  const left = [...theirs];
  return ours.flatMap((one): [number, number][] => {
    const place = left.findIndex((other) => isSame(one, other));
    const [other] = place < 0 ? [] : left.splice(place, 1);
    return other ? [[one.id, other.id]] : [];
  });
}

const isEnd = ({ id }: Pick<Status, "id">): boolean => id === won || id === lost;
/** Others may be there, and cannot be chosen. */
const colourOf = (color: string): { readonly color?: string } =>
  colours.includes(color.toLowerCase()) ? { color: color.toLowerCase() } : {};

async function pipelinesOut(ground: OutGround, ours: readonly Pipeline[], found: MoveFinding[]): Promise<void> {
  const { amo, theirs, out } = ground;
  const left = [...theirs.pipelines];
  const take = (isSame: (one: Pipeline) => boolean): Pipeline | undefined => {
    const place = left.findIndex(isSame);
    return place < 0 ? undefined : left.splice(place, 1)[0];
  };
  const inOrder = [...ours].sort((one, other) => Number(other.is_main) - Number(one.is_main));
  for (const pipeline of inOrder) {
    const known = out.get("pipeline", pipeline.id);
    const there =
      take(({ id }) => id === known) ?? take(({ name, is_main }) => (pipeline.is_main ? is_main : !is_main && same(name, pipeline.name)));
    const { name, sort, is_main, is_unsorted_on } = pipeline;
    const made = there
      ? await amo.pipelines.update(there.id, { name, sort, is_main, is_unsorted_on }).then(() => there)
      : await amo.pipelines.create({
          name,
          sort,
          is_main,
          is_unsorted_on,
          _embedded: { statuses: pipeline._embedded.statuses.filter(({ type }) => type === 0).map(statusDraft) },
        });
    await tie(ground, "pipeline", [[pipeline.id, made.id]]);
    await statusesOut(ground, pipeline, made.id, found);
  }
}

const statusDraft = (status: Status) => ({
  ...(isEnd(status) && { id: status.id }),
  name: status.name,
  ...(!isEnd(status) && { sort: status.sort, ...colourOf(status.color) }),
});

/** Those of the same name are the same; the account was empty, so that the rest may go. */
async function statusesOut(ground: OutGround, { _embedded }: Pipeline, there: number, found: MoveFinding[]): Promise<void> {
  const { amo, out } = ground;
  const statuses = amo.pipelines.statuses(there);
  const { _embedded: now } = await amo.pipelines.get(there);
  const left = now.statuses.filter((status) => !isEnd(status));
  for (const status of _embedded.statuses) {
    if (isEnd(status)) {
      if (now.statuses.find(({ id }) => id === status.id)?.name !== status.name) await statuses.update(status.id, { name: status.name });
      continue;
    }
    const known = out.get("status", status.id);
    const place = left.findIndex(({ id, name, type }) => id === known || (type === status.type && (type === 1 || same(name, status.name))));
    const [own] = place < 0 ? [] : left.splice(place, 1);
    const draft = {
      name: status.name,
      sort: status.sort,
      ...(own?.color.toLowerCase() !== status.color.toLowerCase() && colourOf(status.color)),
    };
    if (own && status.type === 0 && (own.name !== status.name || own.sort !== status.sort || draft.color))
      await statuses.update(own.id, draft);
    const made = own ?? (status.type === 0 ? await statuses.create(draft) : undefined);
    if (made) await tie(ground, "status", [[status.id, made.id]]);
  }
  for (const { id, name, type } of left)
    if (type === 0) await quietly(() => statuses.remove(id), found, { what: "refused", kind: "stage", id: String(id), there: name });
}

async function quietly(work: () => Promise<unknown>, found: MoveFinding[], finding: MoveFinding): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AmoInvalid || error instanceof AmoForbidden || error instanceof AmoNotFound)) throw error;
    found.push({ ...finding, words: { ru: error.message, en: error.message } });
  }
}

async function sourcesOut(ground: OutGround, found: MoveFinding[]): Promise<void> {
  const { amo, crm, theirs, out } = ground;
  for (const { id, name, code, pipeline } of await crm.sources.list()) {
    const external_id = sourceName(id, code);
    const known = theirs.sources.find((one) => one.external_id === external_id);
    const place = pipeline === null ? undefined : out.get("pipeline", pipeline);
    await quietly(
      async () => {
        const made = known ?? (await amo.sources.create({ name, external_id, ...(place !== undefined && { pipeline_id: place }) }));
        await tie(ground, "source", [[id, made.id]]);
      },
      found,
      { what: "refused", kind: "source", id: String(id), here: name },
    );
  }
}

async function tagsOut({ amo }: OutGround, of: EntityType, { account }: Here, found: MoveFinding[]): Promise<void> {
  for (let page = 1, hasMore = true; hasMore; page++) {
    const tags = await account.tags(of, { page, limit: 250 });
    hasMore = tags.hasMore;
    const drafts = tags.items.map(({ name, color }) => ({
      name,
      ...(of === "leads" && color !== null && tagColours.includes(color.toUpperCase()) && { color: color.toUpperCase() }),
    }));
    for (const outcome of await amo[of].tags.createMany(drafts)) {
      if (outcome.isDone) continue;
      if (!(outcome.error instanceof AmoInvalid)) throw outcome.error;
      const { id = 0, name = "" } = tags.items[outcome.index] ?? {};
      found.push({
        what: "refused",
        kind: "tag",
        id: String(id),
        here: name,
        words: { ru: outcome.error.message, en: outcome.error.message },
      });
    }
  }
}

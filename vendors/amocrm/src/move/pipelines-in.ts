import { Invalid, type MoveFinding, type OwnPipeline, type OwnStage, type StageKind } from "@svyazka/core";
import { lost, type Pipeline, type Status, won } from "../protocol.ts";
import { type Ground, isUntouched, said } from "./ground.ts";

/** Pipelines with their statuses, under their ids; the one that a new workspace has gives way. */
export async function pipelinesIn(ground: Ground, found: MoveFinding[]): Promise<void> {
  const { crm, theirs, ids, began } = ground;
  for (const pipeline of theirs.pipelines) {
    const here = await crm.pipelines.list();
    const known = ids.get("pipeline", pipeline.id);
    const row = here.find(({ id, name }) => (known === undefined ? id === pipeline.id && name === pipeline.name : id === known));
    const kept = row ? await change(ground, pipeline, row) : await create(ground, pipeline);
    await ids.keep("pipeline", [[pipeline.id, kept.id]]);
    await ids.keep("status", pairsOf(pipeline, kept, ids.get.bind(ids, "status")));
  }
  for (const row of await crm.pipelines.list())
    if (!row.isDefault && isUntouched(row, { ...began, isEmpty: began.isEmpty && theirs.pipelines.length > 0 }))
      await quietly(() => crm.pipelines.remove(row.id), found, row.id);
}

const kindOf = ({ id, type }: Status): StageKind => (id === won ? "won" : id === lost ? "lost" : type === 1 ? "incoming" : "open");

/** Ours have an id of their own for each end, and always a stage for work. */
function draftOf(pipeline: Pipeline, withIds: boolean) {
  const statuses = pipeline._embedded.statuses.map((status) => {
    const kind = kindOf(status);
    const isEnd = kind === "won" || kind === "lost";
    return {
      ...{ name: status.name, kind, colour: status.color || null, position: status.sort },
      ...(withIds && !isEnd && { id: status.id }),
    };
  });
  const has = (kind: StageKind) => statuses.some((one) => one.kind === kind);
  return {
    ...(withIds && { id: pipeline.id }),
    ...{ name: pipeline.name, position: pipeline.sort, isDefault: pipeline.is_main },
    stages: [
      ...statuses,
      ...(has("open") ? [] : [{ name: "Первичный контакт", kind: "open" as const, colour: null, position: 20 }]),
      ...(has("won") ? [] : [{ name: "Успешно реализовано", kind: "won" as const, colour: null, position: 10_000 }]),
      ...(has("lost") ? [] : [{ name: "Закрыто и не реализовано", kind: "lost" as const, colour: null, position: 11_000 }]),
    ],
  };
}

async function create({ crm }: Ground, pipeline: Pipeline): Promise<OwnPipeline> {
  try {
    return await crm.pipelines.create(draftOf(pipeline, true));
  } catch (error) {
    // One of its ids is taken: then it is told by the comparison, which knows whose is whose.
    if (error instanceof Invalid && ("id" in error.fields || "stages" in error.fields))
      return crm.pipelines.create(draftOf(pipeline, false));
    throw error;
  }
}

async function change({ crm, ids }: Ground, pipeline: Pipeline, row: OwnPipeline): Promise<OwnPipeline> {
  const { name, position, isDefault } = draftOf(pipeline, true);
  await crm.pipelines.update(row.id, { name, position, ...(isDefault && { isDefault }) });
  for (const status of pipeline._embedded.statuses) {
    const kind = kindOf(status);
    const isEnd = kind === "won" || kind === "lost";
    const known = ids.get("status", status.id) ?? status.id;
    const stage = row.stages.find((one) => (isEnd ? one.kind === kind : one.id === known));
    const draft = { name: status.name, colour: status.color || null, position: status.sort };
    if (stage) await crm.pipelines.updateStage(row.id, stage.id, draft);
    else await crm.pipelines.createStage(row.id, { ...draft, kind, id: status.id });
  }
  const [kept] = (await crm.pipelines.list()).filter(({ id }) => id === row.id);
  return kept ?? row;
}

/** By their ids, or when those were taken, by their order. */
function pairsOf(pipeline: Pipeline, kept: OwnPipeline, known: (id: number) => number | undefined): [number, number][] {
  const left = new Map<StageKind, OwnStage[]>();
  for (const stage of kept.stages) left.set(stage.kind, [...(left.get(stage.kind) ?? []), stage]);
  return [...pipeline._embedded.statuses]
    .sort((one, other) => one.sort - other.sort)
    .flatMap((status): [number, number][] => {
      const kind = kindOf(status);
      if (kind === "won" || kind === "lost") return [];
      const own = kept.stages.find(({ id }) => id === (known(status.id) ?? status.id)) ?? left.get(kind)?.[0];
      left.set(
        kind,
        (left.get(kind) ?? []).filter((one) => one !== own),
      );
      return own ? [[status.id, own.id]] : [];
    });
}

async function quietly(work: () => Promise<void>, found: MoveFinding[], id: number): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    found.push({ what: "refused", kind: "pipeline", id: String(id), words: said(error.message) });
  }
}

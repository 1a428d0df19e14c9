import type {
  OwnPipeline as Pipeline,
  OwnPipelineChanges as PipelineChanges,
  OwnPipelineDraft as PipelineDraft,
  OwnStage as Stage,
  OwnStageChanges as StageChanges,
  OwnStageDraft as StageDraft,
  StageKind,
} from "@svyazka/core";
import { idFor } from "./brought-id.ts";
import { directoryChanged } from "./directory-changed.ts";
import { Invalid, NotFound } from "./errors.ts";
import type { Sql } from "./sql.ts";
import { once } from "./written.ts";

/** As they are lent to vendors, too: see core. */
export type { Pipeline, PipelineChanges, PipelineDraft, Stage, StageChanges, StageDraft };

const stageColumns = "s.id, s.pipeline, s.name, s.kind, s.colour, s.position";

/** In order, with their stages. */
export const listPipelines = (sql: Sql, id?: number): Promise<Pipeline[]> =>
  sql.query<Pipeline>({
    text: `select p.id, p.name, p.colour, p.position, p.is_default as "isDefault", p.created_at as "createdAt", p.updated_at as "updatedAt",
      coalesce((select jsonb_agg(to_jsonb(s) order by s.rank, s.position, s.id) from (select ${stageColumns}, s.rank from crm.stage s
        where s.workspace = p.workspace and s.pipeline = p.id and s.deleted_at is null) s), '[]') as stages
      from crm.pipeline p where p.workspace = $1 and ($2::bigint is null or p.id = $2) and p.deleted_at is null order by p.position, p.id`,
    values: [sql.workspace, id ?? null],
  });

/** Throws `NotFound`. */
export async function getPipeline(sql: Sql, id: number): Promise<Pipeline> {
  const [pipeline] = await listPipelines(sql, id);
  if (!pipeline) throw new NotFound("pipeline", id);
  return pipeline;
}

/** Throws `Invalid` unless its stages make a pipeline: see `Stage`; also for an id that is taken. The first one of a workspace becomes the default. */
export async function createPipeline(sql: Sql, draft: PipelineDraft, key?: string): Promise<Pipeline> {
  const problem = stagesProblem(draft.stages.map((stage) => stage.kind ?? "open"));
  if (problem) throw new Invalid({ stages: [problem] });
  const id = await once(sql, "pipeline", { key }, async (sql) => {
    const pipeline = await idFor(sql, "pipeline", draft.id);
    if (draft.isDefault) await noDefault(sql);
    await sql.query({
      text: `insert into crm.pipeline (workspace, id, name, colour, position, is_default)
        values ($1, $6, $2, $3, $4, $5 or not exists (select from crm.pipeline where workspace = $1 and is_default))`,
      values: [sql.workspace, draft.name, draft.colour ?? null, draft.position ?? 0, draft.isDefault ?? false, pipeline],
    });
    for (const [index, stage] of draft.stages.entries())
      await insertStage(sql, pipeline, { ...stage, position: stage.position ?? (index + 1) * 10 });
    await directoryChanged(sql);
    return pipeline;
  });
  return getPipeline(sql, id);
}

/** Changes only what is given. `isDefault` can be given, not taken: make another one the default. */
export const updatePipeline = (sql: Sql, id: number, changes: PipelineChanges): Promise<Pipeline> =>
  sql.transaction(async (sql) => {
    const pipeline = await getPipeline(sql, id);
    if (changes.isDefault === false && pipeline.isDefault)
      throw new Invalid({ is_default: ["make another pipeline the default one instead"] });
    if (changes.isDefault && !pipeline.isDefault) await noDefault(sql);
    await sql.query({
      text: `update crm.pipeline set name = coalesce($3, name), colour = case when $4 then $5 else colour end, position = coalesce($6, position),
        is_default = is_default or $7, updated_at = statement_timestamp() where workspace = $1 and id = $2`,
      values: [
        sql.workspace,
        id,
        changes.name ?? null,
        changes.colour !== undefined,
        changes.colour ?? null,
        changes.position ?? null,
        changes.isDefault ?? false,
      ],
    });
    await directoryChanged(sql);
    return getPipeline(sql, id);
  });

/** Throws `Invalid` for the default pipeline, and for one with deals in it. */
export const deletePipeline = (sql: Sql, id: number): Promise<void> =>
  sql.transaction(async (sql) => {
    const pipeline = await getPipeline(sql, id);
    if (pipeline.isDefault) throw new Invalid({ id: ["this is the default pipeline: make another one the default first"] });
    await lockStages(sql, id);
    await mustBeEmpty(sql, "pipeline", id);
    await sql.query({
      text: "update crm.stage set deleted_at = statement_timestamp() where workspace = $1 and pipeline = $2",
      values: [sql.workspace, id],
    });
    await sql.query({
      text: "update crm.pipeline set deleted_at = statement_timestamp() where workspace = $1 and id = $2",
      values: [sql.workspace, id],
    });
    await directoryChanged(sql);
  });

/** Throws `NotFound` for the pipeline, `Invalid` when it may not have a second stage of that kind. */
export async function createStage(sql: Sql, pipeline: number, draft: StageDraft, key?: string): Promise<Stage> {
  const id = await once(sql, "stage", { key }, async (sql) => {
    const { stages } = await getPipeline(sql, pipeline);
    if ((draft.kind ?? "open") !== "open" && stages.some((stage) => stage.kind === draft.kind))
      throw new Invalid({ kind: [`this pipeline has its ${draft.kind} stage`] });
    const last = Math.max(0, ...stages.filter((stage) => stage.kind === "open").map((stage) => stage.position));
    const made = await insertStage(sql, pipeline, { ...draft, position: draft.position ?? last + 10 });
    await directoryChanged(sql);
    return made;
  });
  return getStage(sql, pipeline, id);
}

/** Throws `NotFound`. */
export async function getStage(sql: Sql, pipeline: number, id: number): Promise<Stage> {
  const [stage] = await sql.query<Stage>({
    text: `select ${stageColumns} from crm.stage s where s.workspace = $1 and s.pipeline = $2 and s.id = $3 and s.deleted_at is null`,
    values: [sql.workspace, pipeline, id],
  });
  if (!stage) throw new NotFound("stage", id);
  return stage;
}

/** Changes only what is given. Throws `NotFound`. */
export const updateStage = (sql: Sql, pipeline: number, id: number, changes: StageChanges): Promise<Stage> =>
  sql.transaction(async (sql) => {
    await getStage(sql, pipeline, id);
    await sql.query({
      text: `update crm.stage set name = coalesce($3, name), colour = case when $4 then $5 else colour end, position = coalesce($6, position),
        updated_at = statement_timestamp() where workspace = $1 and id = $2`,
      values: [sql.workspace, id, changes.name ?? null, changes.colour !== undefined, changes.colour ?? null, changes.position ?? null],
    });
    await directoryChanged(sql);
    return getStage(sql, pipeline, id);
  });

/** Throws `Invalid` when there are deals in it, or the pipeline cannot be without it. */
export const deleteStage = (sql: Sql, pipeline: number, id: number): Promise<void> =>
  sql.transaction(async (sql) => {
    const stage = await getStage(sql, pipeline, id);
    await lockStages(sql, pipeline);
    const { stages } = await getPipeline(sql, pipeline);
    const problem = stagesProblem(stages.filter((other) => other.id !== stage.id).map((other) => other.kind));
    if (problem) throw new Invalid({ id: [problem] });
    await mustBeEmpty(sql, "stage", id);
    await sql.query({
      text: "update crm.stage set deleted_at = statement_timestamp() where workspace = $1 and id = $2",
      values: [sql.workspace, id],
    });
    await directoryChanged(sql);
  });

/** A deal on its way into one of them holds this lock by its foreign key: wait until it is to be seen. */
const lockStages = (sql: Sql, pipeline: number) =>
  sql.query({ text: "select from crm.stage where workspace = $1 and pipeline = $2 for update", values: [sql.workspace, pipeline] });

async function mustBeEmpty(sql: Sql, column: "pipeline" | "stage", id: number): Promise<void> {
  const rows = await sql.query({
    text: `select from crm.deal where workspace = $1 and ${column} = $2 and deleted_at is null limit 1`,
    values: [sql.workspace, id],
  });
  if (rows.length > 0) throw new Invalid({ id: ["there are deals in it: move them first"] });
}

function stagesProblem(kinds: readonly StageKind[]): string | undefined {
  const count = (kind: StageKind) => kinds.filter((other) => other === kind).length;
  if (count("won") !== 1 || count("lost") !== 1) return "a pipeline has one stage of kind won and one of kind lost";
  if (count("incoming") > 1) return "a pipeline has at most one stage of kind incoming";
  return count("open") === 0 ? "a pipeline has at least one stage of kind open" : undefined;
}

async function insertStage(sql: Sql, pipeline: number, stage: StageDraft): Promise<number> {
  const id = await idFor(sql, "stage", stage.id, "stages");
  await sql.query({
    text: "insert into crm.stage (workspace, id, pipeline, name, kind, colour, position) values ($1, $7, $2, $3, $4, $5, $6)",
    values: [sql.workspace, pipeline, stage.name, stage.kind ?? "open", stage.colour ?? null, stage.position ?? 0, id],
  });
  return id;
}

const noDefault = (sql: Sql) =>
  sql.query({ text: "update crm.pipeline set is_default = false where workspace = $1 and is_default", values: [sql.workspace] });

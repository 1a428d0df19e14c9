import * as contract from "@svyazka/contract";
import * as crm from "@svyazka/crm";
import { type Implementation, implement } from "../implement.ts";
import { keyOf, wholeList } from "./requests.ts";

const writeStage = ({ id, pipeline, name, kind, colour, position }: crm.Stage): contract.StageShape => ({
  id,
  pipeline,
  name,
  kind,
  colour,
  position,
});

const writePipeline = (pipeline: crm.Pipeline): contract.PipelineShape => ({
  id: pipeline.id,
  name: pipeline.name,
  colour: pipeline.colour,
  position: pipeline.position,
  is_default: pipeline.isDefault,
  stages: pipeline.stages.map(writeStage),
  created_at: pipeline.createdAt.toISOString(),
  updated_at: pipeline.updatedAt.toISOString(),
});

const writeField = ({ createdAt, updatedAt, options, ...field }: crm.Field): contract.FieldShape => ({
  ...field,
  options: options.map((option) => ({ ...option })),
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
});

const keyed = (idempotencyKey: string | undefined): [key?: string] => (idempotencyKey === undefined ? [] : [keyOf(idempotencyKey)]);

export const setupRoutes: readonly Implementation[] = [
  implement(contract.listPipelines, async ({ sql }) => wholeList(await crm.listPipelines(sql), writePipeline)),
  implement(contract.getPipeline, async ({ params, sql }) => writePipeline(await crm.getPipeline(sql, params.id))),
  implement(contract.createPipeline, async ({ body: { is_default, ...body }, sql, idempotencyKey }) =>
    writePipeline(await crm.createPipeline(sql, { ...body, isDefault: is_default }, ...keyed(idempotencyKey))),
  ),
  implement(contract.updatePipeline, async ({ params, body: { is_default, ...body }, sql }) =>
    writePipeline(await crm.updatePipeline(sql, params.id, { ...body, isDefault: is_default })),
  ),
  implement(contract.deletePipeline, async ({ params, sql }) => crm.deletePipeline(sql, params.id) as Promise<undefined>),

  implement(contract.listStages, async ({ params, sql }) => wholeList((await crm.getPipeline(sql, params.id)).stages, writeStage)),
  implement(contract.createStage, async ({ params, body, sql, idempotencyKey }) =>
    writeStage(await crm.createStage(sql, params.id, body, ...keyed(idempotencyKey))),
  ),
  implement(contract.updateStage, async ({ params, body, sql }) => writeStage(await crm.updateStage(sql, params.id, params.stage, body))),
  implement(contract.deleteStage, async ({ params, sql }) => crm.deleteStage(sql, params.id, params.stage) as Promise<undefined>),

  implement(contract.listFields, async ({ query, sql }) => wholeList(await crm.fieldsOf(sql, query.entity), writeField)),
  implement(contract.getField, async ({ params, sql }) => writeField(await crm.getField(sql, params.id))),
  implement(contract.createField, async ({ body, sql, idempotencyKey }) =>
    writeField(await crm.createField(sql, body, ...keyed(idempotencyKey))),
  ),
  implement(contract.updateField, async ({ params, body, sql }) => writeField(await crm.updateField(sql, params.id, body))),
  implement(contract.deleteField, async ({ params, sql }) => crm.deleteField(sql, params.id) as Promise<undefined>),
];

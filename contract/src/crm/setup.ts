import { type Static, type TProperties, Type } from "typebox";
import { ById, Moment, Nullable, Page, pageQuery, route } from "../route.ts";
import { Body, Code, Colour, Entity, FieldType, Id, Name, Position, Query } from "./shapes.ts";

/** What a CRM is made of: pipelines, custom fields, and the short lists that records choose from. */

const tag = "CRM settings";
const Title = Type.String({ minLength: 1, maxLength: 500 });
const choice = { id: Type.Integer(), name: Type.String(), position: Type.Integer(), created_at: Moment, updated_at: Moment };

/** The five routes of one short list. Their ids come from its nouns: `listSources`, `getSource`, `createSource`, … */
const choiceRoutes = <
  P extends string,
  One extends string,
  Many extends string,
  Shape extends TProperties,
  Draft extends TProperties,
  Filter extends TProperties,
>(
  path: P,
  [one, many]: readonly [One, Many],
  shape: Shape,
  draft: Draft,
  filter: Filter,
) => {
  const Item = Type.Object({ ...choice, ...shape });
  const title = one.replace(/([A-Z])/g, " $1").toLowerCase();
  const base = { tag } as const;
  return {
    list: route({
      ...base,
      id: `list${many}` as const,
      method: "GET",
      path,
      scope: "crm:read",
      summary: `Each ${title.trim()}, by position`,
      query: Query({ ...pageQuery, ...filter }),
      answer: Page(Item),
    }),
    get: route({
      ...base,
      id: `get${one}` as const,
      method: "GET",
      path: `${path}/:id` as const,
      scope: "crm:read",
      summary: `One${title}`,
      params: ById,
      answer: Item,
    }),
    create: route({
      ...base,
      id: `create${one}` as const,
      method: "POST",
      path,
      scope: "crm:setup",
      summary: `Make a${title}`,
      body: Body({ name: Title, position: Type.Optional(Position), ...draft }),
      answer: Item,
      status: 201,
    }),
    update: route({
      ...base,
      id: `update${one}` as const,
      method: "PATCH",
      path: `${path}/:id` as const,
      scope: "crm:setup",
      summary: `Change a${title}: only what is given`,
      params: ById,
      body: Body({ name: Type.Optional(Title), position: Type.Optional(Position), ...draft }),
      answer: Item,
    }),
    delete: route({
      ...base,
      id: `delete${one}` as const,
      method: "DELETE",
      path: `${path}/:id` as const,
      scope: "crm:setup",
      summary: `Delete a${title}`,
      params: ById,
    }),
  };
};

export const groupRoutes = choiceRoutes("/groups", ["Group", "Groups"], {}, {}, {});
export const lossReasonRoutes = choiceRoutes("/loss-reasons", ["LossReason", "LossReasons"], {}, {}, {});
export const sourceRoutes = choiceRoutes(
  "/sources",
  ["Source", "Sources"],
  { code: Nullable(Type.String()), pipeline: Nullable(Type.Integer({ description: "Where its deals start" })) },
  { code: Type.Optional(Nullable(Code)), pipeline: Type.Optional(Nullable(Id)) },
  { code: Type.Optional(Code) },
);
export const taskTypeRoutes = choiceRoutes(
  "/task-types",
  ["TaskType", "TaskTypes"],
  { code: Nullable(Type.String()), colour: Nullable(Type.String()) },
  { code: Type.Optional(Nullable(Code)), colour: Type.Optional(Nullable(Colour)) },
  { code: Type.Optional(Code) },
);
const tagRoutesOf = choiceRoutes(
  "/tags",
  ["Tag", "Tags"],
  { entity: Entity, colour: Nullable(Type.String()) },
  { colour: Type.Optional(Nullable(Colour)) },
  { entity: Type.Optional(Entity), name: Type.Optional(Name) },
);
export const tagRoutes = {
  ...tagRoutesOf,
  // Whoever names a new tag on a record makes it, too.
  create: route({ ...tagRoutesOf.create, scope: "crm:write", body: Body({ ...tagRoutesOf.create.body.properties, entity: Entity }) }),
};

export const Stage = Type.Object({
  id: Type.Integer(),
  pipeline: Type.Integer(),
  name: Type.String(),
  kind: Type.Enum(["incoming", "open", "won", "lost"]),
  colour: Nullable(Type.String()),
  position: Type.Integer(),
});
export type StageShape = Static<typeof Stage>;
export const Pipeline = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  colour: Nullable(Type.String()),
  position: Type.Integer(),
  is_default: Type.Boolean(),
  stages: Type.Array(Stage, { description: "In order" }),
  created_at: Moment,
  updated_at: Moment,
});
export type PipelineShape = Static<typeof Pipeline>;

const stageFields = { colour: Type.Optional(Nullable(Colour)), position: Type.Optional(Position) };
const StageDraft = Body({ name: Title, kind: Type.Optional(Type.Enum(["incoming", "open", "won", "lost"])), ...stageFields });
const pipelineFields = {
  colour: Type.Optional(Nullable(Colour)),
  position: Type.Optional(Position),
  is_default: Type.Optional(Type.Boolean()),
};

export const listPipelines = route({
  id: "listPipelines",
  method: "GET",
  path: "/pipelines",
  scope: "crm:read",
  tag,
  summary: "Pipelines in order, with their stages",
  query: Query({}),
  answer: Page(Pipeline),
});
export const getPipeline = route({
  id: "getPipeline",
  method: "GET",
  path: "/pipelines/:id",
  scope: "crm:read",
  tag,
  summary: "One pipeline",
  params: ById,
  answer: Pipeline,
});
export const createPipeline = route({
  id: "createPipeline",
  method: "POST",
  path: "/pipelines",
  scope: "crm:setup",
  tag,
  summary: "Make a pipeline with its stages: one to win, one to lose, at most one incoming, and at least one open",
  body: Body({ name: Title, ...pipelineFields, stages: Type.Array(StageDraft, { minItems: 3, maxItems: 100 }) }),
  answer: Pipeline,
  status: 201,
});
export const updatePipeline = route({
  id: "updatePipeline",
  method: "PATCH",
  path: "/pipelines/:id",
  scope: "crm:setup",
  tag,
  summary: "Change a pipeline: only what is given",
  params: ById,
  body: Body({ name: Type.Optional(Title), ...pipelineFields }),
  answer: Pipeline,
});
export const deletePipeline = route({
  id: "deletePipeline",
  method: "DELETE",
  path: "/pipelines/:id",
  scope: "crm:setup",
  tag,
  summary: "Delete a pipeline with no deals in it",
  params: ById,
});

const StageParams = Type.Object({ ...ById.properties, stage: Id });
export const listStages = route({
  id: "listStages",
  method: "GET",
  path: "/pipelines/:id/stages",
  scope: "crm:read",
  tag,
  summary: "The stages of a pipeline, in order",
  params: ById,
  query: Query({}),
  answer: Page(Stage),
});
export const createStage = route({
  id: "createStage",
  method: "POST",
  path: "/pipelines/:id/stages",
  scope: "crm:setup",
  tag,
  summary: "Add a stage",
  params: ById,
  body: StageDraft,
  answer: Stage,
  status: 201,
});
export const updateStage = route({
  id: "updateStage",
  method: "PATCH",
  path: "/pipelines/:id/stages/:stage",
  scope: "crm:setup",
  tag,
  summary: "Change a stage: only what is given; its kind stays",
  params: StageParams,
  body: Body({ name: Type.Optional(Title), ...stageFields }),
  answer: Stage,
});
export const deleteStage = route({
  id: "deleteStage",
  method: "DELETE",
  path: "/pipelines/:id/stages/:stage",
  scope: "crm:setup",
  tag,
  summary: "Delete a stage with no deals in it",
  params: StageParams,
});

export const Field = Type.Object({
  id: Type.Integer(),
  entity: Entity,
  code: Type.String(),
  name: Type.String(),
  type: FieldType,
  position: Type.Integer(),
  options: Type.Array(Type.Object({ id: Type.Integer(), value: Type.String(), code: Nullable(Type.String()) })),
  created_at: Moment,
  updated_at: Moment,
});
export type FieldShape = Static<typeof Field>;
const fieldFields = {
  code: Type.Optional(Code),
  position: Type.Optional(Position),
  options: Type.Optional(
    Type.Array(Body({ id: Type.Optional(Id), value: Title, code: Type.Optional(Nullable(Code)) }), {
      maxItems: 1000,
      description: "Of a select or multiselect: the whole list, in order. With `id`, an option there is",
    }),
  ),
};

export const listFields = route({
  id: "listFields",
  method: "GET",
  path: "/fields",
  scope: "crm:read",
  tag,
  summary: "Custom fields, by position",
  query: Query({ entity: Type.Optional(Entity) }),
  answer: Page(Field),
});
export const getField = route({
  id: "getField",
  method: "GET",
  path: "/fields/:id",
  scope: "crm:read",
  tag,
  summary: "One custom field",
  params: ById,
  answer: Field,
});
export const createField = route({
  id: "createField",
  method: "POST",
  path: "/fields",
  scope: "crm:setup",
  tag,
  summary: "Make a custom field",
  body: Body({ entity: Entity, name: Title, type: FieldType, ...fieldFields }),
  answer: Field,
  status: 201,
});
export const updateField = route({
  id: "updateField",
  method: "PATCH",
  path: "/fields/:id",
  scope: "crm:setup",
  tag,
  summary: "Change a custom field: only what is given; its type stays",
  params: ById,
  body: Body({ name: Type.Optional(Title), ...fieldFields }),
  answer: Field,
});
export const deleteField = route({
  id: "deleteField",
  method: "DELETE",
  path: "/fields/:id",
  scope: "crm:setup",
  tag,
  summary: "Delete a custom field",
  params: ById,
});

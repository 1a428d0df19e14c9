import type { OwnCrm, OwnStage } from "@svyazka/core";
import { Denied, Missing, type Pen, type StatusDraft, Unfit } from "../api/account.ts";
import { lost, won } from "../protocol.ts";
import { fieldDraft, ownEntity } from "./fields.ts";
import { told } from "./pen.ts";
import { stagesOf } from "./reading.ts";
import type { Scene } from "./words.ts";

/** Writes of what the account is made of: administrators only, as it is there. */
export type SetupPen = Pick<
  Pen,
  | "createTag"
  | "createPipeline"
  | "updatePipeline"
  | "removePipeline"
  | "createStatus"
  | "updateStatus"
  | "removeStatus"
  | "createField"
  | "updateField"
  | "removeField"
>;

export function setupPen(crm: OwnCrm, scene: Scene): SetupPen {
  const asAdmin = <T>(work: () => Promise<T>, missing?: string): Promise<T> => {
    if (crm.user && crm.user.role !== "administrator") throw new Denied("Only an administrator may do this");
    return told({}, work, missing);
  };
  const stageDraft = ({ name, sort, color }: StatusDraft) => ({
    ...(name !== undefined && { name }),
    ...(color !== undefined && { colour: color }),
    ...(sort !== undefined && { position: sort }),
  });
  const stageOf = (pipeline: number, status: number): OwnStage => {
    const [stage] = stagesOf(scene.stages, status, pipeline);
    if (!stage) throw new Missing("Status not found");
    return stage;
  };
  return {
    createTag: (of, name, color) =>
      told({}, async () => {
        const { id, name: kept, colour } = await crm.tags.create({ entity: ownEntity[of], name, ...(color != null && { colour: color }) });
        return { id, name: kept, color: colour };
      }),
    createPipeline: ({ name = "", sort = 0, is_main, is_unsorted_on, statuses = [] }) =>
      asAdmin(async () => {
        const named = (id: number, usual: string): string => statuses.find((one) => one.id === id)?.name ?? usual;
        const open = statuses.filter(({ id }) => id !== won && id !== lost);
        const made = await crm.pipelines.create({
          name,
          position: sort,
          ...(is_main && { isDefault: true }),
          stages: [
            ...(is_unsorted_on === false ? [] : [{ name: "Неразобранное", kind: "incoming" as const, position: 10 }]),
            ...(open.length === 0
              ? [{ name: "Первичный контакт", position: 20 }]
              : open.map((one) => ({ name: one.name ?? "", ...stageDraft(one) }))
            ).map((stage) => ({ ...stage, kind: "open" as const })),
            { name: named(won, "Успешно реализовано"), kind: "won", position: 10_000 },
            { name: named(lost, "Закрыто и не реализовано"), kind: "lost", position: 11_000 },
          ],
        });
        return made.id;
      }),
    updatePipeline: (id, { name, sort, is_main, is_unsorted_on }) =>
      asAdmin(async () => {
        const incoming = [...scene.stages.values()].find((stage) => stage.pipeline === id && stage.kind === "incoming");
        await crm.pipelines.update(id, {
          ...(name !== undefined && { name }),
          ...(sort !== undefined && { position: sort }),
          ...(is_main && { isDefault: true }),
        });
        if (is_unsorted_on === true && !incoming)
          await crm.pipelines.createStage(id, { name: "Неразобранное", kind: "incoming", position: 10 });
        if (is_unsorted_on === false && incoming) await crm.pipelines.removeStage(id, incoming.id, firstOpen(scene, id));
      }),
    removePipeline: (id) => asAdmin(() => crm.pipelines.remove(id)),
    createStatus: (pipeline, draft) =>
      asAdmin(async () => (await crm.pipelines.createStage(pipeline, { name: draft.name ?? "", kind: "open", ...stageDraft(draft) })).id),
    updateStatus: (pipeline, id, draft) =>
      asAdmin(async () => {
        const stage = stageOf(pipeline, id);
        await crm.pipelines.updateStage(
          pipeline,
          stage.id,
          stage.kind === "open" ? stageDraft(draft) : stageDraft({ ...(draft.name !== undefined && { name: draft.name }) }),
        );
      }),
    removeStatus: (pipeline, id) =>
      asAdmin(async () => {
        const stage = stageOf(pipeline, id);
        if (stage.kind === "won" || stage.kind === "lost") throw new Unfit("id", "This status cannot be deleted.");
        await crm.pipelines.removeStage(pipeline, stage.id, firstOpen(scene, pipeline, stage.id));
      }),
    createField: (of, draft) =>
      asAdmin(async () => {
        const made = { ...fieldDraft(draft), name: draft.name ?? "" };
        const { id } = await (typeof of === "string"
          ? crm.fields.create({ entity: ownEntity[of], ...made })
          : crm.catalogFields.create(of.catalog, made));
        return id;
      }),
    updateField: (of, id, draft) =>
      asAdmin(async () => {
        if (typeof of !== "string") {
          const field = (await crm.catalogFields.list(of.catalog)).find((one) => one.id === id);
          const { type: _, ...changes } = fieldDraft(draft, field);
          await crm.catalogFields.update(of.catalog, id, changes);
          return;
        }
        const own = scene.books[of].own.get(id);
        if (!own) {
          if (draft.name !== undefined) await crm.fields.updateKnown(id, { name: draft.name });
          return;
        }
        const { type: _, ...changes } = fieldDraft(draft, own);
        await crm.fields.update(id, changes);
      }),
    removeField: (of, id) =>
      asAdmin(async () => {
        if (typeof of !== "string") return crm.catalogFields.remove(of.catalog, id);
        if (!scene.books[of].own.has(id)) throw new Unfit("id", "This field cannot be deleted.");
        await crm.fields.remove(id);
      }),
  };
}

/** Leads of a status that goes move to the first one that stays. */
function firstOpen({ stages }: Scene, pipeline: number, but?: number): { moveDealsTo?: number } {
  const stage = [...stages.values()].find((one) => one.pipeline === pipeline && one.kind === "open" && one.id !== but);
  return stage ? { moveDealsTo: stage.id } : {};
}

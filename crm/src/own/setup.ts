import type { OwnChoice, OwnChoiceDraft, OwnChoices, OwnCrm, OwnUser, OwnUserDraft } from "@svyazka/core";
import type { By } from "../by.ts";
import type { ChoiceBase, Choices } from "../choices.ts";
import { createField, deleteField, fieldsOf, updateField } from "../fields.ts";
import { groups } from "../groups.ts";
import { lossReasons } from "../loss-reasons.ts";
import { moveDeals } from "../move-deals.ts";
import {
  createPipeline,
  createStage,
  deletePipeline,
  deleteStage,
  getStage,
  listPipelines,
  updatePipeline,
  updateStage,
} from "../pipelines.ts";
import { sources } from "../sources.ts";
import type { Sql } from "../sql.ts";
import { taskTypes } from "../task-types.ts";
import { createUser, listUsers, updateUser } from "../users.ts";
import { administratorOf } from "./administrator.ts";
import { forgetKnownFields, knownFields, updateKnownField } from "./known-fields.ts";

type Setup = Pick<OwnCrm, "pipelines" | "fields" | "lossReasons" | "taskTypes" | "sources" | "groups" | "users">;

/** What our own CRM is made of, for `OwnCrm`: changed by administrators and by connections only. */
export function ownSetup(sql: Sql, by: By, user: OwnUser | undefined): Setup {
  const administrator = administratorOf(user);
  const shortList = <T extends ChoiceBase & OwnChoice, Draft extends OwnChoiceDraft>(choices: Choices<T>): OwnChoices<T, Draft> => ({
    async list() {
      return (await choices.list(sql, { limit: wholeList })).items;
    },
    create: administrator((draft: Draft) => choices.create(sql, draft as Parameters<Choices<T>["create"]>[1])),
    update: administrator((id: number, changes: Partial<Omit<Draft, "id">>) =>
      choices.update(sql, id, changes as Parameters<Choices<T>["update"]>[2]),
    ),
    remove: administrator((id: number) => choices.delete(sql, id)),
  });
  return {
    pipelines: {
      list: () => listPipelines(sql),
      create: administrator((draft) => createPipeline(sql, draft)),
      update: administrator((id, changes) => updatePipeline(sql, id, changes)),
      remove: administrator((id) => deletePipeline(sql, id)),
      createStage: administrator((pipeline, draft) => createStage(sql, pipeline, draft)),
      updateStage: administrator((pipeline, id, changes) => updateStage(sql, pipeline, id, changes)),
      removeStage: administrator((pipeline, id, { moveDealsTo } = {}) =>
        sql.transaction(async (sql) => {
          if (moveDealsTo !== undefined)
            await moveDeals(sql, await getStage(sql, pipeline, id), await getStage(sql, pipeline, moveDealsTo), by);
          await deleteStage(sql, pipeline, id);
        }),
      ),
    },
    fields: {
      list: ({ entity, pastOptions = false } = {}) => fieldsOf(sql, entity, { pastOptions }),
      create: administrator((draft) => createField(sql, draft)),
      update: administrator((id, changes) => updateField(sql, id, changes)),
      remove: administrator((id) => deleteField(sql, id)),
      // Whoever only reads needs their ids, too.
      known: (entity, wanted) => knownFields(sql, entity, wanted),
      forgetKnown: administrator((entity) => forgetKnownFields(sql, entity)),
      updateKnown: administrator((id, changes) => updateKnownField(sql, id, changes)),
    },
    lossReasons: shortList(lossReasons),
    taskTypes: shortList(taskTypes),
    sources: shortList(sources),
    groups: shortList(groups),
    users: {
      list: () => listUsers(sql, { limit: wholeList }),
      create: administrator((draft: OwnUserDraft) => createUser(sql, draft)),
      update: administrator((id: number, changes: Partial<Omit<OwnUserDraft, "id">>) => updateUser(sql, id, changes)),
      remove: administrator(async (id: number) => {
        await updateUser(sql, id, { active: false });
      }),
    },
  };
}

const wholeList = 10_000;

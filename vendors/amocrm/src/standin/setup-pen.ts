import { type CustomFieldDraft, type FieldOwner, Missing, type Pen, type PipelineDraft, type StatusDraft, Unfit } from "../api/account.ts";
import { type CustomField, type EntityType, lost, type Pipeline, type Status, type TagRef, won } from "../protocol.ts";
import { fieldsOf, putFields } from "./catalogs.ts";
import { type Desk, nextId } from "./desk.ts";

/** Writes what the account is made of. */
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

/** The tag of this name; made, where there is none. */
export function tagOf(desk: Desk, of: EntityType, name: string, color: string | null = null): TagRef {
  const { state } = desk;
  const known = state.tags[of].find((tag) => tag.name.toLowerCase() === name.toLowerCase());
  if (known) return known;
  const tag = { id: nextId(desk), name, color };
  state.tags[of].push(tag);
  return tag;
}

export function setupPen(desk: Desk): SetupPen {
  const { state } = desk;
  const find = (id: number): Pipeline => {
    const pipeline = state.pipelines.find((one) => one.id === id);
    if (!pipeline) throw new Missing("Pipeline not found");
    return pipeline;
  };
  const putPipeline = (pipeline: Pipeline): void => {
    state.pipelines = [
      ...state.pipelines.filter(({ id }) => id !== pipeline.id).map((one) => (pipeline.is_main ? { ...one, is_main: false } : one)),
      pipeline,
    ].sort((one, other) => one.sort - other.sort);
  };
  const inOrder = (statuses: readonly Status[]): Status[] => [...statuses].sort((one, other) => one.sort - other.sort);
  const statusOf = (pipeline: number, draft: StatusDraft, id: number): Status => ({
    ...{ id, name: draft.name ?? "", sort: draft.sort ?? 100, color: draft.color ?? "#fffeb2" },
    ...{ is_editable: true, pipeline_id: pipeline, type: 0, account_id: state.info.id },
  });
  const withStatuses = (pipeline: Pipeline, statuses: readonly Status[]): Pipeline => ({
    ...pipeline,
    _embedded: { statuses: inOrder(statuses) },
  });

  const customField = (of: FieldOwner, id: number, draft: CustomFieldDraft, before?: CustomField): CustomField => ({
    ...{
      id,
      account_id: state.info.id,
      entity_type: typeof of === "string" ? of : "catalogs",
      is_deletable: true,
      is_predefined: before?.is_predefined ?? false,
    },
    name: draft.name ?? before?.name ?? "",
    type: before?.type ?? draft.type ?? "text",
    code: draft.code === undefined ? (before?.code ?? null) : draft.code,
    sort: draft.sort ?? before?.sort ?? 500,
    is_api_only: draft.is_api_only ?? before?.is_api_only ?? false,
    enums:
      draft.enums === undefined
        ? (before?.enums ?? null)
        : (draft.enums?.map((one, index) => ({
            id: one.id ?? nextId(desk),
            value: one.value,
            sort: one.sort ?? (index + 1) * 10,
            code: one.code ?? null,
          })) ?? null),
    group_id: draft.group_id ?? before?.group_id ?? null,
    required_statuses: draft.required_statuses ?? before?.required_statuses ?? [],
    remind: draft.remind ?? before?.remind ?? null,
  });

  return {
    createTag: async (of, name, color) => tagOf(desk, of, name, color ?? null),
    async createPipeline(draft) {
      const id = nextId(desk);
      const ends =
        state.pipelines[0]?._embedded.statuses.filter(
          (status) => status.id === won || status.id === lost || (status.type === 1 && draft.is_unsorted_on !== false),
        ) ?? [];
      const own = ends.map((status) => ({ ...status, id: status.type === 1 ? nextId(desk) : status.id, pipeline_id: id }));
      const named = draft.statuses ?? [];
      const statuses = [
        ...own.map((status) => ({ ...status, ...nameOf(named.find((one) => one.id === status.id)) })),
        ...named.filter((one) => one.id !== won && one.id !== lost).map((one) => statusOf(id, one, nextId(desk))),
      ];
      putPipeline(
        withStatuses(
          {
            ...{ id, name: draft.name ?? "", sort: draft.sort ?? 100, is_main: draft.is_main ?? false },
            ...{ is_unsorted_on: draft.is_unsorted_on ?? true, is_archive: false, account_id: state.info.id, _embedded: { statuses: [] } },
          },
          statuses,
        ),
      );
      return id;
    },
    async updatePipeline(id, { statuses: _, ...draft }: PipelineDraft) {
      putPipeline({ ...find(id), ...draft });
    },
    async removePipeline(id) {
      find(id);
      if (state.pipelines.length === 1) throw new Unfit("id", "The last pipeline cannot be deleted.");
      if ([...state.leads.values()].some((lead) => lead.pipeline_id === id)) throw new Unfit("id", "There are leads in this pipeline.");
      state.pipelines = state.pipelines.filter((one) => one.id !== id);
    },
    async createStatus(pipeline, draft) {
      const id = nextId(desk);
      const found = find(pipeline);
      putPipeline(withStatuses(found, [...found._embedded.statuses, statusOf(pipeline, draft, id)]));
      return id;
    },
    async updateStatus(pipeline, id, { id: _, ...draft }) {
      const found = find(pipeline);
      putPipeline(
        withStatuses(
          found,
          found._embedded.statuses.map((status) => (status.id === id ? { ...status, ...draft } : status)),
        ),
      );
    },
    async removeStatus(pipeline, id) {
      if (id === won || id === lost) throw new Unfit("id", "This status cannot be deleted.");
      const found = find(pipeline);
      const rest = found._embedded.statuses.filter((status) => status.id !== id);
      const first = rest.find(({ type }) => type === 0)?.id ?? won;
      putPipeline(withStatuses(found, rest));
      for (const lead of state.leads.values()) if (lead.status_id === id) state.leads.set(lead.id, { ...lead, status_id: first });
    },
    async createField(of, draft) {
      const id = nextId(desk);
      putFields(state, of, [...fieldsOf(state, of), customField(of, id, draft)]);
      return id;
    },
    async updateField(of, id, draft) {
      const fields = fieldsOf(state, of);
      putFields(
        state,
        of,
        fields.map((field) => (field.id === id ? customField(of, id, draft, field) : field)),
      );
    },
    async removeField(of, id) {
      const fields = fieldsOf(state, of);
      putFields(
        state,
        of,
        fields.filter((field) => field.id !== id),
      );
    },
  };
}

const nameOf = (draft: StatusDraft | undefined): { name?: string } => (draft?.name === undefined ? {} : { name: draft.name });

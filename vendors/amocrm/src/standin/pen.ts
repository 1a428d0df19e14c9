import {
  type CustomFieldDraft,
  type FieldDraft,
  type LinkDraft,
  Missing,
  type Pen,
  type PipelineDraft,
  type RecordDraft,
  type StatusDraft,
  type TagDraft,
  Unfit,
} from "../api/account.ts";
import type { Items } from "../api/record-shapes.ts";
import {
  type CustomField,
  type EntityType,
  type FieldValues,
  type Lead,
  lost,
  type Note,
  type Pipeline,
  type Status,
  singular,
  type TagRef,
  type Task,
  won,
} from "../protocol.ts";
import type { State, Told } from "./state.ts";

/** Writes into the state of an account in memory, and says what is to be told of it. */
export function penOf(state: State, userId: number, now: number, told: Told[]): Pen {
  const nextId = (): number => state.nextId++;

  const stamps = (draft: RecordDraft | { created_by?: number; created_at?: number; updated_by?: number; updated_at?: number }) => ({
    created_by: draft.created_by ?? userId,
    updated_by: draft.updated_by ?? draft.created_by ?? userId,
    created_at: draft.created_at ?? now,
    updated_at: draft.updated_at ?? draft.created_at ?? now,
  });

  function tagRefs(of: EntityType, drafts: readonly TagDraft[]): TagRef[] {
    return drafts.map((draft) => {
      if ("id" in draft) {
        const tag = state.tags[of].find(({ id }) => id === draft.id);
        if (!tag) throw new Unfit("_embedded.tags");
        return tag;
      }
      return pen.tag(of, draft.name);
    });
  }

  function tagsAfter(of: EntityType, before: readonly TagRef[], draft: RecordDraft): TagRef[] {
    const whole = draft.tags === undefined ? before : tagRefs(of, draft.tags ?? []);
    const gone = new Set(
      (draft.tags_to_delete ?? []).map((tag) => ("id" in tag ? tag.id : state.tags[of].find(({ name }) => name === tag.name)?.id)),
    );
    const all = [...whole, ...tagRefs(of, draft.tags_to_add ?? [])].filter(({ id }) => !gone.has(id));
    return all.filter((tag, index) => all.findIndex(({ id }) => id === tag.id) === index);
  }

  function fieldsAfter(before: readonly FieldValues[] | null, drafts: readonly FieldDraft[] = []): FieldValues[] | null {
    const kept = (before ?? []).filter(({ field_id }) => !drafts.some(({ field }) => field.id === field_id));
    const put = drafts.flatMap(({ field, values }) =>
      values === null ? [] : [{ field_id: field.id, field_name: field.name, field_code: field.code, field_type: field.type, values }],
    );
    const after = [...kept, ...put];
    return after.length === 0 ? null : after;
  }

  function user(id: number | undefined, before: number): number {
    if (id !== undefined && !state.users.some((one) => one.id === id)) throw new Unfit("responsible_user_id");
    return id ?? before;
  }

  function place(
    draft: { pipeline_id?: number; status_id?: number },
    before?: Lead,
  ): { pipeline_id: number; status_id: number; isEnd: boolean } {
    const pipeline = state.pipelines.find(({ id, is_main }) =>
      draft.pipeline_id !== undefined
        ? id === draft.pipeline_id
        : draft.status_id !== undefined && draft.status_id !== won && draft.status_id !== lost
          ? state.pipelines.find(({ _embedded }) => _embedded.statuses.some((status) => status.id === draft.status_id))?.id === id
          : before
            ? id === before.pipeline_id
            : is_main,
    );
    if (!pipeline) throw new Unfit(draft.pipeline_id === undefined ? "status_id" : "pipeline_id");
    const { statuses } = pipeline._embedded;
    const moved = draft.status_id === undefined && draft.pipeline_id === undefined && before;
    const status = moved
      ? statuses.find(({ id }) => id === before.status_id)
      : draft.status_id === undefined
        ? statuses.find(({ type }) => type === 0)
        : statuses.find(({ id }) => id === draft.status_id);
    if (!status) throw new Unfit("status_id");
    return { pipeline_id: pipeline.id, status_id: status.id, isEnd: status.id === won || status.id === lost };
  }

  function put<K extends EntityType>(of: K, id: number, make: (before: Items[K] | undefined) => Items[K]): void {
    const all = state[of] as Map<number, Items[K]>;
    all.set(id, make(all.get(id)));
  }

  function mustHave<T>(all: Map<number, T>, id: number): T {
    const found = all.get(id);
    if (!found) throw new Missing("Entity not found");
    return found;
  }

  const event = (type: string, entity_type: string, entity_id: number, before: unknown[] = [], after: unknown[] = []): void => {
    state.events.push({
      ...{ id: `01${String(nextId()).padStart(24, "0")}`, type, entity_id, entity_type, created_by: userId, created_at: now },
      ...{ value_after: after, value_before: before, account_id: state.info.id },
    });
  };

  function changed<K extends EntityType>(of: K, before: Items[K] | undefined, id: number): void {
    const item = (state[of] as Map<number, Items[K]>).get(id);
    if (!item) return;
    const tell = (action: "add" | "update" | "status" | "responsible", rest: object = {}) =>
      told.push({ of, action, item, ...rest } as unknown as Told);
    if (!before) {
      event(`${singular[of]}_added`, singular[of], id);
      tell("add");
      return;
    }
    const responsible = before.responsible_user_id === item.responsible_user_id ? {} : { responsible_user_id: before.responsible_user_id };
    const [old, fresh] = [before as Lead, item as Lead];
    const isMoved = of === "leads" && (old.status_id !== fresh.status_id || old.pipeline_id !== fresh.pipeline_id);
    const status = isMoved
      ? { status_id: old.status_id, ...(old.pipeline_id !== fresh.pipeline_id && { pipeline_id: old.pipeline_id }) }
      : {};
    if (isMoved) {
      event(
        "lead_status_changed",
        "lead",
        id,
        [{ lead_status: { id: old.status_id, pipeline_id: old.pipeline_id } }],
        [{ lead_status: { id: fresh.status_id, pipeline_id: fresh.pipeline_id } }],
      );
      tell("status", { before: status });
    }
    if ("responsible_user_id" in responsible) tell("responsible", { before: responsible });
    tell("update", { before: { ...status, ...responsible } });
  }

  const common = <T extends Items[EntityType]>(of: EntityType, draft: RecordDraft, before: T | undefined) => ({
    name: draft.name ?? before?.name ?? "",
    responsible_user_id: user(draft.responsible_user_id, before?.responsible_user_id ?? userId),
    group_id: 0,
    closest_task_at: null,
    is_deleted: before?.is_deleted ?? false,
    custom_fields_values: fieldsAfter(before?.custom_fields_values ?? null, draft.fields),
    account_id: state.info.id,
    ...(before
      ? {
          created_by: draft.created_by ?? before.created_by,
          created_at: draft.created_at ?? before.created_at,
          updated_by: draft.updated_by ?? userId,
          updated_at: draft.updated_at ?? now,
        }
      : stamps(draft)),
    tags: tagsAfter(of, before?._embedded.tags ?? [], draft),
  });

  function writeLead(id: number, draft: Parameters<Pen["createLead"]>[0], before?: Lead): void {
    const { isEnd, ...at } = place(draft, before);
    if (draft.loss_reason_id != null && !state.lossReasons.some((one) => one.id === draft.loss_reason_id))
      throw new Unfit("loss_reason_id");
    const { tags, ...rest } = common("leads", draft, before);
    put("leads", id, () => ({
      ...{ id, ...rest, ...at, price: draft.price === undefined ? (before?.price ?? 0) : (draft.price ?? 0) },
      loss_reason_id: draft.loss_reason_id === undefined ? (before?.loss_reason_id ?? null) : draft.loss_reason_id,
      closed_at: isEnd ? (draft.closed_at ?? before?.closed_at ?? now) : null,
      ...{ source_id: before?.source_id ?? null, score: null, labor_cost: null, _embedded: { tags, companies: [] } },
    }));
    if (draft.contacts) tie("leads", id, "contacts", draft.contacts);
    if (draft.companies) tie("leads", id, "companies", draft.companies);
  }

  /** The whole new list of what a record is tied to, of one kind. */
  function tie(of: EntityType, id: number, to: EntityType, list: readonly { readonly id: number; readonly is_main?: boolean }[]): void {
    for (const [index, one] of list.entries())
      if (!(state[to] as Map<number, unknown>).has(one.id)) throw new Unfit(`_embedded.${to}.${index}.id`);
    const main = (list.find(({ is_main }) => is_main) ?? list[0])?.id;
    state.links = state.links.filter((link) => !isBetween(link, of, id, to));
    for (const one of list) {
      const metadata = to === "contacts" && of === "leads" ? { main_contact: one.id === main } : null;
      state.links.push(forward({ entity_type: of, entity_id: id, to_entity_type: to, to_entity_id: one.id }, metadata));
    }
  }

  /** Links are kept from the lead, or else from the contact. */
  const forward = (link: LinkDraft, metadata: Readonly<Record<string, unknown>> | null) => {
    const ranks: Record<string, number> = { leads: 0, contacts: 1, companies: 2 };
    const { entity_type, entity_id, to_entity_type, to_entity_id } = link;
    return (ranks[entity_type] ?? 3) <= (ranks[to_entity_type] ?? 3)
      ? { entity_id, entity_type, to_entity_id, to_entity_type, metadata }
      : { entity_id: to_entity_id, entity_type: to_entity_type, to_entity_id: entity_id, to_entity_type: entity_type, metadata };
  };
  const isBetween = (link: State["links"][number], of: string, id: number, to: string, toId?: number): boolean =>
    (link.entity_type === of &&
      link.entity_id === id &&
      link.to_entity_type === to &&
      (toId === undefined || link.to_entity_id === toId)) ||
    (link.to_entity_type === of && link.to_entity_id === id && link.entity_type === to && (toId === undefined || link.entity_id === toId));

  function writeContact(id: number, draft: Parameters<Pen["createContact"]>[0], before?: Items["contacts"]): void {
    const { tags, ...rest } = common("contacts", draft, before);
    const first_name = draft.first_name ?? before?.first_name ?? "";
    const last_name = draft.last_name ?? before?.last_name ?? "";
    const joined = `${first_name} ${last_name}`.trim();
    const name = draft.name ?? (draft.first_name === undefined && draft.last_name === undefined ? before?.name : joined) ?? joined;
    put("contacts", id, () => ({ id, ...rest, name, first_name, last_name, _embedded: { tags, companies: [] } }));
    if (draft.companies) tie("contacts", id, "companies", draft.companies);
    if (draft.leads)
      for (const lead of draft.leads) pen.link({ entity_type: "leads", entity_id: lead.id, to_entity_type: "contacts", to_entity_id: id });
  }

  function writeCompany(id: number, draft: Parameters<Pen["createCompany"]>[0], before?: Items["companies"]): void {
    const { tags, ...rest } = common("companies", draft, before);
    put("companies", id, () => ({ id, ...rest, _embedded: { tags } }));
    for (const to of ["contacts", "leads"] as const)
      for (const one of draft[to] ?? []) pen.link({ entity_type: to, entity_id: one.id, to_entity_type: "companies", to_entity_id: id });
  }

  const pen = {
    tag(of: EntityType, name: string, color: string | null = null): TagRef {
      const known = state.tags[of].find((tag) => tag.name.toLowerCase() === name.toLowerCase());
      if (known) return known;
      const tag = { id: nextId(), name, color };
      state.tags[of].push(tag);
      return tag;
    },
    link(link: LinkDraft): void {
      const { entity_type, entity_id, to_entity_type, to_entity_id } = link;
      const there = state[to_entity_type as EntityType] as Map<number, unknown> | undefined;
      if (!there?.has(to_entity_id)) throw new Unfit("to_entity_id");
      if (!(state[entity_type] as Map<number, unknown>).has(entity_id)) throw new Unfit("entity_id");
      // One company at most.
      state.links = state.links.filter(
        (one) => !isBetween(one, entity_type, entity_id, to_entity_type, to_entity_type === "companies" ? undefined : to_entity_id),
      );
      const others = state.links.some(
        (one) => isBetween(one, entity_type, entity_id, "contacts") && one.metadata?.["main_contact"] === true,
      );
      const isMain = link.is_main ?? !others;
      if (entity_type === "leads" && to_entity_type === "contacts" && isMain)
        state.links = state.links.map((one) =>
          isBetween(one, "leads", entity_id, "contacts") ? { ...one, metadata: { main_contact: false } } : one,
        );
      state.links.push(forward(link, entity_type === "leads" && to_entity_type === "contacts" ? { main_contact: isMain } : null));
    },
  };

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

  const customField = (of: EntityType, id: number, draft: CustomFieldDraft, before?: CustomField): CustomField => ({
    ...{ id, account_id: state.info.id, entity_type: of, is_deletable: true, is_predefined: before?.is_predefined ?? false },
    name: draft.name ?? before?.name ?? "",
    type: before?.type ?? draft.type ?? "text",
    code: draft.code === undefined ? (before?.code ?? null) : draft.code,
    sort: draft.sort ?? before?.sort ?? 500,
    is_api_only: draft.is_api_only ?? before?.is_api_only ?? false,
    enums:
      draft.enums === undefined
        ? (before?.enums ?? null)
        : (draft.enums?.map((one, index) => ({
            id: one.id ?? nextId(),
            value: one.value,
            sort: one.sort ?? (index + 1) * 10,
            code: one.code ?? null,
          })) ?? null),
    group_id: draft.group_id ?? before?.group_id ?? null,
    required_statuses: draft.required_statuses ?? before?.required_statuses ?? [],
    remind: draft.remind ?? before?.remind ?? null,
  });

  return {
    async createLead(draft) {
      const id = nextId();
      writeLead(id, draft);
      changed("leads", undefined, id);
      return id;
    },
    async updateLead(id, draft) {
      const before = mustHave(state.leads, id);
      writeLead(id, draft, before);
      changed("leads", before, id);
    },
    async createContact(draft) {
      const id = nextId();
      writeContact(id, draft);
      changed("contacts", undefined, id);
      return id;
    },
    async updateContact(id, draft) {
      const before = mustHave(state.contacts, id);
      writeContact(id, draft, before);
      changed("contacts", before, id);
    },
    async createCompany(draft) {
      const id = nextId();
      writeCompany(id, draft);
      changed("companies", undefined, id);
      return id;
    },
    async updateCompany(id, draft) {
      const before = mustHave(state.companies, id);
      writeCompany(id, draft, before);
      changed("companies", before, id);
    },
    async remove(of, id) {
      const item = mustHave(state[of] as Map<number, Items[EntityType]>, id);
      put(of, id, () => ({ ...item, is_deleted: true }) as Items[typeof of]);
      event(`${singular[of]}_deleted`, singular[of], id);
      told.push({ of, action: "delete", item } as unknown as Told);
    },
    async link(link) {
      pen.link(link);
    },
    async unlink({ entity_type, entity_id, to_entity_type, to_entity_id }) {
      state.links = state.links.filter((link) => !isBetween(link, entity_type, entity_id, to_entity_type, to_entity_id));
    },
    async createTask(draft) {
      const id = nextId();
      if (draft.entity_id != null && !(state[draft.entity_type ?? "leads"] as Map<number, unknown>).has(draft.entity_id))
        throw new Unfit("entity_id");
      const task: Task = {
        ...{ id, ...stamps(draft), responsible_user_id: user(draft.responsible_user_id, userId), group_id: 0 },
        ...{ entity_id: draft.entity_id ?? null, entity_type: draft.entity_type ?? null, duration: draft.duration ?? 0 },
        ...{ is_completed: draft.is_completed ?? false, task_type_id: draft.task_type_id ?? 1, text: draft.text ?? "" },
        ...{ result: draft.result ?? [], complete_till: draft.complete_till ?? now, account_id: state.info.id },
      };
      state.tasks.set(id, task);
      told.push({ of: "tasks", action: "add", item: task });
      return id;
    },
    async updateTask(id, draft) {
      const before = mustHave(state.tasks, id);
      const { responsible_user_id, ...rest } = draft;
      const task: Task = {
        ...before,
        ...rest,
        responsible_user_id: user(responsible_user_id, before.responsible_user_id),
        ...{ updated_at: draft.updated_at ?? now, updated_by: draft.updated_by ?? userId },
      };
      state.tasks.set(id, task);
      told.push({ of: "tasks", action: "update", item: task, closes: task.is_completed && !before.is_completed });
    },
    async removeTask(id) {
      const item = mustHave(state.tasks, id);
      state.tasks.delete(id);
      told.push({ of: "tasks", action: "delete", item });
    },
    async createNote({ entity_type: on, entity_id, note_type, params, responsible_user_id, ...draft }) {
      if (!(state[on] as Map<number, unknown>).has(entity_id)) throw new Unfit("entity_id");
      const id = nextId();
      const item: Note = {
        ...{ id, entity_id, ...stamps(draft), responsible_user_id: user(responsible_user_id, userId), group_id: 0 },
        ...{ note_type, params, account_id: state.info.id },
      };
      state.notes.set(id, { ...item, on });
      told.push({ of: "notes", on, item });
      return id;
    },
    async updateNote(id, { params, updated_at, updated_by }) {
      const note = mustHave(state.notes, id);
      state.notes.set(id, { ...note, params: params ?? note.params, updated_at: updated_at ?? now, updated_by: updated_by ?? userId });
    },
    createTag: async (of, name, color) => pen.tag(of, name, color ?? null),
    async createPipeline(draft) {
      const id = nextId();
      const ends =
        state.pipelines[0]?._embedded.statuses.filter((status) => status.id === won || status.id === lost || status.type === 1) ?? [];
      const own = ends.map((status) => ({ ...status, id: status.type === 1 ? nextId() : status.id, pipeline_id: id }));
      const named = draft.statuses ?? [];
      const statuses = [
        ...own.map((status) => ({ ...status, ...nameOf(named.find((one) => one.id === status.id)) })),
        ...named.filter((one) => one.id !== won && one.id !== lost).map((one) => statusOf(id, one, nextId())),
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
      const id = nextId();
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
      const id = nextId();
      state.fields[of].push(customField(of, id, draft));
      return id;
    },
    async updateField(of, id, draft) {
      state.fields[of] = state.fields[of].map((field) => (field.id === id ? customField(of, id, draft, field) : field));
    },
    async removeField(of, id) {
      state.fields[of] = state.fields[of].filter((field) => field.id !== id);
    },
    async createUnsorted({ category, source_uid, source_name, pipeline_id, created_at, metadata, lead, contact, company }) {
      const pipeline = state.pipelines.find((one) => (pipeline_id === undefined ? one.is_main : one.id === pipeline_id));
      const status = pipeline?._embedded.statuses.find(({ type }) => type === 1);
      if (!pipeline || !status) throw new Unfit("pipeline_id");
      const companyId = company && (await this.createCompany(company));
      const contactId =
        contact && (await this.createContact({ ...contact, ...(companyId !== undefined && { companies: [{ id: companyId }] }) }));
      const leadId = await this.createLead({
        ...lead,
        ...{ pipeline_id: pipeline.id, status_id: status.id },
        ...(contactId !== undefined && { contacts: [{ id: contactId }] }),
        ...(companyId !== undefined && { companies: [{ id: companyId }] }),
      });
      const uid = nextId().toString(16).padStart(60, "0");
      const item = {
        ...{ uid, source_uid, source_name, category, pipeline_id: pipeline.id, created_at: created_at ?? now, metadata },
        account_id: state.info.id,
        _embedded: {
          leads: [{ id: leadId }],
          contacts: contactId === undefined ? [] : [{ id: contactId }],
          companies: companyId === undefined ? [] : [{ id: companyId }],
        },
      };
      state.unsorted.set(uid, item);
      return item;
    },
    async acceptUnsorted(uid, { user_id, status_id }) {
      const item = state.unsorted.get(uid);
      if (!item) throw new Missing("Entity not found");
      const lead = item._embedded.leads[0]?.id ?? 0;
      await this.updateLead(lead, {
        pipeline_id: item.pipeline_id,
        ...(status_id !== undefined && { status_id }),
        ...(user_id !== undefined && { responsible_user_id: user_id }),
      });
      state.unsorted.set(uid, { ...item, resolved: "accepted" });
    },
    async declineUnsorted(uid) {
      const item = state.unsorted.get(uid);
      if (!item) throw new Missing("Entity not found");
      for (const { id } of item._embedded.leads) await this.remove("leads", id);
      state.unsorted.set(uid, { ...item, resolved: "declined" });
    },
    async createSource({ name = "", external_id = "", pipeline_id, default: isDefault, origin_code, services }) {
      if (state.sources.some((one) => one.external_id === external_id)) throw new Unfit("external_id", undefined, "NotUnique");
      const id = nextId();
      const main = state.pipelines.find(({ is_main }) => is_main)?.id ?? 0;
      state.sources.push({
        ...{ id, name, external_id, pipeline_id: pipeline_id ?? main },
        default: isDefault ?? false,
        origin_code: origin_code ?? null,
        services: services ?? [],
      });
      return id;
    },
    async updateSource(id, draft) {
      state.sources = state.sources.map((one) => (one.id === id ? { ...one, ...draft } : one));
    },
    async removeSource(id) {
      state.sources = state.sources.filter((one) => one.id !== id);
    },
    async subscribe(destination, settings, sort) {
      const before = state.webhooks.find((hook) => hook.destination === destination);
      if (!before && state.webhooks.length >= 100) throw new Unfit("destination", "There may be 100 webhooks.", "TooManyItems");
      const hook = {
        ...{ id: before?.id ?? nextId(), destination, created_at: before?.created_at ?? now, updated_at: now, account_id: state.info.id },
        ...{ created_by: userId, sort, disabled: false, settings },
      };
      state.webhooks = [...state.webhooks.filter((one) => one !== before), hook];
      return hook;
    },
    async unsubscribe(destination) {
      if (!state.webhooks.some((hook) => hook.destination === destination)) throw new Missing("Webhook not found");
      state.webhooks = state.webhooks.filter((hook) => hook.destination !== destination);
    },
    async showCall(phone, users) {
      state.cards.push({ phone, users });
    },
  };
}

const nameOf = (draft: StatusDraft | undefined): { name?: string } => (draft?.name === undefined ? {} : { name: draft.name });

import { type Pen, type RecordDraft, type TagDraft, Unfit } from "../api/account.ts";
import type { Items } from "../api/record-shapes.ts";
import { type EntityType, type Lead, lost, singular, type TagRef, won } from "../protocol.ts";
import { type Desk, mustHave, nextId, responsibleOf, stampsOf } from "./desk.ts";
import { fieldsAfter } from "./field-values.ts";
import { isBetween, tie, tieOne } from "./links.ts";
import { tagOf } from "./setup-pen.ts";
import type { Told } from "./state.ts";

/** Writes leads, contacts and companies, and what ties them. */
export type RecordPen = Pick<
  Pen,
  "createLead" | "updateLead" | "createContact" | "updateContact" | "createCompany" | "updateCompany" | "remove" | "link" | "unlink"
>;

export function recordPen(desk: Desk): RecordPen {
  const { state, userId, now, told } = desk;

  function tagRefs(of: EntityType, drafts: readonly TagDraft[]): TagRef[] {
    return drafts.map((draft) => {
      if ("id" in draft) {
        const tag = state.tags[of].find(({ id }) => id === draft.id);
        if (!tag) throw new Unfit("_embedded.tags");
        return tag;
      }
      return tagOf(desk, of, draft.name);
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

  const event = (type: string, entity_type: string, entity_id: number, before: unknown[] = [], after: unknown[] = []): void => {
    state.events.push({
      ...{ id: `01${String(nextId(desk)).padStart(24, "0")}`, type, entity_id, entity_type, created_by: userId, created_at: now },
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
    responsible_user_id: responsibleOf(desk, draft.responsible_user_id, before?.responsible_user_id ?? userId),
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
      : stampsOf(desk, draft)),
    tags: tagsAfter(of, before?._embedded.tags ?? [], draft),
  });

  function sourceOf({ source }: Parameters<Pen["createLead"]>[0]): number | undefined {
    if (!source) return undefined;
    const found = state.sources.find(({ external_id }) => external_id === source.external_id);
    if (!found) throw new Unfit("_embedded.source.external_id");
    return found.id;
  }

  function writeLead(id: number, draft: Parameters<Pen["createLead"]>[0], before?: Lead): void {
    const { isEnd, ...at } = place(draft, before);
    if (draft.loss_reason_id != null && !state.lossReasons.some((one) => one.id === draft.loss_reason_id))
      throw new Unfit("loss_reason_id");
    const { tags, ...rest } = common("leads", draft, before);
    put("leads", id, () => ({
      ...{ id, ...rest, ...at, price: draft.price === undefined ? (before?.price ?? 0) : (draft.price ?? 0) },
      loss_reason_id: draft.loss_reason_id === undefined ? (before?.loss_reason_id ?? null) : draft.loss_reason_id,
      closed_at: isEnd ? (draft.closed_at ?? before?.closed_at ?? now) : null,
      ...{ source_id: sourceOf(draft) ?? before?.source_id ?? null, score: null, labor_cost: null, _embedded: { tags, companies: [] } },
    }));
    if (draft.contacts) tie(state, "leads", id, "contacts", draft.contacts);
    if (draft.companies) tie(state, "leads", id, "companies", draft.companies);
  }

  function writeContact(id: number, draft: Parameters<Pen["createContact"]>[0], before?: Items["contacts"]): void {
    const { tags, ...rest } = common("contacts", draft, before);
    const first_name = draft.first_name ?? before?.first_name ?? "";
    const last_name = draft.last_name ?? before?.last_name ?? "";
    const joined = `${first_name} ${last_name}`.trim();
    const name = draft.name ?? (draft.first_name === undefined && draft.last_name === undefined ? before?.name : joined) ?? joined;
    put("contacts", id, () => ({ id, ...rest, name, first_name, last_name, _embedded: { tags, companies: [] } }));
    if (draft.companies) tie(state, "contacts", id, "companies", draft.companies);
    if (draft.leads)
      for (const lead of draft.leads)
        tieOne(state, { entity_type: "leads", entity_id: lead.id, to_entity_type: "contacts", to_entity_id: id });
  }

  function writeCompany(id: number, draft: Parameters<Pen["createCompany"]>[0], before?: Items["companies"]): void {
    const { tags, ...rest } = common("companies", draft, before);
    put("companies", id, () => ({ id, ...rest, _embedded: { tags } }));
    for (const to of ["contacts", "leads"] as const)
      for (const one of draft[to] ?? [])
        tieOne(state, { entity_type: to, entity_id: one.id, to_entity_type: "companies", to_entity_id: id });
  }

  return {
    async createLead(draft) {
      const id = nextId(desk);
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
      const id = nextId(desk);
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
      const id = nextId(desk);
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
      tieOne(state, link);
    },
    async unlink({ entity_type, entity_id, to_entity_type, to_entity_id }) {
      state.links = state.links.filter((link) => !isBetween(link, entity_type, entity_id, to_entity_type, to_entity_id));
    },
  };
}

import { Conflict, Forbidden, Invalid, NotFound, type OwnCrm, type OwnDealDraft, type OwnStampDraft, readMoney } from "@svyazka/core";
import {
  type CompanyDraft,
  type ContactDraft,
  Denied,
  type FieldDraft,
  type LeadDraft,
  type LinkDraft,
  Missing,
  type Pen,
  type RecordDraft,
  type StampDraft,
  Unfit,
} from "../api/account.ts";
import { type EntityType, lost, won } from "../protocol.ts";
import { tieElement } from "./deal-elements.ts";
import { readValues } from "./fields.ts";
import { stagesOf } from "./reading.ts";
import { moment } from "./times.ts";
import type { Scene } from "./words.ts";

/** Writes of records, in our own words. What `Pen` can do beside: setup-pen.ts, entry-pen.ts. */
export type RecordPen = Pick<
  Pen,
  "createLead" | "updateLead" | "createContact" | "updateContact" | "createCompany" | "updateCompany" | "remove" | "link" | "unlink"
>;

/** What our CRM takes for leads, contacts and companies of theirs. */
export function recordDrafts(crm: OwnCrm, scene: Scene) {
  const { workspace, books, stages } = scene;

  const common = (of: EntityType, draft: RecordDraft) => ({
    ...stampsOf(draft),
    ...(draft.name !== undefined && of !== "contacts" && { name: draft.name }),
    ...(draft.responsible_user_id !== undefined && { responsible: draft.responsible_user_id }),
    ...(draft.fields && readValues(books[of], draft.fields, workspace)),
    ...(draft.tags !== undefined && { tags: draft.tags ?? [] }),
    ...(draft.tags_to_add && { addTags: draft.tags_to_add }),
    ...(draft.tags_to_delete && { removeTags: draft.tags_to_delete }),
  });

  /** The pipeline that a lead is in matters where only 142 or 143 is given. */
  function placeOf({ pipeline_id, status_id }: LeadDraft, current?: number): Pick<OwnDealDraft, "pipeline" | "stage"> {
    if (status_id === undefined) return pipeline_id === undefined ? {} : { pipeline: pipeline_id, ...firstOpen(pipeline_id) };
    const isEnd = status_id === won || status_id === lost;
    const pipeline = pipeline_id ?? (isEnd ? (current ?? scene.mainPipeline) : undefined);
    const [stage] = stagesOf(stages, status_id, pipeline);
    if (!stage) throw new Unfit("status_id");
    return { pipeline: stage.pipeline, stage: stage.id };
  }
  /** New leads stand in the first open stage, not among the unsorted. */
  const firstOpen = (pipeline: number): { stage?: number } => {
    const stage = [...stages.values()].find((one) => one.pipeline === pipeline && one.kind === "open");
    if (!stage) throw new Unfit("pipeline_id");
    return { stage: stage.id };
  };

  async function dealDraft(draft: LeadDraft, current?: number) {
    const place = placeOf(draft, current);
    const isNew = current === undefined;
    return {
      ...common("leads", draft),
      ...(isNew && place.stage === undefined ? firstOpen(scene.mainPipeline) : place),
      ...(draft.price !== undefined && { sum: draft.price === null ? null : (readMoney(String(draft.price), workspace.currency) ?? null) }),
      ...(draft.loss_reason_id !== undefined && { lossReason: draft.loss_reason_id }),
      ...(draft.closed_at != null && { closedAt: moment(draft.closed_at) }),
      ...(draft.companies && { company: draft.companies[0]?.id ?? null }),
      ...(draft.contacts && {
        contacts: draft.contacts.map(({ id, is_main }) => ({ id, ...(is_main !== undefined && { isMain: is_main }) })),
      }),
      ...(draft.source && (await sourceOf(draft.source.external_id))),
    };
  }

  async function sourceOf(code: string): Promise<{ source: number }> {
    const source = (await crm.sources.list()).find((one) => one.code === code);
    if (!source) throw new Unfit("_embedded.source.external_id");
    return { source: source.id };
  }

  const contactDraft = (draft: ContactDraft) => ({
    ...common("contacts", draft),
    ...namesOf(draft),
    ...(draft.companies && { company: draft.companies[0]?.id ?? null }),
  });

  const companyDraft = (draft: CompanyDraft) => common("companies", draft);

  return { dealDraft, contactDraft, companyDraft };
}

export function recordPen(crm: OwnCrm, scene: Scene): RecordPen {
  const { dealDraft, contactDraft, companyDraft } = recordDrafts(crm, scene);

  async function tieToDeals(
    leads: readonly { readonly id: number }[] | undefined,
    to: { contact: number } | { company: number },
  ): Promise<void> {
    for (const { id } of leads ?? [])
      await crm.deals.update(id, "contact" in to ? { addContacts: [{ id: to.contact }] } : { company: to.company });
  }

  return {
    createLead: (draft) => told(draft, async () => crm.deals.create({ name: "", ...(await dealDraft(draft)) })),
    updateLead: (id, draft) =>
      told(draft, async () => {
        // Only an end without its pipeline asks where the lead stands.
        const needsPlace =
          draft.status_id !== undefined && draft.pipeline_id === undefined && (draft.status_id === won || draft.status_id === lost);
        const current = needsPlace ? (await crm.deals.get(id)).pipeline : 0;
        await crm.deals.update(id, await dealDraft(draft, current));
      }),
    createContact: (draft) =>
      told(draft, async () => {
        const id = await crm.contacts.create(contactDraft(draft));
        await tieToDeals(draft.leads, { contact: id });
        return id;
      }),
    updateContact: (id, draft) =>
      told(draft, async () => {
        const sent = contactDraft(draft);
        const isSame = draft.name !== undefined || draft.first_name !== undefined ? await sameNames(crm, id, draft) : false;
        const { name: _, surname: _surname, middlename: _middle, ...rest } = sent as Record<string, unknown>;
        await crm.contacts.update(id, isSame ? rest : sent);
        await tieToDeals(draft.leads, { contact: id });
      }),
    createCompany: (draft) =>
      told(draft, async () => {
        const id = await crm.companies.create({ name: "", ...companyDraft(draft) });
        await tieCompany(id, draft);
        return id;
      }),
    updateCompany: (id, draft) =>
      told(draft, async () => {
        await crm.companies.update(id, companyDraft(draft));
        await tieCompany(id, draft);
      }),
    remove: (of, id) => told({}, () => (of === "leads" ? crm.deals : of === "contacts" ? crm.contacts : crm.companies).remove(id)),
    link: (link) => told({}, () => tie(link, true), "to_entity_id"),
    unlink: (link) => told({}, () => tie(link, false), "to_entity_id"),
  };

  async function tieCompany(id: number, { contacts, leads }: CompanyDraft): Promise<void> {
    for (const contact of contacts ?? []) await crm.contacts.update(contact.id, { company: id });
    await tieToDeals(leads, { company: id });
  }

  async function tie(link: LinkDraft, on: boolean): Promise<void> {
    const { entity_type, entity_id, to_entity_type, to_entity_id, is_main } = link;
    if (entity_type === "leads" && to_entity_type === "catalog_elements") return tieElement(crm, link, on);
    const pair = { [entity_type]: entity_id, [to_entity_type]: to_entity_id } as Partial<Record<EntityType, number>>;
    const { leads, contacts, companies } = pair;
    if (leads !== undefined && contacts !== undefined) {
      const isMain = is_main !== undefined && { isMain: is_main };
      await crm.deals.update(leads, on ? { addContacts: [{ id: contacts, ...isMain }] } : { removeContacts: [contacts] });
    } else if (leads !== undefined && companies !== undefined) {
      if (on || (await crm.deals.get(leads)).company === companies) await crm.deals.update(leads, { company: on ? companies : null });
    } else if (contacts !== undefined && companies !== undefined) {
      if (on || (await crm.contacts.get(contacts)).company === companies)
        await crm.contacts.update(contacts, { company: on ? companies : null });
    } else throw new Unfit("to_entity_type");
  }
}

export const stampsOf = ({ created_by, updated_by, created_at, updated_at }: StampDraft): OwnStampDraft => ({
  ...(created_by !== undefined && { createdBy: created_by === 0 ? null : created_by }),
  ...(updated_by !== undefined && { updatedBy: updated_by === 0 ? null : updated_by }),
  ...(created_at !== undefined && { createdAt: moment(created_at) }),
  ...(updated_at !== undefined && { updatedAt: moment(updated_at) }),
});

/** First and last name apart, or a whole name that nobody took apart. */
function namesOf({ name, first_name, last_name }: ContactDraft): { name?: string; surname?: string; middlename?: string } {
  if (first_name === undefined && last_name === undefined) return name === undefined ? {} : { name, surname: "", middlename: "" };
  if (first_name === "" && last_name === "" && name !== undefined) return { name, surname: "", middlename: "" };
  return { ...(first_name !== undefined && { name: first_name, middlename: "" }), ...(last_name !== undefined && { surname: last_name }) };
}

/** Whoever sends a name back as they have read it leaves its parts as they are. */
async function sameNames(crm: OwnCrm, id: number, { name, first_name, last_name }: ContactDraft): Promise<boolean> {
  const { fullName, name: first, middlename, surname } = await crm.contacts.get(id);
  const given = [first, middlename].filter((part) => part !== "").join(" ");
  const isWhole = first_name === undefined && last_name === undefined;
  return isWhole ? name === fullName : (first_name ?? given) === given && (last_name ?? surname) === surname;
}

const pathsOf: Readonly<Record<string, string>> = {
  responsible: "responsible_user_id",
  stage: "status_id",
  pipeline: "pipeline_id",
  lossReason: "loss_reason_id",
  loss_reason: "loss_reason_id",
  contacts: "_embedded.contacts.0.id",
  addContacts: "to_entity_id",
  company: "_embedded.companies.0.id",
  source: "_embedded.source.external_id",
  tags: "_embedded.tags",
  sum: "price",
  closedAt: "closed_at",
  createdBy: "created_by",
  updatedBy: "updated_by",
  author: "created_by",
  due: "complete_till",
  type: "task_type_id",
  title: "text",
  on: "entity_id",
  kind: "type",
  element: "to_entity_id",
  quantity: "metadata.quantity",
  contact: "entity_id",
  deal: "entity_id",
};

/** Our refusals as the API's own, with their place in what was sent. */
export async function told<T>(draft: { readonly fields?: readonly FieldDraft[] }, work: () => Promise<T>, missing?: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Invalid) {
      const [[name = "", problems = []] = []] = Object.entries(error.fields);
      throw new Unfit(
        placeIn(name, draft.fields),
        problems.join("; "),
        problems.some((one) => /taken|already/.test(one)) ? "NotUnique" : "NotSupportedChoice",
      );
    }
    if (error instanceof NotFound)
      throw missing === undefined ? new Missing(`Entity not found: ${error.message}`) : new Unfit(missing, error.message);
    if (error instanceof Forbidden) throw new Denied(error.message);
    if (error instanceof Conflict) throw new Unfit("id", error.message, "NotUnique");
    throw error;
  }
}

/** `values.12` and `phones.0.value` are custom fields there. */
function placeIn(name: string, fields: readonly FieldDraft[] = []): string {
  const [first = "", second = "0"] = name.split(".");
  const isValue = first === "values" || first === "fields";
  const codes: Readonly<Record<string, string>> = {
    phones: "PHONE",
    emails: "EMAIL",
    messengers: "IM",
    inn: "INN",
    kpp: "KPP",
    website: "WEB",
  };
  const field = isValue ? fields.find((one) => String(one.field.id) === second) : fields.find((one) => one.field.code === codes[first]);
  if (field) return `${field.path}.values.${isValue || second === "" ? 0 : second}.value`;
  return pathsOf[first] ?? first;
}

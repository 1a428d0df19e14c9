import type { FieldProblem } from "../protocol.ts";
import type { CompanyDraft, ContactDraft, LeadDraft, Pen, UnsortedDraft } from "./account.ts";
import { readItems, writeItems } from "./batch.ts";
import { type At, type Handler, type Route, route } from "./http.ts";
import { readDraft } from "./record-shapes.ts";
import { anything, list, object } from "./shape.ts";
import { readMetadata } from "./unsorted.ts";

/** `POST /api/v4/leads/complex`: a lead with its contact and its company in one piece. Source: crm_platform/leads-api#leads-complex-add */

export const complexRoutes: readonly Route[] = [route("POST", "/api/v4/leads/complex", createComplex)];

const most = 50;

export interface ComplexDraft {
  readonly lead: LeadDraft;
  readonly contact?: ContactDraft & { readonly id?: number };
  readonly company?: CompanyDraft & { readonly id?: number };
  readonly unsorted?: Pick<UnsortedDraft, "category" | "metadata">;
}

const embeddedPeople = object({
  contacts: list(anything, 1),
  companies: list(anything, 1),
  tags: anything,
  source: anything,
  metadata: anything,
});

async function createComplex(at: At): ReturnType<Handler> {
  const items = await readItems(at.json(), (item, problems) => readComplex(at, item, problems), most);
  const made = await writeItems(at.account, items, writeComplex);
  // A bare array, and all five members: one client reads it so.
  return {
    body: made.map(({ requestId, result: { lead, contact, company } }) => ({
      id: lead,
      contact_id: contact ?? null,
      company_id: company ?? null,
      request_id: [requestId],
      merged: false,
    })),
    type: "application/json",
  };
}

async function readComplex(at: At, item: unknown, problems: FieldProblem[]): Promise<ComplexDraft | undefined> {
  const { _embedded: sent, ...rest } = (typeof item === "object" && item !== null ? item : {}) as { _embedded?: unknown };
  const embedded = sent === undefined ? {} : embeddedPeople(sent, "_embedded", problems);
  if (!embedded) return undefined;
  const { contacts, companies, metadata, ...kept } = embedded;
  const lead = await readDraft(at.account, "leads", { ...rest, ...(sent !== undefined && { _embedded: kept }) }, problems);
  const below = async <K extends "contacts" | "companies">(of: K, one: unknown) => {
    const found: FieldProblem[] = [];
    const draft = await readDraft(at.account, of, one, found);
    problems.push(...found.map((problem) => ({ ...problem, path: `_embedded.${of}.0.${problem.path}` })));
    return draft;
  };
  const contact = contacts?.[0] === undefined ? undefined : await below("contacts", contacts[0]);
  const company = companies?.[0] === undefined ? undefined : await below("companies", companies[0]);
  const unsorted = metadata === undefined || metadata === null ? undefined : readMetadata(metadata, problems);
  if (!lead) return undefined;
  return { lead, ...(contact && { contact }), ...(company && { company }), ...(unsorted && { unsorted }) };
}

async function writeComplex(pen: Pen, { lead, contact, company, unsorted }: ComplexDraft) {
  if (unsorted) {
    const { _embedded: made } = await pen.createUnsorted({
      ...unsorted,
      source_uid: "",
      source_name: "",
      ...(lead.pipeline_id !== undefined && { pipeline_id: lead.pipeline_id }),
      lead,
      ...(contact && { contact }),
      ...(company && { company }),
    });
    return { lead: made.leads[0]?.id ?? 0, contact: made.contacts[0]?.id, company: made.companies[0]?.id };
  }
  const companyId =
    company &&
    (await put(
      company,
      (draft) => pen.createCompany(draft),
      (id, draft) => pen.updateCompany(id, draft),
    ));
  const person = contact && { ...contact, ...(companyId !== undefined && { companies: [{ id: companyId }] }) };
  const contactId =
    person &&
    (await put(
      person,
      (draft) => pen.createContact(draft),
      (id, draft) => pen.updateContact(id, draft),
    ));
  const leadId = await pen.createLead({
    ...lead,
    ...(contactId !== undefined && { contacts: [{ id: contactId, is_main: true }] }),
    ...(companyId !== undefined && { companies: [{ id: companyId }] }),
  });
  return { lead: leadId, contact: contactId, company: companyId };
}

/** With an id, one that is there already. */
async function put<D extends object>(
  { id, ...draft }: D & { readonly id?: number },
  create: (draft: Omit<D, "id">) => Promise<number>,
  update: (id: number, draft: Omit<D, "id">) => Promise<void>,
): Promise<number> {
  if (id === undefined) return create(draft as Omit<D, "id">);
  if (Object.keys(draft).length > 0) await update(id, draft as Omit<D, "id">);
  return id;
}

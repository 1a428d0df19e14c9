import { Missing, type Pen, Unfit } from "../api/account.ts";
import { catalogPen } from "./catalogs.ts";
import { type Desk, nextId } from "./desk.ts";
import { entryPen } from "./entry-pen.ts";
import { recordPen } from "./record-pen.ts";
import { setupPen } from "./setup-pen.ts";
import { talkPen } from "./talks.ts";

/** Writes into the state of an account in memory, and says what is to be told of it. */
export function penOf(desk: Desk): Pen {
  const { state, now } = desk;
  const records = recordPen(desk);
  return {
    ...records,
    ...entryPen(desk),
    ...setupPen(desk),
    ...catalogPen(desk),
    ...talkPen(desk),
    async createUnsorted({ category, source_uid, source_name, pipeline_id, created_at, metadata, lead, contact, company }) {
      const pipeline = state.pipelines.find((one) => (pipeline_id === undefined ? one.is_main : one.id === pipeline_id));
      const status = pipeline?._embedded.statuses.find(({ type }) => type === 1);
      if (!pipeline || !status) throw new Unfit("pipeline_id");
      const companyId = company && (company.id ?? (await records.createCompany(company)));
      const contactId =
        contact &&
        (contact.id ?? (await records.createContact({ ...contact, ...(companyId !== undefined && { companies: [{ id: companyId }] }) })));
      const leadId = await records.createLead({
        ...lead,
        ...{ pipeline_id: pipeline.id, status_id: status.id },
        ...(contactId !== undefined && { contacts: [{ id: contactId }] }),
        ...(companyId !== undefined && { companies: [{ id: companyId }] }),
      });
      const uid = nextId(desk).toString(16).padStart(60, "0");
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
      await records.updateLead(lead, {
        pipeline_id: item.pipeline_id,
        ...(status_id !== undefined && { status_id }),
        ...(user_id !== undefined && { responsible_user_id: user_id }),
      });
      state.unsorted.set(uid, { ...item, resolved: "accepted" });
    },
    async declineUnsorted(uid) {
      const item = state.unsorted.get(uid);
      if (!item) throw new Missing("Entity not found");
      for (const { id } of item._embedded.leads) await records.remove("leads", id);
      state.unsorted.set(uid, { ...item, resolved: "declined" });
    },
    async createSource({ name = "", external_id = "", pipeline_id, default: isDefault, origin_code, services }) {
      if (state.sources.some((one) => one.external_id === external_id)) throw new Unfit("external_id", undefined, "NotUnique");
      const id = nextId(desk);
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
    async showCall(phone, users) {
      state.cards.push({ phone, users });
    },
  };
}

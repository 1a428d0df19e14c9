import { randomBytes } from "node:crypto";
import type { OwnCrm, OwnIncoming, OwnUser } from "@svyazka/core";
import { type Account, type RecordQuery, Unfit, type UnsortedDraft } from "../api/account.ts";
import type { Drafts, Items } from "../api/record-shapes.ts";
import type { AnyEntityType, ElementRef, EntityType, Link, LossReason, Unsorted } from "../protocol.ts";
import { uuidOf } from "../uuid-of.ts";
import type { RecordPen } from "./pen.ts";
import { told } from "./pen.ts";
import { seconds } from "./times.ts";

/** What ties records together, and whom a phone belongs to. */

type Records = Pick<Account, "leads" | "contacts" | "companies">;

/** Of these records to others, told from both sides. */
export async function linksOf(records: Records, of: EntityType, ids: readonly number[]): Promise<Link[]> {
  const query: RecordQuery = { page: 1, limit: Math.max(ids.length, 1), ids, with: new Set(["contacts", "leads", "catalog_elements"]) };
  const { items } = await records[of](query);
  return (items as readonly Items[EntityType][]).flatMap((item) => {
    const { contacts = [], companies = [], leads = [], catalog_elements: elements = [] } = item._embedded as Embedded;
    const link = (to_entity_type: AnyEntityType, to_entity_id: number, metadata: Link["metadata"] = null): Link => ({
      ...{ entity_id: item.id, entity_type: of, to_entity_id, to_entity_type, metadata },
    });
    return [
      ...contacts.map(({ id, is_main }) => link("contacts", id, is_main === undefined ? null : { main_contact: is_main })),
      ...companies.map(({ id }) => link("companies", id)),
      ...leads.map(({ id }) => link("leads", id)),
      ...elements.map(({ id, metadata }) => link("catalog_elements", id, { ...metadata })),
    ];
  });
}

interface Embedded {
  readonly contacts?: readonly { readonly id: number; readonly is_main?: boolean }[];
  readonly companies?: readonly { readonly id: number }[];
  readonly leads?: readonly { readonly id: number }[];
  readonly catalog_elements?: readonly ElementRef[];
}

/** The one open lead of the contact of this phone, the contact, or the company. */
export async function whoseIsPhone(crm: OwnCrm, phone: string): ReturnType<Account["whoseIsPhone"]> {
  const [contact] = (await crm.contacts.list({ limit: 1, phones: [phone], sort: "-updated_at" })).items;
  if (contact) {
    const { items } = await crm.deals.list({ limit: 2, contacts: [contact.id], state: "open" });
    const [lead] = items;
    return lead && items.length === 1 ? { entity_type: "leads", entity_id: lead.id } : { entity_type: "contacts", entity_id: contact.id };
  }
  const [company] = (await crm.companies.list({ limit: 1, phones: [phone] })).items;
  return company && { entity_type: "companies", entity_id: company.id };
}

/** The lead with its people, standing among the unsorted. */
export async function createUnsorted(crm: OwnCrm, pen: RecordPen, draft: UnsortedDraft, account: number): Promise<Unsorted> {
  const pipelines = await crm.pipelines.list();
  const pipeline = pipelines.find(({ id, isDefault }) => (draft.pipeline_id === undefined ? isDefault : id === draft.pipeline_id));
  const stage = pipeline?.stages.find(({ kind }) => kind === "incoming");
  if (!pipeline || !stage) throw new Unfit("pipeline_id");
  const company = draft.company && (draft.company.id ?? (await pen.createCompany(plain(draft.company))));
  const contact =
    draft.contact &&
    (draft.contact.id ??
      (await pen.createContact({ ...plain(draft.contact), ...(company !== undefined && { companies: [{ id: company }] }) })));
  const deal = await pen.createLead({
    ...plain(draft.lead),
    ...{ pipeline_id: pipeline.id, status_id: stage.id },
    ...(contact !== undefined && { contacts: [{ id: contact, is_main: true }] }),
    ...(company !== undefined && { companies: [{ id: company }] }),
  });
  const uid = randomBytes(30).toString("hex");
  await told({}, () =>
    crm.incoming.create({
      ...{ uid, deal, category: draft.category, metadata: draft.metadata, sourceUid: draft.source_uid, sourceName: draft.source_name },
      // Whoever was there before does not go to the bin with a deal that is declined.
      ...(contact !== undefined && draft.contact?.id === undefined && { contact }),
      ...(company !== undefined && draft.company?.id === undefined && { company }),
      ...(draft.created_at !== undefined && { createdAt: new Date(draft.created_at * 1000) }),
    }),
  );
  return writeUnsorted(await crm.incoming.get(uid), account);
}

const plain = <T extends Drafts[EntityType]>({ id: _, ...draft }: T & { readonly id?: number }): T => draft as unknown as T;

export const writeUnsorted = (item: OwnIncoming, account: number): Unsorted => ({
  uid: item.uid,
  source_uid: item.sourceUid,
  source_name: item.sourceName,
  category: item.category as Unsorted["category"],
  pipeline_id: item.pipeline,
  created_at: seconds(item.createdAt),
  metadata: item.metadata,
  account_id: account,
  _embedded: {
    leads: [{ id: item.deal }],
    contacts: item.contact === null ? [] : [{ id: item.contact }],
    companies: item.company === null ? [] : [{ id: item.company }],
  },
});

export const writeReason = ({ id, name, position, createdAt, updatedAt }: Reason): LossReason => ({
  ...{ id, name, sort: position, created_at: seconds(createdAt), updated_at: seconds(updatedAt) },
});
interface Reason {
  readonly id: number;
  readonly name: string;
  readonly position: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Whose rights a role has. */
export const nobody: OwnUser = {
  ...{ id: 0, name: "", email: null, phone: null, avatar: null, role: "manager", recordAccess: "all", group: null, active: true },
  ...{ language: "ru", createdAt: new Date(0), updatedAt: new Date(0) },
};

/** The account, its users and the clients of a channel, in the chats API. */
export const chatAccountId = (account: number): string => uuidOf(`chats ${account}`);
export const chatUserId = (account: number, user: number): string => uuidOf(`chats ${account} user ${user}`);
export const chatClientId = (channelId: string, client: string): string => uuidOf(`chats ${channelId} client ${client}`);

/** `₽`. */
export const symbolOf = (currency: string): string =>
  new Intl.NumberFormat("ru", { style: "currency", currency, currencyDisplay: "narrowSymbol" })
    .formatToParts(0)
    .find(({ type }) => type === "currency")?.value ?? currency;

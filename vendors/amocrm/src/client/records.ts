import type { Company, Contact, CustomField, EntityType, FieldGroup, FieldValues, Lead, Link, Note, TagRef } from "../protocol.ts";
import { sendMany } from "./batches.ts";
import { changesSince } from "./changes.ts";
import { type Changed, type CollectionSpec, type Created, changingOf, creatingOf, readingOf, removingOf } from "./collections.ts";
import type {
  CompanyDraft,
  ComplexLeadDraft,
  ContactDraft,
  CustomFieldDraft,
  LeadDraft,
  LinkDraft,
  NoteDraft,
  RecordDraft,
} from "./drafts.ts";
import { fieldTexts } from "./fields.ts";
import type { LeadFilter, Many, NoteFilter, RecordFilter } from "./filters.ts";
import { itemsOf, type ListQuery, listed, listingOf } from "./pages.ts";
import type { AmoRequest, Transport } from "./transport.ts";

/** Leads, contacts and companies: one kind of thing, with its fields, tags, notes and links. */

/** What all of the client stands on. */
export interface Ground {
  readonly transport: Transport;
  /** Whether the account has paid for filters: without them amoCRM gives everything. */
  isFiltering(): Promise<boolean>;
}

type Order = "id" | "created_at" | "updated_at";
interface Item {
  readonly id: number;
  readonly updated_at: number;
  readonly custom_fields_values: readonly FieldValues[] | null;
}

function recordsOf<T extends Item, Draft extends RecordDraft, Filter extends RecordFilter, With extends string>(
  ground: Ground,
  of: EntityType,
) {
  const { transport } = ground;
  const spec: CollectionSpec = { path: `/api/v4/${of}`, key: of, isOrderedById: true };
  const reading = readingOf<T, ListQuery<Filter, Order, With>, number, With>(transport, spec);
  return {
    ...reading,
    ...creatingOf<Draft>(transport, spec),
    ...changingOf<Draft, Changed>(transport, spec),
    fields: fieldsOf(transport, of),
    tags: tagsOf(transport, of),
    notes: notesOf(ground, of),
    links: linksOf(transport, of),
    /**
     * What has changed since a moment (Unix seconds, that second included), oldest change first; new ones are changes, deleted ones are not told of.
     * Ask again from the greatest `updated_at` you have seen: what changed in that same second comes twice, and nothing is missed.
     */
    async *changes(since: number, bring: readonly With[] = []): AsyncGenerator<T, void, void> {
      const ask = (query: object, page: number) =>
        reading.page({ ...query, with: bring } as unknown as ListQuery<Filter, Order, With>, page);
      yield* changesSince<T>(ask, since, await ground.isFiltering());
    },
  };
}

/** Definitions of custom fields, and their groups. */
export function fieldsOf(transport: Transport, of: string) {
  // 50 to a page, whatever one asks for.
  const spec: CollectionSpec = { path: `/api/v4/${of}/custom_fields`, key: "custom_fields", limit: 50 };
  const groups: CollectionSpec = { path: `${spec.path}/groups`, key: "custom_field_groups", limit: 50 };
  return {
    ...readingOf<CustomField, ListQuery<object, "id" | "sort">>(transport, spec),
    ...creatingOf<CustomFieldDraft, CustomField>(transport, spec),
    ...changingOf<CustomFieldDraft, CustomField>(transport, spec),
    ...removingOf(transport, spec),
    groups: {
      ...readingOf<FieldGroup, ListQuery<object>, string>(transport, groups),
      ...creatingOf<{ readonly name: string; readonly sort: number }, FieldGroup>(transport, groups),
    },
  };
}

/** Tags of one kind of record: the same word is another tag on another kind. */
export function tagsOf(transport: Transport, of: string) {
  const spec: CollectionSpec = { path: `/api/v4/${of}/tags`, key: "tags" };
  return {
    ...listingOf<TagRef, ListQuery<{ readonly id?: Many<number>; readonly name?: string }>>(transport, spec),
    /** A word that is there already gives its tag. */
    ...creatingOf<{ readonly name: string; readonly color?: string }, TagRef>(transport, spec),
  };
}

type NoteQuery = ListQuery<NoteFilter, "id" | "updated_at">;

/** Notes of all records of a kind; `notes.on(id)` are those of one record. */
function notesOf({ transport, isFiltering }: Ground, of: string) {
  const spec: CollectionSpec = { path: `/api/v4/${of}/notes`, key: "notes", isOrderedById: true };
  const reading = readingOf<Note, NoteQuery>(transport, spec);
  return {
    ...reading,
    ...creatingOf<NoteDraft & { readonly entity_id: number }>(transport, spec),
    ...changingOf<Pick<NoteDraft, "note_type" | "params">, Changed>(transport, spec),
    on(id: number) {
      const own: CollectionSpec = { ...spec, path: `/api/v4/${of}/${id}/notes` };
      return {
        ...readingOf<Note, NoteQuery>(transport, own),
        ...creatingOf<NoteDraft>(transport, own),
        ...changingOf<Pick<NoteDraft, "note_type" | "params">, Changed>(transport, own),
      };
    },
    /** As `changes` of records. */
    async *changes(since: number): AsyncGenerator<Note, void, void> {
      yield* changesSince<Note>((query, page) => reading.page(query, page), since, await isFiltering());
    },
  };
}

interface LinkFilter {
  readonly entity_id?: Many<number>;
  readonly to_entity_type?: string;
  readonly to_entity_id?: Many<number>;
  readonly to_catalog_id?: number;
}

/** What belongs to what. Source: crm_platform/entity-links-api */
function linksOf(transport: Transport, of: string) {
  const send = (path: string, links: readonly object[]): AmoRequest => ({ method: "POST", path: `/api/v4/${of}/${path}`, body: links });
  const list = (path: string) => listingOf<Link, ListQuery<LinkFilter>>(transport, { path: `/api/v4/${of}/${path}`, key: "links" });
  return {
    /** Of one record. */
    of: (id: number, filter: LinkFilter = {}): Promise<Link[]> => listed(list(`${id}/links`).all({ filter })),
    /** Of many records. */
    ofMany: (ids: readonly number[], filter: LinkFilter = {}): Promise<Link[]> =>
      listed(list("links").all({ filter: { ...filter, entity_id: ids } })),
    /** All or nothing; what is linked already stays so. */
    async link(id: number, links: readonly LinkDraft[]): Promise<readonly Link[]> {
      const request = send(`${id}/link`, links);
      return links.length === 0 ? [] : itemsOf<Link>(request, await transport.ask(request), "links");
    },
    async unlink(id: number, links: readonly LinkDraft[]): Promise<void> {
      if (links.length > 0) await transport.ask(send(`${id}/unlink`, links));
    },
  };
}

export type LeadWith =
  | "contacts"
  | "loss_reason"
  | "catalog_elements"
  | "source_id"
  | "source"
  | "is_price_modified_by_robot"
  | "only_deleted";
export type ContactWith = "leads" | "customers" | "catalog_elements";
export type CompanyWith = "contacts" | "leads" | "customers" | "catalog_elements";

/** What `leads/complex` has made. */
export interface ComplexCreated extends Created {
  readonly contact_id: number | null;
  readonly company_id: number | null;
  /** Duplicate control has found the contact or the company: nothing new was made of it. */
  readonly merged: boolean;
}

export function leadsOf(ground: Ground) {
  const complex = { method: "POST", path: "/api/v4/leads/complex", key: "leads", size: 50 } as const;
  return {
    ...recordsOf<Lead, LeadDraft, LeadFilter, LeadWith>(ground, "leads"),
    /** Each a lead with its contact and its company: all three or none. Fifty to a request. */
    createComplex: (drafts: readonly ComplexLeadDraft[]) => sendMany<ComplexLeadDraft, ComplexCreated>(ground.transport, complex, drafts),
  };
}

const digitsOfPhone = 10;
/** What amoCRM finds by words is looked at so far, and no further. */
const mostLookedAt = 1000;

/** Finds people and companies as the hub or a PBX knows them. amoCRM searches loosely and everywhere, so each hit is looked at: issue 515 of amocrm-api-php. */
function findingPeople<T extends Item, With extends string>(all: (query: ListQuery<RecordFilter, Order, With>) => AsyncIterable<T>) {
  async function find(words: string, isMeant: (record: T) => boolean, bring: readonly With[]): Promise<T[]> {
    const found: T[] = [];
    let looked = 0;
    if (words !== "")
      for await (const record of all({ query: words, with: bring })) {
        if (isMeant(record)) found.push(record);
        if (++looked === mostLookedAt) break;
      }
    return found.sort((one, other) => other.updated_at - one.updated_at);
  }
  return {
    /** Whose phone ends with the same ten digits, however it is written; a shorter phone must be the same as a whole. The last changed first. */
    findByPhone: (phone: string, bring: readonly With[] = []): Promise<T[]> =>
      find(endOf(phone), (record) => fieldTexts(record, "PHONE").some(({ value }) => endOf(value) === endOf(phone)), bring),
    /** Whose e-mail it is, in any case. The last changed first. */
    findByEmail: (email: string, bring: readonly With[] = []): Promise<T[]> =>
      find(email.trim(), (record) => fieldTexts(record, "EMAIL").some(({ value }) => plain(value) === plain(email)), bring),
  };
}

const endOf = (phone: string): string => phone.replace(/\D/g, "").slice(-digitsOfPhone);
const plain = (email: string): string => email.trim().toLowerCase();

export function contactsOf(ground: Ground) {
  const records = recordsOf<Contact, ContactDraft, RecordFilter, ContactWith>(ground, "contacts");
  const chats: CollectionSpec = { path: "/api/v4/contacts/chats", key: "chats" };
  return {
    ...records,
    ...findingPeople<Contact, ContactWith>(records.all),
    chats: {
      ofContacts: (ids: readonly number[]) => chatLinks(ground.transport, chats, { contact_id: ids }),
      ofChats: (ids: readonly string[]) => chatLinks(ground.transport, chats, { chat_id: ids }),
      ...creatingOf<{ readonly contact_id: number; readonly chat_id: string }, ChatLink>(ground.transport, chats),
    },
  };
}

export interface ChatLink {
  readonly id: number;
  readonly contact_id: number;
  /** UUID in the chats API. */
  readonly chat_id: string;
}

async function chatLinks(
  transport: Transport,
  { path, key }: CollectionSpec,
  query: { readonly [name: string]: readonly (string | number)[] },
) {
  const request: AmoRequest = { method: "GET", path, query };
  if (Object.values(query).some((ids) => ids.length === 0)) return [];
  return itemsOf<ChatLink>(request, await transport.ask(request), key);
}

export function companiesOf(ground: Ground) {
  const records = recordsOf<Company, CompanyDraft, RecordFilter, CompanyWith>(ground, "companies");
  return { ...records, ...findingPeople<Company, CompanyWith>(records.all) };
}

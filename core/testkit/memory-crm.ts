import type { CallDraft } from "../src/calls.ts";
import type { CrmRecords } from "../src/crm-records.ts";
import { Conflict, Refused } from "../src/errors.ts";
import { type Phone, readEmail } from "../src/phone.ts";
import {
  type CompanyDraft,
  type ContactDraft,
  type ContactHit,
  type Crm,
  type DealDraft,
  type DealHit,
  type DealQuery,
  type Directory,
  type DirectoryField,
  type DirectoryPipeline,
  type Entry,
  emptyDirectory,
} from "../src/ports.ts";
import type { RecordId } from "../src/words.ts";
import { type MemoryCall, memoryCalls } from "./memory-calls.ts";
import { type MemoryCompany, type MemoryContact, type MemoryDeal, memoryCompany, memoryContact, memoryDeal } from "./memory-records.ts";

/** `result` is that of a task which was closed. */
export type MemoryEntry = Entry & { readonly id: RecordId; result?: string };

export interface MemoryCrm extends Crm {
  readonly contacts: MemoryContact[];
  readonly companies: MemoryCompany[];
  readonly deals: MemoryDeal[];
  readonly entries: MemoryEntry[];
  /** By key. */
  readonly phoneCalls: ReadonlyMap<string, MemoryCall>;
  /** The names of the calls made, in order: what a flow costs. */
  readonly calls: string[];
  /** The next call of this name fails with this error: before anything is written, or after it. */
  failNext(call: keyof Crm, error: Error, when?: "before" | "after"): void;
  /** Runs once, between the next `findContact` and its answer's use: somebody else is faster. */
  afterNextFind(action: () => void): void;
}

export interface MemoryCrmOptions {
  readonly directory?: Partial<Directory>;
  now?(): Date;
}

/** One pipeline with a stage of each kind, for tests that need no other. */
export const plainPipeline: DirectoryPipeline = {
  id: "1",
  name: "Sales",
  isDefault: true,
  stages: [
    { id: "10", name: "Unsorted", kind: "incoming" },
    { id: "11", name: "First contact", kind: "open" },
    { id: "12", name: "Offer", kind: "open" },
    { id: "142", name: "Won", kind: "won" },
    { id: "143", name: "Lost", kind: "lost" },
  ],
};

/** A CRM in memory that keeps every promise of the port, for tests of flows. */
export function memoryCrm({ directory: given = {}, now = () => new Date(0) }: MemoryCrmOptions = {}): MemoryCrm {
  const directory: Directory = { ...emptyDirectory, pipelines: [plainPipeline], ...given };
  const contacts: MemoryContact[] = [];
  const companies: MemoryCompany[] = [];
  const deals: MemoryDeal[] = [];
  const entries: MemoryEntry[] = [];
  const calls: string[] = [];
  const written = new Map<string, RecordId>();
  const failures = new Map<string, { error: Error; when: "before" | "after" }>();
  let afterFind: (() => void) | undefined;
  let count = 0;
  const nextId = (): RecordId => String(++count);
  const phone = memoryCalls(nextId);

  /** Counts the call, lets it fail on order, and writes a key only once. */
  const call = async <T>(name: keyof Crm, work: () => T): Promise<T> => {
    calls.push(name);
    const failure = failures.get(name);
    failures.delete(name);
    if (failure?.when === "before") throw failure.error;
    const result = work();
    if (failure) throw failure.error;
    return result;
  };
  const once = (key: string, write: () => RecordId): { id: RecordId } => {
    if (key === "") throw new Refused("A write needs a key");
    const before = written.get(key);
    const id = before ?? write();
    written.set(key, id);
    return { id };
  };

  /** Refuses references that lead nowhere. */
  const checkReferences = (draft: {
    readonly contact?: RecordId;
    readonly company?: RecordId;
    readonly responsible?: RecordId;
    readonly author?: RecordId;
    readonly source?: RecordId;
    readonly type?: RecordId;
  }): void => {
    const known = {
      contact: contacts,
      company: companies,
      responsible: directory.users,
      author: directory.users,
      source: directory.sources,
      type: directory.taskTypes,
    };
    for (const [name, records] of Object.entries(known)) {
      const id = draft[name as keyof typeof known];
      if (id !== undefined && !records.some((record) => record.id === id)) refuse(name, id);
    }
  };

  const matches = (
    contact: MemoryContact,
    by: { readonly phones: readonly string[]; readonly emails: readonly string[] },
  ): "phone" | "email" | undefined => {
    if (contact.phones.some(({ e164 }) => e164 !== undefined && by.phones.includes(e164))) return "phone";
    return contact.emails.some((email) => by.emails.includes(readEmail(email) ?? email)) ? "email" : undefined;
  };

  const findContact: Crm["findContact"] = async (by) => {
    const hits = await call("findContact", () =>
      contacts
        .flatMap((contact) => {
          const matchedBy = matches(contact, by);
          return matchedBy ? [{ contact, matchedBy }] : [];
        })
        .sort((a, b) => Number(b.matchedBy === "phone") - Number(a.matchedBy === "phone") || b.contact.active - a.contact.active)
        .slice(0, 10)
        .map(({ contact, matchedBy }) => hitOf(contact, matchedBy)),
    );
    const action = afterFind;
    afterFind = undefined;
    action?.();
    return hits;
  };

  const saveContact: Crm["saveContact"] = (draft) =>
    call("saveContact", () =>
      once(draft.key, () => {
        const known = draft.id === undefined ? undefined : (contacts.find(({ id }) => id === draft.id) ?? refuse("contact", draft.id));
        const phones = draft.phones.flatMap(({ e164, tollFree }) => (e164 !== undefined && !tollFree ? [e164] : []));
        const emails = draft.emails.flatMap((email) => readEmail(email) ?? []);
        if (!known && contacts.some((contact) => matches(contact, { phones, emails }))) throw new Conflict("Such a contact has appeared");
        checkReferences(draft);
        const contact = known ?? emptyContact(nextId());
        if (!known) contacts.push(contact);
        fillContact(contact, draft, ++count);
        return contact.id;
      }),
    );

  const saveCompany: Crm["saveCompany"] = (draft) =>
    call("saveCompany", () =>
      once(draft.key, () => {
        const known = draft.id === undefined ? undefined : (companies.find(({ id }) => id === draft.id) ?? refuse("company", draft.id));
        checkReferences(draft);
        const company = known ?? {
          id: nextId(),
          name: "",
          inn: undefined,
          kpp: undefined,
          phones: [],
          emails: [],
          website: undefined,
          responsible: undefined,
          fields: {},
        };
        if (!known) companies.push(company);
        fillCompany(company, draft);
        return company.id;
      }),
    );

  const stageOf = ({
    pipeline,
    stage,
  }: {
    readonly pipeline?: RecordId;
    readonly stage?: RecordId;
  }): { pipeline: RecordId; stage: RecordId } => {
    const owner =
      stage === undefined
        ? undefined
        : (directory.pipelines.find(({ stages }) => stages.some(({ id }) => id === stage)) ?? refuse("stage", stage));
    if (owner && stage !== undefined)
      return { pipeline: pipeline === undefined || pipeline === owner.id ? owner.id : refuse("stage of this pipeline", stage), stage };
    const chosen =
      pipeline === undefined
        ? directory.pipelines.find(({ isDefault }) => isDefault)
        : directory.pipelines.find(({ id }) => id === pipeline);
    const found = chosen ?? refuse("pipeline", pipeline ?? "default");
    return { pipeline: found.id, stage: found.stages[0]?.id ?? refuse("stage", "first") };
  };

  const isClosed = (deal: MemoryDeal): boolean => {
    const kind = directory.pipelines.flatMap(({ stages }) => stages).find(({ id }) => id === deal.stage)?.kind;
    return kind === "won" || kind === "lost";
  };

  const findDeal: Crm["findDeal"] = (by: DealQuery) =>
    call("findDeal", (): DealHit | undefined => {
      const fits = (deal: MemoryDeal): boolean =>
        deal.contact === by.contact &&
        (by.pipeline === undefined || deal.pipeline === by.pipeline) &&
        isClosed(deal) === (by.state === "closed") &&
        (by.since === undefined || deal.createdAt >= by.since) &&
        (by.notMadeBy === undefined || deal.madeBy !== by.notMadeBy);
      const deal = deals.filter(fits).sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || Number(b.id) - Number(a.id))[0];
      return (
        deal && {
          id: deal.id,
          name: deal.name,
          pipeline: deal.pipeline,
          stage: deal.stage,
          ...(deal.responsible !== undefined && { responsible: deal.responsible }),
        }
      );
    });

  const saveDeal: Crm["saveDeal"] = (draft: DealDraft) =>
    call("saveDeal", () =>
      once(draft.key, () => {
        const known = draft.id === undefined ? undefined : (deals.find(({ id }) => id === draft.id) ?? refuse("deal", draft.id));
        checkReferences(draft);
        const isMoved = !known || draft.stage !== undefined || draft.pipeline !== undefined;
        const place = isMoved ? stageOf(draft) : { pipeline: known.pipeline, stage: known.stage };
        const deal = known ?? emptyDeal(nextId(), draft.key, place, now());
        if (!known) deals.push(deal);
        changeDeal(deal, draft, place);
        const { values, leftover } = readFields(directory.fields.deal, draft.fields);
        deal.fields = { ...deal.fields, ...values };
        if (leftover !== "")
          entries.push({ kind: "note", key: `${draft.key} leftover`, on: { deal: deal.id }, text: leftover, id: nextId() });
        touch(deal.contact);
        return deal.id;
      }),
    );

  const addEntry: Crm["addEntry"] = (entry) =>
    call("addEntry", () =>
      once(entry.key, () => {
        if (entry.on) checkTarget(entry.on);
        checkReferences(entry.kind === "note" ? { ...(entry.author !== undefined && { author: entry.author }) } : withoutTarget(entry));
        if (entry.kind === "task" && entry.due !== undefined && Number.isNaN(Date.parse(entry.due))) refuse("moment", entry.due);
        if (entry.on && "contact" in entry.on) touch(entry.on.contact);
        if (entry.on && "deal" in entry.on) touch(deals.find(({ id }) => entry.on && "deal" in entry.on && id === entry.on.deal)?.contact);
        const id = nextId();
        entries.push({ ...entry, id });
        return id;
      }),
    );
  const withoutTarget = ({ on: _on, ...task }: Entry & { kind: "task" }) => task;
  const withLiveReferences = ({ contact, deal, employee, ...draft }: CallDraft): CallDraft => {
    const { user, ...nobody } = employee ?? {};
    return {
      ...draft,
      ...(contacts.some(({ id }) => id === contact) && contact !== undefined && { contact }),
      ...(deals.some(({ id }) => id === deal) && deal !== undefined && { deal }),
      ...(employee && { employee: { ...nobody, ...(directory.users.some(({ id }) => id === user) && user !== undefined && { user }) } }),
    };
  };
  const touch = (id: RecordId | undefined): void => {
    const contact = contacts.find((known) => known.id === id);
    if (contact) contact.active = ++count;
  };
  const checkTarget = (on: NonNullable<Entry["on"]>): void => {
    if ("contact" in on && !contacts.some(({ id }) => id === on.contact)) refuse("contact", on.contact);
    if ("company" in on && !companies.some(({ id }) => id === on.company)) refuse("company", on.company);
    if ("deal" in on && !deals.some(({ id }) => id === on.deal)) refuse("deal", on.deal);
  };

  return {
    contacts,
    companies,
    deals,
    entries,
    phoneCalls: phone.calls,
    calls,
    failNext: (name, error, when = "before") => void failures.set(name, { error, when }),
    afterNextFind: (action) => {
      afterFind = action;
    },
    findContact,
    saveContact,
    findCompany: (by) =>
      call("findCompany", () => {
        if (by.name === undefined && by.inn === undefined) return [];
        const found = companies.filter(
          ({ name, inn }) =>
            (by.inn === undefined || inn === by.inn) && (by.name === undefined || name.toLowerCase() === by.name.trim().toLowerCase()),
        );
        return found
          .toReversed()
          .slice(0, 10)
          .map(({ id }) => ({ id }));
      }),
    saveCompany,
    findDeal,
    saveDeal,
    addEntry,
    saveCall: (draft) => call("saveCall", () => phone.save(withLiveReferences(draft))),
    findCall: (key) => call("findCall", () => phone.find(key)),
    closeTasks: ({ mark, before }, result) =>
      call("closeTasks", () => {
        const open = entries.filter(
          (entry) => entry.kind === "task" && entry.mark?.name === mark && !entry.result && new Date(entry.mark.at) < before,
        );
        for (const task of open) task.result = result;
        return open.length;
      }),
    findRecord: (kind, id) =>
      call("findRecord", () => {
        const all: { readonly [K in keyof CrmRecords]: () => CrmRecords[K] | undefined } = {
          contact: () => memoryContact(contacts.find((one) => one.id === id)),
          company: () => memoryCompany(companies.find((one) => one.id === id)),
          deal: () =>
            memoryDeal(
              deals.find((one) => one.id === id),
              directory,
            ),
        };
        return all[kind]();
      }),
    directory: () => call("directory", () => directory),
  };
}

const refuse = (what: string, id: string): never => {
  throw new Refused(`There is no ${what} ${id}`);
};

const hitOf = ({ id, name, phones, emails, responsible }: MemoryContact, matchedBy: "phone" | "email"): ContactHit => ({
  id,
  name,
  phones: phones.flatMap(({ e164 }) => e164 ?? []),
  emails: emails.flatMap((email) => readEmail(email) ?? []),
  ...(responsible !== undefined && { responsible }),
  matchedBy,
});

const emptyContact = (id: RecordId): MemoryContact => ({
  id,
  name: "",
  surname: "",
  middlename: "",
  phones: [],
  emails: [],
  position: undefined,
  website: undefined,
  company: undefined,
  responsible: undefined,
  author: undefined,
  attribution: undefined,
  fields: {},
  tags: [],
  active: 0,
});

const emptyDeal = (id: RecordId, madeBy: string, place: { pipeline: RecordId; stage: RecordId }, createdAt: Date): MemoryDeal => ({
  id,
  madeBy,
  name: "",
  sum: undefined,
  contact: undefined,
  company: undefined,
  ...place,
  responsible: undefined,
  author: undefined,
  source: undefined,
  attribution: undefined,
  fields: {},
  tags: [],
  createdAt,
});

/** Adds what is lacking; overwrites only when it `replaces`. */
function fillContact(contact: MemoryContact, draft: ContactDraft, active: number): void {
  if (draft.replaces) {
    if (draft.name !== undefined) Object.assign(contact, { surname: "", middlename: "", ...given(draft, "name", "surname", "middlename") });
    Object.assign(contact, given(draft, "position", "website", "company", "responsible"));
    contact.fields = { ...contact.fields, ...draft.fields };
  }
  contact.name ||= draft.name ?? "";
  contact.surname ||= draft.surname ?? "";
  contact.middlename ||= draft.middlename ?? "";
  contact.position ??= draft.position;
  contact.website ??= draft.website;
  contact.company ??= draft.company;
  contact.responsible ??= draft.responsible;
  contact.author ??= draft.author;
  contact.attribution ??= draft.attribution;
  contact.fields = { ...draft.fields, ...contact.fields };
  contact.tags = [...new Set([...contact.tags, ...(draft.tags ?? [])])];
  addChannels(contact, draft);
  contact.active = active;
}

function fillCompany(company: MemoryCompany, draft: CompanyDraft): void {
  if (draft.replaces) {
    Object.assign(company, given(draft, "name", "inn", "kpp", "website", "responsible"));
    company.fields = { ...company.fields, ...draft.fields };
  }
  company.name ||= draft.name ?? "";
  company.inn ??= draft.inn;
  company.kpp ??= draft.kpp;
  company.website ??= draft.website;
  company.responsible ??= draft.responsible;
  company.fields = { ...draft.fields, ...company.fields };
  addChannels(company, draft);
}

const given = (draft: object, ...names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(draft).filter(([name, value]) => names.includes(name) && value !== undefined && value !== ""));

function addChannels(
  record: { phones: Phone[]; emails: string[] },
  draft: { readonly phones: readonly Phone[]; readonly emails: readonly string[] },
): void {
  for (const phone of draft.phones)
    if (!record.phones.some((known) => (known.e164 ?? known.typed) === (phone.e164 ?? phone.typed))) record.phones.push(phone);
  for (const email of draft.emails)
    if (!record.emails.some((known) => (readEmail(known) ?? known) === (readEmail(email) ?? email))) record.emails.push(email);
}

/** Parts given values into those a field can hold, as text, and a note of the rest. */
function readFields(
  fields: readonly DirectoryField[],
  given: Readonly<Record<string, string>> = {},
): { values: Record<string, string>; leftover: string } {
  const values: Record<string, string> = {};
  const rest: string[] = [];
  for (const [code, value] of Object.entries(given)) {
    const field = fields.find((known) => known.code === code);
    const held = field && readValue(field, value);
    if (held === undefined) rest.push(`${code}: ${value}`);
    else values[code] = held;
  }
  return { values, leftover: rest.join("\n") };
}

function readValue({ type, options }: DirectoryField, value: string): string | undefined {
  if (type === "number") return /^-?\d+([.,]\d+)?$/.test(value) ? String(Number(value.replace(",", "."))) : undefined;
  return type === "select" && !options?.includes(value) ? undefined : value;
}

/** Changes only what is given. */
function changeDeal(deal: MemoryDeal, draft: DealDraft, place: { pipeline: RecordId; stage: RecordId }): void {
  Object.assign(deal, place);
  deal.name = draft.name ?? deal.name;
  deal.sum = draft.sum ?? deal.sum;
  deal.contact = draft.contact ?? deal.contact;
  deal.company = draft.company ?? deal.company;
  deal.responsible = draft.responsible ?? deal.responsible;
  deal.author = draft.author ?? deal.author;
  deal.source = draft.source ?? deal.source;
  deal.attribution = draft.attribution ?? deal.attribution;
  deal.tags = [...new Set([...deal.tags, ...(draft.tags ?? [])])];
}

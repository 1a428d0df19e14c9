import {
  type Answer,
  type CompanyDraft,
  type CompanyRecord,
  Conflict,
  type ContactDraft,
  type ContactRecord,
  type Crm,
  type Link,
  type RecordId,
} from "@svyazka/core";
import { declaredLately, type Payload, payloadOf } from "../adapter/payload.ts";
import { type CounterpartyCall, checkKpp, checkTaxNumber, type TaxNumber } from "../protocol.ts";
import { askAboutDuplicates } from "./decisions.ts";
import { doneWith } from "./replies.ts";
import type { Scene } from "./scene.ts";
import { hashOf } from "./sent.ts";
import { crmOf, fieldsOf, nameFor, readPhones, recordIn, responsibleOf, wins } from "./writing.ts";

/** 2.3 and 2.4: a counterparty is found or made, and its id told. The same one, told at once or again, is one record. */

type Kind = "contact" | "company";
type Given = Omit<CompanyDraft, "key" | "id" | "replaces"> & Omit<ContactDraft, "key" | "id" | "replaces">;
const tries = 4;
/** Wrong numbers are kept as they are; a whole text is none. */
const longestTaxNumber = 50;

export async function keepCounterparty(scene: Scene, kind: Kind, call: CounterpartyCall): Promise<Answer> {
  for (let left = tries; ; left--) {
    try {
      return await keep(scene, kind, call);
    } catch (error) {
      // Somebody with this phone has appeared since: they are found the next time.
      if (!(error instanceof Conflict) || left === 1) throw error;
    }
  }
}

async function keep(scene: Scene, kind: Kind, call: CounterpartyCall): Promise<Answer> {
  const { kit } = scene;
  const crm = await crmOf(scene);
  const said = hashOf([call.name, call.inn, call.kpp, call.responsible_user_id, call.emails, call.phones, call.fields, call.link]);
  const link = call.id_1c === undefined ? undefined : await kit.links.find(kind, call.id_1c);
  const { given, warnings } = await givenIn(call, kind, scene);
  const { record, isShared } = await find({ scene, crm, kind, call, link, given });
  if (!record) return make({ scene, crm, kind, call, given, said, warnings, link, isShared });
  const { id } = record;
  // 1C writes objects anew although nothing of them has changed: what was said before is no news (onec.md §7).
  const isNews = link?.known?.["said"] !== said;
  const count = Number(link?.known?.["count"] ?? 0) + 1;
  const held = isNews ? await update({ crm, kind, id, record, given, scene, key: `${keyOf(scene, kind, call, said)}:${count}` }) : record;
  if (call.id_1c !== undefined && (isNews || link?.ours !== id))
    await kit.links.save({ kind, theirs: call.id_1c, ours: id, known: await agreed(scene, kind, held, { call, said, count }) });
  return { ...doneWith(id), detail: [`${titles[kind]} ${id}: ${isNews ? "обновлено" : "без изменений"}`, ...warnings].join("; ") };
}

const titles: Readonly<Record<Kind, string>> = { contact: "Контакт", company: "Компания" };

/** One that has no id of 1C is known by what it says. */
const keyOf = ({ base }: Scene, kind: Kind, { id_1c }: CounterpartyCall, said: string): string =>
  `onec:${base.id}:${kind}:${id_1c ?? said}`;

async function givenIn(
  call: CounterpartyCall,
  kind: Kind,
  scene: Scene,
): Promise<{ readonly given: Given; readonly warnings: readonly string[] }> {
  const { user, warnings } = responsibleOf(call.responsible_user_id, scene);
  const { fields, warnings: unmapped } = await fieldsOf(call.fields, kind, scene);
  const inn = kind === "company" && call.inn !== undefined ? checkTaxNumber(call.inn, scene.door.workspace.country) : undefined;
  const kpp = kind === "company" && call.kpp !== undefined ? checkKpp(call.kpp) : undefined;
  const isNumber = (tax: TaxNumber | undefined): tax is TaxNumber => tax !== undefined && tax.number.length <= longestTaxNumber;
  return {
    given: {
      ...(call.name !== undefined && { name: nameFor(call.name) }),
      ...{ phones: readPhones(call.phones, scene.door), emails: call.emails },
      ...(isNumber(inn) && { inn: inn.number }),
      ...(isNumber(kpp) && { kpp: kpp.number }),
      ...(user !== undefined && { responsible: user }),
      ...(Object.keys(fields).length > 0 && { fields }),
    },
    warnings: [...warnings, ...unmapped, ...(inn?.warnings ?? []), ...(kpp?.warnings ?? [])],
  };
}

interface Search {
  readonly scene: Scene;
  readonly crm: Crm;
  readonly kind: Kind;
  readonly call: CounterpartyCall;
  readonly link: Link | undefined;
  readonly given: Given;
}
type HeldRecord = ContactRecord | CompanyRecord;
interface Found {
  readonly record: HeldRecord | undefined;
  /** Its INN, phone or e-mail are those of other counterparties, and it is none of them. */
  readonly isShared: boolean;
}

/** By its id in the CRM, by the link, by its INN, by phone and e-mail: the first that leads to somebody who is there (onec.md §7). */
async function find({ scene, crm, kind, call, link, given }: Search): Promise<Found> {
  for (const id of [call.id, link?.ours]) {
    const record = await recordIn<Kind>(crm, kind, id);
    // After a merge in the CRM the one that was kept is meant.
    if (record) return { record, isShared: false };
  }
  const hits =
    kind === "company"
      ? given.inn === undefined || given.inn === ""
        ? []
        : (await crm.findCompany({ inn: given.inn })).map(({ id }) => id)
      : (await crm.findContact(channelsOf(given))).map(({ id }) => id);
  if (hits.length === 0) return { record: undefined, isShared: false };
  // One that is another counterparty of this base already is not this one: branches of one taxpayer have one INN. Without an id of 1C, there is no other.
  const free: RecordId[] = [];
  for (const id of hits) {
    const others = call.id_1c === undefined ? [] : (await scene.kit.links.of(kind, id)).filter(({ theirs }) => theirs !== call.id_1c);
    if (others.length === 0) free.push(id);
  }
  const [oldest] = free.toSorted((one, other) => Number(one) - Number(other));
  if (hits.length > 1 || oldest === undefined) await askAboutDuplicates(scene, kind, call, oldest, hits);
  return { record: oldest === undefined ? undefined : await crm.findRecord(kind, oldest), isShared: oldest === undefined };
}

const channelsOf = ({ phones, emails }: Given) => ({
  phones: phones.flatMap(({ e164, tollFree }) => (e164 === undefined || tollFree ? [] : [e164])),
  emails: emails.map((email) => email.toLowerCase()),
});

interface Making extends Search {
  readonly said: string;
  readonly warnings: readonly string[];
  readonly isShared: boolean;
}

async function make({ scene, crm, kind, call, given, said, warnings, link, isShared }: Making): Promise<Answer> {
  const { name = `Контрагент ${call.id_1c ?? ""}`.trim(), ...rest } = given;
  // One that was linked and is gone is made anew, under another key than the one before.
  const key = `${keyOf(scene, kind, call, said)}${link ? `:after ${link.ours}` : ""}`;
  // A CRM makes nobody with the phone of somebody else; to whoever is there it may be added.
  const first = isShared ? { ...rest, phones: [], emails: [] } : rest;
  const { id } = await save(crm, kind, { ...first, name, key });
  if (isShared && rest.phones.length + rest.emails.length > 0)
    await save(crm, kind, { ...{ id, phones: rest.phones, emails: rest.emails }, key: `${key}:channels` });
  if (call.id_1c !== undefined) {
    const record = {
      id,
      name,
      fields: rest.fields ?? {},
      phones: rest.phones.map(({ e164, typed }) => e164 ?? typed),
      ...withoutChannels(rest),
    };
    const known = await agreed(scene, kind, record, { call, said, count: 0 });
    await scene.kit.links.save({ kind, theirs: call.id_1c, ours: id, known });
  }
  return { ...doneWith(id), detail: [`${titles[kind]} ${id}: создано`, ...warnings].join("; ") };
}

const withoutChannels = ({ phones: _phones, fields: _fields, ...rest }: Given) => rest;

const save = (crm: Crm, kind: Kind, draft: Given & { readonly key: string; readonly id?: RecordId; readonly replaces?: true }) =>
  kind === "company" ? crm.saveCompany(draft) : crm.saveContact(withoutTax(draft));

const withoutTax = <T extends Given>({ inn: _inn, kpp: _kpp, ...draft }: T): Omit<T, "inn" | "kpp"> => draft;

interface Updating extends Pick<Search, "scene" | "crm" | "kind" | "given"> {
  readonly id: RecordId;
  readonly record: HeldRecord;
  readonly key: string;
}

/** Replaces where 1C is the master, and fills in where the CRM is. Answers what is there afterwards. */
async function update({ scene, crm, kind, id, record, given, key }: Updating): Promise<HeldRecord> {
  const replaced: Record<string, unknown> = {};
  const filled: Record<string, unknown> = {};
  for (const name of ["name", "inn", "kpp", "responsible", "fields"] as const) {
    const value = given[name];
    if (value === undefined || value === "" || isHeld(record, name, value)) continue;
    (wins(scene, name) ? replaced : filled)[name] = value;
  }
  const isNew = {
    phones: given.phones.filter(({ e164, typed }) => !record.phones.includes(e164 ?? typed)),
    emails: newEmails(given, record),
  };
  // Where the CRM is the master, a phone is added only to somebody who has none.
  const phones = wins(scene, "phone") || record.phones.length === 0 ? isNew.phones : [];
  const emails = wins(scene, "email") || record.emails.length === 0 ? isNew.emails : [];
  const draft = { phones: [], emails: [], id };
  if (Object.keys(replaced).length > 0) await save(crm, kind, { ...draft, ...replaced, replaces: true, key: `${key}:replace` });
  if (Object.keys(filled).length + phones.length + emails.length > 0)
    await save(crm, kind, { ...draft, ...filled, phones, emails, key: `${key}:fill` });
  return (await crm.findRecord(kind, id)) ?? record;
}

const newEmails = ({ emails }: Given, record: HeldRecord): string[] =>
  emails.filter((email) => !record.emails.some((known) => known.toLowerCase() === email.toLowerCase()));

function isHeld(record: HeldRecord, name: "name" | "inn" | "kpp" | "responsible" | "fields", value: unknown): boolean {
  if (name !== "fields") return (record as unknown as Readonly<Record<string, unknown>>)[name] === value;
  return Object.entries(value as Readonly<Record<string, string>>).every(([code, text]) => record.fields[code] === text);
}

/** What both sides hold from now on, so that it is not sent back. */
async function agreed(
  { door, kit, base }: Scene,
  kind: Kind,
  record: HeldRecord | Omit<HeldRecord, "phones" | "emails">,
  { call, said, count }: { readonly call: CounterpartyCall; readonly said: string; readonly count: number },
): Promise<Payload> {
  const payload = payloadOf(kind, record, await declaredLately(kit, kind), door.directory, text(base.settings["default_user"]));
  return { ...payload, said, count: String(count), ...(call.link !== undefined && { link: call.link }) };
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

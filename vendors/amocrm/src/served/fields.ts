import type { FieldType, OwnChannel, OwnCompany, OwnContact, OwnCrm, OwnEntity, OwnField, OwnKnownField, Workspace } from "@svyazka/core";
import { type CustomFieldDraft, type FieldDraft, Unfit } from "../api/account.ts";
import type { CustomField, EntityType, FieldValue, FieldValues } from "../protocol.ts";
import { type HeldField, readOwnValue, writeOwnValue } from "./values.ts";

/** Custom fields, and what every record has by itself, as amoCRM shows both: fields with ids. */

export const ownEntity: Readonly<Record<EntityType, OwnEntity>> = { leads: "deal", contacts: "contact", companies: "company" };

/** What every record has by itself. The channels have kinds; the rest is a member of the record. */
interface Known {
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly kinds?: readonly string[];
}
const phone: Known = { code: "PHONE", name: "Телефон", type: "multitext", kinds: ["WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER"] };
const email: Known = { code: "EMAIL", name: "Email", type: "multitext", kinds: ["WORK", "PRIV", "OTHER"] };
const im: Known = {
  ...{ code: "IM", name: "Мгн. сообщения", type: "multitext" },
  kinds: ["SKYPE", "ICQ", "JABBER", "GTALK", "MSN", "OTHER", "TELEGRAM", "WHATSAPP", "VIBER", "VK"],
};
const known: Readonly<Record<EntityType, readonly Known[]>> = {
  contacts: [{ code: "POSITION", name: "Должность", type: "text" }, phone, email, im],
  companies: [
    phone,
    email,
    { code: "WEB", name: "Web", type: "url" },
    { code: "ADDRESS", name: "Адрес", type: "textarea" },
    { code: "INN", name: "ИНН", type: "text" },
    { code: "KPP", name: "КПП", type: "text" },
  ],
  leads: [],
};

/** How our types are called there, unless a field was made there as another one. */
const typeThere: Readonly<Record<FieldType, string>> = {
  text: "text",
  number: "numeric",
  flag: "checkbox",
  date: "date",
  select: "select",
  multiselect: "multiselect",
  url: "url",
  phone: "text",
  email: "text",
  money: "monetary",
  address: "textarea",
  moment: "date_time",
  object: "legal_entity",
};

/** What holds a field of each of their types; of any other, an object. */
const typeHere: Readonly<Record<string, FieldType>> = {
  text: "text",
  textarea: "text",
  streetaddress: "text",
  tracking_data: "text",
  numeric: "number",
  checkbox: "flag",
  select: "select",
  radiobutton: "select",
  category: "select",
  multiselect: "multiselect",
  date: "date",
  birthday: "date",
  date_time: "moment",
  url: "url",
  price: "money",
  monetary: "money",
};

/** What we keep of a field beside what we know. */
interface Served {
  readonly type?: string;
  /** Of a field that is no choice here: an address has its parts as options there. */
  readonly enums?: CustomField["enums"];
  readonly is_deletable?: boolean;
  readonly is_predefined?: boolean;
  readonly is_api_only?: boolean;
  readonly group_id?: string | null;
  readonly required_statuses?: CustomField["required_statuses"];
  readonly remind?: string | null;
  readonly currency?: string | null;
  readonly settings?: unknown;
}

/** Whether every record here has this field of theirs by itself. */
export const isKnownField = (of: EntityType, { code, type }: Pick<CustomField, "code" | "type">): boolean =>
  known[of].some((one) => one.code === code && one.type === type);

/** Whether a field of this type of theirs is one with options here. */
export const isChoiceHere = (type: string): boolean => hasOptions(typeHere[type] ?? "object");

/** The fields of one kind of record, or of one catalog, and how their values go to and fro. */
export interface FieldBook<Field extends HeldField = OwnField> {
  readonly definitions: readonly CustomField[];
  /** Deleted options too, to read values that still hold them. */
  readonly own: ReadonlyMap<number, Field>;
  readonly known: ReadonlyMap<number, OwnKnownField>;
}

export async function readFieldBook(crm: OwnCrm, of: EntityType, account: number): Promise<FieldBook> {
  const entity = ownEntity[of];
  const wanted = known[of].map(({ code, name, kinds }) => ({
    code,
    name,
    ...(kinds && { options: kinds.map((kind) => ({ code: kind })) }),
  }));
  const [own, past, knownFields] = await Promise.all([
    crm.fields.list({ entity }),
    crm.fields.list({ entity, pastOptions: true }),
    wanted.length === 0 ? [] : crm.fields.known(entity, wanted),
  ]);
  return {
    own: new Map(past.map((field) => [field.id, field])),
    known: new Map(knownFields.map((field) => [field.id, field])),
    definitions: [
      ...knownFields.map((field, index) => knownDefinition(field, index, of, account)),
      ...own.map((field) => ownDefinition(field, of, account)),
    ],
  };
}

/** The fields of one catalog's elements, which have nothing by themselves but a name. */
export async function readCatalogBook(crm: OwnCrm, catalog: number, account: number): Promise<FieldBook<HeldField>> {
  const [own, past] = [await crm.catalogFields.list(catalog), await crm.catalogFields.list(catalog, { pastOptions: true })];
  return {
    own: new Map(past.map((field) => [field.id, field])),
    known: new Map(),
    definitions: own.map((field) => ownDefinition(field, "catalogs", account)),
  };
}

function knownDefinition(
  { id, code, name, options, served }: OwnKnownField,
  index: number,
  of: EntityType,
  account_id: number,
): CustomField {
  return {
    ...{
      id,
      name,
      type: known[of].find((one) => one.code === code)?.type ?? "text",
      account_id,
      code,
      sort: index + 1,
      is_api_only: false,
    },
    enums: options.length === 0 ? null : options.map((option, place) => ({ id: option.id, value: option.code, sort: (place + 1) * 10 })),
    ...{ group_id: null, required_statuses: [], is_deletable: false, is_predefined: true, entity_type: of, remind: null },
    // Of one that was brought along: as it was there.
    ...(served as Partial<CustomField> | null),
  };
}

function ownDefinition({ id, code, name, type, position, options, served }: HeldField, of: string, account_id: number): CustomField {
  const more = (served ?? {}) as Served;
  return {
    ...{ id, name, type: more.type ?? typeThere[type], account_id, code: isMadeUp(code) ? null : code, sort: 500 + position },
    is_api_only: more.is_api_only ?? false,
    enums: hasOptions(type)
      ? options.map((option, place) => ({ id: option.id, value: option.value, sort: (place + 1) * 10, code: option.code }))
      : (more.enums ?? null),
    ...{ group_id: more.group_id ?? null, required_statuses: more.required_statuses ?? [], is_deletable: more.is_deletable ?? true },
    ...{
      is_predefined: more.is_predefined ?? false,
      entity_type: of,
      remind: more.remind ?? null,
      currency: more.currency ?? null,
      settings: more.settings ?? null,
    },
  };
}

const hasOptions = (type: FieldType): boolean => type === "select" || type === "multiselect";

/** A code that the field got because it had to have one. */
const isMadeUp = (code: string): boolean => /^field_\d+$/.test(code);

/** A definition as our CRM takes it. Throws `Unfit` for options where there can be none. */
export function fieldDraft(draft: CustomFieldDraft, before?: HeldField) {
  const { type: sentType, is_api_only, group_id, required_statuses, remind, currency, settings } = draft;
  const kept = { ...(before === undefined && { type: sentType }), is_api_only, group_id, required_statuses, remind, currency, settings };
  const served: Served = { ...((before?.served ?? {}) as Served), ...JSON.parse(JSON.stringify(kept)) };
  const type = before?.type ?? typeHere[sentType ?? "text"] ?? "object";
  if (draft.enums && draft.enums.length > 0 && !hasOptions(type)) throw new Unfit("enums");
  return {
    type,
    ...(draft.name !== undefined && { name: draft.name }),
    ...(draft.code != null && { code: draft.code }),
    ...(draft.sort !== undefined && { position: draft.sort - 500 }),
    ...(draft.enums &&
      hasOptions(type) && {
        options: draft.enums.map(({ id, value, code }) => ({ value, ...(id !== undefined && { id }), ...(code != null && { code }) })),
      }),
    served,
  };
}

/** What stands on a record beside its custom values. */
type Members = Partial<Omit<OwnContact & OwnCompany, "values">>;

/** Values as amoCRM shows them; null when there is none. */
export function writeValues(
  { definitions, own, known }: FieldBook<HeldField>,
  record: Pick<OwnContact, "values"> & Members,
  home: Pick<Workspace, "timeZone">,
): FieldValues[] | null {
  const written = definitions.flatMap((field): FieldValues[] => {
    const ours = own.get(field.id);
    const held = ours && record.values[String(field.id)];
    const system = known.get(field.id);
    const values = system ? knownValues(system, record) : ours && held !== undefined ? writeOwnValue(ours, held, home.timeZone) : [];
    if (values.length === 0) return [];
    return [{ field_id: field.id, field_name: field.name, field_code: field.code, field_type: field.type, values }];
  });
  return written.length === 0 ? null : written;
}

function knownValues(field: OwnKnownField, record: Members): FieldValue[] {
  const labelled = (channels: readonly OwnChannel[] = [], kindOf: (channel: OwnChannel) => string): FieldValue[] =>
    channels.map((channel) => {
      const code = channel.servedLabel ?? kindOf(channel);
      const option = field.options.find((one) => one.code === code) ?? field.options[0];
      return { value: channel.value, ...(option && { enum_id: option.id, enum_code: option.code }) };
    });
  const lone = (value: string | null | undefined): FieldValue[] => (value == null || value === "" ? [] : [{ value }]);
  switch (field.code) {
    case "PHONE":
      return labelled(record.phones, ({ label }) => ({ work: "WORK", mobile: "MOB", home: "HOME", other: "OTHER" })[label]);
    case "EMAIL":
      return labelled(record.emails, ({ label }) => (label === "work" ? "WORK" : label === "other" ? "OTHER" : "PRIV"));
    case "IM":
      return (record.messengers ?? []).flatMap((messenger) => labelled([messenger], () => messenger.network.toUpperCase()));
    case "POSITION":
      return lone(record.position);
    case "WEB":
      return lone(record.website);
    case "ADDRESS":
      return lone(record.address);
    case "INN":
      return lone(record.inn);
    case "KPP":
      return lone(record.kpp);
    default:
      return [];
  }
}

/** What our CRM takes for these values: custom ones by id, and members of the record. */
export function readValues(book: FieldBook<HeldField>, drafts: readonly FieldDraft[], home: Pick<Workspace, "timeZone" | "currency">) {
  const values: Record<string, ReturnType<typeof readOwnValue>> = {};
  const members: Record<string, unknown> = {};
  for (const { field, values: given, path } of drafts) {
    const system = book.known.get(field.id);
    const own = book.own.get(field.id);
    if (system) Object.assign(members, readKnown(system.code, given ?? []));
    else if (own) values[String(field.id)] = given === null ? null : readOwnValue(own, given, currencyOf(own, home), home.timeZone, path);
  }
  return { ...(Object.keys(values).length > 0 && { values }), ...members };
}

const currencyOf = ({ served }: HeldField, { currency }: Pick<Workspace, "currency">): string =>
  (served as Served | null)?.currency ?? currency;

const labels: Readonly<Record<string, OwnChannel["label"]>> = { WORK: "work", WORKDD: "work", MOB: "mobile", HOME: "home", PRIV: "home" };

function readKnown(code: string, given: readonly FieldValue[]): Record<string, unknown> {
  const first = given[0] === undefined ? null : String(given[0].value);
  const channels = given.map(({ value, enum_code }) => ({
    value: String(value),
    label: labels[enum_code ?? ""] ?? "other",
    servedLabel: enum_code ?? null,
  }));
  switch (code) {
    case "PHONE":
      return { phones: channels };
    case "EMAIL":
      return { emails: channels };
    case "IM":
      return { messengers: channels.map((one) => ({ ...one, label: "other", network: (one.servedLabel ?? "other").toLowerCase() })) };
    case "POSITION":
      return { position: first };
    case "WEB":
      return { website: first };
    case "ADDRESS":
      return { address: first };
    case "INN":
      return { inn: first };
    case "KPP":
      return { kpp: first };
    default:
      return {};
  }
}

import {
  Conflict,
  type Crm,
  findContactIn,
  gone,
  type Load,
  lastTenDigits,
  leftoverWords,
  type Phone,
  type RecordId,
  readEmail,
  type Saved,
} from "@svyazka/core";
import { type ContactDraft as Draft, type FieldDraft, fieldDraft, fieldOf, fieldText, fieldTexts } from "../client.ts";
import type { Contact, CustomField } from "../protocol.ts";
import { addLeftovers } from "./entries.ts";
import { checkUser, type Ground, markOwn, missing, secondsNow, userThere } from "./ground.ts";
import { idOf, once } from "./once.ts";
import { contactEntry, phonesOf } from "./people.ts";
import type { Setup } from "./setup.ts";
import { channel, placeValues, trackingValues } from "./values.ts";

export function contactsIn(ground: Ground, load: Pick<Load, "isWhole">): Pick<Crm, "findContact" | "saveContact"> {
  const { amo, kit, account, setups } = ground;
  const { workspace } = account;
  const { book } = kit;

  /** Asks amoCRM itself, and writes into the book whom it names. */
  async function lookThere({ phones, emails }: Parameters<Crm["findContact"]>[0]): Promise<boolean> {
    const found: Contact[] = [];
    for (const phone of phones) found.push(...(await amo.contacts.findByPhone(phone)));
    for (const email of emails) found.push(...(await amo.contacts.findByEmail(email)));
    const entries = found.filter(({ is_deleted }) => !is_deleted).map((contact) => contactEntry(contact, workspace));
    await book.save(entries);
    return entries.some(
      (entry) => entry.phones.some((phone) => phones.includes(phone)) || entry.emails.some((email) => emails.includes(email)),
    );
  }

  async function saveContact(draft: Parameters<Crm["saveContact"]>[0]): Promise<Saved> {
    const id = draft.id === undefined ? await add(draft) : await complete(draft, draft.id);
    const { leftovers } = valuesOf(draft, await setups.get(), undefined);
    await addLeftovers(ground, { contact: id }, draft.key, leftovers);
    return { id };
  }

  /** Nobody else saves this phone or e-mail meanwhile, in any process. */
  function add(draft: Parameters<Crm["saveContact"]>[0]): Promise<RecordId> {
    const phones = tellingNumbers(draft.phones);
    const emails = draft.emails.flatMap((email) => readEmail(email) ?? []);
    const names = [...phones.map((phone) => `phone ${phone}`), ...emails.map((email) => `email ${email}`)];
    return kit.exclusively(names, () =>
      once(kit, draft.key, {
        kind: "contact",
        twins: (since) => twinsOf(draft, phones, emails, since),
        async make() {
          const isTaken = async () => (await book.find({ kind: "contact", phones, emails, limit: 1 })).length > 0;
          if (names.length > 0 && ((await isTaken()) || (await lookThere({ phones, emails }))))
            throw new Conflict("somebody in amoCRM has this phone or e-mail by now");
          return create(draft);
        },
      }),
    );
  }

  /** Those that an earlier try may have made: by phone or e-mail; without them, by the name of somebody who has none either. Not older than that try. */
  async function twinsOf(
    draft: Parameters<Crm["saveContact"]>[0],
    phones: readonly string[],
    emails: readonly string[],
    since: number,
  ): Promise<readonly number[]> {
    const [phone] = phones;
    const [email] = emails;
    const found =
      phone !== undefined
        ? await amo.contacts.findByPhone(phone)
        : email !== undefined
          ? await amo.contacts.findByEmail(email)
          : (await amo.contacts.page({ order: { id: "desc" } })).items.filter(
              (one) => one.name === nameOf(draft) && fieldOf(one, "PHONE") === undefined && fieldOf(one, "EMAIL") === undefined,
            );
    const twins = found.filter(({ created_at, is_deleted }) => created_at >= since && !is_deleted);
    await book.save(twins.map((twin) => contactEntry(twin, workspace)));
    return twins.map(({ id }) => id);
  }

  async function create(draft: Parameters<Crm["saveContact"]>[0]): Promise<RecordId> {
    const setup = await setups.get();
    const responsible = userThere(ground, draft.responsible);
    const author = userThere(ground, draft.author);
    await checkUser(ground, "user", responsible);
    await checkUser(ground, "author", author);
    if (draft.company !== undefined) await amo.companies.get(idOf("company", draft.company));
    const { drafts } = valuesOf(draft, setup, undefined);
    const now = secondsNow(ground);
    const { id } = await amo.contacts.create({
      first_name: [draft.name, draft.middlename].filter(Boolean).join(" "),
      last_name: draft.surname ?? "",
      ...(responsible !== undefined && { responsible_user_id: responsible }),
      ...(author !== undefined && { created_by: author }),
      ...{ created_at: now, updated_at: now },
      ...(drafts.length > 0 && { custom_fields_values: drafts }),
      _embedded: {
        ...(draft.tags && draft.tags.length > 0 && { tags: draft.tags.map((name) => ({ name })) }),
        ...(draft.company !== undefined && { companies: [{ id: idOf("company", draft.company) }] }),
      },
    });
    await markOwn(ground, "contact", id, now);
    await book.save([
      {
        ...{ kind: "contact", id: String(id), name: nameOf(draft), phones: tellingNumbers(draft.phones) },
        emails: draft.emails.flatMap((email) => readEmail(email) ?? []),
        ...(draft.company !== undefined && { company: draft.company }),
        responsible: String(responsible ?? setup.me),
        // Whatever amoCRM tells of it from now on is later, whosever clock is right.
        changedAt: new Date(0),
      },
    ]);
    await book.touch("contact", String(id));
    return String(id);
  }

  /** Adds what it lacks; what is there is never written over. */
  async function complete(draft: Parameters<Crm["saveContact"]>[0], id: RecordId): Promise<RecordId> {
    const number = idOf("contact", id);
    await kit.exclusively([`contact ${id}`], () =>
      once(kit, draft.key, {
        kind: "change",
        async make() {
          const setup = await setups.get();
          const responsible = userThere(ground, draft.responsible);
          await checkUser(ground, "user", responsible);
          let before: Contact;
          try {
            before = await amo.contacts.get(number);
          } catch (error) {
            throw await missing(book, "contact", id, error);
          }
          if (before.is_deleted) throw await gone(book, "contact", id);
          const { drafts } = valuesOf(draft, setup, before);
          const change = lackingOf(before, draft, drafts, responsible);
          if (Object.keys(change).length > 0) {
            const { updated_at } = await amo.contacts.update(number, change);
            await markOwn(ground, "contact", id, updated_at);
          }
          if (draft.company !== undefined && before._embedded.companies.length === 0)
            await amo.contacts.links.link(number, [{ to_entity_id: idOf("company", draft.company), to_entity_type: "companies" }]);
          const after = Object.keys(change).length > 0 ? await amo.contacts.get(number) : before;
          await book.save([contactEntry(after, workspace)]);
          await book.touch("contact", id);
          return id;
        },
      }),
    );
    return id;
  }

  function valuesOf(draft: Parameters<Crm["saveContact"]>[0], setup: Setup, before: Contact | undefined) {
    const fields = setup.fields.contacts;
    const words = leftoverWords(workspace.language);
    const coded = (code: string): CustomField | undefined => fields.find((field) => field.code?.toUpperCase() === code);
    const drafts: FieldDraft[] = [];
    const leftovers: string[] = [];
    const phone = coded("PHONE");
    const email = coded("EMAIL");
    const phones = [...draft.phones].filter(({ typed }) => typed.trim() !== "");
    if (phone)
      drafts.push(
        ...addChannels(
          phone,
          before,
          phones.map(({ e164, typed }) => e164 ?? typed),
          samePhone(before, workspace.country),
        ),
      );
    else leftovers.push(...phones.map(({ typed }) => typed));
    if (email) drafts.push(...addChannels(email, before, draft.emails, (one, other) => readEmail(one) === readEmail(other)));
    else leftovers.push(...draft.emails);
    for (const [code, value, label] of [
      ["POSITION", draft.position, words.position],
      ["WEB", draft.website, words.website],
    ] as const) {
      const field = coded(code);
      if (!value) continue;
      if (!field) leftovers.push(`${label}: ${value}`);
      else if (draft.replaces || !before || fieldText(before, field.id) === undefined) drafts.push(fieldDraft(field.id, value));
    }
    const placed = placeValues(draft.fields ?? {}, fields, workspace);
    const isEmpty = ({ field_id }: FieldDraft): boolean => draft.replaces || !before || fieldOf(before, field_id ?? 0) === undefined;
    drafts.push(...[...placed.drafts, ...(draft.attribution ? trackingValues(draft.attribution, fields) : [])].filter(isEmpty));
    return { drafts, leftovers: [...leftovers, ...placed.leftovers] };
  }

  return { findContact: findContactIn({ book, load, lookThere }), saveContact };
}

const nameOf = ({ name, middlename, surname }: Parameters<Crm["saveContact"]>[0]): string =>
  [name, middlename, surname].filter(Boolean).join(" ");

const tellingNumbers = (phones: readonly Phone[]): string[] => [
  ...new Set(phones.flatMap(({ e164, tollFree }) => (e164 === undefined || tollFree ? [] : [e164]))),
];

const samePhone = (before: Contact | undefined, country: string) => {
  const known = before ? phonesOf(before, country) : [];
  return (one: string, other: string): boolean =>
    one === other ||
    (lastTenDigits(one).length === 10 && lastTenDigits(one) === lastTenDigits(other)) ||
    known.some(({ typed, e164 }) => typed === other && e164 === one);
};

/** All that the field has, and those of these that it lacks. Nothing when it has them all. */
function addChannels(
  field: CustomField,
  before: Contact | undefined,
  values: readonly string[],
  isSame: (one: string, other: string) => boolean,
): FieldDraft[] {
  const known = before ? fieldTexts(before, field.id) : [];
  const fresh = values.filter((value, place) => values.indexOf(value) === place && !known.some((one) => isSame(value, one.value)));
  if (fresh.length === 0) return [];
  const kept = before ? (fieldOf(before, field.id)?.values ?? []) : [];
  return [
    fieldDraft(field.id, [
      ...kept.map(({ value, enum_id }) => ({ value, ...(enum_id !== undefined && { enum_id }) })),
      ...fresh.map((value) => channel(field, value, "WORK")),
    ]),
  ];
}

/** A name is one thing: a surname is only added to nobody's name, or to the same first name. */
function lackingOf(
  before: Contact,
  draft: Parameters<Crm["saveContact"]>[0],
  drafts: readonly FieldDraft[],
  responsible: number | undefined,
): Draft {
  const first = [draft.name, draft.middlename].filter(Boolean).join(" ");
  const isNameless = before.name.trim() === "";
  const isSameFirst = before.last_name === "" && before.first_name.toLowerCase() === (draft.name ?? "").toLowerCase() && first !== "";
  const isRenamed = draft.replaces && first !== "";
  const tags = (draft.tags ?? []).filter((name) => !before._embedded.tags.some((tag) => tag.name.toLowerCase() === name.toLowerCase()));
  return {
    ...(isNameless && first !== "" && { first_name: first }),
    ...((isNameless || isSameFirst) && draft.surname && { last_name: draft.surname }),
    ...(isRenamed && { first_name: first, last_name: draft.surname ?? "" }),
    ...(responsible !== undefined &&
      (draft.replaces ? before.responsible_user_id !== responsible : before.responsible_user_id === 0) && {
        responsible_user_id: responsible,
      }),
    ...(drafts.length > 0 && { custom_fields_values: drafts }),
    ...(tags.length > 0 && { tags_to_add: tags.map((name) => ({ name })) }),
  };
}

import {
  Conflict,
  type ContactDraft,
  type Crm,
  findContactIn,
  gone,
  type Load,
  missing,
  type RecordId,
  Refused,
  readEmail,
  type Saved,
} from "@svyazka/core";
import { BitrixNotFound } from "../client.ts";
import { onceIn } from "../port-errors.ts";
import type { Item } from "../protocol.ts";
import { addLeftovers } from "./entries.ts";
import { type Ground, idOf, workingUser } from "./ground.ts";
import { contactEntry, contactName, lackingChannels, originOfKey, spellingsOf, tellingNumbers } from "./people.ts";
import type { Setup } from "./setup.ts";
import { placeTags } from "./tags.ts";
import { isEmpty, placeValues, utmValues } from "./values.ts";
import { bookWritten, noteOwn } from "./written.ts";

export function contactsIn(ground: Ground, load: Pick<Load, "isWhole">): Pick<Crm, "findContact" | "saveContact"> {
  const { portal, kit, connection, setups } = ground;
  const { workspace } = connection;
  const { book } = kit;

  /** Asks the portal itself, and writes into the book whom it names. */
  async function lookThere({ phones, emails }: Parameters<Crm["findContact"]>[0]): Promise<boolean> {
    const ids = [
      ...(await portal.findByChannel("PHONE", phones.slice(0, 5).flatMap(spellingsOf), "contact")),
      ...(await portal.findByChannel("EMAIL", emails, "contact")),
    ];
    if (ids.length === 0) return false;
    const found = await portal.contacts.page({ filter: { "@id": [...new Set(ids)] } });
    const entries = found.map((contact) => contactEntry(contact, workspace));
    await book.save(entries);
    return entries.some(
      (entry) => entry.phones.some((phone) => phones.includes(phone)) || entry.emails.some((email) => emails.includes(email)),
    );
  }

  async function saveContact(draft: ContactDraft): Promise<Saved> {
    const id = draft.id === undefined ? await add(draft) : await complete(draft, draft.id);
    const setup = await setups.get();
    const { leftovers } = placeValues(draft.fields ?? {}, setup, "contact", workspace);
    await addLeftovers(ground, { contact: id }, draft.key, [...leftovers, ...placeTags(ground, setup, "contact", draft.tags).leftovers]);
    return { id };
  }

  /** Nobody else saves this phone or e-mail meanwhile, in any process. */
  function add(draft: ContactDraft): Promise<RecordId> {
    const phones = tellingNumbers(draft.phones);
    const emails = draft.emails.flatMap((email) => readEmail(email) ?? []);
    const names = [...phones.map((phone) => `phone ${phone}`), ...emails.map((email) => `email ${email}`)];
    return kit.exclusively(names, () =>
      onceIn(kit, draft.key, {
        kind: "contact",
        twins: async () => {
          const twins = await portal.contacts.page({ filter: originOfKey(draft.key) });
          await book.save(twins.map((twin) => contactEntry(twin, workspace)));
          return twins.map(({ id }) => id);
        },
        async make() {
          const isTaken = async () => (await book.find({ kind: "contact", phones, emails, limit: 1 })).length > 0;
          if (names.length > 0 && ((await isTaken()) || (await lookThere({ phones, emails }))))
            throw new Conflict("somebody in the portal has this phone or e-mail by now");
          return create(draft);
        },
      }),
    );
  }

  async function create(draft: ContactDraft): Promise<RecordId> {
    const setup = await setups.get();
    const responsible = await workingUser(ground, "user", draft.responsible);
    const company = draft.company === undefined ? undefined : idOf("company", draft.company);
    if (company !== undefined && !(await book.get("company", String(company))) && !(await portal.companies.find(company)))
      throw new Refused(`there is no company ${company}`);
    const { values } = placeValues(draft.fields ?? {}, setup, "contact", workspace);
    const made = await portal.contacts.add({
      ...{ name: draft.name ?? "", secondName: draft.middlename ?? "", lastName: draft.surname ?? "" },
      ...(draft.position && { post: draft.position }),
      ...(responsible !== undefined && { assignedById: responsible }),
      ...(company !== undefined && { companyId: company }),
      ...{
        ...utmValues(draft.attribution),
        ...values,
        ...placeTags(ground, setup, "contact", draft.tags).values,
        ...originOfKey(draft.key),
      },
      fm: channelsIn(draft, undefined),
    });
    await bookWritten(ground, "contact", made, contactEntry({ ...made, fm: made.fm ?? [] }, workspace), draft);
    return String(made.id);
  }

  /** Adds what it lacks; what is there is never written over. */
  async function complete(draft: ContactDraft, id: RecordId): Promise<RecordId> {
    const number = idOf("contact", id);
    await kit.exclusively([`contact ${id}`], () =>
      onceIn(kit, draft.key, {
        kind: "change",
        async make() {
          const setup = await setups.get();
          const responsible = await workingUser(ground, "user", draft.responsible);
          const before = await portal.contacts.find(number);
          if (!before) throw await missing(book, "contact", id);
          const change = lackingOf(before, draft, setup, responsible);
          let after = before;
          if (Object.keys(change).length > 0) {
            await portal.contacts.update(number, change).catch(async (error: unknown) => {
              throw error instanceof BitrixNotFound ? await gone(book, "contact", id) : error;
            });
            after = await portal.contacts.get(number);
            await noteOwn(ground, "contact", after);
          }
          await book.save([contactEntry(after, workspace)]);
          await book.touch("contact", id);
          return id;
        },
      }),
    );
    return id;
  }

  /** A name is one thing: a surname is only added to nobody's name, or to the same first name. */
  function lackingOf(before: Item, draft: ContactDraft, setup: Setup, responsible: number | undefined): Readonly<Record<string, unknown>> {
    const { values } = placeValues(draft.fields ?? {}, setup, "contact", workspace);
    const wanted: Readonly<Record<string, unknown>> = {
      ...(draft.position && { post: draft.position }),
      ...utmValues(draft.attribution),
      ...values,
    };
    const isNameless = contactName(before).trim() === "";
    const isSameFirst = !before.lastName && (before.name ?? "").toLowerCase() === (draft.name ?? "").toLowerCase() && !!draft.name;
    const isRenamed = draft.replaces === true && !!draft.name;
    const fm = channelsIn(draft, before);
    return {
      ...Object.fromEntries(Object.entries(wanted).filter(([name]) => draft.replaces || isEmpty(before[name]))),
      ...(isNameless && draft.name && { name: draft.name, ...(draft.middlename && { secondName: draft.middlename }) }),
      ...((isNameless || isSameFirst) && draft.surname && { lastName: draft.surname }),
      ...(isRenamed && { name: draft.name, secondName: draft.middlename ?? "", lastName: draft.surname ?? "" }),
      ...(responsible !== undefined &&
        (draft.replaces ? before.assignedById !== responsible : !before.assignedById) && { assignedById: responsible }),
      ...(draft.company !== undefined && !before.companyId && { companyId: idOf("company", draft.company) }),
      ...placeTags(ground, setup, "contact", draft.tags, before).values,
      ...(Object.keys(fm).length > 0 && { fm }),
    };
  }

  const channelsIn = ({ phones, emails, website, replaces }: ContactDraft, before: Item | undefined) => {
    const hasSite = before?.fm?.some(({ typeId }) => typeId === "WEB") === true && !replaces;
    return lackingChannels(before, { phones, emails, websites: website && !hasSite ? [website] : [] }, workspace.country);
  };

  return { findContact: findContactIn({ book, load, lookThere }), saveContact };
}

import { type Flow, type FlowContext, Refused } from "@svyazka/core";
import { type ContactFacts, findOrMakeContact, type KnownContact } from "./contact.ts";
import { ifActive } from "./responsible.ts";
import { joinLines, phoneLines, remarkLines, wordsIn } from "./text.ts";

/** Another program asked for a contact: a person who is known gets what the contact lacked, and no second card. */
export const addContact: Flow<"contact.submitted", "crm"> = {
  name: "add-contact",
  title: { ru: "Завести контакт", en: "Add a contact" },
  about: { ru: "Заводит контакт или дополняет известный.", en: "Adds a contact, or completes the one that is known." },
  on: ["contact.submitted"],
  needs: "crm",
  async run({ data: asked }, at) {
    const words = wordsIn(at.workspace.language);
    const { person, attribution, position, website, company, author, details } = asked;
    const contact = await findOrMakeWithCompanyIfAny(
      {
        person,
        attribution,
        ...(position !== undefined && { position }),
        ...(website !== undefined && { website }),
        ...(company !== undefined && { company }),
        ...(author !== undefined && { author }),
        fields: details,
        responsible: async () => ifActive(asked.responsible, at),
      },
      at,
    );
    const isGone = asked.responsible !== undefined && !at.isActiveUser(asked.responsible);
    const remarks = [...asked.flags, ...contact.remarks, ...(isGone ? [words.inactive(asked.responsible ?? "")] : [])];
    const text = joinLines([...(contact.isNew ? [] : phoneLines(words, person)), ...remarkLines(words, remarks)]);
    if (text !== "") await at.port.addEntry({ kind: "note", key: at.key("note"), on: { contact: contact.id }, text });
    return { done: contact.isNew ? words.done.contactNew : words.done.contactKnown, records: { contact: contact.id } };
  },
};

/** A number of a company that is not the CRM's costs the person the company, and not the card. */
async function findOrMakeWithCompanyIfAny(facts: ContactFacts, at: FlowContext<"crm">): Promise<KnownContact> {
  try {
    return await findOrMakeContact(facts, at);
  } catch (error) {
    if (facts.company === undefined || !(error instanceof Refused)) throw error;
    const { company, ...rest } = facts;
    const contact = await findOrMakeContact(rest, at);
    return { ...contact, remarks: [...contact.remarks, wordsIn(at.workspace.language).noCompany(company)] };
  }
}

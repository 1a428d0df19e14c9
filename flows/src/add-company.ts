import type { CompanyDraft, Flow, FlowContext, SubmittedCompany } from "@svyazka/core";
import { ifActive } from "./responsible.ts";
import { joinLines, wordsIn } from "./text.ts";

/**
 * Another program asked for a company. One of the same name gets what it lacked, and a note with everything that was sent:
 * names are not unique, and a person must be able to see and part two companies that were taken for one.
 */
export const addCompany: Flow<"company.submitted", "crm"> = {
  name: "add-company",
  title: { ru: "Завести компанию", en: "Add a company" },
  about: { ru: "Заводит компанию или дополняет известную.", en: "Adds a company, or completes the one that is known." },
  on: ["company.submitted"],
  needs: "crm",
  async run({ data: asked }, at) {
    const words = wordsIn(at.workspace.language);
    const [known] = asked.name === undefined ? [] : await at.port.findCompany({ name: asked.name });
    const made = await at.port.saveCompany({ ...draftOf(asked, at), key: at.key("company"), ...(known && { id: known.id }) });
    if (!known) return { done: words.done.companyNew, records: { company: made.id } };
    const sent = [...asked.phones.map(({ typed }) => typed), ...asked.emails, asked.city, asked.website];
    const text = joinLines([words.companyExists, ...sent]);
    if (sent.some((value) => value !== undefined))
      await at.port.addEntry({ kind: "note", key: at.key("note"), on: { company: made.id }, text });
    return { done: words.done.companyKnown, records: { company: made.id } };
  },
};

function draftOf(
  { name, phones, emails, city, website, responsible, author }: SubmittedCompany,
  at: FlowContext<"crm">,
): Omit<CompanyDraft, "key" | "id"> {
  const active = ifActive(responsible, at);
  return {
    ...(name !== undefined && { name }),
    phones,
    emails,
    ...(website !== undefined && { website }),
    ...(active !== undefined && { responsible: active }),
    ...(author !== undefined && { author }),
    ...(city !== undefined && { fields: { city } }),
  };
}

import type { Flow, FlowContext, SubmittedDeal } from "@svyazka/core";
import { findOrMakeContact, type KnownContact } from "./contact.ts";
import { ifActive } from "./responsible.ts";
import { attributionLines, joinLines, listLines, phoneLines, remarkLines, sumLine, wordsIn } from "./text.ts";

/** Another program asked for one deal: it is made as asked, with the person it names found or made first. */
export const addDeal: Flow<"deal.submitted", "crm"> = {
  name: "add-deal",
  title: { ru: "Завести сделку", en: "Add a deal" },
  about: { ru: "Заводит сделку так, как её описала другая программа.", en: "Adds a deal as another program described it." },
  on: ["deal.submitted"],
  needs: "crm",
  async run({ data: asked }, at) {
    const words = wordsIn(at.workspace.language);
    const { person, name, sum, pipeline, stage, author, source, attribution } = asked;
    const wanted = ifActive(asked.responsible, at);
    const contact =
      person &&
      (await findOrMakeContact({ person, attribution, ...(author !== undefined && { author }), responsible: async () => wanted }, at));
    const responsible = wanted ?? ifActive(contact?.responsible, at);
    const deal = await at.port.saveDeal({
      key: at.key("deal"),
      name: name ?? words.dealFrom(person?.name ?? at.source),
      ...(contact && { contact: contact.id }),
      ...(sum && { sum }),
      ...(pipeline !== undefined && { pipeline }),
      ...(stage !== undefined && { stage }),
      ...(responsible !== undefined && { responsible }),
      ...(author !== undefined && { author }),
      ...(source !== undefined && { source }),
      fields: asked.fields,
      attribution,
    });
    const text = noteText(asked, contact, at);
    if (text !== "")
      await at.port.addEntry({ kind: "note", key: at.key("note"), on: { deal: deal.id }, text, ...(author !== undefined && { author }) });
    return { done: words.done.deal, records: { ...(contact && { contact: contact.id }), deal: deal.id } };
  },
};

/** Whatever has no field of its own. Empty when the deal says everything already. */
function noteText(asked: SubmittedDeal, contact: KnownContact | undefined, at: FlowContext<"crm">): string {
  const words = wordsIn(at.workspace.language);
  const isGone = asked.responsible !== undefined && !at.isActiveUser(asked.responsible);
  return joinLines([
    asked.text,
    ...(asked.person ? phoneLines(words, asked.person) : []),
    sumLine(words.originalSum, asked.originalSum),
    ...listLines(asked.extras),
    ...attributionLines(words, asked.attribution),
    ...remarkLines(words, [...asked.flags, ...(contact?.remarks ?? []), ...(isGone ? [words.inactive(asked.responsible ?? "")] : [])]),
  ]);
}

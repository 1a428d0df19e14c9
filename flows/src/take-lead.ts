import type { DealHit, Event, Flow, FlowContext, Outcome, RecordId, SubmittedLead } from "@svyazka/core";
import { findOrMakeContact, type KnownContact } from "./contact.ts";
import { refuseBrokenMapping } from "./mapping.ts";
import { ifActive, nextInTurn } from "./responsible.ts";
import {
  attributionLines,
  consentLine,
  hostOf,
  joinLines,
  listLines,
  phoneLines,
  remarkLines,
  sumLine,
  type Words,
  wordsIn,
} from "./text.ts";

type Context = FlowContext<"crm">;

/**
 * A lead becomes a contact and a deal, or joins the deal the person already has, as the form's owner decided.
 * A new person costs four calls: find, contact, deal, note.
 */
export const takeLead: Flow<"lead.submitted", "crm"> = {
  name: "take-lead",
  title: { ru: "Принять заявку", en: "Take a lead" },
  about: {
    ru: "Из заявки делает контакт и сделку или дополняет ту, что уже есть.",
    en: "Makes a contact and a deal of a lead, or adds to the deal there is.",
  },
  on: ["lead.submitted"],
  needs: "crm",
  async run(event, at) {
    const { data: lead } = event;
    refuseBrokenMapping(lead.mapped, at);
    const contact = await findOrMakeContact(
      { person: lead.person, attribution: lead.attribution, responsible: () => nextInTurn(lead.handling.responsible, at) },
      at,
    );
    const earlier = contact.isNew ? undefined : await findEarlierDeal(lead, contact.id, at);
    return earlier ? joinDeal(earlier, event, contact, at) : makeDeal(event, contact, at);
  },
};

interface EarlierDeal {
  readonly deal: DealHit;
  readonly isClosed: boolean;
}

/** The deal this lead belongs to by the form's rule. An open deal comes before a closed one: nobody wants two. */
async function findEarlierDeal({ handling }: SubmittedLead, contact: RecordId, at: Context): Promise<EarlierDeal | undefined> {
  if (handling.repeat === "new") return undefined;
  const query = {
    contact,
    ...(handling.pipeline !== undefined && { pipeline: handling.pipeline }),
    since: new Date(at.now.getTime() - handling.days * 86_400_000),
    notMadeBy: at.key("deal"),
  };
  const open = await at.port.findDeal({ ...query, state: "open" });
  if (open) return { deal: open, isClosed: false };
  const closed = handling.repeat === "reopen" ? await at.port.findDeal({ ...query, state: "closed" }) : undefined;
  return closed && { deal: closed, isClosed: true };
}

async function makeDeal(event: Event<"lead.submitted">, contact: KnownContact, at: Context): Promise<Outcome> {
  const { data: lead } = event;
  const words = wordsIn(at.workspace.language);
  // For a contact just made the turn was taken when it was made.
  const owner = contact.isNew
    ? contact.responsible
    : (ifActive(contact.responsible, at) ?? (await nextInTurn(lead.handling.responsible, at)));
  const { pipeline, stage } = lead.handling;
  const deal = await at.port.saveDeal({
    key: at.key("deal"),
    name: lead.title ?? words.leadFrom(originOf(lead, at)),
    contact: contact.id,
    ...(lead.sum && { sum: lead.sum }),
    ...(pipeline !== undefined && { pipeline }),
    ...(stage !== undefined && { stage }),
    ...(owner !== undefined && { responsible: owner }),
    fields: lead.fields,
    attribution: lead.attribution,
  });
  await at.port.addEntry({ kind: "note", key: at.key("note"), on: { deal: deal.id }, text: noteText(words.lead, lead, contact, at) });
  return { done: contact.isNew ? words.done.leadNew : words.done.leadKnown, records: { contact: contact.id, deal: deal.id } };
}

async function joinDeal(
  { deal, isClosed }: EarlierDeal,
  event: Event<"lead.submitted">,
  contact: KnownContact,
  at: Context,
): Promise<Outcome> {
  const { data: lead } = event;
  const words = wordsIn(at.workspace.language);
  const responsible =
    ifActive(deal.responsible, at) ?? ifActive(contact.responsible, at) ?? (await nextInTurn(lead.handling.responsible, at));
  if (isClosed) {
    const stage = lead.handling.stage ?? (await firstOpenStage(deal.pipeline, at));
    await at.port.saveDeal({
      key: at.key("reopen"),
      id: deal.id,
      ...(stage !== undefined ? { stage } : { pipeline: deal.pipeline }),
      ...(responsible !== undefined && { responsible }),
    });
  }
  const text = joinLines([noteText(words.repeatedLead, lead, contact, at), sumLine(words.sum, lead.sum), ...listLines(lead.fields)]);
  await at.port.addEntry({ kind: "note", key: at.key("note"), on: { deal: deal.id }, text });
  // An hour from when the lead came, not from when this runs: the same at every attempt.
  const due = new Date(event.receivedAt.getTime() + 3_600_000).toISOString();
  await at.port.addEntry({
    kind: "task",
    key: at.key("task"),
    on: { deal: deal.id },
    title: words.repeatTask,
    due,
    ...(responsible !== undefined && { responsible }),
  });
  return { done: isClosed ? words.done.leadReopened : words.done.leadAppended, records: { contact: contact.id, deal: deal.id } };
}

/** Where a reopened deal starts again: the first stage of its pipeline that is in work. */
async function firstOpenStage(pipeline: RecordId, at: Context): Promise<RecordId | undefined> {
  const { pipelines } = await at.port.directory();
  const stages = pipelines.find(({ id }) => id === pipeline)?.stages ?? [];
  return (stages.find(({ kind }) => kind === "open") ?? stages.find(({ kind }) => kind === "incoming"))?.id;
}

const originOf = ({ form, person }: SubmittedLead, at: Context): string => form.name ?? hostOf(form.page) ?? person.name ?? at.source;

function noteText(title: string, lead: SubmittedLead, contact: KnownContact, at: Context): string {
  const words: Words = wordsIn(at.workspace.language);
  const { form } = lead;
  return joinLines([
    `${title}: ${at.source}`,
    lead.text,
    personLine(lead),
    ...phoneLines(words, lead.person),
    form.name !== undefined && `${words.form}: ${form.name}`,
    form.page !== undefined && `${words.page}: ${form.page}`,
    ...listLines(lead.extras),
    ...attributionLines(words, lead.attribution),
    consentLine(words, lead.consent),
    ...remarkLines(words, [...lead.flags, ...contact.remarks]),
  ]);
}

/** The person as typed this time: the contact may have another name, and keeps it. */
const personLine = ({ person: { surname, name, middlename, phones, emails } }: SubmittedLead): string =>
  [[surname, name, middlename].filter(Boolean).join(" "), ...phones.map((phone) => phone.e164 ?? ""), ...emails].filter(Boolean).join(", ");

import {
  type BegunConversation,
  type Flow,
  type FlowContext,
  type MessengerRules,
  type Outcome,
  type Phone,
  type RecordId,
  readMessengerRules,
  readPhone,
} from "@svyazka/core";
import { findOrMakeContact } from "./contact.ts";
import { ifActive, nextInTurn } from "./responsible.ts";
import { joinLines, wordsIn } from "./text.ts";

type Context = FlowContext<"crm">;

/** Whoever begins to write becomes a contact with a deal, or is known as the one they are: as the company chose for the channel. */
export const placeConversation: Flow<"conversation.begun", "crm"> = {
  name: "place-conversation",
  title: { ru: "Найти собеседника в CRM", en: "Find whoever writes in the CRM" },
  about: {
    ru: "Находит или создаёт контакт и сделку того, кто начал переписку.",
    en: "Finds or makes the contact and the deal of whoever began a conversation.",
  },
  on: ["conversation.begun"],
  needs: "crm",
  unless: "chatDesk",
  async run({ data }, at) {
    const { done } = wordsIn(at.workspace.language);
    const rules = readMessengerRules(at.sourceSettings);
    if (!rules || rules.first_message === "nothing") return { done: done.conversationLeft };
    const { conversation } = data;
    const known = await at.inbox.findPlace(conversation.id, at.target);
    const contact = await contactOf(data, known?.contact, rules, at);
    const deal = rules.first_message === "contact" ? undefined : await dealOf(data, contact, known?.deal, rules, at);
    await at.inbox.place(conversation.id, at.target, { contact: contact.id, deal: deal?.id, responsible: contact.responsible });
    return outcome(contact, deal, at);
  },
};

interface PlacedContact {
  readonly id: RecordId;
  readonly isNew: boolean;
  readonly responsible?: RecordId | undefined;
}

async function contactOf(
  { conversation: { id, client, network } }: BegunConversation,
  known: RecordId | undefined,
  rules: MessengerRules,
  at: Context,
): Promise<PlacedContact> {
  const placed = known ?? (await at.inbox.findKin(id, at.target))?.contact;
  if (placed !== undefined)
    return { id: placed, isNew: false, responsible: ifActive((await at.port.findRecord("contact", placed))?.responsible, at) };
  const phone: Phone | undefined = client.phone === undefined ? undefined : readPhone(client.phone, at.workspace.country);
  const person = {
    name: client.name || client.username || client.phone || network,
    phones: phone ? [phone] : [],
    emails: client.email ? [client.email] : [],
  };
  const name = client.username ?? client.external;
  const found = await findOrMakeContact(
    {
      person,
      // A phone is a phone: only names that are none go beside it.
      ...(name !== null && phone === undefined && { fields: { [network]: name } }),
      responsible: () => nextInTurn(rules.responsible, at),
    },
    at,
  );
  return { id: found.id, isNew: found.isNew, responsible: ifActive(found.responsible, at) };
}

async function dealOf(
  { conversation, text }: BegunConversation,
  contact: PlacedContact,
  known: RecordId | undefined,
  rules: MessengerRules,
  at: Context,
): Promise<{ readonly id: RecordId; readonly isNew: boolean }> {
  // Of a CRM elsewhere we do not know whether the deal is still open.
  if (known !== undefined && at.inbox.isOwn(at.target)) return { id: known, isNew: false };
  const open = await at.port.findDeal({ contact: contact.id, state: "open", notMadeBy: at.key("deal") });
  if (open) return { id: open.id, isNew: false };
  const words = wordsIn(at.workspace.language);
  const stage = await stageOf(rules, at);
  const responsible = contact.responsible ?? (await nextInTurn(rules.responsible, at));
  const { id } = await at.port.saveDeal({
    key: at.key("deal"),
    name: conversation.client.name || words.conversationFrom(at.source),
    contact: contact.id,
    ...(stage !== undefined && { stage }),
    ...(responsible !== undefined && { responsible }),
    ...(conversation.source !== undefined && at.inbox.isOwn(at.target) && { source: conversation.source }),
  });
  // Where the conversation stands beside the deal, nobody needs to be told what was said.
  if (!at.inbox.isOwn(at.target))
    await at.port.addEntry({
      ...{ kind: "note", key: at.key("note"), on: { deal: id } },
      text: joinLines([words.conversationFrom(at.source), conversation.client.phone ?? conversation.client.username, text]),
    });
  return { id, isNew: true };
}

/** A pipeline need not have a stage for what nobody has taken. */
async function stageOf({ first_message, pipeline }: MessengerRules, at: Context): Promise<RecordId | undefined> {
  const { pipelines } = await at.port.directory();
  const chosen = pipelines.find(({ id }) => id === pipeline) ?? pipelines.find(({ isDefault }) => isDefault) ?? pipelines[0];
  const first = (kind: "incoming" | "open") => chosen?.stages.find((stage) => stage.kind === kind)?.id;
  return first_message === "incoming" ? (first("incoming") ?? first("open")) : first("open");
}

function outcome(contact: PlacedContact, deal: { readonly id: RecordId; readonly isNew: boolean } | undefined, at: Context): Outcome {
  const { done } = wordsIn(at.workspace.language);
  return {
    done: contact.isNew ? (deal ? done.leadNew : done.contactNew) : deal?.isNew ? done.leadKnown : done.conversationPlaced,
    records: { contact: contact.id, ...(deal && { deal: deal.id }) },
  };
}

import { randomBytes } from "node:crypto";
import { type OwnClient, type OwnConversation, type OwnCrm, type OwnDeal, readEmail, readPhone, type Workspace } from "@svyazka/core";
import type { TakenDraft } from "../api/chat-account.ts";

interface Home {
  readonly workspace: Workspace;
  /** What people call the channel. */
  readonly channel: string;
}

/**
 * Sees to it that an incoming message belongs to somebody and is about something: the contact with this phone or e-mail, or a new one; their newest open deal, or a new
 * one that nobody has taken yet. Source: chats/chat-start, crm_platform/duplication-control
 */
export async function givePlace(crm: OwnCrm, conversation: OwnConversation, draft: TakenDraft, home: Home): Promise<void> {
  if (conversation.deal !== null && (await openDeals(crm, { ids: [conversation.deal] })).length > 0) return;
  const known = conversation.contact ?? (await findContact(crm, conversation.client, home));
  const [open] = known === undefined ? [] : await openDeals(crm, { contacts: [known] });
  const contact = known ?? (await crm.contacts.create(contactOf(conversation.client, home)));
  const deal = open?.id ?? (await newDeal(crm, conversation, { contact, isNew: known === undefined }, draft, home));
  await crm.conversations.update(conversation.id, { contact, deal });
}

const openDeals = async (crm: OwnCrm, by: { readonly ids?: number[]; readonly contacts?: number[] }): Promise<readonly OwnDeal[]> =>
  (await crm.deals.list({ limit: 1, state: "open", ...by })).items;

async function findContact(crm: OwnCrm, { phone, email }: OwnClient, { workspace }: Home): Promise<number | undefined> {
  const e164 = phone === undefined ? undefined : readPhone(phone, workspace.country)?.e164;
  const address = email === undefined ? undefined : readEmail(email);
  for (const by of [e164 && { phones: [e164] }, address && { emails: [address] }]) {
    const [contact] = by ? (await crm.contacts.list({ limit: 1, sort: "-updated_at", ...by })).items : [];
    if (contact) return contact.id;
  }
  return undefined;
}

/** What is no phone or e-mail stays with the conversation alone. */
const contactOf = ({ name, phone, email }: OwnClient, { workspace }: Home) => ({
  name,
  ...(phone !== undefined && readPhone(phone, workspace.country) && { phones: [{ value: phone, label: "mobile" as const }] }),
  ...(email !== undefined && readEmail(email) !== undefined && { emails: [{ value: email }] }),
});

async function newDeal(
  crm: OwnCrm,
  conversation: OwnConversation,
  { contact, isNew }: { readonly contact: number; readonly isNew: boolean },
  draft: TakenDraft,
  { channel }: Home,
): Promise<number> {
  const { client, uid: chat, network, source: sourceId } = conversation;
  const source = (await crm.sources.list()).find(({ id }) => id === sourceId);
  const pipelines = await crm.pipelines.list();
  const pipeline = pipelines.find(({ id }) => id === source?.pipeline) ?? pipelines.find(({ isDefault }) => isDefault) ?? pipelines[0];
  // A pipeline need not have a stage for what nobody has taken.
  const stage = pipeline?.stages.find(({ kind }) => kind === "incoming") ?? pipeline?.stages.find(({ kind }) => kind === "open");
  const deal = await crm.deals.create({
    ...{ name: client.name, contacts: [{ id: contact, isMain: true }], source: source?.id ?? null },
    ...(stage && { stage: stage.id }),
  });
  if (stage?.kind !== "incoming") return deal;
  await crm.incoming.create({
    ...{ uid: randomBytes(30).toString("hex"), deal, category: "chats", sourceName: source?.name ?? channel },
    ...(isNew && { contact }),
    ...(draft.source !== undefined && { sourceUid: draft.source }),
    metadata: {
      ...{ from: client.name, to: channel, received_at: Math.floor(draft.at / 1000), service: network },
      ...{ client: { name: client.name, avatar: client.avatar ?? "" }, origin: { chat_id: chat, ref: null, visitor_uid: null } },
      ...{ last_message_text: (draft.message.text ?? "").slice(0, 1_000), source_name: source?.name ?? channel },
    },
  });
  return deal;
}

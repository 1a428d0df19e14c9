import type { EventDraft } from "./events.ts";
import type { Kit, Polled } from "./kit.ts";
import { sentMessage } from "./told-messages.ts";
import type { ConnectionId } from "./words.ts";

/** What waits to be sent by this channel, in case whoever put it down had no time to tell of it. What was told is known by its key. */
export async function pollWaiting(channel: ConnectionId, kit: Pick<Kit, "ownCrm" | "isHeard">): Promise<Polled> {
  // While nobody would send it, it must not be known as told: it waits for its route to be switched on.
  if (!(await kit.isHeard("message.sent"))) return { facts: [], what: "written" };
  const crm = await kit.ownCrm();
  const { items } = await crm.messages.list({ limit: 500, sort: "id", channels: [channel], states: ["waiting"] });
  const ids = [...new Set(items.map(({ conversation }) => conversation))];
  const conversations = ids.length === 0 ? [] : (await crm.conversations.list({ limit: 500, ids })).items;
  const facts = items.flatMap((message): EventDraft[] => {
    const conversation = conversations.find((one) => one.id === message.conversation);
    return conversation ? [sentMessage(message, conversation)] : [];
  });
  return { facts, what: "written" };
}

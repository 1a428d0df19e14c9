import { type Flow, type FlowContext, type Kept, offHours, type ReceivedMessage, readMessengerRules } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** What a channel brings stands in our book of conversations, once, and in its order; out of hours a program answers. */
export const keepMessage: Flow<"message.received", "messenger"> = {
  name: "keep-message",
  title: { ru: "Записать сообщение", en: "Keep a message" },
  about: {
    ru: "Записывает сообщение в переписку; в нерабочее время отвечает, если так задано.",
    en: "Puts a message into its conversation; answers out of hours, when told to.",
  },
  on: ["message.received"],
  needs: "messenger",
  async run({ data, connection, receivedAt }, at) {
    const kept = await at.inbox.keep(connection, data);
    await at.record(kept.facts);
    await answerOffHours(kept, data, receivedAt, at);
    const { done } = wordsIn(at.workspace.language);
    return { done: kept.isNew ? done.messageKept : done.messageKnown, records: { conversation: kept.conversation.id } };
  },
};

/** A message that was late, because something was down, is answered by people. */
const freshMs = 3_600_000;

async function answerOffHours(kept: Kept, { message }: ReceivedMessage, receivedAt: Date, at: FlowContext<"messenger">): Promise<void> {
  const rules = readMessengerRules(at.sourceSettings);
  const text = rules?.off_hours_text?.trim();
  if (!rules || !text || message.direction === "out") return;
  const period = offHours(rules, receivedAt, at.workspace.timeZone);
  if (period === undefined || at.now.getTime() - new Date(message.at).getTime() > freshMs) return;
  const answered = await at.inbox.answer(kept.conversation.id, text, `off hours ${kept.conversation.id} ${period}`);
  await at.record(answered.facts);
}

import { type Flow, type FlowContext, type MessagePart, partsOf, Refused, type SentMessage, Undelivered, Unsure } from "@svyazka/core";
import { wordsIn } from "./text.ts";

type Context = FlowContext<"messenger">;

/** What somebody here writes to a client goes out by the channel that carries the conversation, in order, and once. */
export const sendMessage: Flow<"message.sent", "messenger"> = {
  name: "send-message",
  title: { ru: "Отправить сообщение", en: "Send a message" },
  about: {
    ru: "Передаёт то, что написал сотрудник, каналу, в котором идёт переписка.",
    en: "Gives what somebody here has written to the channel that carries the conversation.",
  },
  on: ["message.sent"],
  needs: "messenger",
  async run({ data }, at) {
    const { id } = data.message;
    const { done } = wordsIn(at.workspace.language);
    const parts = partsOf(data, at.port.abilities);
    const begun = await at.inbox.begin(id, parts.map(textOf));
    if (!begun.isUnknown) for (const place of begun.open) await sendPart(data, parts, place, at);
    await at.record(await at.inbox.report(id));
    return { done: begun.isUnknown ? done.messageUnknown : done.messageSent };
  },
};

const textOf = (part: MessagePart): string => (part.kind === "text" ? part.text : part.kind === "file" ? part.caption : "");

/** Throws what is to be done about the delivery; what became of the part is down by then. */
async function sendPart(sent: SentMessage, parts: readonly MessagePart[], place: number, at: Context): Promise<void> {
  const part = parts[place];
  if (!part) return;
  const { id, uid } = sent.message;
  await at.inbox.beginPart(id, place);
  try {
    const { external, conversation } = await at.port.send({ place, part, key: `${uid}.${place}` }, sent);
    await at.inbox.settle(id, place, { state: "sent", external, conversation });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    if (error instanceof Unsure) await at.inbox.settle(id, place, { state: "unknown", error: words });
    else if (error instanceof Refused) {
      const { reason, code } = error instanceof Undelivered ? error : { reason: "unknown" as const, code: undefined };
      await at.inbox.settle(id, place, { state: "failed", reason, code, error: words });
    } else await at.inbox.settle(id, place, { state: "waiting" });
    if (error instanceof Unsure || error instanceof Refused) {
      await at.record(await at.inbox.report(id));
      throw new Refused(words, { cause: error });
    }
    throw error;
  }
}

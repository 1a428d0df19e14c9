import {
  Conflict,
  type Event,
  type Flow,
  type FlowContext,
  type MessagePart,
  partsOf,
  Refused,
  type SendingPart,
  type SentMessage,
  Unavailable,
  Undelivered,
  Unsure,
} from "@svyazka/core";
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
  async run(event, at) {
    const { id, uid } = event.data.message;
    const { done } = wordsIn(at.workspace.language);
    const parts = partsOf(event.data, at.port.abilities);
    const begun = await at.inbox.begin(id, parts.map(textOf));
    // Whoever comes back to a part comes seconds later: after the patience below, or when the lease of a process that died is over.
    const isClear = begun.unknown.length === 0 || at.port.find !== undefined;
    if (isClear) {
      for (const [place, part] of parts.entries()) {
        const sending = { place, part, key: `${uid}.${place}` };
        const isLost = begun.unknown.includes(place) && !(await wasTaken(event, sending, at));
        if (isLost || begun.open.includes(place)) await sendPart(event, sending, at);
      }
    }
    await at.record(await at.inbox.report(id));
    return { done: isClear ? done.messageSent : done.messageUnknown };
  },
};

const textOf = (part: MessagePart): string => (part.kind === "text" ? part.text : part.kind === "file" ? part.caption : "");

/** Asks the channel whether it has a part of which nobody knows; of one that it has not, nothing was taken. */
async function wasTaken({ data, connection }: Event<"message.sent">, sending: SendingPart, at: Context): Promise<boolean> {
  const { id } = data.message;
  const found = (await at.port.find?.(sending, data)) ?? [];
  const [external] = await at.inbox.strange(connection, found);
  await at.inbox.settle(id, sending.place, external === undefined ? { state: "waiting" } : { state: "sent", external });
  return external !== undefined;
}

/** So long after a send whose answer was lost the channel is asked what became of it: by then its echo may have told. */
const patienceSeconds = 10;

/** Throws what is to be done about the delivery; what became of the part is down by then. */
async function sendPart({ data }: Event<"message.sent">, sending: SendingPart, at: Context): Promise<void> {
  const { id } = data.message;
  const { place } = sending;
  // Its echo was faster than we, or somebody else is at it.
  if (!(await at.inbox.beginPart(id, place))) throw new Conflict("this part is being sent, or has arrived meanwhile");
  const taken = await at.port.send(sending, data).catch((error: unknown) => notTaken(error, data, place, at));
  // Where even this cannot be put down, nobody knows what became of the part: it is never put back to be sent.
  await at.inbox.settle(id, place, { state: "sent", ...taken });
}

/** Puts down why it was not taken, and throws what follows from it. */
async function notTaken(error: unknown, { message: { id } }: SentMessage, place: number, at: Context): Promise<never> {
  const words = error instanceof Error ? error.message : String(error);
  if (error instanceof Unsure) await at.inbox.settle(id, place, { state: "unknown", error: words });
  else if (error instanceof Refused) {
    const { reason, code } = error instanceof Undelivered ? error : { reason: "unknown" as const, code: undefined };
    await at.inbox.settle(id, place, { state: "failed", reason, code, error: words });
  } else await at.inbox.settle(id, place, { state: "waiting" });
  if (error instanceof Unsure && at.port.find) throw new Unavailable(words, { retryAfterSeconds: patienceSeconds, cause: error });
  if (!(error instanceof Unsure || error instanceof Refused)) throw error;
  await at.record(await at.inbox.report(id));
  throw new Refused(words, { cause: error });
}

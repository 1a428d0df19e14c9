import type { EventDraft, OwnMessageKind } from "@svyazka/core";
import { type IncomingMessage, readUpdate, type SharedContact, type TelegramEvent } from "../protocol.ts";

/** Updates as facts, whichever way they came: the same one always gets the same keys. */

export type ReadFacts = { readonly facts: readonly EventDraft[] } | { readonly ignored: string };

/** Never throws: what is not understood is named. */
export function factsOf(update: unknown): ReadFacts {
  const read = readUpdate(update);
  if (read.kind !== "events") return { ignored: `${read.kind}: ${read.why}` };
  const facts = read.events.flatMap((event) => eventFacts(event, read.updateId));
  return facts.length > 0 ? { facts } : { ignored: read.events.map(whyIgnored).join("; ") };
}

/** The number of a message is its own in its chat only. */
export const externalOf = (chat: string, messageId: number): string => `${chat}:${messageId}`;
export const messageIdOf = (external: string): number | undefined => {
  const id = Number(/:(\d{1,16})$/.exec(external)?.[1]);
  return Number.isSafeInteger(id) && id > 0 ? id : undefined;
};

function eventFacts(event: TelegramEvent, updateId: number): EventDraft[] {
  switch (event.kind) {
    case "message":
      return [messageFact(event), ...fileFacts(event)];
    case "edited":
      // A place that somebody shares for an hour is edited every few seconds.
      return event.location ? [] : [editFact(event, updateId)];
    case "reaction":
      return [
        {
          type: "message.changed",
          key: `reaction ${updateId}`,
          subject: `chat ${event.chat}`,
          data: { external: externalOf(event.chat, event.messageId), change: { who: event.from.id, emoji: event.emoji } },
        },
      ];
    // Our book has no place for it: the next message to them is refused, and says why (`privacy`).
    case "blocked":
    case "unblocked":
      return [];
  }
}

const whyIgnored = ({ kind }: TelegramEvent): string =>
  kind === "edited"
    ? "a place that moves on"
    : kind === "blocked"
      ? "the person has stopped the bot"
      : "the person has let the bot write again";

function messageFact(message: IncomingMessage): EventDraft<"message.received"> {
  const { chat, messageId, from, text, attachments, replyTo, other } = message;
  const [first] = attachments;
  const kind: OwnMessageKind = message.location ? "location" : message.contact ? "contact" : (first?.kind ?? "text");
  const content = contentOf(message);
  return {
    type: "message.received",
    key: `message ${externalOf(chat, messageId)}`,
    subject: `chat ${chat}`,
    data: {
      conversation: {
        ...{ external: chat, network: "telegram" },
        client: {
          ...{ external: from.id, name: from.name },
          ...(from.phone !== undefined && { phone: withPlus(from.phone) }),
          ...(from.username !== undefined && { username: from.username }),
        },
      },
      message: {
        ...{ external: externalOf(chat, messageId), direction: "in", kind },
        // A person should see that there was something, even if nobody can show what.
        text: text === "" && other !== undefined ? `[${other}]` : text,
        ...(content && { content }),
        files: attachments.map(toldFile),
        ...(replyTo !== undefined && { replyTo: externalOf(chat, replyTo) }),
        at: message.at.toISOString(),
      },
    },
  };
}

function contentOf({ location, contact, startParameter }: IncomingMessage): Readonly<Record<string, unknown>> | undefined {
  if (location) return { ...location };
  if (contact) return cardOf(contact);
  // By which link they came: "?start=".
  return startParameter === undefined ? undefined : { start: startParameter };
}

const cardOf = ({ name, phone }: SharedContact) => ({ name, phones: [withPlus(phone)] });
/** Most senders leave it out. */
const withPlus = (phone: string): string => (/^\d{5,}$/.test(phone) ? `+${phone}` : phone);

const toldFile = ({ kind, fileId, name, type, bytes }: IncomingMessage["attachments"][number]) => ({
  ...{ kind, ref: fileId },
  ...(name !== undefined && { name }),
  ...(type !== undefined && { type }),
  ...(bytes !== undefined && { bytes }),
});

const fileFacts = ({ chat, messageId, attachments }: IncomingMessage): EventDraft<"attachment.received">[] =>
  attachments.map((attachment, place) => ({
    type: "attachment.received",
    key: `file ${externalOf(chat, messageId)} ${place}`,
    // Each by itself: a file that is slow or gone holds up no conversation.
    subject: `file ${externalOf(chat, messageId)} ${place}`,
    data: { message: externalOf(chat, messageId), place, file: toldFile(attachment) },
  }));

const editFact = ({ chat, messageId, text }: IncomingMessage, updateId: number): EventDraft<"message.changed"> => ({
  type: "message.changed",
  // Several may be of one second.
  key: `edit ${externalOf(chat, messageId)} ${updateId}`,
  subject: `chat ${chat}`,
  data: { external: externalOf(chat, messageId), change: { text } },
});

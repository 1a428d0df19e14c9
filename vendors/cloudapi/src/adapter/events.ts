import type { EventDraft, OwnMessageKind } from "@svyazka/core";
import { type IncomingMessage, readHook, type WhatsAppEvent } from "../protocol.ts";

/** Hooks of one number as facts. Meta brings a hook again until it is answered 200, and the parts of several in one: the same thing always gets the same key. */

export type ReadFacts = { readonly facts: readonly EventDraft[] } | { readonly ignored: string };

/** Never throws: what is not understood is named. One address may be told of every number of an app. */
export function factsOf(hook: unknown, phoneNumberId: string): ReadFacts {
  const read = readHook(hook);
  if (read.kind !== "events") return { ignored: `${read.kind}: ${read.why}` };
  const facts = read.events.filter((event) => event.phoneNumberId === phoneNumberId).flatMap(eventFacts);
  return facts.length > 0 ? { facts } : { ignored: "of another number" };
}

type EventOf<K extends WhatsAppEvent["kind"]> = Extract<WhatsAppEvent, { readonly kind: K }>;

function eventFacts(event: WhatsAppEvent): EventDraft[] {
  switch (event.kind) {
    case "message":
      return [messageFact(event), ...fileFacts(event)];
    case "status":
      return [statusFact(event)];
    case "reaction":
      return [
        {
          type: "message.changed",
          key: `reaction ${event.id}`,
          subject: `chat ${event.from.id}`,
          data: { external: event.to, change: { who: event.from.id, emoji: event.emoji } },
        },
      ];
  }
}

function messageFact(message: IncomingMessage): EventDraft<"message.received"> {
  const { id, from, text, attachments, replyTo, other } = message;
  const [first] = attachments;
  const kind: OwnMessageKind = message.location ? "location" : message.contacts ? "contact" : (first?.kind ?? "text");
  const content = contentOf(message);
  return {
    type: "message.received",
    key: `message ${id}`,
    subject: `chat ${from.id}`,
    data: {
      conversation: {
        ...{ external: from.id, network: "whatsapp" },
        client: {
          // Whoever hides the phone from one day to the next is known by this: both are told until then, and it stays.
          ...{ external: from.userId ?? from.id, name: from.name ?? "" },
          ...(from.phone !== undefined && { phone: `+${from.phone}` }),
          ...(from.username !== undefined && { username: from.username }),
        },
      },
      message: {
        ...{ external: id, direction: "in", kind },
        // A person should see that there was something, even if nobody can show what.
        text: text === "" && other !== undefined ? `[${other}]` : text,
        ...(content && { content }),
        files: attachments.map(toldFile),
        ...(replyTo !== undefined && { replyTo }),
        at: message.at.toISOString(),
      },
    },
  };
}

/** A place, a card; otherwise what else is known of a text: the button that was pressed, the advertisement by which they came. */
function contentOf({ location, contacts, button, referral }: IncomingMessage): Readonly<Record<string, unknown>> | undefined {
  if (location) return { ...location };
  const [card, ...others] = contacts ?? [];
  if (card) return { name: card.name, phones: card.phones, ...(others.length > 0 && { others }) };
  const more = { ...(button?.id !== undefined && { button: button.id }), ...(referral && { referral }) };
  return Object.keys(more).length > 0 ? more : undefined;
}

const toldFile = ({ kind, mediaId, name, type }: IncomingMessage["attachments"][number]) => ({
  ...{ kind, ref: mediaId },
  ...(name !== undefined && { name }),
  ...(type !== undefined && { type }),
});

const fileFacts = ({ id, attachments }: IncomingMessage): EventDraft<"attachment.received">[] =>
  attachments.map((attachment, place) => ({
    type: "attachment.received",
    key: `file ${id} ${place}`,
    // Each by itself: a file that is slow or gone holds up no conversation.
    subject: `file ${id} ${place}`,
    data: { message: id, place, file: toldFile(attachment) },
  }));

/** They come in no order, and our book knows that a state never goes back. */
const statusFact = ({ id, recipient, state, error, callbackData }: EventOf<"status">): EventDraft<"message.changed"> => ({
  type: "message.changed",
  key: `state ${id} ${state}`,
  subject: `chat ${recipient}`,
  data: {
    external: id,
    change: {
      state,
      ...(error && {
        reason: error.reason,
        error: [error.title, error.details].filter((words) => words !== "").join(": "),
        code: String(error.code),
      }),
      ...(callbackData !== undefined && { key: callbackData }),
    },
  },
});

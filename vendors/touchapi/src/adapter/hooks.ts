import type { EventDraft, InboundRequest, OwnMessageKind, Received, Reply } from "@svyazka/core";
import { Malformed } from "@svyazka/core";
import { type HookEvent, type MessageEvent, type ReactionEvent, readHook, type StatusEvent } from "../protocol.ts";
import type { TouchConnection } from "../settings.ts";

/** Hooks of one account as facts. Nothing is known of how often a hook is repeated, so the same one always gets the same key. */

const ok: Reply = { status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body: '{"ok":true}' };

/** Throws `Malformed` for a body that is no JSON. */
export function receiveHook(request: InboundRequest, { settings }: TouchConnection, now: Date): Received {
  if (request.json === undefined) throw new Malformed("The body is not JSON");
  const read = readHook(request.json, now);
  if (read.kind !== "events") return { ignored: `${read.kind}: ${read.why}`, reply: ok };
  const facts = read.events.filter((event) => isOfAccount(event, settings)).flatMap((event) => factsOf(event, now));
  return facts.length > 0 ? { facts, reply: ok } : { ignored: "nothing of this account that we follow", reply: ok };
}

/** The address tells whose it is; a hook that names another account came to a wrong one. */
const isOfAccount = ({ source, login }: HookEvent, settings: TouchConnection["settings"]): boolean =>
  source === settings.source && (login === undefined || login === settings.login);

function factsOf(event: HookEvent, now: Date): EventDraft[] {
  switch (event.kind) {
    case "message":
      // Groups are no conversations with a client.
      return event.isGroup ? [] : [messageFact(event, now), ...fileFacts(event)];
    case "status":
      return statusFacts(event);
    case "reaction":
      return [reactionFact(event)];
  }
}

function messageFact(event: MessageEvent, now: Date): EventDraft<"message.received"> {
  const { source, item, conversation, peer, text, attachments, isOutgoing, replyTo, otherParts } = event;
  const [first] = attachments;
  const kind: OwnMessageKind = event.location ? "location" : event.contacts ? "contact" : (first?.kind ?? "text");
  const [card] = event.contacts ?? [];
  const content = event.location
    ? { ...event.location }
    : card
      ? { name: card.name ?? "", phones: card.phones.map((phone) => `+${phone}`) }
      : undefined;
  return {
    type: "message.received",
    key: `message ${item}`,
    subject: `chat ${conversation}`,
    data: {
      conversation: {
        ...{ external: conversation, network: source },
        client: {
          ...{ external: peer.id ?? conversation, name: peer.name ?? "" },
          ...(peer.phone !== undefined && { phone: `+${peer.phone}` }),
          ...(peer.username !== undefined && { username: peer.username }),
          ...(peer.avatar !== undefined && { avatar: peer.avatar }),
        },
      },
      message: {
        ...{ external: item, direction: isOutgoing ? "out" : "in", kind },
        // A person should see that there was something, even if nobody can show what.
        text: text === "" && kind === "text" && otherParts.length > 0 ? `[${otherParts.join(", ")}]` : text,
        ...(content && { content }),
        files: attachments.map((one) => ({ kind: one.kind, ref: one.url, ...(one.name !== undefined && { name: one.name }) })),
        ...(replyTo !== undefined && { replyTo }),
        at: (event.at ?? now).toISOString(),
      },
    },
  };
}

const fileFacts = ({ item, attachments }: MessageEvent): EventDraft<"attachment.received">[] =>
  attachments.map(({ kind, url, name }, place) => ({
    type: "attachment.received",
    key: `file ${item} ${place}`,
    // Each by itself: a link that is slow or dead holds up no conversation.
    subject: `file ${item} ${place}`,
    data: { message: item, place, file: { kind, ref: url, ...(name !== undefined && { name }) } },
  }));

function statusFacts({ item, thread, state, error }: StatusEvent): EventDraft<"message.changed">[] {
  if (state === "pending") return [];
  const failure = state === "failed" ? { reason: "unknown" as const, ...(error !== undefined && { error }) } : {};
  return [
    {
      type: "message.changed",
      key: `state ${item} ${state}`,
      subject: `chat ${thread ?? item}`,
      data: { external: item, change: { state, ...failure } },
    },
  ];
}

const reactionFact = ({ item, thread, from, emoji, isOutgoing, at }: ReactionEvent): EventDraft<"message.changed"> => ({
  type: "message.changed",
  key: `reaction ${item} ${from ?? ""} ${at?.getTime() ?? ""} ${emoji ?? ""}`,
  subject: `chat ${thread ?? item}`,
  data: { external: item, change: { who: isOutgoing ? "us" : (from ?? "client"), emoji } },
});

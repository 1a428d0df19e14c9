import type { HookEvent, MessageEvent, MessageState, Peer, ReactionEvent, ReadHook, StatusEvent } from "./hook-events.ts";
import { partsOf, readParts, typeOfPart } from "./hook-parts.ts";
import { cleanText, firstText, isObject, type Json, member, present, readBool, readId, readText, readUrl } from "./json.ts";
import { readMoment } from "./moments.ts";
import { isGroupThread, phoneOfId, readPhone, readSource } from "./sources.ts";

/** A list of hooks has not been seen; one that is longer than this is not read to its end. */
const mostHooks = 1_000;

/**
 * A body that Touch-API posts to a webhook. Never throws, whatever it is. A body without `hook_type`, or without its messenger, its message or its conversation, is not recognised; one
 * with a `hook_type` that we do nothing about is irrelevant. Times are judged against `now`.
 */
export function readHook(json: unknown, now: Date = new Date()): ReadHook {
  if (!Array.isArray(json)) return readOne(json, now);
  const read = json.slice(0, mostHooks).map((one) => readOne(one, now));
  const events = read.flatMap((one) => (one.kind === "events" ? one.events : []));
  if (events.length > 0) return { kind: "events", events };
  return read.find(({ kind }) => kind === "irrelevant") ?? read[0] ?? { kind: "unrecognised", why: "an empty list" };
}

function readOne(json: unknown, now: Date): ReadHook {
  if (!isObject(json)) return unrecognised("the body is not an object");
  const type = readText(member(json, "hook_type"))?.toLowerCase();
  if (type === undefined) return unrecognised("there is no hook_type");
  if (type !== "message" && type !== "message_status" && !isReaction(type)) return irrelevant(`hook_type ${type.slice(0, 60)}`);
  const source = readSource(member(json, "source"));
  if (source === undefined) return unrecognised("there is no source");
  const item = readId(member(json, "item"));
  if (item === undefined) return unrecognised("there is no item");
  const about = { source, item, at: readMoment(member(json, "time"), now), ...present({ login: readId(member(json, "login")) }) };
  if (type === "message") return readMessage(json, about);
  return type === "message_status" ? readStatus(json, about) : readReaction(json, about, type);
}

type About = Pick<HookEvent, "source" | "item" | "at" | "login">;

const unrecognised = (why: string): ReadHook => ({ kind: "unrecognised", why });
const irrelevant = (why: string): ReadHook => ({ kind: "irrelevant", why });
const told = (event: HookEvent): ReadHook => ({ kind: "events", events: [event] });

/** `add_message_reaction` is seen; that one is taken back by a hook of its own is our guess. */
const isReaction = (type: string): boolean => /^(?:add|remove|delete)_message_reaction$/.test(type);

function readMessage(json: Json, about: About): ReadHook {
  const [thread, from, to] = [readId(member(json, "thread")), readId(member(json, "from")), readId(member(json, "to"))];
  const isOutgoing = readBool(member(json, "outgoing")) ?? false;
  const other = isOutgoing ? to : from;
  const conversation = thread ?? other;
  if (conversation === undefined) return unrecognised(`there is neither thread nor ${isOutgoing ? "to" : "from"}`);
  const content = member(json, "content");
  const { text: words, attachments, location, contacts, otherParts } = readParts(content);
  const raw = member(json, "text");
  const text = (typeof raw === "string" ? cleanText(raw) : readText(raw)) || words;
  // The vendor's cabinet shows such a message as deleted; nothing of it is left.
  if (text === "" && partsOf(content).some((part) => typeOfPart(part) === "deleted")) return irrelevant("a message that was deleted");
  const isGroup = isGroupThread(about.source, thread) || (readBool(member(json, "isGroup")) ?? false);
  const event: MessageEvent = {
    kind: "message",
    ...about,
    ...present({ thread, from, to, replyTo: readReplyTo(member(json, "replyTo")), location }),
    ...{ conversation, text, isOutgoing, attachments, otherParts, isGroup },
    ...(contacts.length > 0 && { contacts }),
    peer: readPeer(json, about.source, other ?? (isGroup ? undefined : thread), isOutgoing),
  };
  return told(event);
}

/** The item alone, or an object about that message. */
const readReplyTo = (value: unknown): string | undefined =>
  isObject(value) ? (readId(member(value, "item")) ?? readId(member(value, "id")) ?? readId(member(value, "uniq"))) : readId(value);

/** `pushname` and `name` are read by a public client; the rest are how neighbours call the same. Of a message of our own they would name ourselves. */
function readPeer(json: Json, source: string, id: string | undefined, isOutgoing: boolean): Peer {
  const phone = phoneOfId(source, id);
  if (isOutgoing) return present({ id, phone });
  const sender = member(json, "sender") ?? member(json, "contact");
  const about = isObject(sender) ? { ...sender, ...json } : json;
  return present({
    id,
    name: firstText(about, ["pushname", "pushName", "name", "senderName"])?.slice(0, 255),
    phone: phone ?? readPhone(member(about, "phone")),
    username: firstText(about, ["username"])?.replace(/^@/, "").slice(0, 255) || undefined,
    avatar: readUrl(member(about, "avatar")),
  });
}

/** `read` and `error` are other words for the same that a public client accepts. */
const states: Readonly<Record<string, MessageState>> = {
  ...{ server: "sent", delivered: "delivered", has_seen: "read", read: "read" },
  ...{ pending: "pending", errored: "failed", error: "failed" },
};

function readStatus(json: Json, about: About): ReadHook {
  const parts = partsOf(member(json, "content"));
  const part = parts.find((one) => Object.hasOwn(states, typeOfPart(one)));
  const state = part && states[typeOfPart(part)];
  if (part === undefined || state === undefined)
    return irrelevant(`status ${parts.map(typeOfPart).join(", ").slice(0, 60) || "of no kind"}`);
  const event: StatusEvent = {
    kind: "status",
    ...about,
    ...present({ thread: readId(member(json, "thread")), error: state === "failed" ? failureOf(part, json) : undefined }),
    state,
  };
  return told(event);
}

function failureOf(part: Json, json: Json): string | undefined {
  const error = member(part, "error") ?? member(json, "error");
  const words = isObject(error) ? firstText(error, ["message"]) : readText(error);
  return (words ?? firstText(part, ["message", "text", "src"]) ?? firstText(json, ["text"]))?.slice(0, 500);
}

/** `content[0].reaction` is what the vendor's cabinet reads; the other places are a guess. */
function readReaction(json: Json, about: About, type: string): ReadHook {
  const part = partsOf(member(json, "content")).find((one) => Object.hasOwn(one, "reaction"));
  const emoji = readText(part && member(part, "reaction")) ?? firstText(json, ["reaction", "text"]);
  const event: ReactionEvent = {
    kind: "reaction",
    ...about,
    ...present({ thread: readId(member(json, "thread")), from: readId(member(json, "from")) }),
    emoji: type.startsWith("add") ? (emoji?.slice(0, 64) ?? null) : null,
    isOutgoing: readBool(member(json, "outgoing")) ?? false,
  };
  return told(event);
}

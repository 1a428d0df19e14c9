import { type Json, momentOf, numberOf, objectOf, objectsOf, present, textOf } from "./json.ts";
import { type Person, readSender } from "./people.ts";

export type AttachmentKind = "picture" | "video" | "voice" | "audio" | "file" | "sticker";
export interface Attachment {
  readonly kind: AttachmentKind;
  /** For `media`, within 7 days: https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media */
  readonly mediaId: string;
  /** MIME. */
  readonly type?: string;
  readonly name?: string;
  readonly caption?: string;
  /** Base64. */
  readonly sha256?: string;
}
export interface Location {
  readonly latitude: number;
  readonly longitude: number;
  readonly name?: string;
  readonly address?: string;
}
export interface SharedContact {
  readonly name: string;
  /** As they were written. */
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly company?: string;
}
/** The advertisement by which a person came. */
export interface Referral {
  /** `ad` or `post`. */
  readonly sourceType?: string;
  readonly sourceId?: string;
  readonly sourceUrl?: string;
  readonly headline?: string;
  readonly body?: string;
  /** What Meta counts the result of the advertisement by. */
  readonly clickId?: string;
}

/** What a person wrote to a number of ours. */
export interface IncomingMessage {
  /** `wamid.…`: the key of the fact. */
  readonly id: string;
  readonly from: Person;
  readonly at: Date;
  /** Of the message, below its file, or of the button that was pressed; empty when there is none. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly location?: Location;
  readonly contacts?: readonly SharedContact[];
  /** The id of the message it answers: one of ours, most often. */
  readonly replyTo?: string;
  readonly referral?: Referral;
  /** What was pressed, by the id that we gave it. */
  readonly button?: { readonly id?: string; readonly text: string };
  readonly isForwarded?: boolean;
  /** What was sent and is none of the above: `order`, `unsupported: poll_creation`. */
  readonly other?: string;
}

export interface Reaction {
  /** Of the reaction itself. */
  readonly id: string;
  readonly from: Person;
  readonly at: Date;
  /** The message it is to. */
  readonly to: string;
  /** Null when it was taken back. */
  readonly emoji: string | null;
}

export type ReadMessage =
  | { readonly message: IncomingMessage }
  | { readonly reaction: Reaction }
  | { readonly irrelevant: string }
  | { readonly unrecognised: string };

const mediaKinds: Readonly<Record<string, AttachmentKind>> = {
  ...{ image: "picture", video: "video", audio: "audio", document: "file", sticker: "sticker" },
};

/** One of `value.messages`, beside `value.contacts`. */
export function readMessage(message: Json, contacts: unknown): ReadMessage {
  const [id, type, at] = [textOf(message["id"]), textOf(message["type"]), momentOf(message["timestamp"])];
  if (id === undefined || type === undefined || !at) return { unrecognised: "a message has no id, type or timestamp" };
  if (textOf(message["group_id"]) !== undefined)
    return { irrelevant: "it was written in a group: only conversations with one person are carried" };
  const node = objectOf(message[type]);
  if (type === "system") return { irrelevant: `a notice: ${(textOf(node?.["type"]) ?? "system").slice(0, 100)}` };
  if (type === "request_welcome") return { irrelevant: "a person has opened the chat, and written nothing" };
  const from = readSender(message, contacts);
  if (!from) return { unrecognised: "a message is from nobody" };
  if (type === "reaction") {
    const to = textOf(node?.["message_id"]);
    return to === undefined
      ? { unrecognised: "a reaction to nothing" }
      : { reaction: { id, from, at, to, emoji: textOf(node?.["emoji"]) ?? null } };
  }
  const context = objectOf(message["context"]);
  const isForwarded = context?.["forwarded"] === true || context?.["frequently_forwarded"] === true;
  return {
    message: present({
      ...{ id, from, at, text: "", attachments: [] },
      ...contentOf(type, node, message),
      replyTo: textOf(context?.["id"]),
      referral: readReferral(objectOf(message["referral"])),
      isForwarded: isForwarded ? true : undefined,
    }),
  };
}

/** What stands in the node that is named after the type. */
function contentOf(type: string, node: Json | undefined, message: Json): Partial<IncomingMessage> {
  const unknown = { other: type.slice(0, 100) };
  if (type === "contacts") {
    const contacts = objectsOf(message["contacts"]).flatMap(readContact);
    return contacts.length > 0 ? { contacts } : unknown;
  }
  if (type === "unsupported") {
    const what = textOf(objectOf(message["unsupported"])?.["type"]);
    return { other: what === undefined ? type : `unsupported: ${what.slice(0, 100)}` };
  }
  if (!node) return unknown;
  const kind = mediaKinds[type];
  if (kind && Object.hasOwn(mediaKinds, type)) {
    const attachment = readAttachment(kind, node);
    return attachment ? { attachments: [attachment], text: attachment.caption ?? "" } : unknown;
  }
  switch (type) {
    case "text":
      return { text: textOf(node["body"]) ?? "" };
    case "location": {
      const location = readLocation(node);
      return location ? { location } : unknown;
    }
    case "button": {
      const text = textOf(node["text"]) ?? textOf(node["payload"]) ?? "";
      return { text, button: present({ id: textOf(node["payload"]), text }) };
    }
    case "interactive":
      return readInteractive(node);
    case "order":
      return { ...unknown, text: textOf(node["text"]) ?? "" };
    default:
      return unknown;
  }
}

function readAttachment(kind: AttachmentKind, node: Json): Attachment | undefined {
  const mediaId = textOf(node["id"]);
  if (mediaId === undefined) return undefined;
  return present({
    // Recorded with the microphone, or a file that somebody attached.
    kind: kind === "audio" && node["voice"] === true ? "voice" : kind,
    mediaId,
    type: textOf(node["mime_type"]),
    name: textOf(node["filename"]),
    caption: textOf(node["caption"]),
    sha256: textOf(node["sha256"]),
  });
}

function readLocation(node: Json): Location | undefined {
  // Some senders write them as text.
  const degrees = (value: unknown): number | undefined =>
    typeof value === "string" && /^-?\d{1,3}(\.\d+)?$/.test(value) ? Number(value) : numberOf(value);
  const [latitude, longitude] = [degrees(node["latitude"]), degrees(node["longitude"])];
  if (latitude === undefined || longitude === undefined) return undefined;
  return present({ latitude, longitude, name: textOf(node["name"]), address: textOf(node["address"]) });
}

function readInteractive(node: Json): Partial<IncomingMessage> {
  const type = textOf(node["type"]) ?? "interactive";
  const reply = objectOf(node[type]);
  const text = textOf(reply?.["title"]);
  if (text !== undefined) return { text, button: present({ id: textOf(reply?.["id"]), text }) };
  // Forms (flows) and what comes after them.
  return { text: textOf(reply?.["body"]) ?? "", other: `interactive: ${type.slice(0, 100)}` };
}

function readContact(contact: Json): SharedContact[] {
  const phones = objectsOf(contact["phones"]).flatMap((one) => textOf(one["phone"]) ?? textOf(one["wa_id"]) ?? []);
  const emails = objectsOf(contact["emails"]).flatMap((one) => textOf(one["email"]) ?? []);
  const name = objectOf(contact["name"]);
  const parts = [textOf(name?.["first_name"]), textOf(name?.["last_name"])].filter((part) => part !== undefined).join(" ");
  const called = textOf(name?.["formatted_name"]) ?? (parts === "" ? (phones[0] ?? emails[0]) : parts);
  return called === undefined ? [] : [present({ name: called, phones, emails, company: textOf(objectOf(contact["org"])?.["company"]) })];
}

function readReferral(referral: Json | undefined): Referral | undefined {
  if (!referral) return undefined;
  const read = present({
    sourceType: textOf(referral["source_type"]),
    sourceId: textOf(referral["source_id"]),
    sourceUrl: textOf(referral["source_url"]),
    headline: textOf(referral["headline"]),
    body: textOf(referral["body"]),
    clickId: textOf(referral["ctwa_clid"]),
  });
  return Object.keys(read).length > 0 ? read : undefined;
}

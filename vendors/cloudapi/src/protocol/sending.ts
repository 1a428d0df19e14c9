import type { AttachmentKind } from "./messages.ts";
import { isUserId } from "./people.ts";

/** Characters. https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages */
export const textLimit = 4096;
export const captionLimit = 1024;
/** Of `biz_opaque_callback_data`. */
export const callbackDataLimit = 512;
/** Hours after a person's last message in which anything may be written to them. */
export const windowHours = 24;
/** Bytes, and what may be sent as it. https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/media */
export const mediaLimits: Readonly<Record<AttachmentKind, { readonly bytes: number; readonly types: readonly string[] }>> = {
  picture: { bytes: 5_242_880, types: ["image/jpeg", "image/png"] },
  video: { bytes: 16_777_216, types: ["video/mp4", "video/3gpp"] },
  voice: { bytes: 16_777_216, types: ["audio/ogg"] },
  audio: { bytes: 16_777_216, types: ["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"] },
  // Anything may be a document.
  file: { bytes: 104_857_600, types: [] },
  sticker: { bytes: 512_000, types: ["image/webp"] },
};

/** To whom, and along with what. */
export interface Address {
  /** Digits, with or without a plus, or a `userId`. */
  readonly to: string;
  /** The id of the message that is answered. */
  readonly replyTo?: string;
  /** Comes back with every status of the message: our own key of it. 512 characters at most. */
  readonly callbackData?: string;
}
export interface OutgoingText extends Address {
  readonly text: string;
  /** Shows what a link in the text leads to. */
  readonly previewUrl?: boolean;
}
export interface OutgoingMedia extends Address {
  readonly kind: AttachmentKind;
  /** Uploaded before, or where Meta is to fetch it. */
  readonly media: { readonly id: string } | { readonly link: string };
  /** 1,024 characters; not of sounds and stickers. */
  readonly caption?: string;
  /** Of a document. */
  readonly name?: string;
}
export interface OutgoingLocation extends Address {
  readonly latitude: number;
  readonly longitude: number;
  readonly name?: string;
  readonly address?: string;
}
export interface OutgoingContacts extends Address {
  readonly contacts: readonly { readonly name: string; readonly phones?: readonly string[]; readonly emails?: readonly string[] }[];
}
export interface OutgoingReaction extends Pick<Address, "to" | "callbackData"> {
  readonly messageId: string;
  /** Null takes it back. */
  readonly emoji: string | null;
}
/** A value of a variable: in the order of the body, or by its name. */
export type TemplateValue = string | { readonly name: string; readonly text: string };
export interface OutgoingTemplate extends Address {
  readonly name: string;
  readonly language: string;
  readonly body?: readonly TemplateValue[];
  readonly header?:
    | { readonly text: TemplateValue }
    | {
        readonly kind: "picture" | "video" | "file";
        readonly media: { readonly id: string } | { readonly link: string };
        readonly name?: string;
      };
  /** What completes the address of a button, or comes back from one, by its place from 0. */
  readonly buttons?: readonly { readonly index: number; readonly type: "url" | "quick_reply"; readonly value: string }[];
}

const wireTypes: Readonly<Record<AttachmentKind, string>> = {
  ...{ picture: "image", video: "video", voice: "audio", audio: "audio", file: "document", sticker: "sticker" },
};

const envelope = ({ to, replyTo, callbackData }: Address, type: string, content: object): string =>
  JSON.stringify({
    ...{ messaging_product: "whatsapp", recipient_type: "individual" },
    ...(isUserId(to) ? { recipient: to } : { to: to.replaceAll(/[^\d]/g, "") }),
    type,
    ...(replyTo !== undefined && { context: { message_id: replyTo } }),
    ...(callbackData !== undefined && { biz_opaque_callback_data: callbackData }),
    ...{ [type]: content },
  });

export const writeText = (message: OutgoingText): string =>
  envelope(message, "text", { ...(message.previewUrl !== undefined && { preview_url: message.previewUrl }), body: message.text });

export function writeMedia(message: OutgoingMedia): string {
  const { kind, media, caption, name } = message;
  const hasCaption = kind === "picture" || kind === "video" || kind === "file";
  return envelope(message, wireTypes[kind], {
    ...media,
    ...(hasCaption && caption && { caption }),
    ...(kind === "file" && name !== undefined && { filename: name }),
    // Shown as one that was spoken, where it is OGG with OPUS.
    ...(kind === "voice" && { voice: true }),
  });
}

export const writeLocation = (message: OutgoingLocation): string => {
  const { latitude, longitude, name, address } = message;
  return envelope(message, "location", {
    latitude,
    longitude,
    ...(name !== undefined && { name }),
    ...(address !== undefined && { address }),
  });
};

export const writeContacts = (message: OutgoingContacts): string =>
  envelope(
    message,
    "contacts",
    message.contacts.map(({ name, phones = [], emails = [] }) => ({
      // One of its parts must be there beside it.
      name: { formatted_name: name, first_name: name },
      // With a `wa_id` the recipient may write to them; without one they may only be invited.
      ...(phones.length > 0 && { phones: phones.map((phone) => ({ phone, type: "CELL", wa_id: phone.replaceAll(/[^\d]/g, "") })) }),
      ...(emails.length > 0 && { emails: emails.map((email) => ({ email, type: "WORK" })) }),
    })),
  );

export const writeReaction = (message: OutgoingReaction): string =>
  envelope(message, "reaction", { message_id: message.messageId, emoji: message.emoji ?? "" });

export function writeTemplate(message: OutgoingTemplate): string {
  const { name, language, body = [], header, buttons = [] } = message;
  const text = (value: TemplateValue) =>
    typeof value === "string" ? { type: "text", text: value } : { type: "text", parameter_name: value.name, text: value.text };
  const components = [
    ...(header ? [{ type: "header", parameters: ["text" in header ? text(header.text) : headerMedia(header)] }] : []),
    ...(body.length > 0 ? [{ type: "body", parameters: body.map(text) }] : []),
    ...buttons.map(({ index, type, value }) => ({
      ...{ type: "button", sub_type: type, index: String(index) },
      parameters: [type === "url" ? { type: "text", text: value } : { type: "payload", payload: value }],
    })),
  ];
  return envelope(message, "template", { name, language: { code: language }, ...(components.length > 0 && { components }) });
}

function headerMedia({ kind, media, name }: Exclude<NonNullable<OutgoingTemplate["header"]>, { text: unknown }>): object {
  const type = wireTypes[kind];
  return { type, [type]: { ...media, ...(kind === "file" && name !== undefined && { filename: name }) } };
}

/** That a message was read, and, for 25 seconds or until we write, that somebody is typing. */
export const writeRead = (messageId: string, isTyping: boolean): string =>
  JSON.stringify({
    ...{ messaging_product: "whatsapp", status: "read", message_id: messageId },
    ...(isTyping && { typing_indicator: { type: "text" } }),
  });

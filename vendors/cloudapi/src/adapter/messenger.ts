import {
  type FileKind,
  type Kit,
  type Messenger,
  type MessengerAbilities,
  type SendingPart,
  type SentMessage,
  Undelivered,
} from "@svyazka/core";
import type { WhatsApp } from "../client.ts";
import { WhatsAppRefused } from "../client.ts";
import { type Address, type AttachmentKind, captionLimit, mediaLimits, type Sent, textLimit, windowHours } from "../protocol.ts";
import type { NumberConnection } from "../settings.ts";
import { whatsAppOf } from "./number.ts";
import { fillerOf, toldTemplate } from "./templates.ts";
import { inWords } from "./words.ts";

const abilities: MessengerAbilities = {
  network: "whatsapp",
  // By templates only: the window is shut for whoever has not written.
  writesFirstBy: "phone",
  windowHours,
  ...{ longestText: textLimit, longestCaption: captionLimit, captioned: ["picture", "video", "file"] },
  largestFile: mediaLimits.file.bytes,
  ...{ hasTemplates: true, tellsDelivered: true, tellsRead: true },
};

export function messengerOf(number: NumberConnection, kit: Kit): Messenger {
  const whatsApp = whatsAppOf(number, kit);
  const send = senderOf(whatsApp, fillerOf(whatsApp, number.settings.waba_id, kit.now), kit);
  return {
    of: String(number.id),
    abilities,
    async send(sending, sent) {
      const { id, waId } = await send(sending, sent, addressOf(sending, sent));
      return { external: id, ...(waId !== undefined && { conversation: waId }) };
    },
    async media(ref) {
      const { url } = await inWords(() => whatsApp.media(ref));
      return inWords(async () => whatsApp.mediaRequest(url));
    },
    templates: async () => (await inWords(() => whatsApp.templates(number.settings.waba_id))).map(toldTemplate),
    // It is shown below a message of theirs, which is marked as read by it.
    async showTyping({ id }) {
      const last = await lastOfTheirs(id, kit);
      if (last !== undefined) await inWords(() => whatsApp.markRead(last, { isTyping: true }));
    },
    markRead: (_conversation, external) => inWords(() => whatsApp.markRead(external)),
  };
}

/** To the conversation where there is one, otherwise to the phone; our key comes back with every status. */
function addressOf({ place, key }: SendingPart, { conversation, message }: SentMessage): Address {
  const to = conversation.external ?? conversation.client.phone;
  if (to === undefined) throw new Undelivered("there is no phone to write to", { reason: "bad_recipient" });
  return { to, callbackData: key, ...(place === 0 && message.replyTo !== undefined && { replyTo: message.replyTo }) };
}

function senderOf(whatsApp: WhatsApp, fill: ReturnType<typeof fillerOf>, kit: Kit) {
  const sends = { sends: true };
  return async ({ part }: SendingPart, { message }: SentMessage, to: Address): Promise<Sent> => {
    switch (part.kind) {
      case "text":
        return inWords(() => whatsApp.sendText({ ...to, text: part.text, previewUrl: true }), sends);
      case "template": {
        const { name, language } = part.template;
        const body = await fill(part.template);
        return inWords(() => whatsApp.sendTemplate({ ...to, name, language, body }), sends);
      }
      case "content": {
        const { latitude, longitude, name, address, phones } = message.content ?? {};
        if (typeof latitude === "number" && typeof longitude === "number")
          return inWords(() => whatsApp.sendLocation({ ...to, latitude, longitude, ...texts({ name, address }) }), sends);
        const numbers = Array.isArray(phones) ? phones.filter((phone) => typeof phone === "string") : [];
        const called = typeof name === "string" && name !== "" ? name : numbers[0];
        if (called === undefined) throw new Undelivered("a card without a name and a phone cannot be sent", { reason: "unknown" });
        return inWords(() => whatsApp.sendContacts({ ...to, contacts: [{ name: called, phones: numbers }] }), sends);
      }
      case "file": {
        const { bytes, type, name } = await kit.files.read(part.file.file);
        const kind = kindFor(part.file.kind, type, bytes.length);
        const fileName = part.file.name ?? name;
        const id = await uploaded(whatsApp, { bytes, type: plainType(type), name: fileName });
        return inWords(() => whatsApp.sendMedia({ ...to, kind, media: { id }, caption: part.caption, name: fileName }), sends);
      }
    }
  };
}

/** A file that was given to Meta and is not sent dies there by itself, so it may be given twice. */
async function uploaded(whatsApp: WhatsApp, file: Parameters<WhatsApp["uploadMedia"]>[0]): Promise<string> {
  return inWords(async () => {
    try {
      return await whatsApp.uploadMedia(file);
    } catch (error) {
      // 100 is all that is said of a type that WhatsApp does not take.
      if (error instanceof WhatsAppRefused && error.reason === "unknown")
        throw new Undelivered(`WhatsApp does not take "${file.name}" (${file.type}): ${error.words}`, {
          ...{ reason: "media_rejected", code: String(error.code) },
        });
      throw error;
    }
  });
}

/**
 * What a file goes as: what WhatsApp would not take as a picture, a film or a sound, by its type or its size, arrives as a document. Throws `Undelivered` for what is too large for
 * that as well.
 */
export function kindFor(kind: FileKind, type: string, bytes: number): AttachmentKind {
  const fits = (one: AttachmentKind): boolean => {
    const { types, bytes: most } = mediaLimits[one];
    return bytes <= most && (types.length === 0 || types.includes(plainType(type)));
  };
  if (fits(kind)) return kind;
  if (fits("file")) return "file";
  throw new Undelivered(`WhatsApp takes files of ${Math.floor(mediaLimits.file.bytes / 1_048_576)} MB at most`, {
    reason: "media_rejected",
  });
}

const plainType = (type: string): string => type.split(";")[0]?.trim() ?? "";

const texts = <K extends string>(all: Readonly<Record<K, unknown>>): Partial<Record<K, string>> =>
  Object.fromEntries(Object.entries(all).filter(([, value]) => typeof value === "string" && value !== "")) as Partial<Record<K, string>>;

/** The channel's id of what the client said last, as far as our book goes back. */
async function lastOfTheirs(conversation: string, kit: Kit): Promise<string | undefined> {
  const crm = await kit.ownCrm();
  const { items } = await crm.messages.list({ limit: 50, sort: "-at", conversations: [Number(conversation)] });
  return items.find(({ direction, external }) => direction === "in" && external !== null)?.external ?? undefined;
}

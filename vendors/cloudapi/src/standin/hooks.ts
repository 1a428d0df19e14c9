import { createHash } from "node:crypto";
import type { StatusState } from "../protocol.ts";
import { bound, keepMedia, mediaSeconds, newMessageId, nowSeconds, type SentMessage, type Someone, type State } from "./state.ts";

/** What somebody writes to the number. */
export interface Said {
  readonly from: Someone;
  /** Below the file, where there is one. */
  readonly text?: string;
  readonly file?: {
    readonly as: "image" | "video" | "voice" | "audio" | "document" | "sticker";
    readonly bytes: Uint8Array;
    readonly type: string;
    readonly name?: string;
  };
  readonly location?: { readonly latitude: number; readonly longitude: number; readonly name?: string; readonly address?: string };
  readonly contact?: { readonly name: string; readonly phone: string };
  /** A button of ours: of a template (`payload`) or of a message (`id`). */
  readonly button?: { readonly id: string; readonly text: string; readonly of: "template" | "message" };
  /** Null takes it back. */
  readonly reaction?: { readonly to: string; readonly emoji: string | null };
  readonly replyTo?: string;
  readonly referral?: Readonly<Record<string, string>>;
  /** Anything else: a type, and the node that is named after it. */
  readonly other?: { readonly type: string; readonly node: object };
}

/** Any change of `messages`, as a whole hook. */
export const hookOf = (state: State, value: object): object => ({
  object: "whatsapp_business_account",
  entry: [
    {
      id: state.wabaId,
      changes: [
        {
          value: {
            messaging_product: "whatsapp",
            metadata: { display_phone_number: state.phone, phone_number_id: state.phoneNumberId },
            ...value,
          },
          field: "messages",
        },
      ],
    },
  ],
});

export function messageHook(state: State, said: Said): { readonly id: string; readonly hook: object } {
  const { phone, name, hiddenAs } = said.from;
  const id = newMessageId();
  const at = nowSeconds(state);
  state.people.set(hiddenAs ?? phone, { person: said.from, lastSaid: at });
  state.received.add(id);
  bound(state.people);
  bound(state.received);
  const message = {
    ...(said.replyTo !== undefined && { context: { from: state.phone, id: said.replyTo } }),
    ...(hiddenAs === undefined ? { from: phone } : { from_user_id: hiddenAs }),
    ...{ id, timestamp: String(at) },
    ...contentOf(state, said),
    ...(said.referral && { referral: said.referral }),
  };
  const contact = { profile: { name }, ...(hiddenAs === undefined ? { wa_id: phone } : { user_id: hiddenAs }) };
  return { id, hook: hookOf(state, { contacts: [contact], messages: [message] }) };
}

function contentOf(state: State, { text, file, location, contact, button, reaction, other }: Said): object {
  if (file) {
    const type = file.as === "voice" ? "audio" : file.as;
    const { id } = keepMedia(state, { bytes: file.bytes, type: file.type, name: file.name ?? "", livesSeconds: mediaSeconds.received });
    const node = {
      ...(text !== undefined && { caption: text }),
      ...(file.as === "document" && file.name !== undefined && { filename: file.name }),
      ...{ mime_type: file.type, sha256: createHash("sha256").update(file.bytes).digest("base64"), id },
      ...(type === "audio" && { voice: file.as === "voice" }),
      ...(type === "sticker" && { animated: false }),
    };
    return { type, [type]: node };
  }
  if (location) return { type: "location", location };
  if (contact) {
    const { name, phone } = contact;
    return {
      type: "contacts",
      contacts: [
        { name: { formatted_name: name, first_name: name }, phones: [{ phone, wa_id: phone.replaceAll(/\D/g, ""), type: "CELL" }] },
      ],
    };
  }
  if (button?.of === "template") return { type: "button", button: { payload: button.id, text: button.text } };
  if (button) return { type: "interactive", interactive: { type: "button_reply", button_reply: { id: button.id, title: button.text } } };
  if (reaction) {
    const { to, emoji } = reaction;
    return { type: "reaction", reaction: { message_id: to, ...(emoji !== null && { emoji }) } };
  }
  if (other) return { type: other.type, [other.type]: other.node };
  return { type: "text", text: { body: text ?? "" } };
}

const failures = {
  131047: [
    "Re-engagement message",
    "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
  ],
  131026: ["Message undeliverable", "Message Undeliverable."],
  131053: ["Media upload error", "The media could not be found."],
} as const;
export type Failure = keyof typeof failures;

export const errorOf = (code: Failure) => {
  const [title, details] = failures[code];
  return {
    code,
    title,
    message: title,
    error_data: { details },
    href: "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
  };
};

export function statusHook(state: State, sent: SentMessage, status: StatusState, failure?: Failure): object {
  const at = nowSeconds(state);
  const callbackData = sent.body["biz_opaque_callback_data"];
  return hookOf(state, {
    statuses: [
      {
        ...{ id: sent.id, status, timestamp: String(at) },
        ...(/^\d+$/.test(sent.to) ? { recipient_id: sent.to } : { recipient_user_id: sent.to }),
        ...(status !== "failed" && {
          conversation: {
            id: createHash("md5").update(sent.to).digest("hex"),
            expiration_timestamp: String(at + 86_400),
            origin: { type: "service" },
          },
          pricing: { billable: false, pricing_model: "PMP", type: "free_customer_service", category: "service" },
        }),
        ...(failure !== undefined && { errors: [errorOf(failure)] }),
        ...(callbackData !== undefined && { biz_opaque_callback_data: callbackData }),
      },
    ],
  });
}

import type { OutgoingRequest, Send } from "@svyazka/wire";
import { type Ask, askOf } from "./client/asking.ts";
import { WhatsAppRefused, WhatsAppUnavailable } from "./client/errors.ts";
import {
  type Media,
  type OutgoingContacts,
  type OutgoingLocation,
  type OutgoingMedia,
  type OutgoingReaction,
  type OutgoingTemplate,
  type OutgoingText,
  type PhoneNumber,
  phoneNumberFields,
  readId,
  readMedia,
  readPhoneNumber,
  readSent,
  readTemplates,
  type Sent,
  type Template,
  writeContacts,
  writeLocation,
  writeMedia,
  writeReaction,
  writeRead,
  writeTemplate,
  writeText,
} from "./protocol.ts";

export type { OutgoingRequest, Send } from "@svyazka/wire";
export * from "./client/errors.ts";

export interface WhatsAppOptions {
  /** Of the number that writes: not the number itself. */
  readonly phoneNumberId: string;
  /** Of a system user, with `whatsapp_business_messaging` and `whatsapp_business_management`. */
  readonly token: string;
  /** `https://graph.facebook.com` unless told. */
  readonly url?: string;
  /** Of the Graph API; each works for two years at least. */
  readonly version?: string;
  readonly send: Send;
}

/** The one that the documents read for this are about. */
export const graphVersion = "v25.0";
/** Pages of templates that are asked for at most: an account may have 6,000. */
const mostPages = 60;
const pageSize = 100;
/** Where Meta keeps files: the token is shown to no other host. */
const mediaHosts = /(^|\.)(fbsbx\.com|fbcdn\.net|facebook\.com|whatsapp\.net)$/;

/**
 * One number of a company. Every member throws a `WhatsAppError` by what is to be done about it; what `send` itself refuses (an error named `Refused`)
 * passes through unchanged. Nothing is repeated here: whoever sends anew, sends the message a second time.
 */
export function makeWhatsApp({ phoneNumberId, token, url = "https://graph.facebook.com", version = graphVersion, send }: WhatsAppOptions) {
  const origin = url.replace(/\/+$/, "");
  const ask = askOf({ token, base: `${origin}/${version}`, send });
  const own = encodeURIComponent(phoneNumberId);
  return {
    /** The number itself: shows that the token is good for it. */
    phoneNumber: async (): Promise<PhoneNumber> =>
      must(readPhoneNumber(await ask({ method: "GET", path: `${own}?fields=${phoneNumberFields}` })), "the number"),
    ...messagesOf(ask, own),
    ...mediaOf(ask, own, { token, origin }),

    /** Every template of the account, in every language. */
    async templates(wabaId: string): Promise<Template[]> {
      const all: Template[] = [];
      let after: string | undefined;
      for (let page = 0; page < mostPages; page++) {
        const query = new URLSearchParams({
          fields: "id,name,language,category,status,components",
          limit: String(pageSize),
          ...(after && { after }),
        });
        const path = `${encodeURIComponent(wabaId)}/message_templates?${query.toString()}`;
        const { templates, next } = must(readTemplates(await ask({ method: "GET", path })), "templates");
        all.push(...templates);
        // A cursor that leads to itself would lead nowhere.
        if (next === undefined || next === after) break;
        after = next;
      }
      return all;
    },
  };
}

export type WhatsApp = ReturnType<typeof makeWhatsApp>;

function messagesOf(ask: Ask, own: string) {
  const post = (body: string): Promise<unknown> => ask({ method: "POST", path: `${own}/messages`, body });
  const sent = async (body: string): Promise<Sent> => must(readSent(await post(body)), "a message");
  return {
    /** 4,096 characters at most. Within 24 hours after the person's last message; later, a status tells `window_closed`. */
    sendText: (message: OutgoingText): Promise<Sent> => sent(writeText(message)),
    sendMedia: (message: OutgoingMedia): Promise<Sent> => sent(writeMedia(message)),
    sendLocation: (message: OutgoingLocation): Promise<Sent> => sent(writeLocation(message)),
    sendContacts: (message: OutgoingContacts): Promise<Sent> => sent(writeContacts(message)),
    /** To a message of the last 30 days. */
    sendReaction: (message: OutgoingReaction): Promise<Sent> => sent(writeReaction(message)),
    /** What may be written at any time, once Meta has approved it. */
    sendTemplate: (message: OutgoingTemplate): Promise<Sent> => sent(writeTemplate(message)),

    /** That a person's message was read, and, where told, that somebody is typing: for 25 seconds, or until we write. */
    async markRead(messageId: string, { isTyping = false }: { readonly isTyping?: boolean } = {}): Promise<void> {
      await post(writeRead(messageId, isTyping));
    },
  };
}

function mediaOf(ask: Ask, own: string, { token, origin }: { readonly token: string; readonly origin: string }) {
  return {
    /** Gives a file to Meta, which keeps it for 30 days: its id, for `sendMedia`. */
    async uploadMedia(file: { readonly bytes: Uint8Array; readonly type: string; readonly name: string }): Promise<string> {
      const form = new FormData();
      form.append("messaging_product", "whatsapp");
      form.append("type", file.type);
      form.append("file", new Blob([Uint8Array.from(file.bytes)], { type: file.type }), file.name);
      return must(readId(await ask({ method: "POST", path: `${own}/media`, form })), "a file");
    },

    /** Where a file is, for five minutes: fetch it at once. `WhatsAppRefused` with `isGone` when Meta does not have it any more. */
    media: async (id: string): Promise<Media> =>
      must(readMedia(await ask({ method: "GET", path: `${encodeURIComponent(id)}?phone_number_id=${own}` })), "a file"),

    /** The request that downloads what `media` told the address of. Throws `WhatsAppRefused` for an address that is not Meta's: it would be shown the token. */
    mediaRequest(address: string): OutgoingRequest {
      const parsed = URL.parse(address);
      const isMetas = parsed?.origin === new URL(origin).origin || (parsed?.protocol === "https:" && mediaHosts.test(parsed.hostname));
      if (!isMetas)
        throw new WhatsAppRefused("media_rejected", {
          kind: "refused",
          code: 0,
          message: "the file is at an address that is not Meta's",
          details: "",
        });
      return { method: "GET", url: address, headers: { authorization: `Bearer ${token}` }, secrets: [token] };
    },
  };
}

/** An answer that is none of what was asked for: it may have been done. */
function must<T>(read: T | undefined, what: string): T {
  if (read === undefined) throw new WhatsAppUnavailable(`the answer about ${what} is not what WhatsApp answers`, { mayHaveHappened: true });
  return read;
}

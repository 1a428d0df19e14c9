import type { EventDraft } from "./events.ts";
import type { OwnClient, OwnMessageKind } from "./messages.ts";
import type { OwnPage } from "./own-lists.ts";

/** Written conversations of our own CRM with clients, whichever channel carries them, and their messages. */

export interface OwnConversation {
  readonly id: number;
  /** A UUID: what programs name it by. */
  readonly uid: string;
  /** The connection that carries it. */
  readonly channel: number;
  /** `telegram`, `whatsapp`, …: what that channel says. */
  readonly network: string;
  /** The channel's own id of it; null while we wrote first, and nobody has answered yet. */
  readonly external: string | null;
  readonly client: OwnClient;
  readonly contact: number | null;
  /** The deal that it is about at present. */
  readonly deal: number | null;
  /** Where it came from, for the deal that is made of it. */
  readonly source: number | null;
  readonly closedAt: Date | null;
  /** When our people last answered or closed it; what came in later is unread. */
  readonly readAt: Date | null;
  readonly lastMessageAt: Date | null;
  readonly lastIncomingAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export interface OwnConversationDraft {
  readonly channel: number;
  readonly network: string;
  readonly external?: string | undefined;
  readonly client: OwnClient;
  readonly contact?: number | undefined;
  readonly deal?: number | undefined;
  readonly source?: number | undefined;
}
export interface OwnConversationFilter {
  /** 1 to 500. */
  readonly limit: number;
  readonly skip?: number | undefined;
  /** `id` or `updated_at`, with `-` before it for descending; the newest id first, unless told. */
  readonly sort?: string | undefined;
  readonly ids?: readonly number[] | undefined;
  readonly uids?: readonly string[] | undefined;
  readonly channels?: readonly number[] | undefined;
  readonly externals?: readonly string[] | undefined;
  readonly contacts?: readonly number[] | undefined;
  readonly deals?: readonly number[] | undefined;
  readonly isOpen?: boolean | undefined;
}

export interface OwnConversations {
  list(filter: OwnConversationFilter): Promise<OwnPage<OwnConversation>>;
  /** The one with this id at this channel, made where there is none: of two who come at once, both are answered the same one. */
  open(draft: OwnConversationDraft): Promise<OwnConversation>;
  /** Changes only what is given. Throws `NotFound`; `Invalid` for an id of the channel that another one has, and for a record that is not there. */
  update(
    id: number,
    changes: {
      readonly external?: string | undefined;
      readonly client?: OwnClient | undefined;
      readonly contact?: number | null | undefined;
      readonly deal?: number | null | undefined;
      readonly isClosed?: boolean | undefined;
    },
  ): Promise<OwnConversation>;
}

export type OwnMessageState = "waiting" | "sent" | "delivered" | "read" | "failed";

export interface OwnMessage {
  readonly id: number;
  /** A UUID: what programs name it by. */
  readonly uid: string;
  readonly conversation: number;
  /** The channel's own id of it. */
  readonly external: string | null;
  readonly direction: "in" | "out";
  /** Of one that goes out: who wrote it; null is a program. */
  readonly user: number | null;
  readonly kind: OwnMessageKind;
  readonly text: string;
  /** Whatever else is in it, in the words of the API that brought it: the address of a file, a place, a card. */
  readonly content: Readonly<Record<string, unknown>> | null;
  /** The message that it answers. */
  readonly replyTo: number | null;
  /** `waiting`: not yet given to the channel. What came in is `delivered`. */
  readonly state: OwnMessageState;
  /** What the channel said when it could not be delivered. */
  readonly error: string | null;
  /** Who thinks what of it: an emoji by the person's id at the channel. */
  readonly reactions: Readonly<Record<string, string>>;
  readonly at: Date;
  readonly editedAt: Date | null;
}
export interface OwnMessageDraft {
  readonly external?: string | undefined;
  readonly direction: "in" | "out";
  readonly user?: number | null | undefined;
  readonly kind: OwnMessageKind;
  readonly text?: string | undefined;
  readonly content?: Readonly<Record<string, unknown>> | null | undefined;
  readonly replyTo?: number | undefined;
  /** Of one that goes out: `sent`, unless told. */
  readonly state?: OwnMessageState | undefined;
  /** Now, unless told. */
  readonly at?: Date | undefined;
  /** Nobody is told of it: it is history. */
  readonly isSilent?: boolean | undefined;
}
export interface OwnMessageFilter {
  /** 1 to 500. */
  readonly limit: number;
  readonly skip?: number | undefined;
  /** `at` or `id`, with `-` before it for descending; the latest first, unless told. */
  readonly sort?: string | undefined;
  readonly conversations?: readonly number[] | undefined;
  readonly channels?: readonly number[] | undefined;
  readonly uids?: readonly string[] | undefined;
  readonly externals?: readonly string[] | undefined;
  readonly states?: readonly OwnMessageState[] | undefined;
}

/** Messages of conversations that may be seen. */
export interface OwnMessages {
  list(filter: OwnMessageFilter): Promise<OwnPage<OwnMessage>>;
  /** Throws `NotFound` for the conversation, `Invalid` (`external`) for one that the channel has brought already. */
  add(conversation: number, draft: OwnMessageDraft): Promise<OwnMessage>;
  /** Changes only what is given. A state never goes back: what was read is not delivered any more. Throws `NotFound`. */
  update(
    id: number,
    changes: {
      readonly external?: string | undefined;
      readonly text?: string | undefined;
      readonly content?: Readonly<Record<string, unknown>> | null | undefined;
      readonly state?: OwnMessageState | undefined;
      readonly error?: string | undefined;
    },
  ): Promise<OwnMessage>;
  /** Null takes back what they thought of it. Throws `NotFound`. */
  react(id: number, who: string, emoji: string | null): Promise<void>;
}

/** A message that waits to be sent, as a fact of the connection that carries it. Told again, it is known by its key. */
export const sentMessage = (message: OwnMessage, conversation: OwnConversation): EventDraft<"message.sent"> => ({
  type: "message.sent",
  key: `message ${message.id}`,
  subject: `conversation ${conversation.id}`,
  data: {
    message: {
      ...{ id: String(message.id), uid: message.uid, kind: message.kind, text: message.text, content: message.content },
      at: message.at.toISOString(),
    },
    conversation: {
      ...{ id: String(conversation.id), uid: conversation.uid, network: conversation.network, client: conversation.client },
      ...(conversation.external !== null && { external: conversation.external }),
      ...(conversation.contact !== null && { contact: String(conversation.contact) }),
      ...(conversation.source !== null && { source: String(conversation.source) }),
    },
    ...(message.user !== null && { user: String(message.user) }),
  },
});

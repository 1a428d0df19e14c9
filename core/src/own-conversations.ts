import type { FailureReason, MessageFile, OwnClient, OwnMessageKind, OwnMessageState } from "./messages.ts";
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
  /** Who of ours answers in it. */
  readonly responsible: number | null;
  /** How much the client wrote that nobody here has read. */
  readonly unread: number;
  /** The beginning of what was said last, and by whom. */
  readonly preview: { readonly text: string; readonly kind: OwnMessageKind; readonly direction: "in" | "out" } | null;
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
  /** Who of ours answers in it. */
  readonly responsible?: number | undefined;
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
  /** Null: nobody's. */
  readonly responsible?: number | null | undefined;
  readonly isUnread?: boolean | undefined;
  /** Part of a name, a phone, or of what was said. */
  readonly text?: string | undefined;
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
      readonly responsible?: number | null | undefined;
      readonly isClosed?: boolean | undefined;
      /** Everything that is there was read. */
      readonly isRead?: true | undefined;
    },
  ): Promise<OwnConversation>;
}

export interface OwnMessage {
  readonly id: number;
  /** A UUID: what programs name it by. */
  readonly uid: string;
  readonly conversation: number;
  /** The channel's own id of it. */
  readonly external: string | null;
  readonly direction: "in" | "out";
  /** Of one that goes out: who wrote it; null is a program, or somebody on the phone of the channel. */
  readonly user: number | null;
  /** `phone`: written at the channel itself, not here. `desk`: in a CRM elsewhere. */
  readonly origin: OwnMessageOrigin;
  /** The connection of that CRM, and its id of the message. */
  readonly desk: number | null;
  readonly deskId: string | null;
  readonly kind: OwnMessageKind;
  readonly text: string;
  /** Whatever else is in it, in the words of the API that brought it: the address of a file, a place, a card. */
  readonly content: Readonly<Record<string, unknown>> | null;
  readonly files: readonly MessageFile[];
  /** The message that it answers. */
  readonly replyTo: number | null;
  /** `waiting`: not yet given to the channel. What came in is `delivered`. */
  readonly state: OwnMessageState;
  /** What the channel said when it could not be delivered. */
  readonly error: string | null;
  readonly reason: FailureReason | null;
  /** How often a person has told us to send it: from 1. */
  readonly attempt: number;
  /** Who thinks what of it: an emoji by the person's id at the channel. */
  readonly reactions: Readonly<Record<string, string>>;
  readonly at: Date;
  readonly editedAt: Date | null;
  /** Whoever wrote it has taken it back. */
  readonly deletedAt: Date | null;
}
export type OwnMessageOrigin = "client" | "user" | "phone" | "robot" | "desk";

export interface OwnMessageDraft {
  readonly external?: string | undefined;
  readonly direction: "in" | "out";
  readonly user?: number | null | undefined;
  readonly kind: OwnMessageKind;
  readonly text?: string | undefined;
  readonly content?: Readonly<Record<string, unknown>> | null | undefined;
  readonly files?: readonly MessageFile[] | undefined;
  readonly replyTo?: number | undefined;
  /** Told by whether somebody here wrote it, unless told. */
  readonly origin?: OwnMessageOrigin | undefined;
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

import type { ConnectionId, RecordId } from "./words.ts";

/** What is said in channels, and what becomes of it: the facts of conversations. */

/** A client as a channel knows them. */
export interface OwnClient {
  /** The channel's own id of them. */
  readonly external: string | null;
  readonly name: string;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  /** The name by which anybody may write to them there. */
  readonly username?: string | undefined;
  /** Addresses of pages and pictures. */
  readonly avatar?: string | undefined;
  readonly link?: string | undefined;
}

export const ownMessageKinds = [
  ...(["text", "contact", "file", "video", "picture", "voice", "audio", "sticker", "location"] as const),
  /** Words that the channel's owner has let pass beforehand. */
  "template",
] as const;
export type OwnMessageKind = (typeof ownMessageKinds)[number];

export const fileKinds = ["file", "video", "picture", "voice", "audio", "sticker"] as const;
export type FileKind = (typeof fileKinds)[number];

/** `unknown`: it may have been taken by the channel, and its answer was lost; nobody sends it again but a person. */
export const messageStates = ["waiting", "unknown", "sent", "failed", "delivered", "read"] as const;
export type OwnMessageState = (typeof messageStates)[number];

/** Why a message did not arrive, in one word for all channels. */
export const failureReasons = [
  ...(["window_closed", "no_account", "bad_recipient", "privacy", "spam_block", "rate_limited", "channel_down", "needs_auth"] as const),
  ...(["unpaid", "media_rejected", "text_too_long", "unknown"] as const),
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** A file as the channel names it. */
export interface ToldFile {
  readonly kind: FileKind;
  /** Its address there, or whatever `Messenger.media` makes an address of. */
  readonly ref: string;
  readonly name?: string | undefined;
  /** As the sender calls it: what it is, its own bytes tell. */
  readonly type?: string | undefined;
  readonly bytes?: number | undefined;
}

/** A message of a conversation, as the channel brings it. */
export interface ReceivedMessage {
  readonly conversation: {
    /** The channel's own id of it. */
    readonly external: string;
    /** `telegram`, `whatsapp`, … */
    readonly network: string;
    readonly client: OwnClient;
  };
  readonly message: {
    /** The channel's own id of it. */
    readonly external: string;
    /** `out`: written by us elsewhere, on the phone, or an echo of what we have sent. */
    readonly direction: "in" | "out";
    readonly kind: OwnMessageKind;
    readonly text: string;
    /** A place `{latitude, longitude, name?, address?}`, a card `{name, phones}`, what else the channel brought. */
    readonly content?: Readonly<Record<string, unknown>> | undefined;
    readonly files: readonly ToldFile[];
    /** The channel's own id of the message that it answers. */
    readonly replyTo?: string | undefined;
    /** ISO 8601. */
    readonly at: string;
  };
}

/** One file of a message, to be copied: links of channels die within minutes. */
export interface ReceivedFile {
  /** The channel's own id of the message. */
  readonly message: string;
  /** Which of its files: from 0. */
  readonly place: number;
  readonly file: ToldFile;
}

/** What a channel tells of a message later on. */
export interface ChangedMessage {
  /** The channel's own id of it. */
  readonly external: string;
  readonly change:
    | {
        readonly state: Extract<OwnMessageState, "sent" | "delivered" | "read" | "failed">;
        readonly reason?: FailureReason | undefined;
        /** The channel's own words and number. */
        readonly error?: string | undefined;
        readonly code?: string | undefined;
        /** Our own key of the part, where the channel gives it back: `<uid of the message>.<part>`. */
        readonly key?: string | undefined;
      }
    | { readonly text: string }
    | { readonly isDeleted: true }
    /** Null takes back what they thought of it. */
    | { readonly who: string; readonly emoji: string | null };
}

/** A file of a message, in our own storage or on its way there. */
export interface MessageFile {
  readonly kind: FileKind;
  readonly name?: string | undefined;
  readonly type?: string | undefined;
  readonly bytes?: number | undefined;
  /** The id in our storage. Without it, and without `error`, it is being copied. */
  readonly file?: string | undefined;
  /** Why there will be no copy. */
  readonly error?: string | undefined;
}
export type SentFile = MessageFile & { readonly file: string };

/** Words let pass beforehand, with what fills their gaps. */
export interface SentTemplate {
  readonly name: string;
  readonly language: string;
  readonly values: readonly string[];
}

/** A conversation as others are told of it. */
export interface ToldConversation {
  readonly id: RecordId;
  readonly uid: string;
  /** The connection that carries it. */
  readonly channel: ConnectionId;
  /** The channel's own id of it; absent while we have written first. */
  readonly external?: string;
  readonly network: string;
  readonly client: OwnClient;
  readonly contact?: RecordId;
  readonly source?: RecordId;
}

/** What somebody here writes to a client: the channel that carries the conversation gives it to them. */
export interface SentMessage {
  readonly message: {
    readonly id: RecordId;
    readonly uid: string;
    readonly kind: OwnMessageKind;
    readonly text: string;
    readonly content: Readonly<Record<string, unknown>> | null;
    readonly files: readonly SentFile[];
    /** The channel's own id of the message that it answers. */
    readonly replyTo?: string;
    /** ISO 8601. */
    readonly at: string;
  };
  readonly conversation: Omit<ToldConversation, "channel">;
  /** Who wrote it; absent for a program. */
  readonly user?: RecordId;
}

/** A message that stands in our conversations now, for a CRM elsewhere that shows conversations, too. */
export interface KeptMessage {
  readonly message: {
    readonly id: RecordId;
    readonly uid: string;
    readonly direction: "in" | "out";
    readonly kind: OwnMessageKind;
    readonly text: string;
    readonly content: Readonly<Record<string, unknown>> | null;
    readonly files: readonly MessageFile[];
    /** Our name of the message that it answers. */
    readonly replyTo?: string;
    /** ISO 8601. */
    readonly at: string;
  };
  readonly conversation: ToldConversation;
  /** The connection in which it was written, where that was a CRM elsewhere. */
  readonly desk?: ConnectionId;
  readonly user?: RecordId;
}

/** What became of a message that went out. */
export interface MarkedMessage {
  readonly message: {
    readonly id: RecordId;
    readonly uid: string;
    readonly state: OwnMessageState;
    readonly reason?: FailureReason;
    readonly error?: string;
    /** The id in the CRM elsewhere where it was written. */
    readonly deskId?: string;
  };
  readonly conversation: ToldConversation;
  readonly desk?: ConnectionId;
}

/** What somebody writes to a client in a CRM that is elsewhere. */
export interface WrittenMessage {
  /** That CRM's connection, and its own id of the message. */
  readonly desk: ConnectionId;
  readonly deskId: string;
  readonly conversation: {
    /** Our name of it, where that CRM gives it back. */
    readonly uid?: string;
    /** That CRM's own. */
    readonly chat: string;
    /** Where somebody there writes first: the channel, as that CRM knows it, and whom to write to. */
    readonly source?: string;
    readonly phone?: string;
  };
  readonly kind: OwnMessageKind;
  readonly text: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly files: readonly ToldFile[];
  /** Our name of the message that it answers. */
  readonly replyTo?: string;
  /** ISO 8601. */
  readonly at: string;
}

/** A client has begun to write, or again after a while: they need a place in the CRM. */
export interface BegunConversation {
  readonly conversation: ToldConversation;
  readonly text: string;
  /** ISO 8601. */
  readonly at: string;
}

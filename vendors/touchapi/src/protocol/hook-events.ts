/** What a hook of Touch-API tells, once it is read. */

export type AttachmentKind = "picture" | "video" | "voice" | "audio" | "file" | "sticker";

export interface Attachment {
  readonly kind: AttachmentKind;
  /** http or https; how long it lives nobody says, so fetch it at once. */
  readonly url: string;
  readonly name?: string;
}

export interface Location {
  readonly latitude: number;
  readonly longitude: number;
  readonly name?: string;
}

export interface SharedContact {
  readonly name?: string;
  /** Digits. */
  readonly phones: readonly string[];
}

/** The person on the other side, or who wrote in a group. */
export interface Peer {
  readonly id?: string;
  readonly name?: string;
  /** Digits, only where it is known to be a phone (`phoneOfId`). */
  readonly phone?: string;
  /** Without its @. */
  readonly username?: string;
  readonly avatar?: string;
}

interface Common {
  /** The messenger: `whatsapp`, `telegram` … in lower case. */
  readonly source: string;
  /** Of our account there. */
  readonly login?: string;
  /** The message it is about: its id in the messenger. */
  readonly item: string;
  /** Undefined when it cannot be right. */
  readonly at: Date | undefined;
}

export interface MessageEvent extends Common {
  readonly kind: "message";
  /** The conversation's id in the messenger, and what to send to. It is not a phone. */
  readonly thread?: string;
  readonly from?: string;
  readonly to?: string;
  /** The thread, or else the id of the other side: never empty. */
  readonly conversation: string;
  readonly text: string;
  /** Written from the account: on the phone, by another program, or by us. */
  readonly isOutgoing: boolean;
  /** Item of the message it answers. */
  readonly replyTo?: string;
  readonly attachments: readonly Attachment[];
  readonly location?: Location;
  readonly contacts?: readonly SharedContact[];
  /** Types of parts that nothing could be made of, so that a person may be told that there was something. */
  readonly otherParts: readonly string[];
  readonly peer: Peer;
  readonly isGroup: boolean;
}

/** `sent`: the messenger's server has it; `pending`: it has not. */
export type MessageState = "sent" | "delivered" | "read" | "failed" | "pending";

export interface StatusEvent extends Common {
  readonly kind: "status";
  readonly thread?: string;
  readonly state: MessageState;
  /** The far side's words about a failure. */
  readonly error?: string;
}

export interface ReactionEvent extends Common {
  readonly kind: "reaction";
  readonly thread?: string;
  readonly from?: string;
  /** Null when it was taken back. */
  readonly emoji: string | null;
  readonly isOutgoing: boolean;
}

export type HookEvent = MessageEvent | StatusEvent | ReactionEvent;

export type ReadHook =
  | { readonly kind: "events"; readonly events: readonly HookEvent[] }
  /** A hook, and nothing to do about it. */
  | { readonly kind: "irrelevant"; readonly why: string }
  /** No hook of Touch-API that we know the shape of: worth keeping as it came. */
  | { readonly kind: "unrecognised"; readonly why: string };

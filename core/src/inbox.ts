import type { EventDraft } from "./events.ts";
import type {
  ChangedMessage,
  FailureReason,
  MessageFile,
  OwnClient,
  OwnMessageState,
  ReceivedMessage,
  ToldConversation,
  ToldFile,
  WrittenMessage,
} from "./messages.ts";
import type { ConnectionId, RecordId } from "./words.ts";

/**
 * Our own book of conversations, whichever CRM the company works in: what flows do to it. Every step may run twice: what is known already changes nothing and answers with the same
 * facts, which are the caller's to record.
 */
export interface Inbox {
  /** Puts down what came by this channel. An echo of what we have sent ourselves is known as that. */
  keep(channel: ConnectionId, told: ReceivedMessage): Promise<Kept>;
  /** What is told of a message that is not there yet is remembered, and holds once it is. */
  change(channel: ConnectionId, told: ChangedMessage): Promise<readonly EventDraft[]>;
  /** Says where the copy of a file lies, or why there is none. Undefined when the message is not there yet. */
  attach(
    channel: ConnectionId,
    at: { readonly message: string; readonly place: number },
    file: Attached,
  ): Promise<readonly EventDraft[] | undefined>;
  /** Puts down what was written in a CRM elsewhere, to be sent, in the conversation of this name; undefined when there is none. */
  write(written: WrittenMessage, uid: string, files: readonly MessageFile[]): Promise<Kept | undefined>;
  /** Begins a conversation with somebody who has not written yet; answers its `uid`. */
  open(channel: ConnectionId, client: OwnClient): Promise<string>;
  /** A program answers by itself: once per `key`. */
  answer(conversation: RecordId, text: string, key: string): Promise<Kept>;
  /**
   * Begins to send a message whose parts have these texts; answers which of them are still to be sent, and of which nobody knows what became of them: those were begun before.
   */
  begin(message: RecordId, texts: readonly string[]): Promise<Begun>;
  /** Which of these ids of the channel are no message that we know. */
  strange(channel: ConnectionId, externals: readonly string[]): Promise<readonly string[]>;
  /** Right before this part leaves: on disk when this resolves. False when it does not wait any more, and must not leave. */
  beginPart(message: RecordId, part: number): Promise<boolean>;
  /** What became of one part. */
  settle(message: RecordId, part: number, result: PartResult): Promise<void>;
  /** The facts of how the message stands now. */
  report(message: RecordId): Promise<readonly EventDraft[]>;
  /** Whether this is our own CRM, where conversations stand by themselves. */
  isOwn(crm: ConnectionId): boolean;
  /** Where the conversation has its place in this CRM: a deal of ours that is over is none. */
  findPlace(conversation: RecordId, crm: ConnectionId): Promise<Place | undefined>;
  /** Where somebody with the same name at the same network has their place in this CRM. */
  findKin(conversation: RecordId, crm: ConnectionId): Promise<Pick<Place, "contact"> | undefined>;
  place(conversation: RecordId, crm: ConnectionId, place: Place): Promise<void>;
}

export interface Kept {
  readonly message: RecordId;
  readonly conversation: ToldConversation;
  readonly isNew: boolean;
  readonly files: readonly ToldFile[];
  readonly facts: readonly EventDraft[];
}

export type Attached = { readonly file: string; readonly type: string; readonly bytes: number } | { readonly error: string };

export interface Begun {
  readonly open: readonly number[];
  /** It may have arrived. */
  readonly unknown: readonly number[];
}

export interface PartResult {
  /** `waiting`: it was certainly not taken, and is tried again. */
  readonly state: Extract<OwnMessageState, "waiting" | "unknown" | "sent" | "failed">;
  readonly external?: string | undefined;
  /** The channel's id of the conversation, which it may have now. */
  readonly conversation?: string | undefined;
  readonly reason?: FailureReason | undefined;
  readonly code?: string | undefined;
  readonly error?: string | undefined;
}

/** Ids of that CRM. */
export interface Place {
  readonly contact?: RecordId | undefined;
  readonly deal?: RecordId | undefined;
  /** Who is to answer, where nobody does yet. */
  readonly responsible?: RecordId | undefined;
}

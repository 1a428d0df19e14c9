import type { KeptMessage, MarkedMessage, WrittenMessage } from "./messages.ts";
import type { ConnectionId, RecordId } from "./words.ts";

/** A port of CRMs elsewhere that show conversations: they are shown ours, and what is written there goes out by our channels. */
export interface ChatDesk {
  /** A port may choose what it is told: not what was written in it itself. */
  wants(told: KeptMessage | MarkedMessage | WrittenMessage): boolean;
  /**
   * Puts a message into the conversation there; the same one again changes nothing. Who it is with, and what it is about, that CRM finds by itself, or makes. `channel` is what people
   * call the connection that carries it.
   */
  show(kept: KeptMessage, channel: string): Promise<Shown>;
  /** Says what became of a message that was written there. */
  mark(marked: MarkedMessage): Promise<void>;
  /** Our name (`uid`) of what that CRM calls by its own, where somebody there wrote first. */
  findConversation(chat: string): Promise<string | undefined>;
  /** From now on that chat is this conversation. */
  tie(chat: string, uid: string): Promise<void>;
  /** The channel that this CRM knows by such a name; without a name, the one to write by when nobody has said which. */
  findChannel(source: string | undefined): Promise<ConnectionId | undefined>;
}

/** Where it stands over there, as far as that CRM tells. */
export interface Shown {
  readonly chat?: RecordId;
}

/** What of a message concerns a CRM elsewhere: not what it said itself. */
export const concernsDesk = (desk: ConnectionId, told: KeptMessage | MarkedMessage | WrittenMessage): boolean =>
  "conversation" in told && "message" in told && "direction" in told.message ? told.desk !== desk : told.desk === desk;

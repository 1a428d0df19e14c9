import type { KeptMessage, MarkedMessage, WrittenMessage } from "./messages.ts";
import type { ConnectionId, RecordId } from "./words.ts";

/** A port of CRMs elsewhere that show conversations: they are shown ours, and what is written there goes out by our channels. */
export interface ChatDesk {
  /** A port may choose what it is told: not what was written in it itself. */
  wants(told: KeptMessage | MarkedMessage | WrittenMessage): boolean;
  /** Puts a message into the conversation there; the same one again changes nothing. Who it is with, and what it is about, that CRM finds by itself, or makes. */
  show(kept: KeptMessage): Promise<Shown>;
  /** Says what became of a message that was written there. */
  mark(marked: MarkedMessage): Promise<void>;
}

/** Where it stands over there, as far as that CRM tells. */
export interface Shown {
  readonly chat?: RecordId;
}

/** What of a message concerns a CRM elsewhere: not what it said itself. */
export const concernsDesk = (desk: ConnectionId, told: KeptMessage | MarkedMessage | WrittenMessage): boolean =>
  "deskId" in told ? told.desk === desk : "direction" in told.message ? told.desk !== desk : told.desk === desk;

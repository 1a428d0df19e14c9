import type { AnsweredCall, CallDirection, EndedLeg, FinishedCall, RatedCall, RingingCall } from "./calls.ts";
import type { OutgoingRequest } from "./network.ts";
import type { Phone } from "./phone.ts";
import type { RecordId } from "./words.ts";

/** The ports of telephones. As with every port, each member may throw `Unavailable`, `LoginNeeded` or `Refused`. */

/** A CRM that can show a card on the right person's screen while the phone rings. */
export interface CallDesk {
  show(card: CallCard): Promise<void>;
  /** Takes the card off everybody's screen, or only off that of `user`. */
  hide(call: { readonly key: string; readonly user?: RecordId; readonly because: "answered" | "ended" }): Promise<void>;
}

export interface CallCard {
  readonly key: string;
  readonly direction: CallDirection;
  readonly client: Phone;
  readonly line?: string;
  /** Whose screen. */
  readonly user: RecordId;
  readonly contact?: { readonly id: RecordId; readonly name: string };
  readonly deal?: { readonly id: RecordId; readonly name: string };
}

/** An index of phones in our own database: answers in milliseconds, whatever its CRM is doing. */
export interface PhoneBook {
  find(phone: Phone): Promise<Caller | undefined>;
}

export interface Caller {
  readonly name: string;
  /** Absent where the phone is a company's own. */
  readonly contact?: RecordId;
  readonly responsible?: RecordId;
}

/** A PBX: rings people here and connects them with clients. */
export interface Telephony {
  /**
   * Rings the employee first and, when they answer, the client. Answers when ringing has been asked for. Rings people, so it is never repeated.
   * An account that cannot be rung → `Refused`.
   */
  startCall(call: { readonly account: string; readonly phone: string; readonly line?: string }): Promise<{ readonly call?: string }>;
  users(): Promise<readonly TelephonyUser[]>;
  /** How to ask for a recording of this PBX. */
  recording(url: string): OutgoingRequest;
}

export interface TelephonyUser {
  readonly account: string;
  readonly name: string;
  readonly extension?: string;
  /** Direct number. */
  readonly phone?: string;
  readonly email?: string;
}

/** Plays a call that nobody makes, with real timing: to try everything that follows from a call. */
export interface Rehearsal {
  play(script: CallScript): Promise<{ readonly call: string }>;
}

export interface CallScript {
  readonly from: string;
  readonly line?: string;
  /** Whose phone rings; without it, where the call is routed to, or everybody's. */
  readonly account?: string;
  /** Nobody answers without it. */
  readonly answerAfterSeconds?: number;
  readonly talkSeconds?: number;
  /** How long the client lets it ring. */
  readonly patienceSeconds?: number;
}

/** An outside program that is told of every call of one of our connections. */
export interface CallFeed {
  /** Whose calls: the number of a connection, or its vendor. A flow that needs this port gets no others. */
  readonly of: string;
  /** Who is this, and who should be rung? Within two seconds, or undefined. Asked once. */
  ask(call: { readonly call: string; readonly client: Phone; readonly line?: string }): Promise<Route | undefined>;
  /** False when no program is attached. */
  tell(told: ToldCall): Promise<boolean>;
}

export type ToldCall =
  | { readonly what: "ringing"; readonly call: RingingCall }
  | { readonly what: "answered"; readonly call: AnsweredCall }
  | { readonly what: "ended"; readonly call: EndedLeg }
  | { readonly what: "finished"; readonly call: FinishedCall }
  | { readonly what: "rated"; readonly call: RatedCall };

/** Where a call is to go. */
export interface Route {
  readonly name?: string;
  /** The account of the PBX to ring; without it, its own plan stands. */
  readonly account?: string;
  readonly caller?: Caller;
}

import type { AddressBook } from "./address-book.ts";
import type { CallRecording } from "./calls.ts";
import type { Crms } from "./crms.ts";
import type { EventDraft, EventType } from "./events.ts";
import type { Links } from "./links.ts";
import type { Fetch, Socket, SocketEar } from "./network.ts";
import type { OwnCrm } from "./own-crm.ts";
import type { Phone } from "./phone.ts";
import type { Crm } from "./ports.ts";
import type { CallDesk, Route, Telephony } from "./telephony.ts";
import type { ConnectionId, RecordId } from "./words.ts";

/** What the hub lends to a connected vendor. */
export interface Kit {
  /** The guarded way out: time and size limits, no private addresses unless the connection allows them, paced, recorded with the attempt. */
  readonly fetch: Fetch;
  /** The far side asks to be left alone: for so long `fetch` sends nothing, in any process. Of use where the vendor has a pace. */
  pause(seconds: number): Promise<void>;
  now(): Date;
  /** The connection is only being tried and will be forgotten: nothing of it may be left at the other side. */
  readonly isTrial?: true;
  /** Opens a WebSocket through the same guard. Resolves when it is open; throws as `fetch` does. */
  openSocket(request: { readonly url: string; readonly headers?: Readonly<Record<string, string>> }, ear: SocketEar): Promise<Socket>;
  /** The connection whose event is being delivered at this moment, for a CRM that tells where its records came from. */
  source?(): ConnectionId | undefined;
  /** The public address of the hub, without a slash at the end. */
  publicUrl(): string;
  /** What this connection keeps between requests, sealed. */
  readonly store: Store;
  /** Who is in the CRM that this connection is to: our own copy. */
  readonly book: AddressBook;
  /** What of ours is what of theirs. */
  readonly links: Links;
  /**
   * Does the work while no other work of any of these names is done for this connection, in any process of the hub. A process that dies lets go within a minute.
   * Throws `Unavailable` after a minute of waiting.
   */
  exclusively<T>(names: readonly string[], work: () => Promise<T>): Promise<T>;
  /** We are let in, whoever said otherwise before: what was parked goes on, in order. Does nothing when nothing is. */
  resume(): Promise<void>;
  /** Files in our own storage. */
  readonly files: Files;
  /** Where a player finds a recording: our copy while we keep one, otherwise where the PBX has it. Good for as long as the copy is kept. */
  recordingUrl(recording: CallRecording): string;
  /** Facts that came by no request: on disk when this resolves. `from` is what the journal shows. */
  record(facts: readonly EventDraft[], from: Origin): Promise<void>;
  /** Whether anybody would be told of a fact of this type from this connection: one that nobody hears need not be found out. */
  isHeard(type: EventType): Promise<boolean>;
  /** Who is calling, and whose phone is to ring: from our own index or, where a program of the customer's is attached, from that. */
  route(call: { readonly call: string; readonly client: Phone; readonly line?: string }): Promise<Route>;
  /** The PBX behind another connection of this workspace, by its number or its vendor. */
  telephonyOf(connection: string): Promise<Telephony | undefined>;
  /** The CRM that this workspace works in, whichever it is; undefined while there is none. */
  crm(): Promise<Crm | undefined>;
  /**
   * Our own CRM, for a vendor that answers in its place: in the name of this user, with what they may see and do, or of the connection itself. Throws `NotFound` when there is
   * no such user, or they have left. With `lasting`, addresses of recordings are good for as long as we keep our copies, and not for a day: for whoever keeps them.
   */
  ownCrm(user?: number, options?: { readonly lasting?: boolean }): Promise<OwnCrm>;
  /** From now on this secret names this connection at the door; for ever, or for so many seconds. */
  openDoor(secret: string, seconds?: number): Promise<void>;
  /** Never again: every process knows within a moment. */
  closeDoor(secret: string): Promise<void>;
  /** The person of this workspace with this e-mail and password, for a page of the vendor's own. Throws `Unavailable` after too many wrong tries. */
  signIn(who: {
    readonly email: string;
    readonly password: string;
    readonly ip: string;
  }): Promise<{ readonly id: RecordId; readonly isAdmin: boolean } | undefined>;
  /** The screens of our own people, when our CRM is the one they work in. */
  callDesk(): Promise<CallDesk | undefined>;
  /** The CRMs of this workspace, whoever's they are. */
  readonly crms: Crms;
  /** Other connections of the same vendor in this workspace, which it may make and remove. */
  readonly siblings: Siblings;
}

/** Files of this workspace in our own storage. Throws `Refused` for one that is not kept any more. */
export interface Files {
  read(id: string): Promise<{ readonly bytes: Uint8Array; readonly type: string; readonly name: string }>;
  /** Opens it for whoever has the address, for as long as we keep it. */
  url(id: string): string;
}

/** What a connection may do about those of its own kind: a program that subscribes to something gets one for each place it is to be told at. */
export interface Siblings {
  /** All but itself; those that were removed are gone. */
  list(): Promise<readonly Sibling[]>;
  /** Throws what a person would be told who added it. */
  add(draft: {
    readonly name: string;
    /** Settings and secrets by name. */
    readonly settings: Readonly<Record<string, unknown>>;
    /** It may go to private addresses, whether this one may or not. */
    readonly mayReachPrivateAddresses?: true;
    /** It waits for a person to switch it on: what is to be told to it waits, too. */
    readonly isDisabled?: true;
  }): Promise<ConnectionId>;
  /** Also makes it active. */
  change(id: ConnectionId, settings: Readonly<Record<string, unknown>>): Promise<void>;
  /** Nothing comes in or goes out by it until it is changed, or a person switches it on. */
  disable(id: ConnectionId): Promise<void>;
  remove(id: ConnectionId): Promise<void>;
  /** As `Kit.exclusively`, among all of this kind: what one of them holds, none of the others does. */
  exclusively<T>(names: readonly string[], work: () => Promise<T>): Promise<T>;
  /** What the hub lends to that one. Undefined when it is gone. */
  kitOf(id: ConnectionId): Promise<Kit | undefined>;
}

export interface Sibling {
  readonly id: ConnectionId;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** By name. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly active: boolean;
  /** A person switched it off, or has not switched it on yet. */
  readonly isDisabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Says when to stop: an `AbortSignal`. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
}

/** Small documents of one connection, encrypted at rest, seen by every process of the hub. */
export interface Store {
  get<T>(kind: string, id: string): Promise<T | undefined>;
  /** `at` is what `list` goes by; now, unless told. Kept for so many days; without `days`, until it is removed. */
  put(kind: string, id: string, value: unknown, options?: { readonly at?: Date; readonly days?: number }): Promise<void>;
  remove(kind: string, id: string): Promise<void>;
  /** What is there, which is gone from then on: of two who take it at once, one gets it. */
  take<T>(kind: string, id: string): Promise<T | undefined>;
  /** The oldest first. */
  list<T>(
    kind: string,
    between?: { readonly since?: Date; readonly until?: Date; readonly limit?: number },
  ): Promise<{ readonly id: string; readonly value: T }[]>;
}

/** What the journal shows of facts that came by no request. */
export interface Origin {
  /** "ARI", "GET /history". */
  readonly what: string;
  /** As it came. */
  readonly raw?: string;
}

export interface Polled extends Origin {
  readonly facts: readonly EventDraft[];
}

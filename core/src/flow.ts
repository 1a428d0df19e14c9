import type { Event, EventDraft, EventType } from "./events.ts";
import type { Inbox } from "./inbox.ts";
import type { Crm, PortName, Ports } from "./ports.ts";
import type { ConnectionId, Label, Workspace } from "./words.ts";

/** What we do about an event: one short file per rule. A flow knows ports, never vendors. */
export interface Flow<T extends EventType = EventType, P extends PortName = PortName> {
  /** A verb phrase; the name people see on a delivery. */
  readonly name: string;
  readonly title: Label;
  /** One sentence: what it does about what. */
  readonly about: Label;
  readonly on: readonly T[];
  /** The ability a connection needs to be a target of this flow. */
  readonly needs: P;
  /** A connection that has this ability, too, does by itself what this flow is for. */
  readonly unless?: PortName;
  /** Whoever is switched off is not told later what happened meanwhile: nothing is kept for them. */
  readonly onlyWhileActive?: true;
  /** Runs once per event and target, and may be run again after any failure: every write carries a key made by `key`. */
  run(event: Event<T>, at: FlowContext<P>): Promise<Outcome>;
}
// biome-ignore lint/suspicious/noExplicitAny: the list of flows holds every event type at once
export type AnyFlow = Flow<any, any>;

/** What became of it: a sentence for people, and the records it touched. */
export interface Outcome {
  readonly done: string;
  readonly records?: Readonly<Record<string, string>>;
}

export interface FlowContext<P extends PortName = PortName> {
  readonly port: Ports[P];
  readonly workspace: Workspace;
  /** The name of the connection the event came from. */
  readonly source: string;
  /** What a person chose for that connection. */
  readonly sourceSettings: Readonly<Record<string, unknown>>;
  /** The connection that `port` is of. */
  readonly target: ConnectionId;
  /** Our own book of conversations. */
  readonly inbox: Inbox;
  /** What follows from this event, as facts of its connection or of another one: on disk when this resolves. What nobody would be told of is left out. */
  record(facts: readonly EventDraft[], of?: ConnectionId): Promise<void>;
  /** The CRM that the event came from, when a CRM told it. */
  readonly sourceCrm: Crm | undefined;
  /** A key for one write, the same at every attempt. */
  key(part: string): string;
  /** The next number of the source connection's own count from 0, for taking turns. */
  turn(): Promise<number>;
  readonly now: Date;
  /** How often it has been tried, this time included. */
  readonly attempt: number;
  /** Copies what is at this address of the source connection into our storage, once, for so many days. Throws `Unavailable` while it is not there yet. */
  keepFile(url: string, options: KeepFile): Promise<KeptFile>;
  /** Whom the target CRM knows to be working there: record ids of active users. */
  isActiveUser(id: string): boolean;
  /** Whether our CRM has a custom field of deals with this code, in any case. */
  hasDealField(code: string): boolean;
}

export interface KeepFile {
  readonly days: number;
  /** A recording has to be a sound; whatever else people send each other may be anything. Bytes: more is `Refused`. */
  readonly attachment?: { readonly name?: string | undefined; readonly largestBytes: number };
}

/** A file in our own storage. */
export interface KeptFile {
  readonly id: string;
  readonly type: string;
  readonly bytes: number;
}

import type { BookState } from "./address-book.ts";
import type { ChannelSources, CrmDoor } from "./crms.ts";
import type { Decisions } from "./decisions.ts";
import type { EventDraft, EventType } from "./events.ts";
import type { Kit, Polled, StopSignal } from "./kit.ts";
import type { ChannelSignIn } from "./messenger.ts";
import type { Move } from "./move.ts";
import type { Packages } from "./packages.ts";
import type { Directory, PortName, Ports } from "./ports.ts";
import type { SecretValues, Settings, SettingValues } from "./settings.ts";
import type { CallScript } from "./telephony.ts";
import type { ConnectionId, Label, RecordId, Workspace, WorkspaceId } from "./words.ts";

/**
 * An outside protocol we speak. One folder, one value of this type, one line in the server's list.
 * `S` is the declaration of its settings.
 */
export interface Vendor<S extends Settings = Settings> {
  /** The folder's name, and what people type: `connection add <id>`. */
  readonly id: string;
  readonly title: Label;
  /** One sentence for whoever chooses: what it brings, or what it can do. */
  readonly about?: Label;
  /** The ports its connections may offer; which of them one does depends on its settings. */
  readonly ports?: readonly PortName[];
  /** The facts it may bring. */
  readonly tells?: readonly EventType[];
  /** It can send something to try: see `Connected.test`. */
  readonly tests?: true;
  /** Other programs use us through it, as if we were that vendor. */
  readonly servesApi?: true;
  /** Such a program is let in by a person's grant: see `Connected.grants`. The settings under which a connection is one. */
  readonly integration?: Readonly<Record<string, string>>;
  /** Its connections are CRMs with an address of their own. */
  readonly crmDoor?: CrmDoor;
  /** Kinds of keys by which programs get in, and the connection that each is: `token create --kind <kind>` makes one. */
  readonly keys?: Readonly<Record<string, KeyKind>>;
  readonly settings: S;
  /** Requests per second the far side allows a connection with these settings, shared by all processes of the hub. Undefined is no limit. */
  pace?(settings: SettingValues<S>): Pace | undefined;
  /** How many deliveries to a connection may be under way at once, in all processes together; without it, as many as there are subjects. */
  lanes?(settings: SettingValues<S>): number | undefined;
  /** The names by which senders may know a connection that send no secret: an account's number. Where two connections have one, the older one takes it. */
  names?(settings: SettingValues<S>, workspace: WorkspaceId): readonly string[];
  /** What the connection can do for flows. Called once per process and connection, again when its settings change. */
  connect?(connection: Connection<S>, kit: Kit): Connected;
  /** How requests of this vendor come in. */
  readonly door?: Door;
  /** What a request means. Pure: a stored request can be received again after a fix. */
  receive?(request: InboundRequest, connection: Connection<S>, now: Date): Received;
  /** Whether requests come in by this one; without it, they do. Pure. */
  receives?(connection: Connection<S>): boolean;
  /**
   * Facts that nobody brought: asked for on a timer and on demand. `since` reaches back before the last time, so that what was missed
   * meanwhile is found; what is known already costs nothing. Undefined when this connection has nothing to ask.
   */
  poll?(connection: Connection<S>, kit: Kit, since: Date): Promise<Polled | undefined>;
  /** Whether there is anything to ask for this one; without it, there always is. Pure. */
  polls?(connection: Connection<S>): boolean;
  /**
   * Keeps a socket open, or watches over something, until `signal` is aborted. Exactly one process of the hub runs it for a connection at a time.
   * When it throws it is started again, after a while. Undefined when there is nothing to listen to for this one.
   */
  listen?(connection: Connection<S>, kit: Kit, signal: StopSignal): Promise<void> | undefined;
  /** Whether there is anything to listen to for this one, or anybody who would hear of it; without it, there always is. Pure. */
  listens?(connection: Connection<S>, isHeard: (type: EventType) => boolean): boolean;
  /** The fields of a request, secrets and what only steers it left out. Pure. With `fieldTargets`, people may map fields of this vendor. */
  sentFields?(request: InboundRequest, connection: Connection<S>): readonly SentField[];
  /** What a field may be mapped to beside our custom fields. */
  readonly fieldTargets?: Readonly<Record<string, Label>>;
  /** How often this request's sender may come. Pure. A request over any limit is answered `rate_limited` and not stored. */
  limits?(request: InboundRequest, connection: Connection<S>): readonly RateLimit[];
  /** The addresses a person copies to the other side, for `connection add`. `base` is the public address of the hub, without a slash at the end. */
  urls?(connection: Connection<S>, base: string): Readonly<Record<string, string>>;
  /**
   * The exact texts a person pastes at the other side: addresses, code for a page, an example to try. A secret that may not be shown is `{name}` in
   * `connection.secrets`.
   */
  paste?(connection: Connection<S>, base: string): readonly Pasted[];
  /** How to try it with no account anywhere. */
  readonly demo?: Demo<S>;
}

export interface KeyKind {
  readonly title: Label;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The generated secret that is the key. */
  readonly secret: string;
  /** The setting that lists the domains it may be used from. */
  readonly domains: string;
}

export interface Pace {
  readonly perSecond: number;
  readonly burst: number;
  /** Whose pace it is, where the far side counts for several connections together: those of one workspace that name the same share it. Without it, the connection's own. */
  readonly of?: string;
}

/** A field of a request, by the sender's own name, for whoever maps fields. */
export interface SentField {
  readonly name: string;
  /** The words a person saw beside it. */
  readonly label?: string;
  readonly value: string;
  /** One of `fieldTargets`, when the name says by itself what it means. */
  readonly meaning?: string;
}

export interface Pasted {
  readonly label: Label;
  readonly text: string;
}

/** What the demo adds of a vendor, and what somebody out there does now and then. */
export interface Demo<S extends Settings = Settings> {
  /** A connection for these people, and who of them is who over there. */
  connection(people: readonly { readonly id: RecordId; readonly name: string }[]): {
    readonly settings: Readonly<Record<string, unknown>>;
    readonly users?: Readonly<Record<string, RecordId>>;
  };
  /** What this person sends, one after the other. It comes in by the hub's own door, as every request does. */
  requests?(connection: Connection<S>, person: DemoPerson): readonly DemoRequest[];
  /** How this person rings: played through the port `rehearsal`. */
  call?(connection: Connection<S>, person: DemoPerson): CallScript;
}

/** Somebody who does not exist. */
export interface DemoPerson {
  readonly name: string;
  readonly surname: string;
  /** E.164. */
  readonly phone: string;
  readonly email: string;
  readonly wish: string;
  /** `utm_source` and its kin. */
  readonly marks: Readonly<Record<string, string>>;
  /** 0 to 1: how it goes for them. */
  readonly luck: number;
}

export interface DemoRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: { readonly form: Readonly<Record<string, string>> } | { readonly json: unknown };
}

/** A vendor whose settings nobody needs to know. `Vendor<S>` is not assignable to `Vendor` because `S` is both given and taken. */
// biome-ignore lint/suspicious/noExplicitAny: the list of vendors holds every `S` at once
export type AnyVendor = Vendor<any>;

/** Who let a program in, and how it gets in. */
export interface Grants {
  /** What the program is given to begin with, by name: a code to be exchanged and, with `longLivedDays`, a token that lasts so long. */
  issue(user: RecordId, options: { readonly longLivedDays?: number }): Promise<Readonly<Record<string, string>>>;
  list(): Promise<readonly Grant[]>;
  /** None of its tokens is good from now on. Whether there was such a grant. */
  revoke(id: string): Promise<boolean>;
}

export interface Grant {
  readonly id: string;
  readonly user: RecordId;
  /** ISO 8601. */
  readonly at: string;
}

export type Connected = Partial<Ports> & {
  /** Of a CRM that is elsewhere: who of it is in our address book by now. */
  bookState?(): Promise<BookState>;
  readonly grants?: Grants;
  /** Of a CRM that keeps a list of the channels that conversations come by. */
  readonly sources?: ChannelSources;
  /** Of a messenger's account that a person signs in by hand. */
  readonly signIn?: ChannelSignIn;
  /** What is in that CRM can be copied into ours, and back. */
  readonly move?: Move;
  /** What it wants a person to decide. */
  readonly decisions?: Decisions;
  /** Software of ours that the other side fetches by itself. */
  readonly packages?: Packages;
  /** Tries the credentials. Throws what a port would throw. With `kit.isTrial`, it leaves nothing behind at the other side. */
  check(): Promise<void>;
  /** Sends something to try, which the other side knows to be no more than that. Throws what a port would throw. Answers what was said. */
  test?(): Promise<string>;
  /** It was switched off or removed, or a grant was ended: tells the other side. Called once. Throws what a port would throw; nobody waits for it twice. */
  farewell?(): Promise<void>;
};

/** One configured account at a vendor, as its vendor sees it. */
export interface Connection<S extends Settings = Settings> {
  readonly id: ConnectionId;
  readonly name: string;
  readonly workspace: Workspace;
  readonly settings: SettingValues<S>;
  readonly secrets: SecretValues<S>;
  /** The CRM that people and lines are named by in this workspace, as last seen: answered from our own copy, never over the network. */
  readonly directory: Directory;
  /** Which connection that CRM is: where it is another one than this, ids of users and stages are told in the words of that one. */
  readonly home?: ConnectionId;
  /** Their field name → our field code, as a person mapped them. */
  readonly fieldMapping: Readonly<Record<string, string>>;
  /** Their account → the user of our CRM. */
  readonly userMapping: Readonly<Record<string, string>>;
  /** Their stage → the stage of our CRM. */
  readonly stageMapping: Readonly<Record<string, string>>;
  /** Of secrets that overlap: the one before, while it is still used, by the setting's name. */
  readonly secretsBefore?: Readonly<Record<string, { readonly secret: string; readonly until: Date }>>;
}

/** How requests of one vendor come in, and how the door speaks when nobody is behind it yet. */
export interface Door {
  /** The literal paths of the vendor's documents. The same paths are served below `/in/<connection>`. */
  readonly routes: readonly DoorRoute[];
  /** Bytes; larger bodies are refused with `too_large`. */
  readonly bodyLimit: number;
  /** The secret that names the connection, wherever the protocol carries it. */
  token(request: InboundRequest): string | undefined;
  /** One of `Vendor.names`, where the protocol carries that: asked for when there is no secret. */
  name?(request: InboundRequest): string | undefined;
  /** What else in this request is a secret, beside those of the connection: it is taken out before the request is kept. */
  secrets?(request: InboundRequest): readonly string[];
  /** Whether this request needs no secret when its address names the connection: a page on which a person signs in. */
  isOpen?(request: InboundRequest): boolean;
  /** Answered before any connection is looked for: preflights, refusals that need no database. Pure. */
  before?(request: InboundRequest): Reply | undefined;
  /** A refusal in the protocol's own shape, in words that tell the caller what to mend. Pure. */
  refuse(problem: DoorProblem, request: InboundRequest): Reply;
}

export interface DoorRoute {
  /** Every other method is answered with `method_not_allowed`. */
  readonly methods: readonly string[];
  /** Starts with `/`; also what `request.path` holds, whichever prefix it came by. `/some/*` takes every path below; `request.path` is then the whole of it. */
  readonly path: string;
  /** Served below `/in/<connection>` only, and not at the root: paths of our own making. */
  readonly inboundOnly?: true;
}

export interface RateLimit {
  /** What is counted: "ip", "token", "phone". */
  readonly name: string;
  readonly key: string;
  readonly perMinute?: number;
  /** In place of `perMinute`. */
  readonly perSecond?: number;
}

export type DoorProblem =
  | {
      readonly kind:
        | "no_token"
        | "unknown_token"
        | "wrong_token"
        | "disabled"
        | "removed"
        | "not_found"
        | "too_large"
        | "unavailable"
        | "internal";
    }
  | { readonly kind: "method_not_allowed"; readonly allowed: readonly string[] }
  | { readonly kind: "rate_limited" | "busy"; readonly retryAfterSeconds: number }
  | { readonly kind: "malformed"; readonly message: string; readonly fields: Readonly<Record<string, readonly string[]>> };

/** A request as it came, decoded: charset, form, multipart and JSON are read; nothing is understood yet. */
export interface InboundRequest {
  readonly method: string;
  /** As in `DoorRoute.path`. */
  readonly path: string;
  /** Lower-case names; a repeated header is joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Fields;
  /** The same as it came, without its question mark: for those who repeat names or nest them. */
  readonly search?: string;
  /** Scheme and host as the sender wrote them, and what stands before `path`: what addresses in an answer begin with. Absent when a stored request is received again. */
  readonly origin?: string;
  /** A form's fields, or the top level of a JSON object with every value as text. A repeated name keeps the last value. */
  readonly form: Fields;
  /** The parsed body, when it was JSON. */
  readonly json?: unknown;
  /** Files of a multipart form: the content stays in the journal. */
  readonly files: readonly { readonly field: string; readonly name: string; readonly bytes: number }[];
  /** The decoded body text; empty for multipart. */
  readonly text: string;
  /** The body as it came. Absent in a request that nobody sent. */
  readonly bytes?: Uint8Array;
  /** The client's address, as far as a trusted proxy tells it. */
  readonly ip: string;
  /** What was wrong with the body, if it could not be read as what it claims to be. */
  readonly unreadable?: string;
}
export type Fields = Readonly<Record<string, string>>;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** In place of `body`, for what is no text: a sound file. */
  readonly bytes?: Uint8Array;
}

/** What an answer came to, beside what the sender hears. */
export interface Answer extends Reply {
  /** Stored together with the request, before it is answered. */
  readonly facts?: readonly EventDraft[];
  /** What became of it, in words, for the journal. */
  readonly detail?: string;
}

export type Received =
  /** Stored, then answered at once. `reply` is only sent after the facts are on disk. */
  | { readonly facts: readonly EventDraft[]; readonly reply: Reply }
  /** The caller waits for data: answered within `withinMs`, or with `otherwise`. */
  | {
      answer(kit: Kit): Promise<Answer>;
      readonly otherwise: Reply;
      readonly withinMs: number;
      /** It only reads: not worth a line in the journal. */
      readonly unrecorded?: true;
    }
  /** Answered, kept in the journal, nothing to do. */
  | { readonly ignored: string; readonly reply: Reply }
  /** A script or page for browsers: answered, and not worth a line in the journal. */
  | { readonly page: Reply };

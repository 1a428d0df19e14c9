import type { ConnectionId } from "./words.ts";

/** The CRMs of a workspace, for a channel that is told which one it is for. */
export interface Crms {
  /** The one that is connected at this address. */
  find(address: CrmAddress): Promise<KnownCrm | undefined>;
  /** Connects the CRM at this address, to be let in by this token; `http://` before the host is for one that speaks plain HTTP. Undefined when no vendor of this name has CRMs that are let in so. */
  add(address: CrmAddress, token: string): Promise<ConnectionId | undefined>;
  /** Lets conversations of this channel through to that CRM, or holds them back from it; with `only`, from every other one, too. */
  bind(channel: ConnectionId, crm: ConnectionId, isOn: boolean, options?: { readonly only?: true }): Promise<void>;
}

export interface CrmAddress {
  /** What people call the CRM: the id of its vendor. */
  readonly type: string;
  /** Lower case, with a port where there is one. */
  readonly host: string;
}

export interface KnownCrm {
  readonly id: ConnectionId;
  /** `waiting`: somebody has to sign in there. */
  readonly state: "working" | "waiting" | "disabled";
  readonly sources?: ChannelSources;
}

/** A CRM that keeps a list of the channels that conversations come by. */
export interface ChannelSources {
  /** Makes it known there, once; what was made is answered in that CRM's own words. An absent name or flag leaves what is there as it is. */
  join(channel: JoiningChannel): Promise<Readonly<Record<string, unknown>>>;
  /** Whether it was known. */
  leave(uid: string): Promise<boolean>;
}

export interface JoiningChannel {
  /** Of the channel, for ever: a UUID. */
  readonly uid: string;
  readonly channel: ConnectionId;
  readonly network: string;
  /** Where there is none yet. */
  readonly name: string;
  /** A person wants it to be called so. */
  readonly isRenamed: boolean;
  readonly isMain?: boolean;
  /** Of that CRM. */
  readonly pipeline?: string;
}

/** Of a vendor whose connections are CRMs with an address of their own. */
export interface CrmDoor {
  /** Undefined when this connection is no such CRM. */
  hostOf(settings: Readonly<Record<string, unknown>>): string | undefined;
  /** Settings and secrets of a connection that is let in by a token. */
  settingsFor(host: string, token: string): Readonly<Record<string, unknown>>;
}

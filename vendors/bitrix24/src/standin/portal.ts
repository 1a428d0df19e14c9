/** What the portal is made of. Items are kept as `crm.item.*` shows them; the classic methods write the same otherwise. */

/** What a request or a command of a batch carries: of JSON typed, of forms and queries strings, and lists as maps with the keys 0, 1, 2. */
export type Params = Readonly<Record<string, unknown>>;

export type EntityTypeId = 1 | 2 | 3 | 4;
export type Item = Record<string, unknown> & { id: number };

export interface User {
  ID: string;
  ACTIVE: boolean;
  NAME: string;
  LAST_NAME: string;
  EMAIL: string;
  isAdmin: boolean;
  [name: string]: unknown;
}

/** A row of `crm.status.list`. */
export interface Status {
  ID: string;
  ENTITY_ID: string;
  STATUS_ID: string;
  NAME: string;
  NAME_INIT: string;
  SORT: string;
  SYSTEM: "Y" | "N";
  CATEGORY_ID: string | null;
  COLOR: string;
  SEMANTICS: string | null;
  EXTRA: { SEMANTICS: string; COLOR: string };
}

export interface Category {
  id: number;
  name: string;
  sort: number;
  entityTypeId: number;
  isDefault: "Y" | "N";
}

export interface UserField {
  readonly id: number;
  readonly entityTypeId: EntityTypeId;
  /** `UF_CRM_…` */
  readonly code: string;
  /** As `crm.item.*` names it: `ufCrm…`. */
  readonly camel: string;
  readonly type: string;
  readonly multiple: boolean;
  readonly label: string;
  readonly list: readonly { readonly ID: string; readonly VALUE: string; readonly SORT: string; readonly DEF: "Y" | "N" }[];
}

export type Row = Record<string, unknown>;

/** All that is in the portal; tests may look, and change it. */
export interface State {
  mode: 1 | 2;
  readonly users: Map<number, User>;
  statuses: Status[];
  readonly categories: Map<number, Category>;
  readonly leads: Map<number, Item>;
  readonly deals: Map<number, Item>;
  readonly contacts: Map<number, Item>;
  readonly companies: Map<number, Item>;
  readonly userFields: UserField[];
  /** Calls of telephony by their CALL_ID. */
  readonly calls: Map<string, Row>;
  readonly externalLines: Map<string, Row>;
  readonly comments: Map<number, Row>;
  readonly logMessages: Map<number, Row>;
  /** Deeds of the timeline: to-dos have the PROVIDER_ID `CRM_TODO`, calls `VOXIMPLANT_CALL`. */
  readonly activities: Map<number, Row>;
  readonly tasks: Map<number, Row>;
  readonly requisites: Map<number, Row>;
  readonly connectors: Map<string, Row>;
  readonly openLines: Map<number, Row>;
  /** Chats of open lines by their CHAT_ID. */
  readonly chats: Map<number, Chat>;
  readonly files: Map<number, StoredFile>;
  bindings: Binding[];
  offline: Offline[];
}

export interface Chat {
  readonly id: number;
  sessionId: number;
  readonly connector: string;
  readonly line: number;
  /** The messenger's ids. */
  readonly user: string;
  externalChat: string;
  name: string;
  closed: boolean;
  contactId: number;
  readonly messages: ChatMessage[];
}

export interface ChatMessage {
  readonly id: number;
  /** The messenger's id of it, for those that came from there. */
  readonly externalId: string | undefined;
  /** An employee's id, or 0 for the system; undefined is the customer. */
  readonly by: number | undefined;
  text: string;
  readonly files: readonly number[];
  deleted: boolean;
  /** What `send.status.delivery` named. */
  delivered: readonly string[] | undefined;
}

export interface StoredFile {
  readonly id: number;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly type: string;
}

export interface Binding {
  readonly id: number;
  readonly event: string;
  readonly handler: string;
  readonly userId: number;
  readonly offline: boolean;
}

export interface Offline {
  readonly id: number;
  readonly event: string;
  data: EventData;
  at: number;
  processId: string;
  failed: boolean;
}

/** What an event is of: almost always a map, and of a deleted line its bare id. */
export type EventData = Params | number;

/** What methods work with. */
export interface Portal {
  readonly state: State;
  readonly isBox: boolean;
  /** `crm.item.*` is there. */
  readonly hasItems: boolean;
  /** `fm` of `crm.item.update` adds rows, and does nothing else. */
  readonly fmOnlyAdds: boolean;
  readonly memberId: string;
  readonly app: { readonly clientId: string; readonly clientSecret: string; readonly applicationToken: string };
  /** Milliseconds. */
  now(): number;
  nextId(): number;
  /** `http://127.0.0.1:1234`: where it is now. */
  url(): string;
  /** The key's scopes; undefined is all. */
  scopes(): readonly string[] | undefined;
  /** Tells bound handlers, and the offline queue; waits for nobody. `by` is the user whose deed it was. */
  tell(event: string, data: EventData, by: number): void;
  /** Addresses that were given out for recordings that are to come, by the last part of each. */
  readonly uploads: Map<string, { readonly callId: string; readonly name: string }>;
  /** How it downloads files. */
  readonly web: typeof globalThis.fetch;
}

export const typeNames: Readonly<Record<EntityTypeId, string>> = { 1: "LEAD", 2: "DEAL", 3: "CONTACT", 4: "COMPANY" };

export const typeIdOf = (name: string): EntityTypeId | undefined =>
  ([1, 2, 3, 4] as const).find((id) => typeNames[id] === name.toUpperCase());

export function itemsOf(state: State, entityTypeId: EntityTypeId): Map<number, Item> {
  return { 1: state.leads, 2: state.deals, 3: state.contacts, 4: state.companies }[entityTypeId];
}

/** The portal stands in Moscow: ISO-8601 with its offset. */
export const stampOf = (ms: number): string => `${new Date(ms + 10_800_000).toISOString().slice(0, 19)}+03:00`;

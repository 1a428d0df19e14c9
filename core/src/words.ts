/** The words everything else is written in. Ids have types of their own, so that they cannot be swapped. */

declare const kind: unique symbol;
type Branded<Base, Kind extends string> = Base & { readonly [kind]: Kind };

/** One customer company. An integer, because it is also the account id of the APIs that we serve. */
export type WorkspaceId = Branded<number, "workspace">;
/** One configured account at a vendor, in one workspace. */
export type ConnectionId = Branded<number, "connection">;
/** UUIDv7: sorts by the time it was made. */
export type JournalId = Branded<string, "journal">;
export type EventId = Branded<string, "event">;
export type DeliveryId = Branded<string, "delivery">;

/** The id of a record in some CRM, as that CRM writes it. Opaque to everyone else. */
export type RecordId = string;

export const languages = ["ru", "en"] as const;
export type Language = (typeof languages)[number];

/** A text people read, in every language of the console. */
export type Label = Readonly<Record<Language, string>>;

/** What flows and vendors may know of the company they work for. */
export interface Workspace {
  readonly id: WorkspaceId;
  readonly subdomain: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2; how a phone without a country code is read. */
  readonly country: string;
  /** IANA name; how a date without an offset is read. */
  readonly timeZone: string;
  readonly language: Language;
  /** ISO 4217. */
  readonly currency: string;
}

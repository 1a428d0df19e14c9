import type { StageKind } from "./crm-records.ts";
import type { Attribution } from "./events.ts";
import type { Money } from "./money.ts";

/** Records of our own CRM as `OwnCrm` shows and takes them. Ids are numbers; values of custom fields go by the field's id. */

/** The kinds of records that have custom fields, tags and a timeline. */
export type OwnEntity = "contact" | "company" | "deal";

/** Who made and changed it, and when. Users; null for programs. */
export interface OwnStamps {
  readonly createdBy: number | null;
  readonly updatedBy: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly deletedAt: Date | null;
}

/** What a writer may say of these; left out, it is they and now. A user who is not there is `Invalid`. */
export interface OwnStampDraft {
  readonly createdBy?: number | null | undefined;
  readonly updatedBy?: number | null | undefined;
  readonly createdAt?: Date | undefined;
  readonly updatedAt?: Date | undefined;
}

/** What every contact, company and deal has. */
export interface OwnRecord extends OwnStamps {
  readonly id: number;
  /** Another one after every change: see `OwnWrite.versions`. */
  readonly version: string;
  readonly responsible: number | null;
  /** By name. */
  readonly tags: readonly OwnTagOf[];
  /** Values of custom fields, by the field's id. */
  readonly values: OwnValues;
  /** When the earliest of its open tasks is due. */
  readonly nextTask: Date | null;
}

export interface OwnTagOf {
  readonly id: number;
  readonly name: string;
  readonly colour: string | null;
}

/**
 * A value as it is kept: text; a number; a flag; a date as `YYYY-MM-DD`; a moment in ISO 8601, UTC; of a select the option's id, of a multiselect their ids;
 * money in minor units; of a field of type object whatever JSON it holds.
 */
export type OwnValue = string | number | boolean | readonly number[] | Money | { readonly json: unknown };
export type OwnValues = Readonly<Record<string, OwnValue>>;
/** By the field's id, as `OwnValue` or as text that people type (`да`, `31.12.2026`, an option's text or code, several by comma); null clears. Fields that are not named stay. */
export type OwnValueDrafts = Readonly<Record<string, OwnValue | readonly string[] | null>>;

/** A tag by its id, which must be there, or by its name, which makes one where there is none. */
export type OwnTagRef = { readonly id: number } | { readonly name: string };

export interface OwnTagDraft {
  /** The whole new list. */
  readonly tags?: readonly OwnTagRef[] | undefined;
  /** In place of a whole list: what comes, and what goes. */
  readonly addTags?: readonly OwnTagRef[] | undefined;
  readonly removeTags?: readonly OwnTagRef[] | undefined;
}

/** What a draft of every contact, company and deal may hold. */
export interface OwnRecordDraft extends OwnStampDraft, OwnTagDraft {
  /** When it is made, as a copy of one in another CRM: an id that is free here. Later ids are higher than it. */
  readonly id?: number | undefined;
  readonly name?: string | undefined;
  readonly responsible?: number | null | undefined;
  readonly values?: OwnValueDrafts | undefined;
}

/** How a phone, an e-mail or a messenger is labelled here, and (`servedLabel`) by the API it came by, in that one's own code. */
export interface OwnChannel {
  /** As typed. */
  readonly value: string;
  readonly label: "work" | "mobile" | "home" | "other";
  readonly servedLabel: string | null;
}
export interface OwnPhone extends OwnChannel {
  /** Null when it is not a valid number: kept, and nobody is found by it. */
  readonly e164: string | null;
}
export interface OwnMessenger extends OwnChannel {
  /** telegram, whatsapp, vk, skype, … */
  readonly network: string;
}
export interface OwnChannels {
  readonly phones: readonly OwnPhone[];
  readonly emails: readonly OwnChannel[];
  readonly messengers: readonly OwnMessenger[];
}
type ChannelDraft = {
  readonly value: string;
  readonly label?: OwnChannel["label"] | undefined;
  readonly servedLabel?: string | null | undefined;
};
/** The whole new list of each that is given. What is no phone or e-mail is `Invalid` at `phones.0.value`. */
export interface OwnChannelDrafts {
  readonly phones?: readonly ChannelDraft[] | undefined;
  readonly emails?: readonly ChannelDraft[] | undefined;
  readonly messengers?: readonly (ChannelDraft & { readonly network: string })[] | undefined;
}

export interface OwnContact extends OwnRecord, OwnChannels {
  /** The first name, or the whole name when nobody took it apart. */
  readonly name: string;
  readonly surname: string;
  readonly middlename: string;
  /** Name, middle name and surname together. */
  readonly fullName: string;
  readonly position: string | null;
  readonly website: string | null;
  readonly company: number | null;
  readonly attribution: Attribution | null;
  /** With `include: ["deals"]`: those that the reader sees, by id. */
  readonly deals?: readonly number[];
}
export interface OwnContactDraft extends OwnRecordDraft, OwnChannelDrafts {
  readonly surname?: string | undefined;
  readonly middlename?: string | undefined;
  readonly position?: string | null | undefined;
  readonly website?: string | null | undefined;
  readonly company?: number | null | undefined;
  readonly attribution?: Attribution | null | undefined;
}

export interface OwnCompany extends OwnRecord, OwnChannels {
  readonly name: string;
  /** The taxpayer's number, and what tells apart the branches of one taxpayer. */
  readonly inn: string | null;
  readonly kpp: string | null;
  readonly website: string | null;
  readonly address: string | null;
  /** With `include: ["deals"]` and `["contacts"]`: those that the reader sees, by id. */
  readonly deals?: readonly number[];
  readonly contacts?: readonly number[];
}
export interface OwnCompanyDraft extends OwnRecordDraft, OwnChannelDrafts {
  readonly inn?: string | null | undefined;
  readonly kpp?: string | null | undefined;
  readonly website?: string | null | undefined;
  readonly address?: string | null | undefined;
}

export interface OwnDeal extends OwnRecord {
  readonly name: string;
  readonly sum: Money | null;
  /** ISO 4217; of the sum, or what a sum would be in. */
  readonly currency: string;
  readonly pipeline: number;
  readonly stage: number;
  readonly state: StageKind;
  readonly company: number | null;
  /** The main one first. */
  readonly contacts: readonly { readonly id: number; readonly isMain: boolean }[];
  readonly source: number | null;
  readonly lossReason: number | null;
  readonly attribution: Attribution | null;
  /** When it was won or lost. */
  readonly closedAt: Date | null;
}
export interface OwnDealDraft extends OwnRecordDraft {
  readonly sum?: Money | null | undefined;
  /** Without a stage, the first one, which may be that of kind incoming; without both, of the default pipeline. */
  readonly pipeline?: number | undefined;
  readonly stage?: number | undefined;
  readonly company?: number | null | undefined;
  /** The whole new list. When none is the main one, the first is. */
  readonly contacts?: readonly OwnDealContactDraft[] | undefined;
  /** In place of a whole list: those who come (or change whether they are the main one), and those who go. */
  readonly addContacts?: readonly OwnDealContactDraft[] | undefined;
  readonly removeContacts?: readonly number[] | undefined;
  readonly source?: number | null | undefined;
  readonly lossReason?: number | null | undefined;
  readonly attribution?: Attribution | null | undefined;
  /** Of a deal in a won or lost stage: when it got there, if that was not now. */
  readonly closedAt?: Date | undefined;
}
export interface OwnDealContactDraft {
  readonly id: number;
  readonly isMain?: boolean | undefined;
}

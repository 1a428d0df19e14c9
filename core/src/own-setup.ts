import type { StageKind } from "./crm-records.ts";
import type { OwnEntity } from "./own-records.ts";
import type { FieldType } from "./ports.ts";

/** What our own CRM is made of: people, pipelines, fields, and the short lists that records choose from. */

export interface OwnPipeline {
  readonly id: number;
  readonly name: string;
  readonly colour: string | null;
  readonly position: number;
  /** Deals without a pipeline of their own go here. One is. */
  readonly isDefault: boolean;
  /** In order: incoming, open, won, lost. */
  readonly stages: readonly OwnStage[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** One stage is for winning, one for losing, at most one for what nobody has taken yet, and at least one is open. */
export interface OwnStage {
  readonly id: number;
  readonly pipeline: number;
  readonly name: string;
  readonly kind: StageKind;
  readonly colour: string | null;
  readonly position: number;
}

export interface OwnStageDraft {
  /** When it is made, as a copy of one in another CRM: an id that is free here. Later ids are higher than it. */
  readonly id?: number | undefined;
  readonly name: string;
  readonly kind?: StageKind | undefined;
  readonly colour?: string | null | undefined;
  readonly position?: number | undefined;
}
export interface OwnPipelineDraft {
  /** As that of a stage. */
  readonly id?: number | undefined;
  readonly name: string;
  readonly colour?: string | null | undefined;
  readonly position?: number | undefined;
  readonly isDefault?: boolean | undefined;
  readonly stages: readonly OwnStageDraft[];
}
export type OwnPipelineChanges = { readonly [K in Exclude<keyof OwnPipelineDraft, "id" | "stages">]?: OwnPipelineDraft[K] | undefined };
/** The kind of a stage never changes. */
export type OwnStageChanges = { readonly [K in Exclude<keyof OwnStageDraft, "id" | "kind">]?: OwnStageDraft[K] | undefined };

/** Throws `Invalid` when the pipelines would not be pipelines any more: see `OwnStage`. */
export interface OwnPipelines {
  /** In order. */
  list(): Promise<readonly OwnPipeline[]>;
  create(draft: OwnPipelineDraft): Promise<OwnPipeline>;
  /** `isDefault` can be given, not taken: make another one the default. */
  update(id: number, changes: OwnPipelineChanges): Promise<OwnPipeline>;
  /** Throws `Invalid` for the default pipeline, and for one with deals in it. */
  remove(id: number): Promise<void>;
  createStage(pipeline: number, draft: OwnStageDraft): Promise<OwnStage>;
  updateStage(pipeline: number, id: number, changes: OwnStageChanges): Promise<OwnStage>;
  /** Throws `Invalid` when there are deals in it, unless told where they go: to another stage of this pipeline. */
  removeStage(pipeline: number, id: number, options?: { readonly moveDealsTo?: number | undefined }): Promise<void>;
}

/** A custom field. */
export interface OwnField {
  readonly id: number;
  readonly entity: OwnEntity;
  /** Unique among the fields of its entity, without regard to case; what values are named by. */
  readonly code: string;
  readonly name: string;
  readonly type: FieldType;
  readonly position: number;
  /** Of a select or multiselect, in order. */
  readonly options: readonly OwnFieldOption[];
  /** What an API that we serve keeps of it beside what we know: its exact type, its group. */
  readonly served: unknown;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export interface OwnFieldOption {
  readonly id: number;
  readonly value: string;
  readonly code: string | null;
}
export interface OwnFieldDraft {
  /** When it is made, as a copy of one in another CRM: an id that is free here. Later ids are higher than it. */
  readonly id?: number | undefined;
  readonly entity: OwnEntity;
  /** Without one, `field_<id>`. */
  readonly code?: string | undefined;
  readonly name: string;
  readonly type: FieldType;
  readonly position?: number | undefined;
  readonly options?: readonly OwnFieldOptionDraft[] | undefined;
  readonly served?: unknown;
}
/** With `id`, an option there is, or when the field is made, the id it is to have; without, a new one. */
export interface OwnFieldOptionDraft {
  readonly id?: number | undefined;
  /** In a change: `id` is not there yet, and is the one that the new option is to have. One that was deleted comes back. */
  readonly isNew?: boolean | undefined;
  readonly value: string;
  readonly code?: string | null | undefined;
}
/** The type of a field never changes. `options` is the whole new list: what it lacks is deleted, and stays readable where it is used. */
export type OwnFieldChanges = { readonly [K in "code" | "name" | "position" | "options" | "served"]?: OwnFieldDraft[K] | undefined };

export interface OwnFields {
  /** In order of their positions. `pastOptions` brings deleted options too, to read values that still hold them. */
  list(options?: { readonly entity?: OwnEntity | undefined; readonly pastOptions?: boolean | undefined }): Promise<readonly OwnField[]>;
  /** Throws `Invalid` when the code is taken, or options are missing or repeated. */
  create(draft: OwnFieldDraft): Promise<OwnField>;
  update(id: number, changes: OwnFieldChanges): Promise<OwnField>;
  /** Values of a deleted field stay where they are, unseen. */
  remove(id: number): Promise<void>;
  /**
   * Ids for what every record has by itself (a phone, a position), under the codes of an API that shows it as a field: made on first use, from the same numbers as those of
   * custom fields and their options. What is there already stays as it is, and options that it lacks are added. Answers those that are wanted, in that order.
   */
  known(entity: OwnEntity, wanted: readonly OwnKnownFieldDraft[]): Promise<readonly OwnKnownField[]>;
  /** Nothing of this kind of record has been shown yet, or may be shown by other ids from now on: they are made anew on their next use. */
  forgetKnown(entity: OwnEntity): Promise<void>;
  updateKnown(id: number, changes: { readonly name?: string | undefined; readonly served?: unknown }): Promise<void>;
}
export interface OwnKnownField {
  readonly id: number;
  readonly entity: OwnEntity;
  readonly code: string;
  readonly name: string;
  readonly served: unknown;
  readonly options: readonly { readonly id: number; readonly code: string }[];
}
export interface OwnKnownFieldDraft {
  /** When it is made: an id that is free among those of custom fields, too. */
  readonly id?: number | undefined;
  readonly code: string;
  readonly name: string;
  readonly served?: unknown;
  readonly options?: readonly { readonly id?: number | undefined; readonly code: string }[] | undefined;
}

/** A person who works here. */
export interface OwnUser {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** E.164, or an extension. */
  readonly phone: string | null;
  readonly avatar: string | null;
  readonly role: "administrator" | "manager" | "read-only";
  /** Whose records they see and change. Administrators see all of them. */
  readonly recordAccess: "own" | "group" | "all";
  readonly group: number | null;
  readonly active: boolean;
  readonly language: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export interface OwnUserDraft {
  /** When they are made, as copies of those in another CRM: an id that is free here. Later ids are higher than it. */
  readonly id?: number | undefined;
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly role: OwnUser["role"];
  readonly recordAccess?: OwnUser["recordAccess"] | undefined;
  readonly group?: number | null | undefined;
  readonly active?: boolean | undefined;
  readonly language?: string | undefined;
}

/** What every entry of a short list has. */
export interface OwnChoice {
  readonly id: number;
  readonly name: string;
  readonly position: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export interface OwnTaskType extends OwnChoice {
  /** Unique; what programs know it by: `call`, `meeting`. */
  readonly code: string | null;
  readonly colour: string | null;
}
export interface OwnSource extends OwnChoice {
  /** Unique; what programs know it by. */
  readonly code: string | null;
  /** Where its deals start. */
  readonly pipeline: number | null;
}
/** Contacts, companies and deals have tags of their own. */
export interface OwnTag extends OwnChoice {
  readonly entity: OwnEntity;
  readonly colour: string | null;
}

/** A list that is short enough to be read as a whole. */
export interface OwnChoices<T, Draft> {
  /** By position. */
  list(): Promise<readonly T[]>;
  /** Throws `Invalid` when another one has this name, code or e-mail, or a reference leads nowhere. */
  create(draft: Draft): Promise<T>;
  /** Changes only what is given. Throws as `create` does. */
  update(id: number, changes: Partial<Omit<Draft, "id">>): Promise<T>;
  /** What refers to it keeps its id. */
  remove(id: number): Promise<void>;
}
interface ChoiceDraft {
  /** When it is made, as a copy of one in another CRM: an id that is free here. Later ids are higher than it. */
  readonly id?: number | undefined;
  readonly name: string;
  readonly position?: number | undefined;
}
export type OwnChoiceDraft<T extends OwnChoice = OwnChoice> = ChoiceDraft & {
  readonly [K in Exclude<keyof T, keyof OwnChoice>]?: T[K] | undefined;
};

export interface OwnTags {
  /** By position and id. `names` are compared without regard to case; `q` is a part of a name. */
  list(filter: {
    readonly entity: OwnEntity;
    readonly limit: number;
    readonly skip?: number | undefined;
    readonly ids?: readonly number[] | undefined;
    readonly names?: readonly string[] | undefined;
    readonly q?: string | undefined;
  }): Promise<{ readonly items: readonly OwnTag[]; readonly isMore: boolean }>;
  /** One of this name that there is, is answered as it is. A new one gets `id`, which must be free, where it is told. */
  create(draft: {
    readonly id?: number | undefined;
    readonly entity: OwnEntity;
    readonly name: string;
    readonly colour?: string | null | undefined;
  }): Promise<OwnTag>;
}

import type { Label } from "./words.ts";

/** Copying a whole CRM that is elsewhere into our own, and back. */

export const moveDirections = ["in", "out", "compare"] as const;
export type MoveDirection = (typeof moveDirections)[number];

/**
 * A CRM that can be moved. Every step may run twice: what is there already is not made again. What was broken off goes on from `run.place`, in whichever
 * process. Each member ends with a comparison, whose findings are told by `run.keep`. Throws what a port would throw; and `Halted`, when `run.keep` did.
 */
export interface Move {
  /**
   * Everything that is there becomes ours, under the ids it has there. An id that something else has here is told, and its record gets another one. Throws `Refused` when
   * there are records here already, unless `intoFilled`; those stay as they are.
   */
  in(run: MoveRun, options: { readonly intoFilled: boolean }): Promise<void>;
  /** Everything of our own CRM is made there. Throws `Refused` unless nothing is there but what an earlier run has made. */
  out(run: MoveRun): Promise<void>;
  /** Changes nothing. What was moved last, in or out, says whose record is whose. */
  compare(run: MoveRun): Promise<void>;
}

/** One run, as whoever sees it through keeps it. */
export interface MoveRun {
  /** What was kept last; undefined at the beginning. */
  readonly place: unknown;
  /** On disk when it resolves. A finding that was told before, by its kind, id, member and what it is, is told anew in its place. Throws `Halted` when the run is to end here. */
  keep(step: MoveStep): Promise<void>;
}

/** The run is to end here: somebody has cancelled it, or the process stops. Let it pass. */
export class Halted extends Error {
  override readonly name = "Halted";
}

export interface MoveStep {
  /** A small document. */
  readonly place: unknown;
  readonly progress: MoveProgress;
  readonly found?: readonly MoveFinding[];
}

export interface MoveProgress {
  readonly phase: "copying" | "comparing";
  readonly kind: MoveKind;
  /** How many of this kind. */
  readonly done: number;
  readonly total?: number;
}

export const moveKinds = [
  ...(["account", "group", "user", "pipeline", "stage", "loss_reason", "task_type", "source", "field", "tag", "catalog"] as const),
  ...(["element", "company", "contact", "deal", "incoming", "task", "note", "other"] as const),
] as const;
export type MoveKind = (typeof moveKinds)[number];

/**
 * `differs`: one member is another one there than here. `only_there`, `only_here`: the other side lacks it. `refused`: a side would not take it, and why. `left`: of this kind nothing can be carried
 * over, how many there are and what becomes of them; not a difference, since nothing could be done about it.
 */
export const findingTypes = ["differs", "only_there", "only_here", "refused", "left"] as const;
export type FindingType = (typeof findingTypes)[number];

export interface MoveFinding {
  readonly what: FindingType;
  readonly kind: MoveKind;
  /** As it is on the side that has it; there, when both do. */
  readonly id?: string;
  /** As the far side calls it. */
  readonly member?: string;
  /** In words, cut where they are long. */
  readonly there?: string;
  readonly here?: string;
  readonly words?: Label;
  /** Of `left`. */
  readonly count?: number;
}

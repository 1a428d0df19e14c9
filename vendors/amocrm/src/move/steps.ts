import type { MoveFinding, MoveKind, MoveRun, MoveStep } from "@svyazka/core";

/** One part of a run: a kind, page by page. */
export interface Step {
  /** What it is called in the place that is kept: never changes. */
  readonly name: string;
  readonly phase: MoveStep["progress"]["phase"];
  readonly kind: MoveKind;
  /** Every page may be done twice. `turn` is what is done with page `page`, from 1; it answers how many there were, and whether there are more. */
  turn(page: number): Promise<{ readonly done: number; readonly hasMore: boolean; readonly found?: readonly MoveFinding[] }>;
  /** It can only be gone through from its beginning. */
  readonly isWhole?: true;
}

interface Place {
  readonly step: string;
  /** The next one. */
  readonly page: number;
  readonly done: number;
}

/** Whether the run was broken off in one of these. */
export const isAmong = ({ place }: MoveRun, steps: readonly Step[]): boolean =>
  steps.some(({ name }) => name === (place as Place | undefined)?.step);

/** Goes through the steps, from where the run was broken off. */
export async function goThrough(run: MoveRun, steps: readonly Step[]): Promise<void> {
  const place = run.place as Place | undefined;
  const from = place
    ? Math.max(
        0,
        steps.findIndex(({ name }) => name === place.step),
      )
    : 0;
  for (const [index, step] of steps.slice(from).entries()) {
    const isBroken = index === 0 && place?.step === step.name && !step.isWhole;
    let { page, done } = isBroken ? place : { page: 1, done: 0 };
    const progress = { phase: step.phase, kind: step.kind };
    for (let hasMore = true; hasMore; page++) {
      const turn = await step.turn(page);
      done += turn.done;
      hasMore = turn.hasMore;
      const next = hasMore || index + from === steps.length - 1 ? step.name : (steps[index + from + 1]?.name ?? step.name);
      await run.keep({
        place: { step: next, page: hasMore ? page + 1 : 1, done: hasMore ? done : 0 },
        progress: { ...progress, done },
        ...(turn.found && turn.found.length > 0 && { found: turn.found }),
      });
    }
  }
}

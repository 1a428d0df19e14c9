import { type ChoiceBase, choices } from "./choices.ts";

/** Why a deal was lost. */
export type LossReason = ChoiceBase;

export const lossReasons = choices<LossReason>({ table: "loss_reason", noun: "loss reason", columns: [] });

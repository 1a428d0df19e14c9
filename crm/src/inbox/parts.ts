import type { FailureReason, OwnMessage, OwnMessageState } from "@svyazka/core";
import { sql as raw } from "kysely";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { getMessage, rank, touch } from "./messages.ts";

/** A message of ours may need several of its channel. Each part has a fate of its own, and the message is as far as the slowest of them. */

/** `begun`: it is being sent at this moment, or nobody knows. */
export type PartState = OwnMessageState | "begun";

export interface Part {
  readonly part: number;
  readonly external: string | null;
  readonly text: string;
  readonly state: PartState;
  readonly reason: FailureReason | null;
  readonly error: string | null;
}

export interface PartChange {
  readonly state: Exclude<PartState, "begun">;
  readonly external?: string | undefined;
  readonly reason?: FailureReason | undefined;
  readonly code?: string | undefined;
  readonly error?: string | undefined;
}

export const partsOfMessage = (sql: Sql, message: number): Promise<Part[]> =>
  run(
    sql,
    raw`select part, external, text, state, reason, error from crm.message_part where workspace = ${sql.workspace} and message = ${message} order by part for update`,
  );

const place: Readonly<Record<PartState, number>> = { ...rank, begun: 0 };

/**
 * A part never goes back: what was read is not delivered any more; what has failed has failed until a person sends it again, but what was read has been delivered after all. What was begun may be put back, and so may what nobody knew of, once it is certain that it was not taken.
 */
export function moves(from: PartState, to: PartState): boolean {
  if (from === "begun") return true;
  if (to === "waiting") return from === "unknown";
  if (to === "failed") return place[from] < place.delivered;
  return place[to] > place[from];
}

/** Changes one part, and its message with it. Answers the message as it is now. */
export async function changePart(sql: Sql, message: number, part: number, change: PartChange): Promise<OwnMessage> {
  const parts = await partsOfMessage(sql, message);
  const known = parts.find((one) => one.part === part);
  if (known) {
    const isMoving = moves(known.state, change.state);
    const failure: Partial<PartChange> = change.state === "failed" || change.state === "unknown" ? change : {};
    const sets = [
      ...(change.external === undefined ? [] : [raw`external = ${freeOr(sql, change.external, message, part)}`]),
      ...(isMoving
        ? [
            raw`state = ${change.state}, reason = ${failure.reason ?? null}, code = ${failure.code ?? null}, error = ${failure.error?.slice(0, 1_000) ?? null}`,
          ]
        : []),
    ];
    if (sets.length > 0)
      await run(
        sql,
        raw`update crm.message_part set ${raw.join(sets)} where workspace = ${sql.workspace} and message = ${message} and part = ${part}`,
      );
  }
  return sumUp(sql, message);
}

/** The channel's id, unless another part has it: whoever gives one to two messages must not keep the second from having arrived. */
const freeOr = (sql: Sql, external: string, message: number, part: number) =>
  raw`case when exists (select from crm.message_part o where o.workspace = ${sql.workspace} and o.channel = message_part.channel and o.external = ${external}
    and (o.message, o.part) <> (${message}::bigint, ${part}::smallint)) then external else ${external}::text end`;

/** The message is as far as the slowest of its parts. */
export async function sumUp(sql: Sql, message: number): Promise<OwnMessage> {
  const parts = await partsOfMessage(sql, message);
  const before = await getMessage(sql, message);
  const worst = parts.find(({ state }) => state === "failed") ?? parts.find(({ state }) => state === "unknown");
  const state = worst?.state ?? slowest(parts);
  if (state === undefined || (state === before.state && before.error === (worst?.error ?? null))) return before;
  await run(
    sql,
    raw`update crm.message set state = ${state}, reason = ${worst?.reason ?? null}, error = ${worst?.error ?? null}
      where workspace = ${sql.workspace} and id = ${message}`,
  );
  await touch(sql, before);
  return getMessage(sql, message);
}

function slowest(parts: readonly Part[]): OwnMessageState | undefined {
  const [first] = [...parts].sort((one, other) => place[one.state] - place[other.state]);
  return first && (first.state === "begun" ? "waiting" : first.state);
}

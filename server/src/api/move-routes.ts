import * as contract from "@svyazka/contract";
import { Invalid, type Sql } from "@svyazka/crm";
import { tell } from "../db/bus.ts";
import type { Hub } from "../hub.ts";
import { addMove, cancelMove, type FindingRow, getMove, listFindings, listMoves, type MoveRow } from "../moves/moves.ts";
import { type Implementation, implement } from "./implement.ts";
import { findLive } from "./live-connection.ts";
import { limitOf, numberCursor, page, uuidCursor } from "./pages.ts";

/** Copying a whole CRM that is elsewhere into ours, and back. */
export function moveRoutes(hub: Hub): readonly Implementation[] {
  const liveOf = (sql: Sql, id: number) => findLive(hub, sql, id);
  return [
    implement(contract.startMove, async ({ params, body, sql, caller }) => {
      const live = await liveOf(sql, params.id);
      if (!live.connected().move) throw new Invalid({ id: [`${live.row.name} is no CRM that could be moved`] });
      if (body.into_filled && body.direction !== "in") throw new Invalid({ into_filled: ["is about `in` only"] });
      const id = await addMove(sql, {
        ...{ connection: live.row.id, direction: body.direction, intoFilled: body.into_filled ?? false, by: caller.name },
      });
      await tell(sql, { kind: "moves", workspace: sql.workspace });
      return present(await getMove(sql, params.id, id));
    }),

    implement(contract.listMoves, async ({ params, query, sql }) => {
      await liveOf(sql, params.id);
      return page(await listMoves(sql, params.id, uuidCursor(query), limitOf(query) + 1), query, ({ id }) => id, present);
    }),

    implement(contract.getMove, async ({ params, sql }) => present(await getMove(sql, params.id, params.move))),

    implement(contract.cancelMove, async ({ params, sql }) => {
      await cancelMove(sql, params.id, params.move);
      return present(await getMove(sql, params.id, params.move));
    }),

    implement(contract.listMoveFindings, async ({ params, query, sql }) => {
      await getMove(sql, params.id, params.move);
      const rows = await listFindings(sql, params.move, query, numberCursor(query), limitOf(query) + 1);
      return page(rows, query, ({ n }) => n, presentFinding);
    }),
  ];
}

const present = ({ place: _, tries: __, next_at, created_at, finished_at, progress, ...move }: MoveRow): contract.MoveShape => ({
  ...move,
  progress: progress && { ...progress },
  next_at: move.state === "running" && move.error !== null ? next_at.toISOString() : null,
  created_at: created_at.toISOString(),
  finished_at: finished_at?.toISOString() ?? null,
});

const presentFinding = ({ what, kind, record, member, there, here, words, count }: FindingRow): contract.MoveFindingShape => ({
  ...{ what, kind, record, member: member ?? null, there: there ?? null, here: here ?? null },
  words: words ? { ...words } : null,
  count: count ?? null,
});

import * as contract from "@svyazka/contract";
import type { Decisions } from "@svyazka/core";
import { Invalid, type Sql } from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { type Implementation, implement } from "./implement.ts";
import { findLive } from "./live-connection.ts";

/** What connections want people to decide. */
export function decisionRoutes(hub: Hub): readonly Implementation[] {
  async function decisionsOf(sql: Sql, id: number): Promise<Decisions> {
    const live = await findLive(hub, sql, id);
    const { decisions } = live.connected();
    if (!decisions) throw new Invalid({ id: [`${live.row.name} asks nobody to decide anything`] });
    return decisions;
  }
  return [
    implement(contract.listDecisions, async ({ params, sql }) => ({
      items: (await (await decisionsOf(sql, params.id)).list()).map(({ id, at, title, text, choices }) => ({
        ...{ id, at, title, text },
        choices: choices.map((choice) => ({ id: choice.id, title: choice.title })),
      })),
      next_cursor: null,
    })),

    implement(contract.decide, async ({ params, body, sql }) => {
      await (await decisionsOf(sql, params.id)).decide(params.decision, body.choice);
      return undefined;
    }),
  ];
}

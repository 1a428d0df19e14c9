import type { Sql } from "@svyazka/crm";
import { plan } from "../delivery/plan.ts";
import type { Hub } from "../hub.ts";
import { receiveAgain } from "../inbound/replay.ts";
import { redactJson } from "../net/redact.ts";

interface Fact {
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

export interface Difference {
  readonly path: string;
  readonly before: unknown;
  readonly now: unknown;
}

/** What a stored request would become today, beside what it became. Stores nothing. */
export async function preview(hub: Hub, sql: Sql, id: string) {
  const { stored, view, live, meaning } = await receiveAgain(hub, sql, id);
  const before = await factsOf(sql, stored.events);
  const shown = <T>(value: T): T => redactJson(value, live.secretSpellings);
  if ("outcome" in meaning) return { ...meaning, now: [], before: shown(before), changes: [] };
  const planned = plan(meaning.facts, view, [...hub.flows.values()], live.row.id);
  const now = planned.map(({ draft: { type, subject, data, hold }, deliveries }) => ({
    ...{ type, subject, data: data as unknown, hold: hold ?? null },
    deliveries: deliveries.map(({ flow, target }) => ({ flow, target: target as number })),
  }));
  const bare = ({ type, subject, data }: Fact): Fact => ({ type, subject, data });
  // As the database keeps it: what is undefined is not there.
  const changes = differences(before.map(bare), JSON.parse(JSON.stringify(now.map(bare))));
  return { outcome: "accepted", detail: null, now: shown(now), before: shown(before), changes: shown(changes) };
}

/** The events of these ids, in this order. */
export async function factsOf(sql: Sql, ids: readonly string[]): Promise<({ readonly id: string } & Fact)[]> {
  return sql.query({
    text: `select e.id, e.type, e.subject, e.data from unnest($2::uuid[]) with ordinality as x (id, place)
           cross join lateral (select * from hub.event where workspace = $1 and id = x.id offset 0) e order by x.place`,
    values: [sql.workspace, ids],
  });
}

/** Every member that differs, by its path; null stands for one that is not there. */
export function differences(before: unknown, now: unknown, path = ""): Difference[] {
  if (isTree(before) && isTree(now)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(now)])];
    return names.flatMap((name) => differences(before[name], now[name], path === "" ? name : `${path}.${name}`));
  }
  return JSON.stringify(before) === JSON.stringify(now) ? [] : [{ path, before: before ?? null, now: now ?? null }];
}

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

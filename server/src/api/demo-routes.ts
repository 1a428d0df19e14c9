import * as contract from "@svyazka/contract";
import { readDemo, startDemo, stopDemo } from "../demo/demo.ts";
import type { Hub } from "../hub.ts";
import { type Implementation, implement } from "./implement.ts";

export const demoRoutes = (hub: Hub): readonly Implementation[] => [
  implement(contract.getDemo, async ({ caller }) => {
    const known = await readDemo(hub, caller.workspace.id);
    return { lives_until: known && Date.parse(known.until) > Date.now() ? known.until : null };
  }),

  implement(contract.startDemo, async ({ caller, body, sql }) => {
    const started_at = new Date().toISOString();
    const { until, connections, ...counts } = await startDemo(hub, sql, caller.workspace, body.hours ?? 8);
    return { ...counts, lives_until: until.toISOString(), connections: [...connections], started_at };
  }),

  implement(contract.stopDemo, async ({ caller }) => {
    await stopDemo(hub, caller.workspace.id);
    return undefined;
  }),
];

import type { ConnectionId, Kit, MoveFinding, MoveProgress, MoveRun, OwnCrm, Workspace, WorkspaceId } from "@svyazka/core";
import { memoryKit } from "@svyazka/core/testkit";
import { createDefaults, ownCrm } from "@svyazka/crm";
import { testDatabase } from "../../../server/testkit/database.ts";

export const workspaceOf = (id: number): Workspace => ({
  ...{ id: id as WorkspaceId, subdomain: `company${id}`, name: "ООО Ромашка", country: "RU" },
  ...{ timeZone: "Europe/Moscow", language: "ru", currency: "RUB" },
});

export interface OurCrm {
  readonly workspace: Workspace;
  readonly crm: OwnCrm;
  /** Of a connection in that workspace. */
  readonly kit: Kit;
}

/** Workspaces in a real database, each as it is on its first day. */
export async function ourCrms(): Promise<{ make(): Promise<OurCrm>; close(): Promise<void> }> {
  const test = await testDatabase();
  let last = 0;
  return {
    close: () => test.close(),
    async make() {
      const workspace = workspaceOf(++last);
      const sql = test.database.in(workspace.id);
      await createDefaults(sql, workspace);
      const lend = () => ownCrm(sql, { home: workspace, connection: 7 as ConnectionId });
      return { workspace, crm: await lend(), kit: memoryKit({ ownCrm: lend }) };
    },
  };
}

export interface KeptRun extends MoveRun {
  /** Each once, as the hub keeps them. */
  readonly found: () => MoveFinding[];
  readonly progress: MoveProgress[];
}

/** A run in memory. `halt` is asked after each step, and may throw. */
export function keptRun(halt: (progress: MoveProgress) => void = () => {}): KeptRun {
  const found = new Map<string, MoveFinding>();
  const progress: MoveProgress[] = [];
  let place: unknown;
  return {
    get place() {
      return place;
    },
    found: () => [...found.values()],
    progress,
    async keep(step) {
      place = JSON.parse(JSON.stringify(step.place));
      progress.push(step.progress);
      for (const one of step.found ?? []) found.set([one.kind, one.id, one.what, one.member].join("/"), one);
      halt(step.progress);
    },
  };
}

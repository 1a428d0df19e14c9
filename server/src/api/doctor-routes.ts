import * as contract from "@svyazka/contract";
import type { WorkspaceId } from "@svyazka/core";
import { rewriteSecrets } from "../connections/manage.ts";
import type { Hub } from "../hub.ts";
import { examine } from "../operation/doctor.ts";
import { describeSystem } from "../operation/system.ts";
import { type Implementation, implement } from "./implement.ts";

export function doctorRoutes(hub: Hub): readonly Implementation[] {
  return [
    implement(contract.doctor, async () => {
      const findings = await examine(hub);
      return { ok: findings.every((finding) => finding.ok), findings };
    }),

    implement(contract.getSystem, ({ caller, sql }) => describeSystem(hub, sql, caller.scopes.has("operator"))),

    implement(contract.rotateMasterKey, async () => {
      const workspaces = await hub.pool.reference.query<{ id: WorkspaceId }>({ text: "select id from hub.workspace order by id" });
      const total = { connections: 0, rewritten: 0 };
      for (const { id } of workspaces) {
        const done = await rewriteSecrets(hub.keys, hub.pool.in(id));
        total.connections += done.connections;
        total.rewritten += done.rewritten;
      }
      return total;
    }),
  ];
}

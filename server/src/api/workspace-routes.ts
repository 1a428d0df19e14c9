import * as contract from "@svyazka/contract";
import { readWorkspace, type WorkspaceRow } from "../connections/registry.ts";
import type { Hub } from "../hub.ts";
import { reopenSetup, useSetup } from "../people/setup.ts";
import { changeWorkspace, createWorkspace } from "../people/workspaces.ts";
import { writeAudit } from "./audit.ts";
import { type Implementation, implement } from "./implement.ts";
import { limitOf, numberCursor, page } from "./pages.ts";
import { ApiError } from "./problems.ts";

const present = (row: WorkspaceRow): contract.WorkspaceShape => ({
  id: row.id,
  subdomain: row.subdomain,
  name: row.name,
  country: row.country,
  time_zone: row.time_zone,
  language: row.language,
  currency: row.currency,
  created_at: row.created_at.toISOString(),
});

export function workspaceRoutes(hub: Hub): readonly Implementation[] {
  const find = async (id: number): Promise<WorkspaceRow> => {
    const [row] = await hub.pool.reference.query<WorkspaceRow>({ text: "select * from hub.workspace where id = $1", values: [id] });
    if (!row) throw new ApiError(400, "Say which workspace: Svyazka-Workspace: <subdomain>");
    return row;
  };
  const create = async (draft: contract.NewWorkspace, actor: string, ip: string, action: string) => {
    const made = await createWorkspace(hub, draft);
    await writeAudit(hub.pool.in(made.id), { actor, user: undefined, ip, action, body: draft, status: 201 });
    return made;
  };
  return [
    implement(contract.createWorkspace, ({ body, caller, ip }) => create(body, caller.name, ip, "createWorkspace")),

    implement(contract.setUp, async ({ body, ip }) => {
      const { code, ...draft } = body;
      if (!(await useSetup(hub.pool.reference, code)))
        throw new ApiError(403, "This set-up link is used or out of date; the hub prints a new one when it starts empty");
      try {
        return await create(draft, "nobody", ip, "setUp");
      } catch (error) {
        await reopenSetup(hub.pool.reference, code);
        throw error;
      }
    }),

    implement(contract.listWorkspaces, async ({ query }) => {
      const rows = await hub.pool.reference.query<WorkspaceRow>({
        text: "select * from hub.workspace where id > $1 order by id limit $2",
        values: [numberCursor(query), limitOf(query) + 1],
      });
      return page(rows, query, (row) => row.id, present);
    }),

    implement(contract.getWorkspace, async ({ caller }) => present(await find(caller.workspace.id))),

    implement(contract.changeWorkspace, async ({ caller, body }) => {
      await find(caller.workspace.id);
      return present(await changeWorkspace(hub, readWorkspace(await find(caller.workspace.id)), body));
    }),
  ];
}

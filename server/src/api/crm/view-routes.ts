import * as contract from "@svyazka/contract";
import * as crm from "@svyazka/crm";
import { type Caller, type Implementation, implement } from "../implement.ts";
import { answerPage, keyOf } from "./requests.ts";

const mostBytes = 16 * 1024;

const viewer = (caller: Caller): crm.Viewer => ({ user: caller.userId, isAdministrator: caller.scopes.has("users:write") });

const writeView = ({ createdAt, updatedAt, ...view }: crm.View): contract.ViewShape => ({
  ...view,
  settings: { ...view.settings },
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
});

function mustFit(settings: object | undefined): void {
  if (settings !== undefined && Buffer.byteLength(JSON.stringify(settings)) > mostBytes)
    throw new crm.Invalid({ settings: ["is more than 16 kB"] });
}

export const viewRoutes: readonly Implementation[] = [
  implement(contract.listViews, async ({ query: { limit = 50, cursor, entity }, caller, sql }) =>
    answerPage(await crm.listViews(sql, { limit, cursor, entity }, viewer(caller)), writeView),
  ),
  implement(contract.getView, async ({ params, caller, sql }) => writeView(await crm.getView(sql, params.id, viewer(caller)))),
  implement(contract.createView, async ({ body, caller, sql, idempotencyKey }) => {
    mustFit(body.settings);
    const id = await crm.createView(sql, body, viewer(caller), ...(idempotencyKey === undefined ? [] : [keyOf(idempotencyKey)]));
    return writeView(await crm.getView(sql, id, viewer(caller)));
  }),
  implement(contract.updateView, async ({ params, body, caller, sql }) => {
    mustFit(body.settings);
    return writeView(await crm.updateView(sql, params.id, body, viewer(caller)));
  }),
  implement(contract.deleteView, async ({ params, caller, sql }) => crm.deleteView(sql, params.id, viewer(caller)) as Promise<undefined>),
];

import type { Route } from "@svyazka/contract";
import * as contract from "@svyazka/contract";
import * as crm from "@svyazka/crm";
import type { Call, Implementation } from "../implement.ts";
import { answerPage, keyOf } from "./requests.ts";

interface ChoiceRoutes {
  readonly list: Route;
  readonly get: Route;
  readonly create: Route;
  readonly update: Route;
  readonly delete: Route;
}

/** A call whose parts have been checked against the schemas of one of `ChoiceRoutes`. */
type ChoiceCall = Omit<Call<Route>, "params" | "query" | "body"> & {
  readonly params: { readonly id: number };
  readonly query: { readonly limit?: number; readonly cursor?: string };
  readonly body: { readonly name: string };
};

/** The five routes of a short list: the names of its columns are the names on the wire. */
function choice<T extends crm.ChoiceBase>(routes: ChoiceRoutes, list: crm.Choices<T>): Implementation[] {
  const write = ({ createdAt, updatedAt, ...item }: T) => ({
    ...item,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  });
  const answer = (route: Route, handle: (call: ChoiceCall) => Promise<unknown>): Implementation => ({
    route,
    handle: (call) => handle(call as unknown as ChoiceCall),
  });
  return [
    answer(routes.list, async ({ query: { limit = 50, cursor, ...filter }, sql }) =>
      answerPage(await list.list(sql, { limit, cursor }, filter as Partial<T>), write),
    ),
    answer(routes.get, async ({ params, sql }) => write(await list.get(sql, params.id))),
    answer(routes.create, async ({ body, sql, idempotencyKey }) =>
      write(
        await list.create(sql, body as Parameters<typeof list.create>[1], ...(idempotencyKey === undefined ? [] : [keyOf(idempotencyKey)])),
      ),
    ),
    answer(routes.update, async ({ params, body, sql }) =>
      write(await list.update(sql, params.id, body as Parameters<typeof list.update>[2])),
    ),
    answer(routes.delete, async ({ params, sql }) => list.delete(sql, params.id)),
  ];
}

export const choiceRoutes: readonly Implementation[] = [
  ...choice(contract.sourceRoutes, crm.sources),
  ...choice(contract.tagRoutes, crm.tags),
  ...choice(contract.lossReasonRoutes, crm.lossReasons),
  ...choice(contract.taskTypeRoutes, crm.taskTypes),
  ...choice(contract.groupRoutes, crm.groups),
];

import { type FieldProblem, writeProblem } from "../protocol.ts";
import { readOne } from "./batch.ts";
import { type At, type Handler, notFound, Refusal, type Route, route } from "./http.ts";
import { orderOf, pagingOf, Query, withOf } from "./query.ts";
import { choice, flag, object, required } from "./shape.ts";

/**
 * Customers, as an account has them whose tariff does not: `customers_mode` is `unavailable`, there are none to read, and none can be made.
 * Source: crm_platform/customers-api, crm_platform/customers-statuses-api
 */

const here = "/api/v4/customers";

export const customerRoutes: readonly Route[] = [
  route("PATCH", `${here}/mode`, changeMode),
  ...["statuses", "segments"].flatMap((name) => [
    ...["GET", "POST"].map((method) => route(method, `${here}/${name}`, notSwitchedOn)),
    ...["GET", "PATCH", "DELETE"].map((method) => route(method, `${here}/${name}/{id}`, notSwitchedOn)),
  ]),
  ...["", "/custom_fields", "/custom_fields/groups", "/segments/custom_fields", "/tags", "/notes", "/transactions", "/links"].flatMap(
    (name) => [route("GET", `${here}${name}`, listNothing), ...writing(`${here}${name}`)],
  ),
  ...["", "/notes", "/transactions"].map((name) => route("GET", `${here}/{id}${name}`, listNothing)),
  route("GET", `${here}/{id}/links`, async () => {
    throw notFound();
  }),
  ...["/custom_fields/{id}", "/notes/{id}", "/transactions/{id}"].map((name) => route("GET", `${here}${name}`, listNothing)),
  ...["", "/notes", "/transactions", "/bonus_points"].flatMap((name) => writing(`${here}/{id}${name}`)),
  ...["/link", "/unlink", "/{id}/link", "/{id}/unlink"].map((name) => route("POST", `${here}${name}`, notSwitchedOn)),
];

function writing(path: string): Route[] {
  return ["POST", "PATCH", "DELETE"].map((method) => route(method, path, notSwitchedOn));
}

async function notSwitchedOn(): ReturnType<Handler> {
  throw new Refusal(writeProblem(422, "Не включен функционал периодических покупок для покупателей"));
}

/** By which one could filter, were there any. */
const filters: ReadonlySet<string> = new Set([
  ...["id", "name", "status_id", "responsible_user_id", "created_by", "updated_by", "created_at", "updated_at", "closest_task_at"],
  ...["next_price", "next_date", "custom_fields_values", "entity_id", "note_type", "type", "to_entity_id", "to_entity_type"],
]);

/** What is asked for must make sense all the same. */
async function listNothing(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  pagingOf(query);
  orderOf(query, ["id", "created_at", "updated_at", "sort"]);
  withOf(query);
  const filter = query.below("filter");
  for (const name of filter?.names() ?? []) {
    filter?.raw(name);
    if (!filters.has(name)) filter?.wrong(name, "FieldNotExpected", "There is no such parameter.");
  }
  query.done();
  return undefined;
}

const modeShape = object({ mode: required(choice(["segments", "periodicity"])), is_enabled: required(flag) });

/** Switching them off again is no change. */
async function changeMode(at: At): ReturnType<Handler> {
  const mode = await readOne(at.json(), (sent, problems: FieldProblem[]) => modeShape(sent, "", problems));
  if (!at.account.isAdmin) throw new Refusal(writeProblem(403, "Only an administrator may do this"));
  if (mode.is_enabled) throw new Refusal(writeProblem(402, "Тариф не позволяет включать покупателей"));
  return { body: mode };
}

import { type Call, type Methods, phpMap, Refusal } from "../call.ts";
import { listOf, paramOf, textOf, textParam } from "../params.ts";
import { type EntityTypeId, type Item, itemsOf, type State, typeIdOf, typeNames } from "../portal.ts";
import { bareNumber, rowsOf } from "./multifields.ts";

export const duplicateMethods: Methods = { "crm.duplicate.findbycomm": { scope: "crm", run: find } };

const mostValues = 20;
const mostHits = 20;

/** A type that gives twenty hits or more leaves out those after it: leads, then contacts, then companies. */
function find(call: Call) {
  const type = textParam(call, "type").toUpperCase();
  const values = listOf(paramOf(call, "values")).map(textOf);
  // A sentence stands where the code should be.
  if (type === "") throw new Refusal(400, "Communication type is not defined", "Parameter 'type' is required.");
  if (type !== "PHONE" && type !== "EMAIL") throw new Refusal(400, `Communication type '${type}' is not supported in current context`, "");
  if (values.length === 0) throw new Refusal(400, "Communication values is not defined", "Parameter 'values' is required.");
  if (values.length > mostValues) throw new Refusal(400, "Communication values are too many", "");
  const only = typeIdOf(textParam(call, "entity_type"));
  const hits: Record<string, number[]> = {};
  for (const entityTypeId of [1, 3, 4] as const) {
    if (only !== undefined && only !== entityTypeId) continue;
    const ids = reachedBy(call.portal.state, entityTypeId, type, values).map(({ id }) => id);
    if (ids.length > 0) hits[typeNames[entityTypeId] ?? ""] = ids.slice(0, mostHits);
    if (ids.length >= mostHits) break;
  }
  return phpMap(hits);
}

/** Who has one of these phones or mails. */
export function reachedBy(state: State, entityTypeId: EntityTypeId, type: "PHONE" | "EMAIL", values: readonly string[]): Item[] {
  const wanted = new Set(values.map((value) => bare(type, value)));
  return [...itemsOf(state, entityTypeId).values()].filter((item) =>
    rowsOf(item).some((row) => row.typeId === type && wanted.has(bare(type, row.value))),
  );
}

/** An extension is not part of the number. That `8` and `+7` are the same the documents do not say, so they are not. */
const bare = (type: "PHONE" | "EMAIL", value: string): string =>
  type === "EMAIL" ? value.trim().toLowerCase() : bareNumber(value.split(/[;,#]|доб|ext/i)[0] ?? "");

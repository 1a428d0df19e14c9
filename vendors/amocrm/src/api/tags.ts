import { type EntityType, entityTypes, type FieldProblem, fieldProblem } from "../protocol.ts";
import { readItems, writeItems } from "./batch.ts";
import { type Handler, type Route, route } from "./http.ts";
import { given, pageAnswer, pagingOf, Query, selfOf } from "./query.ts";
import { anything, nullable, object, required, text } from "./shape.ts";

/** Tags: each kind of record has its own. Source: crm_platform/tags-api */

export const tagRoutes: readonly Route[] = entityTypes.flatMap((of) => [
  route("GET", `/api/v4/${of}/tags`, listTags(of)),
  route("POST", `/api/v4/${of}/tags`, createTags(of)),
]);

/** Without `#`; of leads only. */
export const tagColours = (
  "EBEBEB D0D0D0 F2DDF7 D1A4DC FF8F92 FFC8C8 C7DB8C DDEBB5 8699DA AABDFF FFCE5A FFE193 90CDB0 C6F4DE A9A5D7 D8D5FF 86C0FC 832161 6A0F49 " +
  "0C7C59 10599D 9D2B32 247BA0"
).split(" ");

const shape = object({ id: anything, name: required(text(255, 1)), color: nullable(text(6)), request_id: anything });

function listTags(of: EntityType): Handler {
  return async (at) => {
    const query = new Query(at.query);
    const filter = query.below("filter");
    const read = {
      ...pagingOf(query),
      ...given({ ids: filter?.ids("id"), name: filter?.text("name"), query: query.text("query") || undefined }),
    };
    query.done();
    const found = await at.account.tags(of, read);
    return pageAnswer(at, "tags", read, found, found.items);
  };
}

function createTags(of: EntityType): Handler {
  return async (at) => {
    const items = await readItems(at.json(), (item, problems: FieldProblem[]) => {
      const sent = shape(item, "", problems);
      if (sent?.color != null && (of !== "leads" || !tagColours.includes(sent.color.toUpperCase())))
        problems.push(fieldProblem("NotSupportedChoice", "color"));
      return sent;
    });
    const made = await writeItems(at.account, items, (pen, { name, color }) => pen.createTag(of, name.trim(), color?.toUpperCase()));
    return {
      body: {
        _total_items: made.length,
        _links: selfOf(at),
        _embedded: { tags: made.map(({ result, requestId }) => ({ ...result, request_id: requestId })) },
      },
    };
  };
}

import { type EntityType, entityTypes, type Link } from "../protocol.ts";
import type { LinkDraft } from "./account.ts";
import { readItems, writeItems } from "./batch.ts";
import { type At, type Handler, idAt, notFound, type Route, route } from "./http.ts";
import { given, Query, selfOf, wholeAnswer } from "./query.ts";
import { find } from "./records.ts";
import { anything, choice, flag, int, nullable, number, object, type ReadBy, required } from "./shape.ts";

/** What is tied to what. Source: crm_platform/entity-links-api */

export const linkRoutes: readonly Route[] = entityTypes.flatMap((of) => [
  route("GET", `/api/v4/${of}/{id}/links`, listLinks(of)),
  route("POST", `/api/v4/${of}/{id}/link`, link(of)),
  route("POST", `/api/v4/${of}/{id}/unlink`, unlink(of)),
  route("GET", `/api/v4/${of}/links`, listLinks(of)),
  route("POST", `/api/v4/${of}/link`, link(of)),
  route("POST", `/api/v4/${of}/unlink`, unlink(of)),
]);

const targets = [...entityTypes, "catalog_elements", "customers"] as const;
const shape = object({
  entity_id: int(1),
  to_entity_id: required(int(1)),
  to_entity_type: required(choice(targets)),
  metadata: nullable(
    object({ is_main: flag, main_contact: flag, quantity: number, catalog_id: int(1), price_id: nullable(int(1)), updated_by: anything }),
  ),
});

function listLinks(of: EntityType): Handler {
  return async (at) => {
    const query = new Query(at.query);
    const filter = query.below("filter");
    const ids = at.params.length > 0 ? [idAt(at)] : (filter?.ids("entity_id") ?? []);
    if (ids.length === 0) query.wrong("filter.entity_id", "FieldNotExpected", "Name the records: filter[entity_id][]=…");
    const type = filter?.text("to_entity_type");
    const to = filter?.ids("to_entity_id");
    const catalog = filter?.ids("to_catalog_id");
    query.done();
    await mustBeThere(at, of, ids);
    const links = (await at.account.links(of, ids)).filter(
      (one) =>
        (type === undefined || one.to_entity_type === type) &&
        (to === undefined || to.includes(one.to_entity_id)) &&
        (catalog === undefined || catalog.includes(Number(one.metadata?.["catalog_id"]))),
    );
    return wholeAnswer(
      at,
      "links",
      links.map((one) => written(one, at.params.length === 0)),
    );
  };
}

const written = ({ entity_id, entity_type, ...rest }: Link, isMass: boolean) => (isMass ? { entity_id, entity_type, ...rest } : rest);

async function mustBeThere(at: At, of: EntityType, ids: readonly number[]): Promise<void> {
  const { items } = await find(at.account, of, { page: 1, limit: Math.max(ids.length, 1), ids, with: new Set() });
  if (items.length < new Set(ids).size) throw notFound();
}

const readLinks = async (at: At, of: EntityType) => {
  const owner = at.params.length > 0 ? idAt(at) : undefined;
  const items = await readItems(at.json(), (item, problems) => {
    const sent = shape(item, "", problems);
    if (sent && owner === undefined && sent.entity_id === undefined) object({ entity_id: required(int(1)) })({}, "", problems);
    return sent && draftOf(of, owner ?? sent.entity_id ?? 0, sent);
  });
  await mustBeThere(
    at,
    of,
    items.map(({ draft }) => draft.entity_id),
  );
  return items;
};

const draftOf = (of: EntityType, id: number, { to_entity_id, to_entity_type, metadata }: ReadBy<typeof shape>): LinkDraft => ({
  ...{ entity_type: of, entity_id: id, to_entity_type, to_entity_id },
  ...given({
    is_main: metadata?.is_main ?? metadata?.main_contact,
    quantity: metadata?.quantity,
    catalog_id: metadata?.catalog_id,
    price_id: metadata?.price_id,
  }),
});

function link(of: EntityType): Handler {
  return async (at) => {
    const items = await readLinks(at, of);
    await writeItems(at.account, items, (pen, draft) => pen.link(draft));
    const wanted = new Set(items.map(({ draft }) => `${draft.entity_id} ${draft.to_entity_type} ${draft.to_entity_id}`));
    const ids = [...new Set(items.map(({ draft }) => draft.entity_id))];
    const links = (await at.account.links(of, ids)).filter((one) =>
      wanted.has(`${one.entity_id} ${one.to_entity_type} ${one.to_entity_id}`),
    );
    return { body: { _total_items: links.length, _links: selfOf(at), _embedded: { links: links.map((one) => written(one, true)) } } };
  };
}

function unlink(of: EntityType): Handler {
  return async (at) => {
    await writeItems(at.account, await readLinks(at, of), (pen, draft) => pen.unlink(draft));
    return undefined;
  };
}

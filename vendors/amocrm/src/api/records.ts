import type { Tree } from "@svyazka/wire";
import type { EntityType } from "../protocol.ts";
import type { Account, Found, Pen, RecordQuery } from "./account.ts";
import { idsOf, mustAllBeThere, mustHaveId, readItems, readOne, writeItems } from "./batch.ts";
import { choiceTypes } from "./field-drafts.ts";
import { type Answer, type At, type Handler, idAt, notFound, type Route, route } from "./http.ts";
import { given, linked, orderOf, pageAnswer, pagingOf, Query, selfOf, withOf } from "./query.ts";
import { type Drafts, type Items, readDraft } from "./record-shapes.ts";

/** `/api/v4/leads`, `/contacts`, `/companies`: list, one, batches. */

const orders: Readonly<Record<EntityType, readonly string[]>> = {
  leads: ["created_at", "updated_at", "id"],
  contacts: ["updated_at", "id", "created_at"],
  companies: ["updated_at", "id", "created_at"],
};

export const recordRoutes: readonly Route[] = (["leads", "contacts", "companies"] as const).flatMap((of) => [
  route("GET", `/api/v4/${of}`, listRecords(of)),
  route("POST", `/api/v4/${of}`, createRecords(of)),
  route("PATCH", `/api/v4/${of}`, updateRecords(of)),
  route("GET", `/api/v4/${of}/{id}`, oneRecord(of)),
  route("PATCH", `/api/v4/${of}/{id}`, updateRecord(of)),
]);

export const find = <K extends EntityType>(account: Account, of: K, query: RecordQuery): Promise<Found<Items[K]>> =>
  account[of](query) as Promise<Found<Items[K]>>;

export const create = <K extends EntityType>(pen: Pen, of: K, draft: Drafts[K]): Promise<number> =>
  of === "leads" ? pen.createLead(draft) : of === "contacts" ? pen.createContact(draft) : pen.createCompany(draft);

export const update = <K extends EntityType>(pen: Pen, of: K, id: number, draft: Drafts[K]): Promise<void> =>
  of === "leads" ? pen.updateLead(id, draft) : of === "contacts" ? pen.updateContact(id, draft) : pen.updateCompany(id, draft);

function listRecords(of: EntityType): Handler {
  return async (at) => {
    const query = await readRecordQuery(at, of);
    const found = await find(at.account, of, query);
    return pageAnswer(
      at,
      of,
      query,
      found,
      found.items.map((item) => linked(at, of, item, item.id)),
    );
  };
}

function oneRecord(of: EntityType): Handler {
  return async (at): Promise<Answer> => {
    const query = new Query(at.query);
    const {
      items: [item],
    } = await find(at.account, of, { page: 1, limit: 1, ids: [idAt(at)], with: withOf(query) });
    return item && { body: linked(at, of, item, item.id) };
  };
}

/** Throws `Refusal` for what cannot be filtered by. */
export async function readRecordQuery(at: At, of: EntityType): Promise<RecordQuery> {
  const query = new Query(at.query);
  const filter = query.below("filter");
  const bring = withOf(query);
  const read: RecordQuery = {
    ...pagingOf(query),
    ...orderOf(query, orders[of]),
    ...given({ query: query.text("query") || undefined }),
    ...(filter && (await readFilter(filter, of, at.account))),
    ...(bring.has("only_deleted") && { onlyDeleted: true }),
    with: bring,
  };
  query.done();
  return read;
}

async function readFilter(filter: Query, of: EntityType, account: Account): Promise<Partial<RecordQuery>> {
  const common = given({
    ids: filter.ids("id"),
    names: filter.texts("name"),
    responsible: filter.ids("responsible_user_id"),
    createdBy: filter.ids("created_by"),
    updatedBy: filter.ids("updated_by"),
    createdAt: filter.range("created_at", "from"),
    updatedAt: filter.range("updated_at", "from"),
    closestTaskAt: filter.range("closest_task_at", "from"),
    fields: await readFieldFilter(filter, of, account),
  });
  if (of !== "leads") return common;
  return {
    ...common,
    ...given({
      pipelines: filter.ids("pipeline_id"),
      statuses: readStatuses(filter),
      closedAt: filter.range("closed_at", "from"),
      ...readPrice(filter),
    }),
  };
}

/** One price, or a range. */
const readPrice = (filter: Query): Pick<RecordQuery, "price"> => {
  const value = filter.raw("price");
  const lone = typeof value === "object" && !("from" in value) && !("to" in value) ? filter.ids("price") : undefined;
  if (lone === undefined) return given({ price: filter.range("price") });
  if (lone.length !== 1) filter.wrong("price", "NotSupportedChoice", "One price, or a range: filter[price][from], filter[price][to].");
  const [price = 0] = lone;
  return { price: { from: price, to: price } };
};

function readStatuses(filter: Query): RecordQuery["statuses"] {
  const statuses = filter.below("statuses");
  return statuses?.names().flatMap((name) => {
    const pair = statuses.below(name);
    const pipeline_id = pair?.int("pipeline_id", 1, Number.MAX_SAFE_INTEGER);
    const status_id = pair?.int("status_id", 1, Number.MAX_SAFE_INTEGER);
    if (pipeline_id !== undefined && status_id !== undefined) return [{ pipeline_id, status_id }];
    statuses.wrong(name, "NotSupportedChoice", "A status is named by pipeline_id and status_id together.");
    return [];
  });
}

async function readFieldFilter(filter: Query, of: EntityType, account: Account): Promise<RecordQuery["fields"]> {
  const below = filter.below("custom_fields_values");
  if (!below) return undefined;
  const fields = await account.fields(of);
  return below.names().flatMap((name): NonNullable<RecordQuery["fields"]>[number][] => {
    const field = fields.find(({ id }) => String(id) === name);
    if (!field) {
      below.wrong(name, "NotSupportedChoice");
      below.raw(name);
      return [];
    }
    const value = below.raw(name);
    if (isRange(value)) {
      const range = below.range(name);
      return range ? [{ field, range }] : [];
    }
    const values = below.texts(name) ?? [];
    if (choiceTypes.has(field.type)) {
      const unknown = values.filter((one) => !(field.enums ?? []).some((option) => String(option.id) === one));
      if (unknown.length > 0) below.wrong(name, "NotSupportedChoice");
    }
    return [{ field, values }];
  });
}

const isRange = (value: Tree | string | undefined): boolean => typeof value === "object" && ("from" in value || "to" in value);

function createRecords(of: EntityType): Handler {
  return async (at) => {
    const items = await readItems(at.json(), (item, problems) => readDraft(at.account, of, item, problems));
    const made = await writeItems(at.account, items, (pen, draft) => create(pen, of, draft));
    return {
      body: {
        _links: selfOf(at),
        _embedded: { [of]: made.map(({ result, requestId }) => linked(at, of, { id: result, request_id: requestId }, result)) },
      },
    };
  };
}

function updateRecords(of: EntityType): Handler {
  return async (at) => {
    const items = await readItems(at.json(), async (item, problems) => {
      const draft = await readDraft(at.account, of, item, problems);
      mustHaveId(draft, problems);
      return draft;
    });
    const ids = idsOf(items);
    mustAllBeThere(items, await byIds(at, of, ids));
    await writeItems(at.account, items, (pen, { id, ...draft }) => update(pen, of, id ?? 0, draft));
    const after = await byIds(at, of, ids);
    return {
      body: {
        _links: selfOf(at),
        _embedded: {
          [of]: items.map(({ draft: { id = 0 }, requestId }) => linked(at, of, changed(of, after.get(id), id, requestId), id)),
        },
      },
    };
  };
}

async function byIds<K extends EntityType>(at: At, of: K, ids: readonly number[]): Promise<Map<number, Items[K]>> {
  const { items } = await find(at.account, of, { page: 1, limit: Math.max(ids.length, 1), ids, with: new Set() });
  return new Map(items.map((item) => [item.id, item]));
}

/** What a change answers: contacts and companies with their name. */
const changed = (of: EntityType, item: Items[EntityType] | undefined, id: number, requestId?: string) => ({
  id,
  ...(of !== "leads" && { name: item?.name ?? "" }),
  updated_at: item?.updated_at ?? 0,
  ...(requestId !== undefined && { request_id: requestId }),
});

function updateRecord(of: EntityType): Handler {
  return async (at) => {
    const id = idAt(at);
    const draft = await readOne(at.json(), (item, problems) => readDraft(at.account, of, item, problems));
    if (!(await byIds(at, of, [id])).has(id)) throw notFound();
    await at.account.write((pen) => update(pen, of, id, draft));
    return { body: linked(at, of, changed(of, (await byIds(at, of, [id])).get(id), id), id) };
  };
}

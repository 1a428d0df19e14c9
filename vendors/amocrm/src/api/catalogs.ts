import { type Catalog, type CatalogElement, type FieldProblem, fieldProblem } from "../protocol.ts";
import type { CatalogDraft, ElementDraft, ElementQuery } from "./account.ts";
import { type Item, idsOf, mustAllBeThere, mustHaveId, readItems, readOne, writeItems } from "./batch.ts";
import { fieldValues, readFieldValues } from "./field-drafts.ts";
import { type Answer, type At, type Handler, idAt, notFound, type Route, refuse, route } from "./http.ts";
import { given, linked, orderOf, pageAnswer, pagingOf, Query, selfOf } from "./query.ts";
import { anything, choice, flag, int, object, type ReadBy, text } from "./shape.ts";

/** Lists of goods and the like, and what is in them. Source: crm_platform/catalogs-api */

export const catalogRoutes: readonly Route[] = [
  route("GET", "/api/v4/catalogs", listCatalogs),
  route("POST", "/api/v4/catalogs", createCatalogs),
  route("PATCH", "/api/v4/catalogs", updateCatalogs),
  route("GET", "/api/v4/catalogs/{id}", oneCatalog),
  route("PATCH", "/api/v4/catalogs/{id}", updateCatalog),
  route("GET", "/api/v4/catalogs/{id}/elements", listElements),
  route("POST", "/api/v4/catalogs/{id}/elements", createElements),
  route("PATCH", "/api/v4/catalogs/{id}/elements", updateElements),
  route("GET", "/api/v4/catalogs/{id}/elements/{id}", oneElement),
  route("PATCH", "/api/v4/catalogs/{id}/elements/{id}", updateElement),
];

/** The most an account may have. */
const most = 10;

/** Clients that change what they have read send these back as they were. */
const asRead = {
  account_id: anything,
  created_by: anything,
  updated_by: anything,
  created_at: anything,
  updated_at: anything,
  request_id: anything,
};
const catalogShape = object({
  ...asRead,
  id: int(1),
  name: text(255, 1),
  type: choice(["regular", "invoices", "products"]),
  sort: int(0, 100_000),
  can_add_elements: flag,
  can_show_in_cards: flag,
  can_link_multiple: flag,
  can_be_deleted: anything,
  sdk_widget_code: anything,
});
const elementShape = object({
  ...asRead,
  id: int(1),
  name: text(255, 1),
  custom_fields_values: fieldValues,
  catalog_id: anything,
  is_deleted: anything,
  invoice_link: anything,
  _embedded: anything,
});

function readCatalog(sent: unknown, problems: FieldProblem[], isNew = false): (CatalogDraft & { readonly id?: number }) | undefined {
  const item = catalogShape(sent, "", problems);
  if (!item) return undefined;
  if (isNew && item.name === undefined) problems.push(fieldProblem("FieldMissing", "name"));
  const { id, name, type, sort, can_add_elements, can_show_in_cards, can_link_multiple } = item;
  return given({ ...{ id, name, sort, can_add_elements, can_show_in_cards, can_link_multiple }, type: isNew ? type : undefined });
}

const writtenCatalog = (at: At, catalog: Catalog) => linked(at, "catalogs", catalog, catalog.id);

async function listCatalogs(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const paging = pagingOf(query);
  query.done();
  const all = await at.account.catalogs();
  const items = all.slice((paging.page - 1) * paging.limit, paging.page * paging.limit);
  const found = { items, hasMore: all.length > paging.page * paging.limit };
  return pageAnswer(
    at,
    "catalogs",
    paging,
    found,
    items.map((catalog) => writtenCatalog(at, catalog)),
  );
}

const findCatalog = async (at: At): Promise<Catalog | undefined> => (await at.account.catalogs()).find(({ id }) => id === idAt(at));

async function oneCatalog(at: At): Promise<Answer> {
  const catalog = await findCatalog(at);
  return catalog && { body: writtenCatalog(at, catalog) };
}

const catalogsAnswer = async (at: At, done: readonly { readonly id: number; readonly requestId: string }[]): Promise<Answer> => {
  const all = await at.account.catalogs();
  const catalogs = done.flatMap(({ id, requestId }) => {
    const catalog = all.find((one) => one.id === id);
    return catalog ? [{ ...writtenCatalog(at, catalog), request_id: requestId }] : [];
  });
  return { body: { _links: selfOf(at), _embedded: { catalogs } } };
};

async function createCatalogs(at: At): ReturnType<Handler> {
  const items = await readItems(at.json(), (item, problems) => readCatalog(item, problems, true));
  if ((await at.account.catalogs()).length + items.length > most)
    refuse([fieldProblem("TooManyItems", "", `There may be ${most} catalogs.`)]);
  const made = await writeItems(at.account, items, (pen, draft) => pen.createCatalog(draft));
  return catalogsAnswer(
    at,
    made.map(({ result: id, requestId }) => ({ id, requestId })),
  );
}

async function updateCatalogs(at: At): ReturnType<Handler> {
  const items = await readItems(at.json(), (item, problems) => {
    const draft = readCatalog(item, problems);
    mustHaveId(draft, problems);
    return draft;
  });
  mustAllBeThere(items, new Set((await at.account.catalogs()).map(({ id }) => id)));
  await writeItems(at.account, items, (pen, { id, ...draft }) => pen.updateCatalog(id ?? 0, draft));
  return catalogsAnswer(at, named(items));
}

const named = (items: readonly Item<{ readonly id?: number }>[]) => items.map(({ draft: { id = 0 }, requestId }) => ({ id, requestId }));

async function updateCatalog(at: At): ReturnType<Handler> {
  const { id: _, ...draft } = await readOne(at.json(), (item, problems) => readCatalog(item, problems));
  if (!(await findCatalog(at))) throw notFound();
  await at.account.write((pen) => pen.updateCatalog(idAt(at), draft));
  return oneCatalog(at);
}

async function readElement(
  at: At,
  sent: unknown,
  problems: FieldProblem[],
  isNew = false,
): Promise<(ElementDraft & { readonly id?: number }) | undefined> {
  const item: ReadBy<typeof elementShape> | undefined = elementShape(sent, "", problems);
  if (!item) return undefined;
  const { id, name, custom_fields_values: values } = item;
  if (isNew && name === undefined) problems.push(fieldProblem("FieldMissing", "name"));
  const fields = await readFieldValues(at.account, { catalog: idAt(at) }, values, "custom_fields_values", problems);
  return given({ id, name, fields });
}

const writtenElement = (at: At, element: CatalogElement, bring: ReadonlySet<string>) =>
  linked(
    at,
    `catalogs/${element.catalog_id}/elements`,
    { ...element, ...(bring.has("invoice_link") && { invoice_link: null }) },
    element.id,
  );

const nothing: ReadonlySet<string> = new Set();

async function listElements(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const filter = query.below("filter");
  const bring = new Set(query.texts("with") ?? []);
  const read: ElementQuery = {
    catalog: idAt(at),
    ...pagingOf(query),
    ...orderOf(query, ["id"]),
    ...given({ ids: filter?.ids("id"), query: query.text("query") || undefined }),
  };
  query.done();
  if (!(await findCatalog(at))) return undefined;
  const found = await at.account.elements(read);
  return pageAnswer(
    at,
    "elements",
    read,
    found,
    found.items.map((element) => writtenElement(at, element, bring)),
  );
}

async function byIds(at: At, ids: readonly number[]): Promise<Map<number, CatalogElement>> {
  if (!(await findCatalog(at))) throw notFound();
  const { items } = await at.account.elements({ catalog: idAt(at), page: 1, limit: Math.max(ids.length, 1), ids });
  return new Map(items.map((element) => [element.id, element]));
}

async function oneElement(at: At): Promise<Answer> {
  const bring = new Set(new Query(at.query).texts("with") ?? []);
  if (!(await findCatalog(at))) return undefined;
  const element = (await byIds(at, [idAt(at, 1)])).get(idAt(at, 1));
  return element && { body: writtenElement(at, element, bring) };
}

async function elementsAnswer(at: At, done: readonly { readonly id: number; readonly requestId: string }[]): Promise<Answer> {
  const all = await byIds(
    at,
    done.map(({ id }) => id),
  );
  const elements = done.flatMap(({ id, requestId }) => {
    const element = all.get(id);
    return element ? [{ ...writtenElement(at, element, nothing), request_id: requestId }] : [];
  });
  return { body: { _links: selfOf(at), _embedded: { elements } } };
}

async function createElements(at: At): ReturnType<Handler> {
  if (!(await findCatalog(at))) throw notFound();
  const items = await readItems(at.json(), (item, problems) => readElement(at, item, problems, true));
  const made = await writeItems(at.account, items, (pen, draft) => pen.createElement(idAt(at), draft));
  return elementsAnswer(
    at,
    made.map(({ result: id, requestId }) => ({ id, requestId })),
  );
}

async function updateElements(at: At): ReturnType<Handler> {
  if (!(await findCatalog(at))) throw notFound();
  const items = await readItems(at.json(), async (item, problems) => {
    const draft = await readElement(at, item, problems);
    mustHaveId(draft, problems);
    return draft;
  });
  mustAllBeThere(items, await byIds(at, idsOf(items)));
  await writeItems(at.account, items, (pen, { id, ...draft }) => pen.updateElement(idAt(at), id ?? 0, draft));
  return elementsAnswer(at, named(items));
}

async function updateElement(at: At): ReturnType<Handler> {
  const id = idAt(at, 1);
  if (!(await byIds(at, [id])).has(id)) throw notFound();
  const { id: _, ...draft } = await readOne(at.json(), (item, problems) => readElement(at, item, problems));
  await at.account.write((pen) => pen.updateElement(idAt(at), id, draft));
  return oneElement(at);
}

import { Invalid, type MoveFinding, NotFound, type OwnCrm } from "@svyazka/core";
import { fieldValues, readFieldValues } from "../api/field-drafts.ts";
import type { CatalogElement, FieldProblem, Lead } from "../protocol.ts";
import { readCatalogBook, readValues } from "../served/fields.ts";
import { stampsOf } from "../served/pen.ts";
import { moment, seconds } from "../served/times.ts";
import { type Brought, bringPage, writeWhatFits } from "./brought.ts";
import { type FieldHome, fieldIn } from "./fields-in.ts";
import { type Ground, passageIn, said } from "./ground.ts";
import { perPage, readHere } from "./here.ts";
import { passElement, passRecord } from "./local.ts";
import { usersOf } from "./strangers.ts";
import type { Theirs } from "./theirs.ts";

/** Lists of goods and the like, what is in them, and how many of it stand on deals. */

const homeOf = ({ catalogFields }: OwnCrm, catalog: number): FieldHome => ({
  list: () => catalogFields.list(catalog),
  create: (draft) => catalogFields.create(catalog, draft),
  update: (id, changes) => catalogFields.update(catalog, id, changes),
});

export async function catalogsIn(ground: Ground, found: MoveFinding[]): Promise<void> {
  for (const catalog of ground.theirs.catalogs) {
    const refuse = (id: number, words: string, kind: "catalog" | "field" = "catalog") =>
      found.push({ what: "refused", kind, id: String(id), words: said(words) });
    try {
      const id = await catalogIn(ground, catalog);
      for (const field of catalog.fields)
        await fieldIn(ground, homeOf(ground.crm, id), field).catch((error: unknown) => {
          if (!(error instanceof Invalid)) throw error;
          refuse(field.id, error.message, "field");
        });
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      refuse(catalog.id, error.message);
    }
  }
}

/** Of goods and of invoices there is one at most: it is the same one. */
async function catalogIn({ crm, ids }: Ground, catalog: Theirs["catalogs"][number]): Promise<number> {
  const { id, name, type, sort, can_add_elements, can_link_multiple, can_show_in_cards, created_at } = catalog;
  const here = await crm.catalogs.list();
  const known = ids.get("catalog", id);
  const row =
    known === undefined
      ? (here.find((one) => one.id === id && one.name === name) ?? here.find(({ kind }) => kind !== "regular" && kind === type))
      : here.find((one) => one.id === known);
  const draft = { name, position: sort, isShared: can_link_multiple, served: { can_add_elements, can_show_in_cards } };
  if (row) await crm.catalogs.update(row.id, draft);
  const create = (own?: number) => crm.catalogs.create({ ...draft, id: own, kind: type, createdAt: moment(created_at) });
  const kept =
    row?.id ??
    (await create(id).catch((error: unknown) => {
      if (error instanceof Invalid && "id" in error.fields) return create();
      throw error;
    }));
  await ids.keep("catalog", [[id, kept]]);
  return kept;
}

export async function elementsIn(ground: Ground, catalog: number, items: readonly CatalogElement[]): Promise<MoveFinding[]> {
  const own = ground.ids.get("catalog", catalog);
  // The catalog itself was refused, which is told.
  if (own === undefined) return [];
  const found = await usersOf(
    ground,
    items.map((item) => ({ ...item, responsible_user_id: 0 })),
  );
  const { account } = await readHere(ground.crm, ground.workspace, ground.kit);
  const book = await readCatalogBook(ground.crm, own, account.id);
  const draftOf = async (item: CatalogElement, told: MoveFinding[]) => {
    const { name, custom_fields_values, created_by, updated_by, created_at, updated_at } = passElement(item, passageIn(ground));
    const sent = (custom_fields_values ?? []).map(({ field_id, values }) => ({ field_id, values: values ?? [] }));
    const problems: FieldProblem[] = [];
    const read = fieldValues(sent, "custom_fields_values", problems);
    const fields = (await readFieldValues(account, { catalog: own }, read, "custom_fields_values", problems)) ?? [];
    for (const { path, detail } of problems) {
      const { field_id, values } = sent[Number(path.split(".")[1])] ?? {};
      told.push({
        ...{ what: "refused", kind: "element", id: String(item.id), member: `custom_fields_values.${field_id}` },
        ...{ there: JSON.stringify(values), words: said(detail) },
      });
    }
    return { name, ...readValues(book, fields, ground.workspace), ...stampsOf({ created_by, updated_by, created_at, updated_at }) };
  };
  const brought: Brought<CatalogElement> = {
    ...{ kind: "element", idKind: "element" },
    here: async (ids) => (await ground.crm.elements.list({ ids, limit: perPage, deleted: true })).items,
    freeId: async () => ((await ground.crm.elements.list({ limit: 1, sort: "-id", deleted: true })).items[0]?.id ?? 0) + 1,
    async create(crm, id, item, told) {
      const draft = { ...(await draftOf(item, told)), id };
      await writeWhatFits({ kind: "element", id: item.id, found: told }, draft, (fit) => crm.elements.create(own, fit));
    },
    async update(crm, id, item, told) {
      await writeWhatFits({ kind: "element", id: item.id, found: told }, await draftOf(item, told), (fit) => crm.elements.update(id, fit));
    },
  };
  return [...found, ...(await bringPage(ground, items, brought))];
}

/** What stands on these leads. It is a change of the deal here, which says afterwards when it was changed there. */
export async function goodsIn(ground: Ground, leads: readonly Lead[]): Promise<MoveFinding[]> {
  const { crm } = ground;
  const found: MoveFinding[] = [];
  const passed = leads.map((lead) => passRecord("leads", lead, passageIn(ground)));
  const here = await crm.dealElements.list(passed.map(({ id }) => id));
  const withGoods = passed.filter(
    ({ id, _embedded }) => (_embedded.catalog_elements ?? []).length > 0 || here.some(({ deal }) => deal === id),
  );
  if (withGoods.length === 0) return found;
  const deals = new Map(
    (await crm.deals.list({ ids: withGoods.map(({ id }) => id), limit: perPage })).items.map((deal) => [deal.id, deal]),
  );
  for (const { id, updated_at, updated_by, _embedded } of withGoods) {
    const deal = deals.get(id);
    // Not here, or changed here since.
    if (!deal || seconds(deal.updatedAt) > updated_at) continue;
    const wanted = _embedded.catalog_elements ?? [];
    const own = here.filter((one) => one.deal === id);
    const gone = own.filter(({ element }) => !wanted.some((one) => one.id === element));
    const come = wanted.filter(
      ({ id: element, metadata }) =>
        !own.some((one) => one.element === element && one.quantity === metadata.quantity && one.priceField === (metadata.price_id ?? null)),
    );
    if (gone.length + come.length === 0) continue;
    await crm.transaction(async (crm) => {
      for (const { element } of gone) await crm.dealElements.remove(id, element);
      for (const { id: element, metadata } of come) {
        try {
          await crm.dealElements.put(id, element, { quantity: metadata.quantity, priceField: metadata.price_id ?? null });
        } catch (error) {
          if (!(error instanceof Invalid || error instanceof NotFound)) throw error;
          found.push({ what: "refused", kind: "deal", id: String(id), member: `catalog_elements.${element}`, words: said(error.message) });
        }
      }
      await crm.deals.update(id, { updatedAt: moment(updated_at), updatedBy: updated_by === 0 ? null : updated_by });
    });
  }
  return found;
}

import { type Item, listOf, mapOf, type ObjectName, objectTypes, readItem } from "../protocol.ts";
import { BitrixNotFound, BitrixUnavailable } from "./errors.ts";
import type { Params, Transport } from "./transport.ts";

/** Objects of the CRM, by the methods that are one for all of them. Source: api-reference/crm/universal */

export interface Items {
  /** Throws `BitrixNotFound`. */
  get(id: number): Promise<Item>;
  find(id: number): Promise<Item | undefined>;
  /** There is no key to it: whoever tries again looks for `originId` first. */
  add(fields: Params): Promise<Item>;
  update(id: number, fields: Params): Promise<Item>;
  /** One page of fifty at most, without counting how many there are. */
  page(query: { readonly filter?: Params; readonly order?: Params; readonly select?: readonly string[] }): Promise<readonly Item[]>;
  /** All that fit, by their ids. */
  all(filter: Params): AsyncGenerator<Item>;
}

/** As many as a page holds, for ever. */
export const pageSize = 50;

/** Phones and e-mails come with all fields only. Source: crm.item.list, `fm` */
const everything = ["*"];

export function itemsOf({ ask }: Transport, of: ObjectName): Items {
  const entityTypeId = objectTypes[of];
  // Fields of the portal's own are called as everywhere else: UF_CRM_SIZE.
  const always = { entityTypeId, useOriginalUfNames: "Y" };
  const one = async (method: string, params: Params, isWrite: boolean): Promise<Item> => {
    const { result } = await ask(method, { ...always, ...params }, { isWrite });
    const item = readItem(mapOf(result)["item"]);
    if (!item) throw new BitrixUnavailable("the answer holds no item", { method, status: 200 }, isWrite);
    return item;
  };
  async function page({ filter = {}, order = { id: "ASC" }, select = everything }: Parameters<Items["page"]>[0]): Promise<readonly Item[]> {
    const { result } = await ask("crm.item.list", { ...always, filter, order, select, start: -1 });
    return listOf(mapOf(result)["items"]).flatMap((raw) => readItem(raw) ?? []);
  }
  const get = (id: number): Promise<Item> => one("crm.item.get", { id }, false);
  return {
    get,
    page,
    async find(id) {
      try {
        return await get(id);
      } catch (error) {
        if (error instanceof BitrixNotFound) return undefined;
        throw error;
      }
    },
    add: (fields) => one("crm.item.add", { fields }, true),
    update: (id, fields) => one("crm.item.update", { id, fields }, true),
    async *all(filter) {
      for (let last = 0; ; ) {
        const items = await page({ filter: { ...filter, ">id": last } });
        yield* items;
        const next = items.at(-1);
        if (items.length < pageSize || !next) return;
        last = next.id;
      }
    },
  };
}

import type { OwnDealElement } from "@svyazka/core";
import { sql as raw } from "kysely";
import type { By, Reader } from "./by.ts";
import { applyChange, changedLine } from "./change.ts";
import { Invalid } from "./errors.ts";
import { run } from "./page.ts";
import { seenInList } from "./record-access.ts";
import { getRow } from "./records.ts";
import type { Sql } from "./sql.ts";

/** Elements of catalogs on deals: how many of each. */

/** Of those deals that the reader sees. */
export async function listDealElements(sql: Sql, deals: readonly number[], { sees }: Reader): Promise<OwnDealElement[]> {
  const seen = seenInList(sql.workspace, "deal", sees).map((part) => raw` and ${part}`);
  return run<OwnDealElement>(
    sql,
    raw`select l.deal, l.element, e.catalog, l.quantity, l.price_field as "priceField" from crm.deal_element l
      join crm.element e on e.workspace = ${sql.workspace} and e.id = l.element
      join crm.deal r on r.workspace = ${sql.workspace} and r.id = l.deal
      where l.workspace = ${sql.workspace} and l.deal = any(${deals}::bigint[])${raw.join(seen, raw``)} order by l.deal, l.element`,
  );
}

interface Amount {
  readonly quantity?: number | undefined;
  readonly priceField?: number | null | undefined;
}

/** As many as is said, however many there were. Throws `NotFound` for the deal, `Invalid` for the element or the quantity. */
export const putDealElement = (sql: Sql, deal: number, element: number, { quantity, priceField }: Amount, by: By): Promise<void> =>
  changing(sql, deal, by, async (sql) => {
    const [found] = await run<{ isShared: boolean; isTaken: boolean }>(
      sql,
      raw`select c.is_shared as "isShared", exists (
            select from crm.deal_element l where l.workspace = ${sql.workspace} and l.element = e.id and l.deal <> ${deal}) as "isTaken"
          from crm.element e join crm.catalog c on c.workspace = ${sql.workspace} and c.id = e.catalog and c.deleted_at is null
          where e.workspace = ${sql.workspace} and e.id = ${element} and e.deleted_at is null for update of e`,
    );
    if (!found) throw new Invalid({ element: [`there is no element ${element}`] });
    if (found.isTaken && !found.isShared) throw new Invalid({ element: ["already stands on another deal, and may stand on one only"] });
    if (quantity !== undefined && !(Number.isFinite(quantity) && quantity > 0 && quantity <= 1e12))
      throw new Invalid({ quantity: ["must be more than 0"] });
    await run(
      sql,
      raw`insert into crm.deal_element as l (workspace, deal, element, quantity, price_field)
        values (${sql.workspace}, ${deal}, ${element}, ${quantity ?? 1}, ${priceField ?? null})
        on conflict (workspace, deal, element) do update set quantity = coalesce(${quantity ?? null}::float8, l.quantity),
          price_field = case when ${priceField !== undefined} then ${priceField ?? null}::bigint else l.price_field end`,
    );
  });

/** Nothing to do when it does not stand there. Throws `NotFound` for the deal. */
export const removeDealElement = (sql: Sql, deal: number, element: number, by: By): Promise<void> =>
  changing(sql, deal, by, async (sql) => {
    await run(sql, raw`delete from crm.deal_element where workspace = ${sql.workspace} and deal = ${deal} and element = ${element}`);
  });

/** What comes of it is a change of the deal, and stands in its timeline. */
const changing = (sql: Sql, deal: number, by: By, work: (sql: Sql) => Promise<void>): Promise<void> =>
  sql.transaction(async (sql) => {
    await getRow(sql, "deal", raw`r.id`, deal, by, "lock");
    const before = await shown(sql, deal);
    await work(sql);
    await applyChange(
      sql,
      "deal",
      deal,
      { columns: {}, lines: changedLine({ elements: before }, { elements: await shown(sql, deal) }) },
      by,
    );
  });

/** As people read them: `Яблоки × 2`. */
const shown = (sql: Sql, deal: number): Promise<{ readonly id: number; readonly value: string }[]> =>
  run(
    sql,
    raw`select e.id, e.name || ' × ' || l.quantity as value from crm.deal_element l join crm.element e on e.workspace = ${sql.workspace} and e.id = l.element
      where l.workspace = ${sql.workspace} and l.deal = ${deal} order by e.id`,
  );

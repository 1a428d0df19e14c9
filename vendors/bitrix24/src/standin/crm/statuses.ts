import { type Call, type Methods, Page, type Params } from "../call.ts";
import { mapOf, numberParam, paramOf } from "../params.ts";
import type { Category } from "../portal.ts";
import { matches, pageOf, sorted } from "./filters.ts";

/** Pipelines, stages, sources, the mode and the currency. */
export const statusMethods: Methods = {
  "crm.category.list": { scope: "crm", run: categories },
  "crm.status.list": { scope: "crm", run: statuses },
  "crm.settings.mode.get": { scope: "crm", run: ({ portal }) => portal.state.mode },
  "crm.currency.base.get": { scope: "crm", run: () => "RUB" },
  "crm.currency.list": { scope: "crm", run: () => currencies },
};

function categories(call: Call) {
  const entityTypeId = numberParam(call, "entityTypeId");
  const rows = [...call.portal.state.categories.values()].filter((one) => one.entityTypeId === entityTypeId);
  return pageOf(rows, paramOf(call, "start"), (page) => ({ categories: page.map(shown) }));
}

/** The first pipeline of deals has no origin in the documents' example. */
const shown = (category: Category): Params => (category.id === 0 ? { ...category } : { ...category, originId: "", originatorId: "" });

function statuses(call: Call) {
  const value = (row: object, field: string): unknown => (row as Params)[field];
  const filter = mapOf(paramOf(call, "filter"));
  const found = call.portal.state.statuses.filter((row) => matches(row, filter, { nested: false, value }));
  const rows = sorted(found, mapOf(paramOf(call, "order")), value, "SORT");
  // All of them come at once: the method has no pages.
  return new Page(rows, rows.length, undefined);
}

/** Source: api-reference/crm/currency/crm-currency-list */
const currencies = (
  [
    ["RUB", "Российский рубль", "Y"],
    ["USD", "Доллар США", "N"],
  ] as const
).map(([CURRENCY, FULL_NAME, BASE], index) => ({
  ...{
    CURRENCY,
    BASE,
    AMOUNT_CNT: "1",
    AMOUNT: BASE === "Y" ? "1.0000" : "90.0000",
    SORT: String((index + 1) * 100),
    LID: "ru",
    FULL_NAME,
  },
  ...{ FORMAT_STRING: "#", DEC_POINT: ".", THOUSANDS_SEP: "&nbsp;", DECIMALS: "2", DATE_UPDATE: "2026-01-01T03:00:00+03:00" },
}));

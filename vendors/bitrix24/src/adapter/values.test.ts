import { expect, it } from "vitest";
import type { UserField } from "../client.ts";
import { placeValues } from "./values.ts";

const price: UserField = { code: "UF_CRM_PRICE", name: "Цена", type: "money", isMultiple: false, options: [] };

it("takes money for the portal's own, unless its currency is said", () => {
  const setup = { currency: "KZT", fields: { contact: [], company: [], deal: [price], lead: [] } };
  const placed = (text: string) => placeValues({ uf_crm_price: text }, setup, "deal", { timeZone: "Asia/Almaty" }).values;
  expect(placed("1500,50")).toEqual({ UF_CRM_PRICE: "1500.5|KZT" });
  expect(placed("1500 usd")).toEqual({ UF_CRM_PRICE: "1500|USD" });
});

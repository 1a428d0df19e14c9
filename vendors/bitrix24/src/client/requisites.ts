import { listOf, mapOf, numberIn, textIn } from "../protocol.ts";
import { BitrixUnavailable } from "./errors.ts";
import type { Transport } from "./transport.ts";

/** Legal details of companies: where the taxpayer's number stands. Source: api-reference/crm/requisites */

const companyType = 4;

export interface Requisite {
  readonly id: number;
  readonly company: number;
  readonly inn?: string;
  readonly kpp?: string;
}

export function requisitesOf({ ask }: Transport) {
  async function list(filter: Readonly<Record<string, unknown>>): Promise<Requisite[]> {
    const { result } = await ask("crm.requisite.list", {
      filter: { ENTITY_TYPE_ID: companyType, ...filter },
      select: ["ID", "ENTITY_ID", "RQ_INN", "RQ_KPP"],
      order: { ID: "ASC" },
      start: -1,
    });
    return listOf(result).flatMap((raw) => {
      const row = mapOf(raw);
      const [id, company] = [numberIn(row, "ID"), numberIn(row, "ENTITY_ID")];
      const [inn, kpp] = [textIn(row, "RQ_INN"), textIn(row, "RQ_KPP")];
      return id === undefined || company === undefined
        ? []
        : [{ id, company, ...(inn !== undefined && { inn }), ...(kpp !== undefined && { kpp }) }];
    });
  }
  return {
    /** The first of each. */
    of: (companies: readonly number[]): Promise<Requisite[]> =>
      companies.length === 0 ? Promise.resolve([]) : list({ "@ENTITY_ID": companies }),
    byInn: (inn: string): Promise<Requisite[]> => list({ RQ_INN: inn }),
    async add(
      company: number,
      preset: number,
      name: string,
      fields: { readonly RQ_INN?: string; readonly RQ_KPP?: string },
    ): Promise<number> {
      const method = "crm.requisite.add";
      const { result } = await ask(
        method,
        { fields: { ENTITY_TYPE_ID: companyType, ENTITY_ID: company, PRESET_ID: preset, NAME: name, ...fields } },
        { isWrite: true },
      );
      const id = numberIn({ result }, "result");
      if (id === undefined) throw new BitrixUnavailable("the answer holds no id", { method, status: 200 }, true);
      return id;
    },
    async update(id: number, fields: { readonly RQ_INN?: string; readonly RQ_KPP?: string }): Promise<void> {
      await ask("crm.requisite.update", { id, fields }, { isWrite: true });
    },
    /** The form to be filled in: of an organisation, where there is one. */
    async preset(): Promise<number | undefined> {
      const { result } = await ask("crm.requisite.preset.list", { select: ["ID", "NAME", "ACTIVE", "XML_ID"], order: { SORT: "ASC" } });
      const rows = listOf(result).map(mapOf);
      const company = rows.find((row) => /COMPANY|LEGALENTITY/i.test(textIn(row, "XML_ID") ?? "")) ?? rows[0];
      return company && numberIn(company, "ID");
    },
  };
}
export type Requisites = ReturnType<typeof requisitesOf>;

import * as contract from "@svyazka/contract";
import * as crm from "@svyazka/crm";
import { importLinks } from "../../imports/links.ts";
import { withTable } from "../../imports/spool.ts";
import type { Download } from "../download.ts";
import { type Caller, type Implementation, implement } from "../implement.ts";
import { csv } from "./csv.ts";
import { companyFilter, contactFilter, dealFilter } from "./record-routes.ts";
import { answerPage, by, reader } from "./requests.ts";

/** Tells the processes that there is an import to work on. */
export type WakeImporters = (sql: crm.Sql) => Promise<void>;

const owner = (caller: Caller) => ({ ...reader(caller), user: caller.userId });

function writeImport({ columns, rows, counts, createdAt, updatedAt, settings, byUser: _, ...rest }: crm.Import): contract.ImportShape {
  return {
    ...rest,
    rows,
    columns: columns.map(({ name, samples }, index) => ({ name, samples: [...samples], suggestion: settings.columns?.[index] ?? null })),
    settings: {
      columns: [...(settings.columns ?? [])],
      duplicates: settings.duplicates ?? "update_empty",
      pipeline: settings.pipeline ?? null,
      stage: settings.stage ?? null,
      connection: settings.connection ?? null,
      responsible: settings.responsible ?? null,
      tags: [...(settings.tags ?? [])],
    },
    progress: { done: Object.values(counts).reduce((sum, count) => sum + count, 0), ...counts },
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}

/** The types of the contract know of no files. */
const file = (download: Download): undefined => download as unknown as undefined;

async function* reportOf(sql: crm.Sql, one: crm.Import, outcome: crm.RowOutcome | undefined): AsyncGenerator<readonly string[]> {
  yield [...one.columns.map(({ name }) => name), "outcome", "detail", "contact", "company", "deal"];
  let cursor: string | undefined;
  do {
    const page = await crm.listImportRows(sql, one.id, { limit: 500, cursor, outcome });
    for (const { cells, outcome, detail, contact, company, deal } of page.items) {
      const ids = [contact, company, deal].map((id) => (id === null ? "" : String(id)));
      yield [...one.columns.map((_, index) => crm.bareCell(cells[index] ?? "")), outcome ?? "", detail ?? "", ...ids];
    }
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

export function importRoutes(wake: WakeImporters): readonly Implementation[] {
  const moved = async (sql: crm.Sql, id: number, caller: Caller, from: readonly crm.ImportState[], to: crm.ImportState) => {
    await crm.moveImport(sql, id, from, to, owner(caller));
    if (to === "running" || to === "undoing") await wake(sql);
    return writeImport(await crm.getImport(sql, id, owner(caller)));
  };
  return [
    implement(contract.listImportTargets, async ({ sql }) => ({ items: [...(await crm.targetsOf(sql))], next_cursor: null })),
    implement(contract.listImports, async ({ query: { limit = 50, cursor }, caller, sql }) =>
      answerPage(await crm.listImports(sql, { limit, cursor }, owner(caller)), writeImport),
    ),
    implement(contract.getImport, async ({ params, caller, sql }) => writeImport(await crm.getImport(sql, params.id, owner(caller)))),
    implement(contract.createImport, async ({ query, caller, sql, request }) => {
      const id = await withTable(request, (name, table) => crm.takeTable(sql, query.name ?? name ?? "table", table, by(caller)));
      return writeImport(await crm.getImport(sql, id, owner(caller)));
    }),
    implement(contract.updateImport, async ({ params, body, caller, sql }) => {
      await crm.changeImport(sql, params.id, body, owner(caller));
      return writeImport(await crm.getImport(sql, params.id, owner(caller)));
    }),
    implement(contract.previewImport, async ({ params, query: { limit = 20 }, caller, sql }) => {
      const { settings } = await crm.getImport(sql, params.id, owner(caller));
      const context = await crm.importContext(sql, settings, caller.workspace, importLinks(settings.connection));
      const { items } = await crm.listImportRows(sql, params.id, { limit });
      const rows: contract.PreviewRowShape[] = [];
      for (const row of items) rows.push({ n: row.n, ...(await crm.previewRow(sql, row.cells, context, by(caller))) });
      return { items: rows, next_cursor: null };
    }),
    implement(contract.runImport, async ({ params, caller, sql }) => moved(sql, params.id, caller, ["new", "cancelled"], "running")),
    implement(contract.cancelImport, async ({ params, caller, sql }) => moved(sql, params.id, caller, ["running"], "cancelled")),
    implement(contract.undoImport, async ({ params, caller, sql }) => moved(sql, params.id, caller, ["done", "cancelled"], "undoing")),
    implement(contract.listImportRows, async ({ params, query: { limit = 50, cursor, outcome }, caller, sql }) => {
      await crm.getImport(sql, params.id, owner(caller));
      return answerPage(await crm.listImportRows(sql, params.id, { limit, cursor, outcome }), ({ cells, ...row }) => ({
        ...row,
        cells: [...cells],
      }));
    }),
    implement(contract.importReport, async ({ params, query, caller, sql }) => {
      const one = await crm.getImport(sql, params.id, owner(caller));
      return file(csv("report.csv", reportOf(sql, one, query.outcome), query.delimiter));
    }),
    implement(contract.exportContacts, async ({ query, caller, sql }) =>
      file(
        csv(
          "contacts.csv",
          crm.exportContacts(sql, contactFilter(query, caller), reader(caller), caller.workspace.language),
          query.delimiter,
        ),
      ),
    ),
    implement(contract.exportCompanies, async ({ query, caller, sql }) =>
      file(
        csv(
          "companies.csv",
          crm.exportCompanies(sql, companyFilter(query, caller), reader(caller), caller.workspace.language),
          query.delimiter,
        ),
      ),
    ),
    implement(contract.exportDeals, async ({ query, caller, sql }) =>
      file(csv("deals.csv", crm.exportDeals(sql, dealFilter(query), reader(caller), caller.workspace.language), query.delimiter)),
    ),
  ];
}

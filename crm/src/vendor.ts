import { LoginNeeded, type Vendor } from "@svyazka/core";
import { crmPort } from "./port.ts";
import type { Database } from "./sql.ts";

const settings = {} as const;

/** The built-in CRM, plugged in as every other vendor is. */
export const builtinCrm = (database: Database): Vendor<typeof settings> => ({
  id: "crm",
  title: { ru: "Встроенная CRM", en: "Built-in CRM" },
  settings,
  connect({ id, workspace }, kit) {
    const sql = database.in(workspace.id);
    return {
      crm: crmPort(sql, { workspace, connection: id, ...(kit.source && { source: kit.source }) }),
      async check() {
        const rows = await sql.query({ text: "select from crm.pipeline where workspace = $1 and is_default", values: [sql.workspace] });
        if (rows.length === 0) throw new LoginNeeded("the CRM of this workspace has no pipeline yet");
      },
    };
  },
});

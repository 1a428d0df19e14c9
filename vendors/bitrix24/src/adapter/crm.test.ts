import { type CrmOnTrial, crmContract } from "@svyazka/core/testkit";
import { testDatabase } from "../../../../server/testkit/database.ts";
import { databaseKit } from "../../../../server/testkit/database-kit.ts";
import { asApplication, byWebhook, letApplicationIn } from "../../testkit/portal.ts";
import { prepare, readerOf, tagsField } from "../../testkit/trial.ts";
import { type Bitrix24Standin, startBitrix24 } from "../standin.ts";
import { connectPortal } from "./connection.ts";
import { portalOf } from "./portal.ts";

/** A portal, by whichever door: it keeps every promise of a CRM. */

const trialOf = async (standin: Bitrix24Standin, isApplication: boolean): Promise<CrmOnTrial> => {
  prepare(standin);
  const database = await testDatabase();
  const kit = databaseKit(database);
  const values = { tags_field: tagsField } as const;
  const connection = isApplication ? asApplication(standin, values) : byWebhook(standin, values);
  if (isApplication) await letApplicationIn(standin, kit);
  const { crm } = connectPortal(connection, kit);
  if (!crm) throw new Error("a portal is a CRM");
  return {
    crm,
    directory: () => crm.directory(),
    read: readerOf(portalOf(connection, kit, { isPatient: true })),
    async close() {
      await standin.stop();
      await database.close();
    },
  };
};

crmContract("a portal of Bitrix24, by a webhook", async () => trialOf(await startBitrix24(), false));
crmContract("a portal of Bitrix24, as an application", async () => trialOf(await startBitrix24(), true));
crmContract("a portal of Bitrix24 that uses leads", async () => trialOf(await startBitrix24({ mode: 1 }), false));

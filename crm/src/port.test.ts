import { crmContract } from "@svyazka/core/testkit";
import { testDatabase } from "../../server/testkit/database.ts";
import { crmOnTrial, workspaceOf } from "../testkit/trial.ts";

crmContract("the built-in CRM", async () => {
  const test = await testDatabase();
  return { ...(await crmOnTrial(test.database, workspaceOf(1))), close: () => test.close() };
});

import { type CrmOnTrial, crmContract } from "@svyazka/core/testkit";
import { testDatabase } from "../../../../server/testkit/database.ts";
import { databaseKit } from "../../../../server/testkit/database-kit.ts";
import { accountAt } from "../../testkit/account.ts";
import { accountReader, prepareAccount } from "../../testkit/trial.ts";
import { longLived, makeAmo, memoryTokens, overFetch } from "../client.ts";
import { startAmo } from "../standin.ts";
import { connectAccount } from "./account.ts";

crmContract("an account at amoCRM", async (): Promise<CrmOnTrial> => {
  const standin = await startAmo();
  const database = await testDatabase();
  const token = standin.longLivedToken();
  const { crm } = connectAccount(accountAt(standin.url, token), databaseKit(database));
  if (!crm) throw new Error("an account is a CRM");
  const amo = makeAmo({
    domain: standin.url,
    tokens: memoryTokens(longLived(token)),
    send: overFetch(fetch),
    limiter: { take: async () => {} },
  });
  await prepareAccount(amo);
  return {
    crm,
    startsOpen: true,
    directory: () => crm.directory(),
    read: accountReader(amo),
    async close() {
      await standin.stop();
      await database.close();
    },
  };
});

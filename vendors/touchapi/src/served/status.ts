import type { Answer, Kit } from "@svyazka/core";
import { type CrmStep, readStatusQuery, said, writeError, writeFieldErrors, writeStatus } from "../protocol.ts";
import { accountsOf, crmName, crmsIn } from "./accounts.ts";
import { reply } from "./replies.ts";

/** `GET /crm/status`: 0 unavailable, 1 disabled, 2 not installed, 5 installed and working. */
export async function tellStatus(query: Readonly<Record<string, unknown>>, kit: Kit): Promise<Answer> {
  const read = readStatusQuery(query);
  if ("errors" in read) return reply(400, writeError(said.statusFailed, writeFieldErrors(read.errors)));
  return reply(200, writeStatus(read.value.url, await stepOf(read.value, kit)));
}

async function stepOf(crm: { readonly host: string; readonly type: string }, kit: Kit): Promise<CrmStep> {
  const found = await kit.crms.find(crm);
  if (!found) return 2;
  if (found.state === "disabled") return 1;
  if (found.state === "waiting") return 0;
  const name = crmName(crm as { readonly host: string; readonly type: "amocrm" });
  const accounts = (await accountsOf(kit)).filter((one) => crmsIn(one).includes(name));
  // Nobody writes to it any more.
  return accounts.length > 0 && accounts.every(({ isDisabled }) => isDisabled) ? 1 : 5;
}

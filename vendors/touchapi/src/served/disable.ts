import type { Answer, Kit } from "@svyazka/core";
import { hookUrlOf } from "../adapter/account.ts";
import { inWords } from "../adapter/messenger.ts";
import { makeTouchApi } from "../client.ts";
import { readCrmHost, readCrmType, readDisable, said, writeDisabled, writeError, writeFieldErrors } from "../protocol.ts";
import { accountsOf, crmsIn, nameOf } from "./accounts.ts";
import { reply } from "./replies.ts";

/** `POST /crm/disable`: the links of one account off, its sources out of the CRMs, our webhook away and nobody else's. Connecting it again switches it on. */
export async function disableAccount(fields: Readonly<Record<string, unknown>>, kit: Kit): Promise<Answer> {
  const read = readDisable(fields);
  if ("errors" in read) return reply(400, writeError(said.disableFailed, writeFieldErrors(read.errors)));
  const find = async () => (await accountsOf(kit)).find(({ secrets }) => secrets["account_uuid"] === read.value.uuid);
  const known = await find();
  if (!known) return nobody();
  return kit.siblings.exclusively([nameOf(String(known.settings["source"]), String(known.settings["login"]))], async () => {
    // As it is now: another call may have connected it to one more CRM, or switched it off.
    const account = await find();
    if (!account) return nobody();
    const deletedSources: Record<string, unknown>[] = [];
    for (const crm of crmsIn(account)) {
      const [type, host] = crm.split(/\s+/);
      const address = { type: readCrmType(type ?? "") ?? "", host: readCrmHost(host ?? "") ?? "" };
      const found = await kit.crms.find(address);
      if (!found?.sources) continue;
      const wasThere = await found.sources.leave(read.value.uuid).catch(() => undefined);
      deletedSources.push({ crm: address.host, external_id: read.value.uuid, deleted: wasThere ?? false });
    }
    const isWebhookDeleted = await leaveHook(account, kit);
    if (!account.isDisabled) await kit.siblings.disable(account.id);
    const disabledBinds = account.isDisabled ? 0 : crmsIn(account).length * 2;
    return reply(200, writeDisabled({ disabledBinds, deletedSources, isWebhookDeleted }));
  });
}

const nobody = (): Answer => reply(404, writeError(said.disableFailed, ["Empty result: there is no account with this uuid"]));

/** Whether it was there. Whoever does not answer is told farewell once more when the account is switched off. */
async function leaveHook({ settings, secrets }: Awaited<ReturnType<typeof accountsOf>>[number], kit: Kit): Promise<boolean> {
  const touch = makeTouchApi({
    ...{
      url: String(settings["address"]),
      source: String(settings["source"]),
      login: String(settings["login"]),
      token: secrets["token"] ?? "",
    },
    send: (request) => kit.fetch(request),
  });
  return inWords(() => touch.deleteWebhook(hookUrlOf(secrets["hook_secret"] ?? "", kit.publicUrl()))).catch(() => false);
}

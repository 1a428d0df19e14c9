import { type ConnectionId, type Kit, Refused } from "@svyazka/core";
import { type AccountInfo, type CrmAddress, readCrmHost, readCrmType, sourceName } from "../protocol.ts";
import type { TouchConnection } from "../settings.ts";
import { hookUrlOf, touchOf } from "./account.ts";
import { inWords } from "./messenger.ts";

/** What has to be true at the far sides: our hook at Touch-API, a source in each CRM. Looked after again and again, each step by itself. */

export interface Step {
  readonly ok: boolean;
  readonly [fact: string]: unknown;
}

/** Our hook among those of the account; the others are left alone. */
export async function joinHook(account: TouchConnection, kit: Kit): Promise<Step> {
  const touch = touchOf(account, kit);
  return tried(async () => ({ added: await inWords(() => touch.addWebhook(hookUrlOf(account.secrets.hook_secret, kit.publicUrl()))) }));
}

export interface JoinOptions {
  readonly info: AccountInfo | undefined;
  /** A person wants it to be called so. */
  readonly isRenamed: boolean;
  readonly pipeline?: string;
}

/** A source in the CRM at this address, where that CRM keeps such a list; undefined when no CRM is connected there. */
export async function joinCrm(
  account: TouchConnection,
  kit: Kit,
  crm: Pick<CrmAddress, "host" | "type">,
  how: JoinOptions,
): Promise<Step | undefined> {
  const found = await kit.crms.find(crm);
  if (!found) return undefined;
  const { sources } = found;
  if (!sources) return { ok: true, skipped: "this CRM keeps no list of sources" };
  const { source = "", login = "", account_name: name, is_main: isMain } = account.settings;
  return tried(() =>
    sources.join({
      ...{ uid: account.secrets.account_uuid, channel: account.id, network: source, isRenamed: how.isRenamed },
      name: sourceName({ name, connectedPhone: how.info?.phone, login, source }),
      ...(isMain && { isMain }),
      ...(how.pipeline !== undefined && { pipeline: how.pipeline }),
    }),
  );
}

/**
 * Lets conversations of the account through to that CRM; the first one that it is for takes them from every other. Done once: what people switch afterwards is theirs to switch.
 */
export async function bindCrm(account: TouchConnection, kit: Kit, crm: ConnectionId): Promise<void> {
  if (await kit.store.get<true>("bound", String(crm))) return;
  const isFirst = (await kit.store.list("bound")).length === 0;
  await kit.crms.bind(account.id, crm, true, isFirst ? { only: true } : {});
  await kit.store.put("bound", String(crm), true);
}

/** The CRMs that an account is for, as its settings name them. */
export const crmsOf = ({ settings }: TouchConnection): Pick<CrmAddress, "host" | "type">[] =>
  settings.crms.flatMap((one) => {
    const [type = "", host = ""] = one.trim().split(/\s+/);
    const [readType, readHost] = [readCrmType(type), readCrmHost(host)];
    return readType !== undefined && readHost !== undefined ? [{ type: readType, host: readHost }] : [];
  });

/** Everything again: what failed when it was first tried, and what somebody has undone since. Throws when the account itself is not to be reached. */
export async function mend(account: TouchConnection, kit: Kit): Promise<void> {
  const info = await inWords(() => touchOf(account, kit).getInfo());
  await joinHook(account, kit);
  for (const crm of crmsOf(account)) {
    const found = await kit.crms.find(crm);
    if (found) await bindCrm(account, kit, found.id);
    await joinCrm(account, kit, crm, { info, isRenamed: false });
  }
}

const waits = 400;

/** Three times, a little later each time; what is certain is not tried again. */
async function tried(work: () => Promise<Readonly<Record<string, unknown>>>): Promise<Step> {
  for (let time = 1; ; time++) {
    try {
      return { ...(await work()), ok: true };
    } catch (error) {
      if (time === 3 || error instanceof Refused)
        return { ok: false, error: error instanceof Error ? error.message : String(error), will_retry: true };
      await new Promise((resolve) => setTimeout(resolve, waits * time));
    }
  }
}

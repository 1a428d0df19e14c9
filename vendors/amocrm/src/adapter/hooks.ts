import { type EventDraft, type InboundRequest, type Received, type Reply, type ToldRecord, toldDraft } from "@svyazka/core";
import type { Amo } from "../client.ts";
import { type HookFact, readHook } from "../protocol.ts";
import { momentText } from "./ground.ts";

/** Webhooks of an account. They are thin: what is in a record now is asked for afterwards. Source: the seed; crm_platform/webhooks-format */

/** What is subscribed to. */
export const followed: readonly string[] = [
  ...["lead", "contact", "company", "task"].flatMap((name) => [`add_${name}`, `update_${name}`, `delete_${name}`, `responsible_${name}`]),
  ...["lead", "contact", "company"].flatMap((name) => [`restore_${name}`, `note_${name}`]),
  "status_lead",
];

const ok: Reply = { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "OK\n" };

export function receiveHook(body: string): Received {
  const facts = readHook(body).facts.flatMap(factOf);
  return facts.length > 0 ? { facts, reply: ok } : { ignored: "nothing in it that we follow", reply: ok };
}

/** A form is text in the charset of a browser; what is in it was read by its bytes. */
export const formText = ({ text }: InboundRequest): string => Buffer.from(text, "latin1").toString("utf8");

const kinds: Readonly<Record<string, string>> = { leads: "deal", contacts: "contact", companies: "company", tasks: "task", notes: "note" };

function factOf({ of, action, id, item }: HookFact): EventDraft[] {
  const kind = kinds[of];
  if (kind === undefined || !/^\d{1,15}$/.test(id)) return [];
  const at = Number(item["updated_at"] ?? item["last_modified"]);
  const by = item["modified_user_id"] ?? item["modified_by"];
  const told: ToldRecord = {
    ...{ kind, id, change: changeOf(action) },
    ...(Number.isSafeInteger(at) && at > 0 && at < lastSecond && { at: momentText(at) }),
    ...(typeof by === "string" && /^\d{1,15}$/.test(by) && { by }),
  };
  return [toldDraft(told)];
}

/** Behind it there are no dates. */
const lastSecond = 253_402_300_799;

const changeOf = (action: string): ToldRecord["change"] =>
  action === "add" ? "created" : action === "delete" ? "deleted" : action === "status" ? "stage_changed" : "changed";

/** Subscribes our address, unless it is subscribed already. amoCRM switches off whoever answers badly for hours: then it is switched on again. */
export async function subscribe(amo: Amo, destination: string): Promise<void> {
  const { items } = await amo.webhooks.page({ filter: { destination } });
  const known = items.find((one) => one.destination === destination);
  const isWhole = known && !known.disabled && followed.every((name) => known.settings.includes(name));
  if (!isWhole) await amo.webhooks.subscribe(destination, followed);
}

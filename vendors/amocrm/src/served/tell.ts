import { createHmac } from "node:crypto";
import { type ChangedRecord, Gone, type Kit, type OwnCrm, Refused, type Subscriber, Unavailable } from "@svyazka/core";
import type { Account } from "../api/account.ts";
import type { Items } from "../api/record-shapes.ts";
import { type Before, type EntityType, type HookEvent, hookName, writeHook } from "../protocol.ts";
import type { Integration } from "../settings.ts";
import { ownAccount } from "./account.ts";
import { hooksOf } from "./hooks.ts";
import { readStages } from "./reading.ts";
import { statusId } from "./words.ts";

/**
 * Tells a webhook what changed, by amoCRM's rules of delivery: two seconds for an answer, five tries at most, and none any more after a hundred bad answers
 * in two hours. Beyond them, the body is signed, and each delivery can be seen and tried again by hand.
 * Source: https://www.amocrm.ru/developers/content/crm_platform/webhooks-format
 */
export function subscriberOf(hook: Integration, kit: Kit): Subscriber {
  const { settings, secrets, workspace } = hook;
  const events = new Set(settings.events);
  return {
    wants: (change) => namesOf(change).some((name) => events.has(name)),
    async tell({ id, change, attempt = 1 }) {
      const crm = await kit.ownCrm();
      const account = ownAccount(crm, workspace, kit, hooksOf(kit, workspace.id as number));
      const told = (await eventsOf(account, crm, change)).filter((event) => events.has(hookName(event)));
      const self = kit.publicUrl();
      for (const [index, event] of told.entries()) {
        const body = writeHook(event, { id: workspace.id as number, subdomain: workspace.subdomain, self });
        const requestId = index === 0 ? id : `${id}-${index}`;
        const { status } = await kit
          .fetch({
            method: "POST",
            url: settings.destination ?? "",
            headers: {
              "content-type": "application/x-www-form-urlencoded",
              "user-agent": "amoCRM-Webhooks/3.0",
              "x-amocrm-requestid": requestId,
              "x-signature": createHmac("sha256", secrets.client_secret).update(body).digest("hex"),
            },
            body,
            timeoutSeconds: 2,
          })
          .catch(async (error: unknown) => {
            if (!(error instanceof Unavailable)) throw error;
            throw await failed(kit, 0, attempt, error.message);
          });
        if (status < 100 || status > 299) throw await failed(kit, status, attempt, `the address answers ${status}`);
      }
    },
  };
}

/** Seconds until the next try. The last two only follow an answer of 499 or 5xx. */
const waits = [300, 900, 900, 3_600] as const;
const mostBad = 100;
const badWithinMs = 2 * 3_600_000;

/** What follows a bad answer; 0 is none at all. */
async function failed(kit: Kit, status: number, attempt: number, message: string): Promise<Error> {
  if (status === 410) return new Gone("the address answers 410: it wants nothing more of us");
  const now = kit.now();
  await kit.store.put("bad", `${now.getTime()}-${Math.random()}`, status, { at: now, days: 1 });
  const bad = await kit.store.list("bad", { since: new Date(now.getTime() - badWithinMs), limit: mostBad + 1 });
  if (bad.length > mostBad) return new Gone(`more than ${mostBad} bad answers in two hours: switched off, as amoCRM does`);
  const wait = waits[attempt - 1];
  const isTheirs = status === 499 || status >= 500;
  if (wait === undefined || (attempt > 2 && !isTheirs)) return new Refused(`${message}; that was the last of the tries that amoCRM makes`);
  return new Unavailable(message, { retryAfterSeconds: wait });
}

const names = { deal: "lead", contact: "contact", company: "company" } as const;

/** The names one may have subscribed by to hear of it. */
function namesOf({ kind, change }: Pick<ChangedRecord, "kind" | "change">): string[] {
  if (kind === "note" || kind === "call") return change === "created" ? ["note_lead", "note_contact", "note_company"] : [];
  const name = kind === "task" ? "task" : names[kind];
  if (change === "created") return [`add_${name}`];
  if (change === "deleted") return [`delete_${name}`];
  return [`update_${name}`, `responsible_${name}`, `restore_${name}`, ...(change === "stage_changed" ? [`status_${name}`] : [])];
}

async function eventsOf(account: Account, crm: OwnCrm, { kind, id, change, changes }: ChangedRecord): Promise<HookEvent[]> {
  const number = Number(id);
  if (kind === "note" || kind === "call") return change === "created" ? noteEvents(account, number) : [];
  if (kind === "task") return taskEvents(account, number, change);
  const of = ({ deal: "leads", contact: "contacts", company: "companies" } as const)[kind];
  const query = { page: 1, limit: 1, ids: [number], with: new Set(["leads", "contacts"]) };
  const [item] = (await account[of]({ ...query, ...(change === "deleted" && { onlyDeleted: true }) })).items as Items[EntityType][];
  // It is gone by now, or back: what follows tells so.
  if (!item) return [];
  const { leads = [] } = item._embedded as { leads?: readonly { id: number }[] };
  const event = (action: string, before?: Before): HookEvent =>
    ({
      of,
      action,
      item,
      ...(before && { before }),
      ...(of !== "leads" && { leads: leads.map((lead) => lead.id) }),
    }) as unknown as HookEvent;
  if (change === "created") return [event("add")];
  if (change === "deleted") return [event("delete")];
  if (change === "stage_changed") {
    const before = await stageBefore(crm, changes);
    return [event("status", before), event("update", before)];
  }
  const what = (changes ?? {}) as { changes?: { responsible?: { old: number | null } } };
  const responsible = what.changes?.responsible;
  const before = responsible && { responsible_user_id: responsible.old ?? 0 };
  return [...(before ? [event("responsible", before)] : []), event("update", before)];
}

async function stageBefore(crm: OwnCrm, changes: unknown): Promise<Before> {
  const { old, new: now } = (changes ?? {}) as { old?: { pipeline: number; stage: number }; new?: { pipeline: number } };
  if (!old) return {};
  const stage = (await readStages(crm)).get(old.stage);
  return {
    status_id: stage ? statusId(stage) : old.stage,
    ...(now && now.pipeline !== old.pipeline && { pipeline_id: old.pipeline }),
  };
}

async function noteEvents(account: Account, id: number): Promise<HookEvent[]> {
  const found = await Promise.all(
    (["leads", "contacts", "companies"] as const).map(async (on) => {
      const { items } = await account.notes({ entityType: on, page: 1, limit: 1, ids: [id] });
      return items.map((item): HookEvent => ({ of: "notes", on, item }));
    }),
  );
  return found.flat().slice(0, 1);
}

async function taskEvents(account: Account, id: number, change: ChangedRecord["change"]): Promise<HookEvent[]> {
  const [item] = (await account.tasks({ page: 1, limit: 1, ids: [id] })).items;
  if (!item) return [];
  if (change === "created") return [{ of: "tasks", action: "add", item }];
  return [{ of: "tasks", action: "update", item, closes: item.is_completed }];
}

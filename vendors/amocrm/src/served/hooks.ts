import type { Kit } from "@svyazka/core";
import { Missing, Unfit } from "../api/account.ts";
import type { Webhook } from "../protocol.ts";
import { seconds } from "./times.ts";

/**
 * Subscriptions to webhooks. Each one is a connection of its own, so that one destination which is down holds up no other, and each delivery can be seen,
 * tried again and let be.
 */
export interface Hooks {
  list(): Promise<Webhook[]>;
  subscribe(destination: string, events: readonly string[], sort: number, user: number): Promise<Webhook>;
  unsubscribe(destination: string): Promise<void>;
}

/** The most an account may have. */
const most = 100;

export function hooksOf(kit: Kit, account: number): Hooks {
  const all = async () => (await kit.siblings.list()).filter(({ settings }) => settings["side"] === "hook");
  const written = ({ id, settings, active, createdAt, updatedAt }: Awaited<ReturnType<typeof all>>[number]): Webhook => ({
    id: id as number,
    destination: String(settings["destination"] ?? ""),
    created_at: seconds(createdAt),
    updated_at: seconds(updatedAt),
    account_id: account,
    created_by: Number(settings["created_by"] ?? 0),
    sort: Number(settings["sort"] ?? 0),
    disabled: !active,
    settings: (settings["events"] ?? []) as readonly string[],
  });
  const find = async (destination: string) => (await all()).find(({ settings }) => settings["destination"] === destination);
  return {
    list: async () => (await all()).map(written),
    async subscribe(destination, events, sort, user) {
      const known = await find(destination);
      const settings = { side: "hook", destination, events, sort, created_by: user };
      if (known) await kit.siblings.change(known.id, settings);
      else {
        if ((await all()).length >= most) throw new Unfit("destination", `There may be ${most} webhooks.`, "TooManyItems");
        await kit.siblings.add({ name: new URL(destination).host, settings });
      }
      const hook = await find(destination);
      if (!hook) throw new Missing("Webhook not found");
      return written(hook);
    },
    async unsubscribe(destination) {
      const known = await find(destination);
      if (!known) throw new Missing("Webhook not found");
      await kit.siblings.remove(known.id);
    },
  };
}

import { Closed, type Kit } from "@svyazka/core";
import { makeBase, type OneCBase } from "../client.ts";
import type { OneC } from "../settings.ts";
import { secondsUntilOpen } from "./hours.ts";

/** What all of the base's side stands on. */
export interface Ground {
  readonly base: OneC;
  readonly kit: Kit;
  /** Throws `Closed` outside of its hours. */
  client(): OneCBase;
}

export function groundOf(base: OneC, kit: Kit): Ground {
  const { web_address, login = "", id_base = "", known_key, contact_key, table_as, open_from, open_until, time_zone } = base.settings;
  const made = makeBase({
    ...{ webAddress: web_address ?? "", login, password: base.secrets.password ?? "" },
    ...{ key: wireId(known_key || String(base.workspace.id)), idBase: wireId(id_base), contactKey: contact_key, tableAs: table_as },
    send: kit.fetch,
  });
  return {
    base,
    kit,
    client() {
      const seconds = secondsUntilOpen(kit.now(), open_from, open_until, time_zone || base.workspace.timeZone);
      if (seconds > 0) throw new Closed(`База открыта с ${open_from ?? ""} до ${open_until ?? ""}`, { retryAfterSeconds: seconds });
      return made;
    },
  };
}

/** Ids are numbers in the document, and opaque to us. */
export const wireId = (id: string): string | number => (/^[1-9]\d{0,14}$/.test(id) ? Number(id) : id);

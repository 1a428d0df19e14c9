import { type Kit, type Load, loadOf } from "@svyazka/core";
import { type Portal, pageSize } from "../client.ts";
import type { PortalConnection } from "../settings.ts";
import { entriesOf } from "./companies.ts";
import { contactEntry } from "./people.ts";

/** Half of the portal's pace is left to those who wait. */
const pauseMs = 1_000;

/** The first filling of the address book: everybody who is in the portal, by their ids. */
export function loadIn(connection: PortalConnection, portal: Portal, kit: Kit): Load {
  const breath = connection.settings.plan === "box" ? 0 : pauseMs;
  return loadOf<number>({
    ...{ kit, kinds: ["contact", "company"] },
    async readPage(kind, last = 0) {
      if (last > 0 && breath > 0) await new Promise((resolve) => setTimeout(resolve, breath));
      const items = await (kind === "contact" ? portal.contacts : portal.companies).page({ filter: { ">id": last } });
      const entries =
        kind === "contact"
          ? items.map((contact) => contactEntry(contact, connection.workspace))
          : await entriesOf({ portal, connection }, items);
      const next = items.length < pageSize ? undefined : items.at(-1)?.id;
      return { entries, ...(next !== undefined && { next }) };
    },
  });
}

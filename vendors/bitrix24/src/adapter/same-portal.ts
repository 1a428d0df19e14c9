import { type Kit, LoginNeeded } from "@svyazka/core";
import type { PortalConnection } from "../settings.ts";
import { isApplication, originOf } from "./portal.ts";

/**
 * What is kept of one portal (who is who, what was written) would be wrong of another one. An application knows its portal by `member_id`; a webhook has nothing but the
 * address, which a portal may change: then the old one leads to the new one. Throws `LoginNeeded`.
 */
export async function mustBeSamePortal(connection: PortalConnection, kit: Pick<Kit, "store" | "fetch">): Promise<void> {
  const origin = originOf(connection.settings.domain);
  const known = await kit.store.get<string>("portal", "origin");
  if (known === origin) return;
  if (known !== undefined && !isApplication(connection) && !(await leadsTo(kit, known, origin)))
    throw new LoginNeeded(
      `this connection is of the portal ${known}, and the address leads to ${origin}: add another connection for that one`,
    );
  await kit.store.put("portal", "origin", origin);
}

async function leadsTo(kit: Pick<Kit, "fetch">, old: string, origin: string): Promise<boolean> {
  const ask = () => kit.fetch({ method: "GET", url: `${old}/rest/` });
  // Twice: a connection that was kept open to it may have been closed when it moved.
  const answer = await ask().catch(() => ask().catch(() => undefined));
  const location = answer && answer.status >= 300 && answer.status < 400 ? answer.headers["location"] : undefined;
  return location !== undefined && URL.parse(location, old)?.origin === origin;
}

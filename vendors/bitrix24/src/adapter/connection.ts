import {
  type Connected,
  callerIn,
  inWords,
  type Kit,
  type Load,
  LoginNeeded,
  type Polled,
  Refused,
  readPhone,
  type StopSignal,
} from "@svyazka/core";
import { deskIn } from "../desk/desk.ts";
import { linesIn } from "../desk/lines.ts";
import { asking, portError } from "../port-errors.ts";
import type { PortalConnection } from "../settings.ts";
import { callDeskIn } from "./call-desk.ts";
import { callsIn } from "./calls.ts";
import { companiesIn } from "./companies.ts";
import { contactsIn } from "./contacts.ts";
import { dealsIn } from "./deals.ts";
import { entriesIn } from "./entries.ts";
import { changesSince, fetchQueue, followerIn } from "./follow.ts";
import type { Ground } from "./ground.ts";
import { keep } from "./keep.ts";
import { loadIn } from "./load.ts";
import { isApplication, portalOf } from "./portal.ts";
import { recordsIn } from "./records.ts";
import { mustBeSamePortal } from "./same-portal.ts";
import { directoryOf, setupsOf } from "./setup.ts";

/** A portal as a CRM of the hub: its ports over the client. What a bare webhook may not do is not offered. */
export function connectPortal(connection: PortalConnection, kit: Kit): Connected {
  const { ground, load } = groundOf(connection, kit, false);
  const { workspace, settings } = connection;
  const phoneOf = (typed: string): string | undefined => readPhone(typed, workspace.country)?.e164;
  const crm = {
    ...contactsIn(ground, load),
    ...companiesIn(ground, load),
    ...dealsIn(ground),
    ...entriesIn(ground),
    ...callsIn(ground),
    ...recordsIn(ground),
    directory: async () => directoryOf(await ground.setups.get(), connection, phoneOf),
  };
  const lines = isApplication(connection) && settings.open_lines ? linesIn(ground) : undefined;
  return {
    crm: inWords(crm, portError),
    ...(isApplication(connection) && settings.call_card && { callDesk: inWords(callDeskIn(ground), portError) }),
    phoneBook: { find: async ({ e164 }) => (e164 === undefined ? undefined : callerIn(kit.book, e164)) },
    follower: inWords(followerIn(ground), portError),
    ...(lines && { sources: lines, chatDesk: deskIn(ground, lines) }),
    bookState: load.state,
    check: () => check(ground),
  };
}

/** What has to be mended is said before anything is missed. */
async function check({ connection, portal, kit }: Ground): Promise<void> {
  const { settings, secrets } = connection;
  if (settings.sign_in === "webhook" && !secrets.webhook) throw new LoginNeeded("enter the address of the webhook");
  if (isApplication(connection) && !(settings.client_id && secrets.client_secret))
    throw new LoginNeeded("enter the code and the key of the application");
  // What is only tried has not been let in yet: it has no address that the portal could open.
  if (kit.isTrial && isApplication(connection)) return;
  await asking(async () => {
    if (!kit.isTrial) await mustBeSamePortal(connection, kit);
    const { result } = await portal.ask("scope");
    const scopes = Array.isArray(result) ? result.map(String) : [];
    const missing = wantedScopes(connection).filter((scope) => !scopes.includes(scope));
    if (missing.length > 0 && scopes.length > 0)
      throw new Refused(
        `the ${isApplication(connection) ? "application" : "webhook"} lacks permissions: ${missing.join(", ")}. Give them in the portal`,
      );
    await portal.ask("crm.category.list", { entityTypeId: 2 });
  });
}

/** Without these nothing works that was switched on. Others (user, task) are done without. */
const wantedScopes = (connection: PortalConnection): readonly string[] => [
  "crm",
  ...(isApplication(connection) && connection.settings.call_card ? ["telephony"] : []),
  ...(isApplication(connection) && connection.settings.open_lines ? ["imopenlines", "imconnector"] : []),
];

/** What events have not told. */
export async function pollPortal(connection: PortalConnection, kit: Kit, since: Date): Promise<Polled> {
  const { ground } = groundOf(connection, kit, true);
  return asking(async () => {
    if (isApplication(connection) && connection.settings.offline_events) await fetchQueue(ground);
    return changesSince(ground, since);
  });
}

export function listenToPortal(connection: PortalConnection, kit: Kit, signal: StopSignal): Promise<void> {
  const { ground, load } = groundOf(connection, kit, true);
  return keep(ground, load, signal);
}

function groundOf(connection: PortalConnection, kit: Kit, isPatient: boolean): { readonly ground: Ground; readonly load: Load } {
  const portal = portalOf(connection, kit, { isPatient });
  const setups = setupsOf(connection, portal, kit);
  return { ground: { connection, portal, kit, setups }, load: loadIn(connection, portal, kit) };
}

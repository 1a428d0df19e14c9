import type { Kit } from "@svyazka/core";
import { BitrixRefused } from "../client.ts";
import type { PortalConnection } from "../settings.ts";
import type { Ground } from "./ground.ts";

/** What the portal is to tell us by itself, and where. For applications only. */

export const hookPath = "/bitrix24/events";

/** What is subscribed to. Of leads, deals and the rest only that something happened is told; what is in them now is asked for afterwards. */
const followedEvents: readonly string[] = [
  ...["CONTACT", "COMPANY", "DEAL", "LEAD"].flatMap((name) => ["ADD", "UPDATE", "DELETE"].map((what) => `ONCRM${name}${what}`)),
  "ONCRMDEALMOVETOCATEGORY",
];
const callEvents: readonly string[] = ["ONEXTERNALCALLSTART"];
export const lineEvents: readonly string[] = ["ONIMCONNECTORMESSAGEADD", "ONIMCONNECTORLINEDELETE", "ONIMCONNECTORSTATUSDELETE"];
const lifeEvents: readonly string[] = ["ONAPPUNINSTALL"];

/** Subscribes to what is not subscribed to. An installation anew drops all of it, and nothing is told of twice: so it is done as soon as somebody lets us in, and looked after. */
export const subscribe = (ground: Pick<Ground, "portal" | "connection" | "kit">): Promise<void> =>
  ground.kit.exclusively(["subscriptions"], () => subscribeNow(ground));

async function subscribeNow({ portal, connection, kit }: Pick<Ground, "portal" | "connection" | "kit">): Promise<void> {
  const bound = await portal.subscriptions.all();
  const handler = hookUrl(connection, kit);
  for (const event of wantedEvents(connection)) {
    if (bound.some((one) => one.event === event && one.handler === handler && !one.isOffline)) continue;
    await orLeaveIt(() => portal.subscriptions.bind(event, handler));
  }
  // An address of ours that is one no more, after the hub has moved.
  for (const { event, handler: old, isOffline } of bound)
    if (!isOffline && old !== handler && old.endsWith(handlerPath(connection)))
      await orLeaveIt(() => portal.subscriptions.unbind(event, old));
  if (connection.settings.offline_events)
    for (const event of followedEvents)
      if (!bound.some((one) => one.event === event && one.isOffline)) await orLeaveIt(() => portal.subscriptions.bindOffline(event));
  const { line_number: line } = connection.settings;
  // Once for each number: it stays there until the application is installed anew.
  if (!line || (await kit.store.get<string>(...askedLine)) === line) return;
  await orLeaveIt(() => portal.telephony.addLine(line, connection.name));
  await kit.store.put(...askedLine, line);
}
const askedLine = ["asked", "line"] as const;

/** What an installation anew has dropped is asked for again. */
export const forgetAsked = ({ store }: Pick<Kit, "store">): Promise<void> => store.remove(...askedLine);

/** What the portal does not take (an event of a module that it lacks, a line that is there already) stands in nobody's way. */
async function orLeaveIt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BitrixRefused)) throw error;
  }
}

const wantedEvents = ({ settings }: PortalConnection): readonly string[] => [
  ...followedEvents,
  ...(settings.click_to_call ? callEvents : []),
  ...(settings.open_lines ? lineEvents : []),
  ...lifeEvents,
];

const handlerPath = ({ secrets }: PortalConnection): string => `/in/${secrets.event_secret}${hookPath}`;
const hookUrl = (connection: PortalConnection, kit: Pick<Kit, "publicUrl">): string => `${kit.publicUrl()}${handlerPath(connection)}`;

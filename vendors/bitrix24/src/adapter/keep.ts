import type { Kit, Load, StopSignal } from "@svyazka/core";
import { BitrixRefused } from "../client.ts";
import { asking } from "../port-errors.ts";
import type { PortalConnection } from "../settings.ts";
import type { Ground } from "./ground.ts";
import { callEvents, followedEvents, hookPath, lifeEvents, lineEvents } from "./hooks.ts";
import { isApplication } from "./portal.ts";

const roundMs = 600_000;

/**
 * What is kept going for a portal, by one process at a time: the subscription to events (an installation anew drops it), the line of telephony, and the first filling of
 * the address book. What no event told of is asked for elsewhere.
 */
export async function keep(ground: Ground, load: Load, signal: StopSignal): Promise<void> {
  await asking(async () => {
    await keepSubscribed(ground);
    await ground.kit.resume();
    await load.run(signal);
    while (!signal.aborted) {
      await pause(roundMs, signal);
      if (signal.aborted) return;
      await keepSubscribed(ground);
      await ground.kit.resume();
    }
  });
}

async function keepSubscribed(ground: Ground): Promise<void> {
  const { portal, connection } = ground;
  // A webhook may not subscribe: whoever has one makes an outgoing webhook by hand.
  if (!isApplication(connection)) return void (await portal.ask("user.current"));
  const bound = await portal.subscriptions.all();
  const handler = hookUrl(connection, ground.kit);
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
  if (line) await orLeaveIt(() => portal.telephony.addLine(line, connection.name));
}

/** What the portal does not take (an event of a module that it lacks, a line that is there already) stands in nobody's way. */
async function orLeaveIt(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof BitrixRefused)) throw error;
  }
}

export const wantedEvents = ({ settings }: PortalConnection): readonly string[] => [
  ...followedEvents,
  ...(settings.click_to_call ? callEvents : []),
  ...(settings.open_lines ? lineEvents : []),
  ...lifeEvents,
];

const handlerPath = ({ secrets }: PortalConnection): string => `/in/${secrets.hook_secret}${hookPath}`;
export const hookUrl = (connection: PortalConnection, kit: Pick<Kit, "publicUrl">): string =>
  `${kit.publicUrl()}${handlerPath(connection)}`;

const pause = (ms: number, signal: StopSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

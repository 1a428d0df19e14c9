import type { Load, StopSignal } from "@svyazka/core";
import { asking } from "../port-errors.ts";
import type { Ground } from "./ground.ts";
import { isApplication } from "./portal.ts";
import { subscribe } from "./subscribe.ts";

const roundMs = 600_000;

/**
 * What is kept going for a portal, by one process at a time: the subscription to events (an installation anew drops it), the line of telephony, and the first filling of
 * the address book. What no event told of is asked for elsewhere.
 */
export async function keep(ground: Ground, load: Load, signal: StopSignal): Promise<void> {
  await asking(async () => {
    await keepInTouch(ground);
    await ground.kit.resume();
    await load.run(signal);
    while (!signal.aborted) {
      await pause(roundMs, signal);
      if (signal.aborted) return;
      await keepInTouch(ground);
      await ground.kit.resume();
    }
  });
}

/** A webhook may not subscribe: whoever has one makes an outgoing webhook by hand. */
const keepInTouch = async (ground: Ground): Promise<unknown> =>
  isApplication(ground.connection) ? subscribe(ground) : ground.portal.ask("user.current");

const pause = (ms: number, signal: StopSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });

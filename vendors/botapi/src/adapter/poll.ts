import type { EventDraft, Kit, StopSignal } from "@svyazka/core";
import type { BotConnection } from "../settings.ts";
import { botIdOf, telegramOf } from "./bot.ts";
import { dropHook } from "./hook.ts";
import { factsOf } from "./updates.ts";
import { inWords } from "./words.ts";

/** How long Telegram lets us wait for something to come: nothing of ours is slower by it. */
const waitSeconds = 25;

/** Up to where updates have been taken. */
interface Place {
  readonly next: number;
  /** ISO 8601: when the last one came. */
  readonly at: string;
}
const kind = "place";
/** "If there are no new updates for at least a week, then identifier of the next update will be chosen randomly" (Bot API, `Update`): a place this old says nothing. */
const placeDays = 6;

/**
 * Asks for updates until told to stop. They are on disk before the place moves on, and Telegram forgets them when it does: whoever dies in between is told again, and what is
 * known costs nothing. Throws when Telegram is away, or another program takes the updates: it is then begun anew, ever more slowly.
 */
export async function listenForUpdates(bot: BotConnection, kit: Kit, signal: StopSignal): Promise<void> {
  const telegram = telegramOf(bot, kit);
  const orStopped = stoppable(signal);
  await dropHook(bot, kit, { isWanted: false });
  let place = await kit.store.get<Place>(kind, botIdOf(bot));
  while (!signal.aborted) {
    const offset = place && isFresh(place, kit.now()) ? place.next : undefined;
    // Whoever asks next ends this one at Telegram's side.
    const polled = await orStopped(inWords(() => telegram.getUpdates(offset, waitSeconds)));
    if (polled === undefined) return;
    const { updates, next } = polled;
    if (updates.length === 0) continue;
    const facts = updates.flatMap((update): readonly EventDraft[] => {
      const read = factsOf(update);
      return "facts" in read ? read.facts : [];
    });
    if (facts.length > 0) await kit.record(facts, { what: "getUpdates", raw: JSON.stringify(updates) });
    if (next === undefined) continue;
    place = { next, at: kit.now().toISOString() };
    await kit.store.put(kind, botIdOf(bot), place);
  }
}

const isFresh = ({ at }: Place, now: Date): boolean => now.getTime() - new Date(at).getTime() < placeDays * 86_400_000;

/** What is waited for, or undefined as soon as it is time to stop. */
function stoppable(signal: StopSignal): <T>(work: Promise<T>) => Promise<T | undefined> {
  let stop = (): void => {};
  signal.addEventListener("abort", () => stop());
  return (work) =>
    new Promise((resolve, reject) => {
      stop = () => resolve(undefined);
      work.then(resolve, reject);
      if (signal.aborted) stop();
    });
}

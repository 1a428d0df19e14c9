import type { BotState, Poll, UpdateKind } from "./bot.ts";
import { type Answer, type Call, jsonOf, refuse } from "./wire.ts";

/** `getUpdates`: waits until there is something, the time is up, somebody else asks, or whoever asked has gone. */
export async function waitForUpdates(bot: BotState, { parameters }: Call, gone: AbortSignal): Promise<Answer> {
  if (bot.webhook)
    return refuse(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first");
  bot.poll?.end("replaced");
  const allowed = jsonOf(parameters["allowed_updates"]);
  if (Array.isArray(allowed)) bot.allowed = allowed as UpdateKind[];
  // Asking from an offset on is how a bot says that it has those before it.
  const offset = Number(parameters["offset"] ?? 0);
  if (offset > 0) while (bot.queue[0] && bot.queue[0].update_id < offset) bot.queue.shift();
  if (offset < 0) bot.queue.splice(0, Math.max(0, bot.queue.length + offset));
  const limit = within(parameters["limit"], 100, 1, 100);
  const seconds = within(parameters["timeout"], 0, 0, 50);
  if (bot.queue.length === 0 && seconds > 0 && (await sleepUntil(bot, seconds, gone)) === "replaced")
    return refuse(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running");
  return { result: bot.queue.slice(0, limit) };
}

function sleepUntil(bot: BotState, seconds: number, gone: AbortSignal): Promise<"woken" | "replaced"> {
  return new Promise((resolve) => {
    const poll: Poll = {
      end(why) {
        clearTimeout(timer);
        if (bot.poll === poll) bot.poll = undefined;
        resolve(why);
      },
    };
    const timer = setTimeout(() => poll.end("woken"), seconds * 1000);
    bot.poll = poll;
    if (gone.aborted) poll.end("woken");
    else gone.addEventListener("abort", () => poll.end("woken"));
  });
}

const within = (text: string | undefined, usual: number, least: number, most: number): number => {
  const number = text === undefined || text === "" ? usual : Number(text);
  return Number.isFinite(number) ? Math.min(Math.max(number, least), most) : usual;
};

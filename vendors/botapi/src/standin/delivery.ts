import type { BotState } from "./bot.ts";

/** Between two tries; Telegram itself waits longer every time. */
const retryMs = 20;
/** "We will … give up after a reasonable amount of attempts": `setWebhook`. */
const mostTries = 50;
const timeoutMs = 10_000;

/** Brings updates to webhooks: one after another for each bot, each again until it is taken with 2xx. */
export function delivererOf(isClosed: () => boolean) {
  const running = new Map<BotState, Promise<void>>();

  async function run(bot: BotState): Promise<void> {
    let tries = 0;
    while (bot.webhook && bot.queue[0] && !isClosed()) {
      const update = bot.queue[0];
      const words = await post(bot.webhook, update);
      if (words !== undefined) {
        bot.lastError = { at: Math.floor(Date.now() / 1000), words };
        if (++tries < mostTries) {
          await new Promise((resolve) => setTimeout(resolve, retryMs));
          continue;
        }
      }
      tries = 0;
      if (bot.queue[0] === update) bot.queue.shift();
    }
  }

  /** Begins to deliver what waits, unless that is under way. */
  function wake(bot: BotState): void {
    if (running.has(bot) || !bot.webhook || bot.queue.length === 0 || isClosed()) return;
    const done = run(bot).finally(() => {
      running.delete(bot);
      // Something may have come while it was ending.
      wake(bot);
    });
    running.set(bot, done);
  }

  return {
    wake,
    /** Nothing is on its way any more. */
    async settled(): Promise<void> {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}

/** Why it was not taken; undefined when it was. The words are Telegram's own. */
async function post({ url, secretToken }: NonNullable<BotState["webhook"]>, update: object): Promise<string | undefined> {
  try {
    const answer = await globalThis.fetch(url, {
      ...{ method: "POST", body: JSON.stringify(update), redirect: "manual", signal: AbortSignal.timeout(timeoutMs) },
      headers: { "content-type": "application/json", ...(secretToken !== undefined && { "x-telegram-bot-api-secret-token": secretToken }) },
    });
    await answer.arrayBuffer();
    return answer.ok ? undefined : `Wrong response from the webhook: ${answer.status} ${answer.statusText}`;
  } catch {
    return "Connection failed";
  }
}

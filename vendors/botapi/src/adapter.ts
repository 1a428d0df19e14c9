import {
  type Connected,
  type InboundRequest,
  type Kit,
  messengerFacts,
  pollWaiting,
  type Received,
  Unavailable,
  type Vendor,
} from "@svyazka/core";
import { hookUrlOf, telegramOf } from "./adapter/bot.ts";
import { door, receiveUpdate } from "./adapter/door.ts";
import { dropHook, holdHook, leaveHook } from "./adapter/hook.ts";
import { messengerOf } from "./adapter/messenger.ts";
import { listenForUpdates } from "./adapter/poll.ts";
import { inWords } from "./adapter/words.ts";
import type { WebhookState } from "./protocol.ts";
import { type BotConnection, settings } from "./settings.ts";

/** Bots of Telegram: what people write to them, and what is answered. */
export const botapi: Vendor<typeof settings> = {
  id: "botapi",
  title: { ru: "Telegram (боты)", en: "Telegram (bots)" },
  about: {
    ru: "Переписка через бота Telegram: клиенты пишут боту, сотрудники отвечают из CRM.",
    en: "Conversations by a bot of Telegram: clients write to the bot, people answer from the CRM.",
  },
  ports: ["messenger"],
  // "The API will not allow more than ~30 messages per second": https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
  pace: () => ({ perSecond: 28, burst: 28 }),
  tells: messengerFacts,
  settings,
  door,

  receives: isHooked,
  receive: (request: InboundRequest, bot: BotConnection): Received => receiveUpdate(request, bot),

  listens: (bot) => !isHooked(bot),
  listen: (bot, kit, signal) => (isHooked(bot) ? undefined : listenForUpdates(bot, kit, signal)),

  connect: (bot: BotConnection, kit: Kit): Connected => ({
    messenger: messengerOf(bot, kit),
    async check() {
      await inWords(() => telegramOf(bot, kit).getMe());
      if (kit.isTrial) return;
      if (isHooked(bot)) await holdHook(bot, kit, { isWanted: true });
      else await dropHook(bot, kit, { isWanted: true });
    },
    farewell: () => leaveHook(bot, kit),
  }),

  async poll(bot, kit) {
    if (isHooked(bot)) mustReachUs(await holdHook(bot, kit, { isWanted: false }), kit.now());
    return pollWaiting(bot.id, kit);
  },

  urls: (bot, base): Record<string, string> => (isHooked(bot) ? { webhook: hookUrlOf(bot, base) } : {}),

  paste: ({ settings: { address } }) => [
    {
      label: { ru: "Спросить у Telegram, кто этот бот", en: "Ask Telegram who the bot is" },
      text: `curl '${address}/bot{token}/getMe'`,
    },
    {
      label: { ru: "Спросить у Telegram, куда уходят сообщения боту", en: "Ask Telegram where the bot's messages go" },
      text: `curl '${address}/bot{token}/getWebhookInfo'`,
    },
  ],
};

function isHooked({ settings: { delivery } }: Pick<BotConnection, "settings">): boolean {
  return delivery === "webhook";
}

/** Since the last round, and something waits: what Telegram ran into when it brought updates is told to whoever looks after the connection. */
const recentMs = 600_000;

function mustReachUs({ pending, lastError }: WebhookState, now: Date): void {
  if (pending > 0 && lastError && now.getTime() - lastError.at.getTime() < recentMs)
    throw new Unavailable(`Telegram cannot bring updates to our address: ${lastError.words} (${pending} wait)`);
}

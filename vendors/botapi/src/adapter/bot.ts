import type { Kit } from "@svyazka/core";
import { makeTelegram, type Telegram } from "../client.ts";
import type { BotConnection } from "../settings.ts";

/** One bot, as the hub works with it. */

export const hookPath = "/botapi/update";

export const telegramOf = ({ settings, secrets }: BotConnection, kit: Pick<Kit, "fetch">): Telegram =>
  makeTelegram({ token: secrets.token, url: settings.address, send: (request) => kit.fetch(request) });

/** Where this bot's updates come in: nobody can guess it. */
export const hookUrlOf = ({ secrets }: Pick<BotConnection, "secrets">, base: string): string =>
  `${base}/in/${secrets.hook_secret}${hookPath}`;

/** A token begins with the number of its bot, and goes on with what changes when it is revoked. */
export const botIdOf = ({ secrets }: Pick<BotConnection, "secrets">): string => secrets.token.split(":")[0] ?? "";

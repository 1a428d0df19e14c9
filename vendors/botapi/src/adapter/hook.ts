import { createHash } from "node:crypto";
import { type Kit, Refused } from "@svyazka/core";
import { carriedUpdates, type WebhookState } from "../protocol.ts";
import type { BotConnection } from "../settings.ts";
import { botIdOf, hookUrlOf, telegramOf } from "./bot.ts";
import { inWords } from "./words.ts";

/**
 * A bot gives its updates to one program: to the address of its webhook, or to whoever asks. We take them when the bot is connected, and when a person asks for a check;
 * when another program takes them afterwards we do not fight, and say so.
 */

export interface TakeOptions {
  /** A person wants it: whoever has the updates now loses them. */
  readonly isWanted: boolean;
}

/** What we know to be so at Telegram. */
interface Known {
  /** Ours, as it was last set; empty while we ask. */
  readonly url: string;
  /** Of the secret that goes with it, which Telegram does not tell. */
  readonly mark: string;
}
const kind = "hook";

/** Updates come to our address. Throws what a port throws; `Refused` when another program has them. */
export async function holdHook(bot: BotConnection, kit: Kit, { isWanted }: TakeOptions): Promise<WebhookState> {
  const telegram = telegramOf(bot, kit);
  const url = hookUrlOf(bot, kit.publicUrl());
  const wanted: Known = { url, mark: markOf(bot.secrets.secret_token) };
  const [info, known] = await stateOf(bot, kit);
  const isAsked = carriedUpdates.every((name) => info.allowedUpdates.includes(name));
  if (info.url === url && known?.mark === wanted.mark && isAsked) return info;
  if (!isWanted) mustBeOurs(info, known, url);
  await inWords(() => telegram.setWebhook({ url, secretToken: bot.secrets.secret_token }));
  await kit.store.put(kind, botIdOf(bot), wanted);
  return info;
}

/** Updates wait to be asked for. Throws what a port throws; `Refused` when another program has them. */
export async function dropHook(bot: BotConnection, kit: Kit, { isWanted }: TakeOptions): Promise<void> {
  const [info, known] = await stateOf(bot, kit);
  if (info.url !== "") {
    if (!isWanted) mustBeOurs(info, known, hookUrlOf(bot, kit.publicUrl()));
    await inWords(() => telegramOf(bot, kit).deleteWebhook());
  }
  if (known?.url !== "") await kit.store.put(kind, botIdOf(bot), { url: "", mark: "" } satisfies Known);
}

/** The bot is not ours any more: our address is taken back, another one is left. */
export async function leaveHook(bot: BotConnection, kit: Kit): Promise<void> {
  const [info, known] = await stateOf(bot, kit);
  if (info.url !== "" && (info.url === known?.url || info.url === hookUrlOf(bot, kit.publicUrl())))
    await inWords(() => telegramOf(bot, kit).deleteWebhook());
}

async function stateOf(bot: BotConnection, kit: Kit): Promise<[WebhookState, Known | undefined]> {
  return [await inWords(() => telegramOf(bot, kit).getWebhookInfo()), await kit.store.get<Known>(kind, botIdOf(bot))];
}

/** While nothing is known, the bot has just been connected: then it is for us. */
function mustBeOurs({ url }: WebhookState, known: Known | undefined, ours: string): void {
  if (url === "" || url === ours || known === undefined || url === known.url) return;
  const host = URL.parse(url)?.host ?? "somewhere else";
  throw new Refused(
    `another program takes the updates of this bot now: ${host}. Switch it off there, or check this connection to take them back`,
  );
}

const markOf = (secret: string): string => createHash("sha256").update(secret).digest("base64url").slice(0, 16);

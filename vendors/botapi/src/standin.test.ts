import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Bot, GrammyError, InputFile, webhookCallback } from "grammy";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Someone, type StandinBot, startTelegram, type TelegramStandin } from "./standin.ts";

/** Others write bots with grammY: what works with it against the stand-in, works as with Telegram as far as its authors know Telegram. */
const anna: Someone = { id: 2_077_000_002, firstName: "Anna" };
let telegram: TelegramStandin;
let shop: StandinBot;
let bot: Bot;
beforeEach(async () => {
  telegram = await startTelegram();
  shop = telegram.addBot({ username: "shop_bot" });
  bot = new Bot(shop.token, { client: { apiRoot: telegram.url } });
});
afterEach(() => telegram.close());

describe("a bot of a framework", () => {
  it("polls the stand-in, is told what people do, and answers them", async () => {
    bot.command("start", (context) => context.reply(`Hello, ${context.match}`));
    bot.on("message:photo", async (context) => {
      const file = await context.getFile();
      await context.reply(`I see ${file.file_size} bytes`, { reply_parameters: { message_id: context.message.message_id } });
    });
    bot.on("message_reaction", (context) => context.api.sendMessage(context.chat.id, `${context.reactions().emojiAdded.join()}?`));
    bot.on("my_chat_member", () => undefined);
    const running = bot.start({ allowed_updates: ["message", "message_reaction", "my_chat_member"], timeout: 1 });
    await expect.poll(() => telegram.asked).toContain("getUpdates");
    shop.say({ from: anna, text: "/start ad_7" });
    shop.say({ from: anna, file: { as: "photo", bytes: new Uint8Array(1_234) } });
    shop.react(anna, 1, "👍");
    await expect.poll(() => telegram.sent.map(({ message }) => message?.text)).toEqual(["Hello, ad_7", "I see 1234 bytes", "👍?"]);
    expect(telegram.sent[1]?.message?.reply_to_message?.message_id).toBe(2);
    await bot.stop();
    await running;
    expect(shop.pending).toBe(0);
  });

  it("takes webhooks of the stand-in with the secret, and none without it", async () => {
    bot.on("message:text", (context) => context.reply(context.message.text.toUpperCase()));
    const take = webhookCallback(bot, "http", { secretToken: "s3cret" });
    const statuses: number[] = [];
    const server = createServer((request, response) => {
      response.on("finish", () => statuses.push(response.statusCode));
      take(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      await bot.api.setWebhook(url, { secret_token: "s3cret" });
      shop.say({ from: anna, text: "hello" });
      await telegram.settled();
      expect([telegram.sent[0]?.message?.text, statuses]).toEqual(["HELLO", [200]]);
      await bot.api.setWebhook(url, { secret_token: "another" });
      shop.say({ from: anna, text: "again" });
      await telegram.settled();
      expect([telegram.sent.length, new Set(statuses.slice(1))]).toEqual([1, new Set([401])]);
      expect((await bot.api.getWebhookInfo()).last_error_message).toContain("401");
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it("sends files, and understands why it may not", async () => {
    shop.say({ from: anna, text: "hello" });
    const sent = await bot.api.sendDocument(anna.id, new InputFile(Buffer.from("a file"), "a.txt"), { caption: "Here" });
    expect([sent.document?.file_name, sent.document?.file_size, sent.caption]).toEqual(["a.txt", 6, "Here"]);
    expect(Buffer.from(telegram.sent[0]?.file?.bytes ?? []).toString()).toBe("a file");
    shop.block(anna);
    await expect(bot.api.sendMessage(anna.id, "?")).rejects.toMatchObject({
      error_code: 403,
      description: "Forbidden: bot was blocked by the user",
    });
    telegram.switches.floodSeconds = 3;
    await expect(bot.api.getMe()).rejects.toMatchObject({ error_code: 429, parameters: { retry_after: 3 } });
    telegram.switches.floodSeconds = undefined;
    shop.revoke();
    await expect(bot.api.getMe()).rejects.toThrow(GrammyError);
  });

  it("is refused by what the stand-in does not do, and a body that is none breaks nothing", async () => {
    await expect(bot.api.sendDice(anna.id, "🎲")).rejects.toMatchObject({ error_code: 404 });
    for (const [type, body] of [
      ["application/json", "{"],
      ["multipart/form-data; boundary=x", "no parts"],
      ["text/plain", "?"],
    ] as const) {
      const answer = await fetch(`${telegram.url}/bot${shop.token}/sendMessage`, {
        method: "POST",
        headers: { "content-type": type },
        body,
      });
      expect([type, answer.status]).toEqual([type, 400]);
    }
    expect((await fetch(`${telegram.url}/nowhere`)).status).toBe(404);
    expect((await bot.api.getMe()).username).toBe("shop_bot");
  });
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localSend } from "../testkit/way-out.ts";
import { makeTelegram, readUpdate, type Telegram, TelegramLogin, TelegramRefused, TelegramUnavailable } from "./index.ts";
import { type Someone, type StandinBot, startTelegram, type TelegramStandin } from "./standin.ts";

const anna: Someone = { id: 2_077_000_001, firstName: "Анна", username: "anna" };
const bytes = new TextEncoder().encode("%PDF-1.7 договор \r\n--not-a-boundary\r\n");
let telegram: TelegramStandin;
let bot: StandinBot;
let client: Telegram;
beforeEach(async () => {
  telegram = await startTelegram();
  bot = telegram.addBot({ name: "Магазин", username: "shop_bot" });
  client = makeTelegram({ token: bot.token, url: telegram.url, send: localSend });
});
afterEach(() => telegram.close());

const chat = String(anna.id);
const polled = async () =>
  (await client.getUpdates(undefined, 0)).updates.map(readUpdate).flatMap((read) => (read.kind === "events" ? read.events : []));
const trouble = async (work: Promise<unknown>): Promise<TelegramUnavailable> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TelegramUnavailable);
  return error as TelegramUnavailable;
};

it("a bot tells who it is, and a token that was revoked is told from one that works", async () => {
  expect(await client.getMe()).toEqual({ id: String(bot.id), name: "Магазин", username: "shop_bot" });
  bot.revoke();
  await expect(client.getMe()).rejects.toThrow(TelegramLogin);
  await expect(client.sendMessage({ chat, text: "Здравствуйте" })).rejects.toMatchObject({ name: "TelegramLogin", reason: "needs_auth" });
});

describe("updates", () => {
  it("are polled, and forgotten once the next offset is asked for", async () => {
    bot.say({ from: anna, text: "/start ad_7" });
    bot.say({ from: anna, text: "Сколько стоит?" });
    const first = await client.getUpdates(undefined, 0);
    expect(first.updates.map(readUpdate)).toMatchObject([
      { events: [{ startParameter: "ad_7" }] },
      { events: [{ text: "Сколько стоит?" }] },
    ]);
    expect(bot.pending).toBe(2);
    const second = await client.getUpdates(first.next, 0);
    expect([second.updates, second.next, bot.pending]).toEqual([[], first.next, 0]);
  });

  it("are waited for", async () => {
    const waiting = client.getUpdates(undefined, 20);
    await expect.poll(() => telegram.asked).toEqual(["getUpdates"]);
    bot.say({ from: anna, text: "Вы тут?" });
    expect((await waiting).updates).toHaveLength(1);
  });

  it("are for one who asks: the one before is told of a conflict, as is anybody while a webhook is set", async () => {
    const first = trouble(client.getUpdates(undefined, 20));
    await expect.poll(() => telegram.asked).toHaveLength(1);
    const second = client.getUpdates(undefined, 20);
    expect(await first).toMatchObject({ reason: "channel_down", mayHaveHappened: false });
    bot.say({ from: anna, text: "Вы тут?" });
    expect((await second).updates).toHaveLength(1);
    await client.setWebhook({ url: "http://127.0.0.1:9/hook", secretToken: "s" });
    expect((await trouble(client.getUpdates(undefined, 0))).message).toContain("webhook is active");
    await client.deleteWebhook();
    expect((await client.getUpdates(undefined, 0)).updates).toHaveLength(1);
  });

  it("hold all that a person does", async () => {
    // Nobody is told of reactions who does not ask for them.
    await client.getUpdates(undefined, 0);
    const { message_id: messageId } = bot.say({ from: anna, text: "Где вы?" });
    bot.say({ from: anna, text: "Тут", file: { as: "photo", bytes } });
    bot.say({ from: anna, location: { latitude: 55.7, longitude: 37.6 }, replyTo: messageId });
    bot.say({ from: anna, contact: { phone: "79161234567", firstName: "Анна", userId: anna.id } });
    bot.edit(anna, messageId, "Где вы находитесь?");
    bot.react(anna, messageId, "👍");
    bot.react(anna, messageId, null);
    bot.block(anna);
    bot.unblock(anna);
    expect(await polled()).toMatchObject([
      { kind: "message", chat, text: "Где вы?", from: { id: chat, name: "Анна", username: "anna" } },
      { kind: "message", text: "Тут", attachments: [{ kind: "picture" }] },
      { kind: "message", location: { latitude: 55.7 }, replyTo: messageId },
      { kind: "message", from: { phone: "79161234567" } },
      { kind: "edited", messageId, text: "Где вы находитесь?" },
      { kind: "reaction", messageId, emoji: "👍" },
      { kind: "reaction", emoji: null },
      { kind: "blocked" },
      { kind: "unblocked" },
    ]);
  });

  it("of a group are irrelevant", async () => {
    bot.say({ from: anna, text: "Всем привет", group: { id: -1001, title: "Соседи" } });
    expect((await client.getUpdates(undefined, 0)).updates.map(readUpdate)).toMatchObject([{ kind: "irrelevant" }]);
  });
});

describe("a webhook", () => {
  let hook: { url: string; statuses: number[]; taken: { secret: string | undefined; body: string }[]; close(): Promise<void> };
  beforeEach(async () => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        hook.taken.push({
          secret: request.headers["x-telegram-bot-api-secret-token"] as string,
          body: Buffer.concat(chunks).toString("utf8"),
        });
        response.writeHead(hook.statuses.shift() ?? 200).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    hook = {
      ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, statuses: [], taken: [] },
      close: async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    };
  });
  afterEach(() => hook.close());

  it("brings updates in order with the secret, those before it was set among them, each again until it is taken", async () => {
    bot.say({ from: anna, text: "Раз" });
    hook.statuses = [500, 404];
    await client.setWebhook({ url: hook.url, secretToken: "s3cret_-" });
    bot.say({ from: anna, text: "Два" });
    await telegram.settled();
    expect(hook.taken.map(({ secret }) => secret)).toEqual(Array(4).fill("s3cret_-"));
    const read = hook.taken.map(({ body }) => readUpdate(JSON.parse(body)));
    expect(read).toMatchObject(["Раз", "Раз", "Раз", "Два"].map((text) => ({ events: [{ text }] })));
    expect(await client.getWebhookInfo()).toMatchObject({
      url: hook.url,
      pending: 0,
      lastError: { words: expect.stringContaining("404") },
    });
    await client.deleteWebhook();
    expect(await client.getWebhookInfo()).toMatchObject({ url: "" });
  });

  it("with a secret that Telegram would refuse is not set", async () => {
    await expect(client.setWebhook({ url: hook.url, secretToken: "два слова" })).rejects.toThrow(RangeError);
    expect(telegram.asked).toEqual([]);
  });
});

describe("what goes out", () => {
  beforeEach(() => void bot.say({ from: anna, text: "Здравствуйте" }));
  const lastSent = () => telegram.sent.at(-1);

  it("is a message, and an answer to one where it is told", async () => {
    const sent = await client.sendMessage({ chat, text: "Добрый день <b>!", replyTo: 1 });
    expect(sent).toMatchObject({ chat, messageId: 2 });
    expect(lastSent()).toMatchObject({
      method: "sendMessage".toLowerCase(),
      message: { text: "Добрый день <b>!", reply_to_message: { message_id: 1 } },
    });
    await client.sendMessage({ chat, text: "И ещё", replyTo: 999 });
    expect(lastSent()?.message).not.toHaveProperty("reply_to_message");
  });

  it.each(["sendPhoto", "sendDocument", "sendVoice", "sendVideo", "sendAudio"] as const)(
    "by %s is a file to the byte, under its name",
    async (method) => {
      const name = 'договор "№ 5".pdf';
      await client[method]({ chat, file: { bytes, name, type: "application/pdf" }, caption: "Подпишите" });
      const { file, message } = lastSent() ?? {};
      expect([Buffer.from(file?.bytes ?? []).toString("utf8"), file?.name, file?.type]).toEqual([
        Buffer.from(bytes).toString("utf8"),
        name,
        "application/pdf",
      ]);
      expect(message).toMatchObject({ caption: "Подпишите" });
    },
  );

  it("may be a file that Telegram has already", async () => {
    await client.sendDocument({ chat, file: { bytes, name: "a.pdf" } });
    const { document } = lastSent()?.message ?? {};
    const fileId = document?.file_id ?? "";
    await client.sendDocument({ chat, file: { fileId } });
    expect(lastSent()?.message).toMatchObject({ document: { file_name: "a.pdf" } });
    await expect(client.sendDocument({ chat, file: { fileId: "no such" } })).rejects.toMatchObject({ reason: "media_rejected" });
  });

  it("is a place, a contact, a reaction or that somebody is typing", async () => {
    await client.sendLocation({ chat, latitude: 55.7, longitude: 37.6 });
    expect(lastSent()?.message).toMatchObject({ location: { latitude: 55.7, longitude: 37.6 } });
    await client.sendContact({ chat, phone: "+79161234567", firstName: "Иван", lastName: "Петров" });
    expect(lastSent()?.message).toMatchObject({ contact: { phone_number: "+79161234567", first_name: "Иван" } });
    await client.setMessageReaction({ chat, messageId: 1, emoji: "👍" });
    await client.setMessageReaction({ chat, messageId: 1, emoji: null });
    await client.sendChatAction(chat);
    expect(telegram.sent.slice(-3).map(({ parameters }) => parameters["reaction"] ?? parameters["action"])).toEqual([
      '[{"type":"emoji","emoji":"👍"}]',
      "[]",
      "typing",
    ]);
  });

  it("is refused with the reason and the words of Telegram", async () => {
    const text = "ж".repeat(4097);
    for (const [work, reason, words] of [
      [() => client.sendMessage({ chat: "5", text: "?" }), "bad_recipient", "chat not found"],
      [() => client.sendMessage({ chat, text }), "text_too_long", "message is too long"],
      [() => client.sendPhoto({ chat, file: { bytes, name: "a.jpg" }, caption: text }), "text_too_long", "caption is too long"],
      [() => client.sendDocument({ chat, file: { bytes: new Uint8Array(), name: "a" } }), "media_rejected", "non-empty"],
      [() => client.setMessageReaction({ chat, messageId: 1, emoji: "да" }), "unknown", "REACTION_INVALID"],
    ] as const)
      await expect(work(), words).rejects.toMatchObject({
        name: "TelegramRefused",
        reason,
        code: 400,
        words: expect.stringContaining(words),
      });
    bot.block(anna);
    await expect(client.sendMessage({ chat, text: "?" })).rejects.toMatchObject({ reason: "privacy", code: 403 });
    await expect(client.sendMessage({ chat, text: "?" })).rejects.toThrow(TelegramRefused);
  });
});

describe("a file", () => {
  it("that somebody sent is found and downloaded, by an address that is marked as secret", async () => {
    bot.say({ from: anna, file: { as: "document", bytes, name: "счёт.pdf", type: "application/pdf" } });
    const [event] = await polled();
    const attachment = event?.kind === "message" ? event.attachments[0] : undefined;
    const { path = "", bytes: size } = await client.getFile(attachment?.fileId ?? "");
    expect([size, attachment?.name]).toEqual([bytes.length, "счёт.pdf"]);
    const request = client.fileRequest(path);
    expect(request.secrets).toEqual([bot.token]);
    expect((await localSend(request)).body).toBe(new TextDecoder().decode(bytes));
    expect((await localSend(client.fileRequest("documents/file_99.pdf"))).status).toBe(404);
  });

  it("of more than 20 MB is refused, and so is a path that leads elsewhere", async () => {
    const large = bot.say({ from: anna, file: { as: "video", bytes: new Uint8Array(20_000_001) } }) as { video?: { file_id: string } };
    await expect(client.getFile(large.video?.file_id ?? "")).rejects.toMatchObject({ reason: "media_rejected" });
    for (const path of ["", "..", "a/../../bot1/getMe", "/"]) expect(() => client.fileRequest(path), path).toThrow(RangeError);
    expect(client.fileRequest("a b/ж?.pdf").url).toMatch(/\/a%20b\/%D0%B6%3F\.pdf$/);
  });
});

describe("in trouble", () => {
  const say = () => client.sendMessage({ chat, text: "Здравствуйте" });
  beforeEach(() => void bot.say({ from: anna, text: "Здравствуйте" }));

  it("a flood says how long to wait, and that nothing was sent", async () => {
    telegram.switches.floodSeconds = 7;
    expect(await trouble(say())).toMatchObject({ reason: "rate_limited", retryAfterSeconds: 7, mayHaveHappened: false });
    expect(telegram.sent).toEqual([]);
  });

  it("a page of a proxy may stand for a message that was sent", async () => {
    telegram.switches.down = true;
    expect(await trouble(say())).toMatchObject({ reason: "channel_down", mayHaveHappened: true });
  });

  it("an answer that is lost may stand for a message that was sent, and was", async () => {
    telegram.switches.lostAnswers = true;
    expect((await trouble(say())).mayHaveHappened).toBe(true);
    expect(telegram.sent).toHaveLength(1);
  });

  it("an answer that does not come in time may, too", async () => {
    const never = makeTelegram({ token: bot.token, url: telegram.url, send: (request) => localSend({ ...request, timeoutSeconds: 0.05 }) });
    const { next } = await client.getUpdates(undefined, 0);
    expect((await trouble(never.getUpdates(next, 20))).mayHaveHappened).toBe(true);
  });

  it("a server that is not there has sent nothing", async () => {
    const gone = await startTelegram();
    await gone.close();
    const lost = makeTelegram({ token: bot.token, url: gone.url, send: localSend });
    expect((await trouble(lost.sendMessage({ chat, text: "?" }))).mayHaveHappened).toBe(false);
  });

  it("an address of something else has sent nothing", async () => {
    const other = makeTelegram({ token: bot.token, send: async () => ({ status: 302, headers: { location: "/login" }, body: "" }) });
    expect((await trouble(other.sendMessage({ chat, text: "?" }))).mayHaveHappened).toBe(false);
  });

  it("an answer that is ok and says nothing may stand for a message that was sent", async () => {
    const odd = makeTelegram({ token: bot.token, send: async () => ({ status: 200, headers: {}, body: '{"ok":true,"result":{}}' }) });
    expect((await trouble(odd.sendMessage({ chat, text: "?" }))).mayHaveHappened).toBe(true);
  });

  it("what the way out refuses to send passes through unchanged", async () => {
    const refusal = Object.assign(new Error("10.0.0.1 is a private address"), { name: "Refused" });
    const shut = makeTelegram({ token: bot.token, send: () => Promise.reject(refusal) });
    await expect(shut.getMe()).rejects.toBe(refusal);
  });

  it("the token is in no message, whatever happens, and is marked in every request", async () => {
    const seen: (readonly string[])[] = [];
    const chatty = makeTelegram({
      token: bot.token,
      url: telegram.url,
      send: (request) => {
        seen.push(request.secrets ?? []);
        return Promise.reject(new Error(`could not reach ${request.url}`));
      },
    });
    for (const work of [
      chatty.getMe(),
      chatty.setWebhook({ url: "https://a.example", secretToken: "s3" }),
      chatty.sendPhoto({ chat, file: { bytes, name: "a" } }),
    ])
      expect((await trouble(work)).message).not.toContain(bot.token);
    expect(seen).toEqual([[bot.token], [bot.token, "s3"], [bot.token]]);
  });
});

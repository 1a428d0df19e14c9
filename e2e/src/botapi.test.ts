import { setTimeout as sleep } from "node:timers/promises";
import { type Someone, type StandinBot, startTelegram, type TelegramStandin } from "@svyazka/botapi/standin";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Chats, type ConversationShape, chatsOf, jpeg, opus, pdf, startChats } from "../testkit/chats.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import type { Added } from "../testkit/telephony.ts";

/** Clients write to a bot of Telegram, and people answer from the hub. */

const dataDir = makeDataDir();
let telegram: TelegramStandin;
let hub: HubProcess;
beforeAll(async () => {
  telegram = await startTelegram();
  hub = await startHubProcess({ dataDir });
});
afterAll(async () => {
  await hub.stop();
  await telegram.close();
  removeDataDir(dataDir);
});

const anna: Someone = { id: 2_077_000_001, firstName: "Анна", lastName: "Белова", username: "anna_b" };
const sentBy = ({ token }: StandinBot) => telegram.sent.filter((one) => one.token === token && one.message !== undefined);
const textsOf = (bot: StandinBot) => sentBy(bot).map(({ message }) => message?.text ?? message?.caption ?? "");

describe("a bot that is asked", () => {
  let chats: Chats;
  let bot: StandinBot;
  let channel: Added;
  let conversation: ConversationShape;
  beforeAll(async () => {
    bot = telegram.addBot({ username: "romashka_bot" });
    chats = chatsOf(() => hub, (await startChats(hub, "asked")).token);
    channel = await chats.addChannel("botapi", { token: bot.token, address: telegram.url });
  });

  it("brings what a client writes: it stands with a contact and a deal, and its files are ours", async () => {
    bot.say({ from: anna, text: "/start ad_7" });
    bot.say({ from: anna, text: "Вот такое 👋", file: { as: "photo", bytes: jpeg } });
    bot.say({ from: anna, file: { as: "voice", bytes: opus } });
    bot.say({ from: anna, file: { as: "document", bytes: pdf, name: "Смета.pdf", type: "application/pdf" } });
    bot.say({ from: anna, location: { latitude: 55.7, longitude: 37.6 } });
    bot.say({ from: anna, text: "Это не вам", group: { id: -500, title: "Группа" } });
    conversation = await chats.placed("Анна Белова");
    expect(conversation).toMatchObject({
      network: "telegram",
      channel: channel.id,
      client: { username: "anna_b" },
      window_closes_at: null,
    });
    const messages = await chats.settled(conversation.id, 5);
    expect(messages.map(({ kind, text, direction }) => [kind, text, direction])).toEqual([
      ["text", "/start ad_7", "in"],
      ["picture", "Вот такое 👋", "in"],
      ["voice", "", "in"],
      ["file", "", "in"],
      ["location", "", "in"],
    ]);
    expect([messages[0]?.content, messages[4]?.content]).toEqual([{ start: "ad_7" }, { latitude: 55.7, longitude: 37.6 }]);
    const files = messages.flatMap((one) => one.files);
    expect(files.map(({ name, type }) => [name, type?.split(";")[0]])).toEqual([
      [null, "image/jpeg"],
      [null, "audio/ogg"],
      ["Смета.pdf", "application/pdf"],
    ]);
    expect(await Promise.all(files.map(({ url }) => chats.bytesAt(url)))).toEqual([jpeg, opus, pdf]);
    const deal = await chats.client().get<{ name: string }>(`/deals/${conversation.deal}`);
    expect(deal.name).toContain("Анна");
    expect(await chats.client().get(`/contacts/${conversation.contact}`)).toMatchObject({ name: "Анна Белова" });
  });

  it("sends what people answer, once: a text, a file with its name, an answer to a message", async () => {
    const [asked] = await chats.messages(conversation.id);
    const answer = await chats.write(conversation.id, { text: "Здравствуйте, <b>Анна</b>", reply_to: asked?.id });
    await chats.reached(conversation.id, answer.id, "sent");
    const withFile = await chats.write(conversation.id, { text: "Прайс", files: [await chats.upload(pdf, "Прайс 2026.pdf")] });
    await chats.reached(conversation.id, withFile.id, "sent");
    expect(textsOf(bot)).toEqual(["Здравствуйте, <b>Анна</b>", "Прайс"]);
    const [first, second] = sentBy(bot);
    expect(first?.message?.reply_to_message?.text).toBe("/start ad_7");
    expect([second?.method, second?.file?.name, Buffer.from(second?.file?.bytes ?? [])]).toEqual(["senddocument", "Прайс 2026.pdf", pdf]);
  });

  it("tells what the client thinks of it, which message they answer, and what they have mended", async () => {
    const ours = sentBy(bot)[0]?.message?.message_id ?? 0;
    const theirs = bot.say({ from: anna, text: "Спасибо, жду во вторнек", replyTo: ours });
    bot.edit(anna, theirs.message_id, "Спасибо, жду во вторник");
    bot.react(anna, ours, "👍");
    bot.react(anna, ours, "❤");
    await until(async () => {
      const messages = await chats.messages(conversation.id);
      const answer = messages.find(({ text }) => text === "Спасибо, жду во вторник");
      const answered = messages.find(({ text }) => text.startsWith("Здравствуйте, <b>"));
      return answer?.edited_at && answer.reply_to === answered?.id && Object.values(answered?.reactions ?? {})[0] === "❤";
    });
    bot.react(anna, ours, null);
    await until(async () => (await chats.messages(conversation.id)).every(({ reactions }) => Object.keys(reactions).length === 0));
  });

  it("shows the client that somebody is typing", async () => {
    await chats.client().send("POST", `/conversations/${conversation.id}/typing`);
    await until(async () => telegram.sent.some(({ method, token }) => method === "sendchataction" && token === bot.token));
  });

  it("says why a message did not arrive, and sends it again when a person wants it", async () => {
    bot.block(anna);
    const { id } = await chats.write(conversation.id, { text: "Вы нас заблокировали?" });
    expect(await chats.reached(conversation.id, id, "failed")).toMatchObject({
      reason: "privacy",
      error: expect.stringContaining("blocked by the user"),
    });
    bot.unblock(anna);
    await chats.client().send("POST", `/messages/${id}/again`);
    await chats.reached(conversation.id, id, "sent");
    expect(textsOf(bot).filter((text) => text === "Вы нас заблокировали?")).toHaveLength(1);
  });

  it("of which nobody knows whether it arrived, goes out no second time by itself", async () => {
    telegram.switches.lostAnswers = true;
    const { id } = await chats.write(conversation.id, { text: "Дошло?" });
    await chats.reached(conversation.id, id, "unknown");
    telegram.switches.lostAnswers = false;
    const later = await chats.write(conversation.id, { text: "А это?" });
    await chats.reached(conversation.id, later.id, "sent");
    expect(textsOf(bot).slice(-2)).toEqual(["Дошло?", "А это?"]);
  });

  it("keeps what is written while Telegram is away, in order and once, and asks for what came meanwhile", { timeout: 90_000 }, async () => {
    const before = textsOf(bot).length;
    await telegram.away();
    const texts = Array.from({ length: 5 }, (_, index) => `пока вас нет ${index}`);
    for (const text of texts) await chats.write(conversation.id, { text });
    await until(
      async () => (await chats.client().get<{ health: { ok: boolean } | null }>(`/connections/${channel.id}`)).health?.ok === false,
      30,
    );
    bot.say({ from: anna, text: "А я пока писала" });
    await telegram.back();
    await until(async () => textsOf(bot).length >= before + 5, 60);
    await until(async () => (await chats.messages(conversation.id)).some(({ text }) => text === "А я пока писала"), 60);
    expect(textsOf(bot).slice(before)).toEqual(texts);
    await until(async () => (await chats.messages(conversation.id)).every(({ state }) => state !== "waiting"));
  });

  it("waits as long as Telegram asks, and does not give up", { timeout: 60_000 }, async () => {
    telegram.switches.floodSeconds = 2;
    const { id } = await chats.write(conversation.id, { text: "Не так часто" });
    await sleep(300);
    telegram.switches.floodSeconds = undefined;
    await chats.reached(conversation.id, id, "sent", 40);
    expect(textsOf(bot).filter((text) => text === "Не так часто")).toHaveLength(1);
  });

  it("takes what is written while its token is worth nothing, and goes on with a new one", { timeout: 90_000 }, async () => {
    const renewed = bot.revoke();
    bot.say({ from: anna, text: "Ау" });
    const { id } = await chats.write(conversation.id, { text: "Минуту" });
    const connection = () =>
      chats.client().get<{ health: { ok: boolean; message: string } | null; state: string }>(`/connections/${channel.id}`);
    await until(async () => (await connection()).health?.ok === false, 30);
    expect((await connection()).health?.message).not.toContain(renewed);
    await chats.client().send("PATCH", `/connections/${channel.id}`, { settings: { token: renewed } });
    await chats.reached(conversation.id, id, "sent", 60);
    await until(async () => (await chats.messages(conversation.id)).some(({ text }) => text === "Ау"), 60);
    expect(textsOf(bot).filter((text) => text === "Минуту")).toHaveLength(1);
  });

  it("loses and doubles nothing when the hub is killed in the middle", { timeout: 180_000 }, async () => {
    const people = Array.from({ length: 4 }, (_, index): Someone => ({ id: 3_000_000_000 + index, firstName: `Клиент ${index}` }));
    let isTalking = true;
    let said = 0;
    const talking = (async () => {
      for (; isTalking; said++) {
        bot.say({ from: people[said % people.length] ?? anna, text: `реплика ${said}` });
        await sleep(20);
      }
    })();
    for (let round = 0; round < 3; round++) {
      const enough = said + 100;
      await until(async () => said >= enough && bot.pending < said, 60);
      const port = Number(new URL(hub.url).port);
      await hub.kill();
      hub = await startHubProcess({ dataDir, port });
      await until(async () => bot.pending < 100, 60);
    }
    isTalking = false;
    await talking;
    await until(async () => bot.pending === 0, 60);
    const texts = async () => {
      const found = (await chats.conversations()).filter(({ client }) => client.name.startsWith("Клиент"));
      return (await Promise.all(found.map(({ id }) => chats.messages(id)))).map((all) => all.map(({ text }) => text));
    };
    await until(async () => (await texts()).flat().length >= said, 60);
    const all = await texts();
    console.log(`kill -9 of the hub in the middle of a long poll: 3 rounds, ${said} said, ${all.flat().length} kept`);
    expect(all.flat().length).toBe(said);
    expect(new Set(all.flat()).size).toBe(said);
    const numbers = all.map((one) => one.map((text) => Number(text.split(" ")[1])));
    for (const one of numbers) expect(one).toEqual([...one].sort((a, b) => a - b));
    expect(await chats.conversations()).toHaveLength(1 + people.length);
  });
});

describe("a bot whose updates are brought", () => {
  let chats: Chats;
  let bot: StandinBot;
  let channel: Added;
  let hook: string;
  beforeAll(async () => {
    bot = telegram.addBot({ username: "brought_bot" });
    chats = chatsOf(() => hub, (await startChats(hub, "brought")).token);
    channel = await chats.addChannel("botapi", { token: bot.token, address: telegram.url, delivery: "webhook" });
    hook = channel.urls["webhook"] ?? "";
    expect(await chats.client().send("POST", `/connections/${channel.id}/check`)).toMatchObject({ ok: true });
  });
  const post = (body: string | Buffer, headers: Readonly<Record<string, string>> = {}, url = hook) =>
    fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
  const genuine = () => ({ "x-telegram-bot-api-secret-token": channel.secrets["secret_token"] ?? "" });
  const update = (id: number, text: string) => ({
    update_id: id,
    message: {
      ...{ message_id: id, date: 1_800_000_000, text, chat: { id: 55, type: "private", first_name: "Пётр" } },
      from: { id: 55, is_bot: false, first_name: "Пётр" },
    },
  });

  it("is told our address, and what is written comes in at once", async () => {
    bot.say({ from: anna, text: "По вебхуку" });
    const { id } = await chats.placed("Анна Белова");
    expect((await chats.messages(id)).map(({ text }) => text)).toEqual(["По вебхуку"]);
    const answer = await chats.write(id, { text: "И обратно" });
    await chats.reached(id, answer.id, "sent");
    expect(textsOf(bot)).toEqual(["И обратно"]);
  });

  it("is told the same twice, and keeps it once", async () => {
    const [text, again] = [JSON.stringify(update(7_001, "Дважды")), JSON.stringify(update(7_001, "Дважды"))];
    const answers = await Promise.all([post(text, genuine()), post(again, genuine()), post(text, genuine())]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    const { id } = await chats.placed("Пётр");
    await sleep(300);
    expect(await chats.messages(id)).toHaveLength(1);
  });

  it("believes nobody who does not know the secret, and keeps nothing of it", async () => {
    const before = (await chats.journal(channel.id)).length;
    const forged = JSON.stringify(update(7_100, "Я не Telegram"));
    for (const headers of [{}, { "x-telegram-bot-api-secret-token": "guessed" }, { "x-telegram-bot-api-secret-token": "" }])
      expect((await post(forged, headers)).status).toBe(401);
    expect((await post(forged, genuine(), hook.replace(/in\/[^/]+/, "in/guessed"))).status).toBe(401);
    expect((await post(forged, genuine(), hook.replace(/in\/[^/]+/, `in/${channel.id}`))).status).toBe(401);
    expect((await post(forged, genuine(), `${hub.url}/botapi/update`)).status).toBe(404);
    expect((await fetch(hook)).status).toBe(405);
    expect((await chats.journal(channel.id)).length).toBe(before);
    expect((await chats.conversations()).map(({ client }) => client.name)).not.toContain("Я не Telegram");
  });

  it("is brought nonsense, and never answers with a 5xx", async () => {
    const bodies: [string | Buffer, number][] = [
      ["не JSON", 400],
      ["", 400],
      [Buffer.from([0xff, 0xfe, 0x00]), 400],
      ["[]", 200],
      ["null", 200],
      ["5", 200],
      ['{"update_id":1}', 200],
      ['{"update_id":2,"something_new":{}}', 200],
      ['{"update_id":3,"message":[]}', 200],
      [JSON.stringify({ update_id: 4, message: { ...update(4, "nul\u0000 и \ud800").message } }), 200],
      [JSON.stringify(update(5, "x".repeat(2_000_000))), 413],
      [`${"[".repeat(100_000)}`, 400],
    ];
    for (const [body, status] of bodies)
      expect([body.slice(0, 40), (await post(body, genuine())).status]).toEqual([body.slice(0, 40), status]);
    const stored = await chats.journal(channel.id);
    expect(JSON.stringify(stored)).not.toContain(channel.secrets["secret_token"]);
  });

  it("is left by us when its connection is removed", async () => {
    await chats.client().send("DELETE", `/connections/${channel.id}`);
    await until(async () => {
      const answer = await fetch(`${telegram.url}/bot${bot.token}/getWebhookInfo`);
      return ((await answer.json()) as { result: { url: string } }).result.url === "";
    });
  });
});

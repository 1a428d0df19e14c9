import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { addMessengers, conversationsOf, idle, type Messengers, messagesOf, type ShownMessage } from "../testkit/messengers.ts";
import type { Added } from "../testkit/telephony.ts";

/** A conversation from the messenger to our own CRM and back. */

const dataDir = makeDataDir();
let hub: HubProcess;
let shop: Messengers;
let account: Added;
const key = "whatsapp:79000000001";
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=", "base64");

beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  shop = await addMessengers(hub, "shop");
  account = await shop.addAccount({ login: "79000000001", phone: "79000000001" });
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await shop.touch.close();
  await hub.stop();
  removeDataDir(dataDir);
});
beforeEach(() =>
  Object.assign(shop.touch.switches, {
    duplicates: false,
    autoStatuses: false,
    shuffleStatuses: false,
    echoes: true,
    echoFirst: false,
    lostAnswers: false,
    down: false,
    blocked: false,
  }),
);

const conversationWith = (phone: string) =>
  until(async () => (await conversationsOf(shop.client)).find(({ client }) => client.phone === `+${phone}`));
const said = (messages: readonly ShownMessage[]) => messages.map(({ direction, text }) => `${direction}: ${text}`);
const write = (id: number, body: unknown) => shop.client.send<ShownMessage>("POST", `/conversations/${id}/messages`, body);
const message = async (conversation: number, text: string) =>
  (await messagesOf(shop.client, conversation)).find((one) => one.text === text);

describe("what a client writes", () => {
  it("stands in a conversation, with a contact and a deal that nobody has taken yet", async () => {
    await shop.touch.say(key, { from: "79031110001", name: "Мария", text: "Здравствуйте! Сколько стоит доставка?" });
    const conversation = await conversationWith("79031110001");
    expect(conversation).toMatchObject({ network: "whatsapp", client: { name: "Мария" }, unread: 1, is_open: true, responsible: null });
    const placed = await until(
      async () => (await conversationWith("79031110001")).deal !== null && (await conversationWith("79031110001")),
    );
    expect(await shop.client.get(`/contacts/${placed.contact}`)).toMatchObject({ name: "Мария", phones: [{ e164: "+79031110001" }] });
    const deal = await shop.client.get<{ stage: number; pipeline: number }>(`/deals/${placed.deal}`);
    const pipeline = await shop.client.get<{ stages: { id: number; kind: string }[] }>(`/pipelines/${deal.pipeline}`);
    expect(pipeline.stages.find(({ id }) => id === deal.stage)?.kind).toBe("incoming");
    expect(said(await messagesOf(shop.client, conversation.id))).toEqual(["in: Здравствуйте! Сколько стоит доставка?"]);
  });

  it("is known by the phone: whoever is in the CRM already is not made anew", async () => {
    const { id } = await shop.client.send<{ id: number }>("POST", "/contacts", {
      name: "Пётр Известный",
      phones: [{ value: "8 (903) 111-00-02" }],
    });
    await shop.touch.say(key, { from: "79031110002", name: "Петя", text: "Это я" });
    await until(async () => (await conversationWith("79031110002")).contact === id);
    await idle(shop.client);
    expect(await shop.client.all("/contacts?phone=79031110002")).toHaveLength(1);
  });

  it("brings its files: copied at once, opened by an address of ours, whatever they call themselves", async () => {
    const [picture, page] = [
      shop.touch.putMedia(png, "image/png"),
      shop.touch.putMedia(Buffer.from("<script>alert(1)</script>"), "text/html"),
    ];
    await shop.touch.say(key, {
      from: "79031110004",
      name: "Файлы",
      text: "Смотрите",
      content: [
        { type: "image", src: picture },
        { type: "file", src: page, filename: "прайс.html" },
      ],
    });
    const { id } = await conversationWith("79031110004");
    const files = await until(async () => {
      const [one] = await messagesOf(shop.client, id);
      return one?.files.every(({ url }) => url !== null) && one.files;
    });
    expect(files).toMatchObject([{ type: "image/png" }, { name: "прайс.html", is_risky: true }]);
    const [shown, kept] = await Promise.all(files.map(({ url }) => fetch(hub.url + url)));
    expect([shown?.headers.get("content-type"), shown?.headers.get("content-disposition")]).toEqual(["image/png", "inline"]);
    expect(Buffer.from(await (shown as Response).arrayBuffer()).equals(png)).toBe(true);
    expect(kept?.headers.get("content-type")).toBe("application/octet-stream");
    expect(kept?.headers.get("content-disposition")).toMatch(/^attachment; .*filename\*=UTF-8''%D0%BF/);
    expect(kept?.headers.get("content-security-policy")).toContain("sandbox");
  });

  it("is answered out of hours, once", async () => {
    await shop.client.send("PATCH", `/connections/${account.id}`, { settings: { work_days: [], off_hours_text: "Ответим утром" } });
    await shop.touch.say(key, { from: "79031110005", name: "Ночной", text: "Вы тут?" });
    await shop.touch.say(key, { from: "79031110005", name: "Ночной", text: "Ау" });
    const { id } = await conversationWith("79031110005");
    await idle(shop.client);
    await shop.client.send("PATCH", `/connections/${account.id}`, { settings: { off_hours_text: "" } });
    const messages = await messagesOf(shop.client, id);
    expect(said(messages).sort()).toEqual(["in: Ау", "in: Вы тут?", "out: Ответим утром"]);
    expect(messages.find(({ direction }) => direction === "out")).toMatchObject({ origin: "robot", state: "sent" });
    // Nobody has read it by that.
    expect((await conversationWith("79031110005")).unread).toBe(2);
  });

  it("is of many sorts: a place, a card, an answer, a reaction; a group and nonsense are left alone", async () => {
    const from = "79031110006";
    const item = await shop.touch.say(key, { from, name: "Разное", text: "Первое" });
    await shop.touch.say(key, { from, replyTo: item, text: "Ответ на первое" });
    await shop.touch.react(key, item, "👍");
    for (const body of [
      "{",
      "[]",
      '"text"',
      "null",
      '{"hook_type":"weather"}',
      '{"hook_type":"message","source":"whatsapp"}',
      `{"hook_type":"message","source":"fax","item":"1","from":"2"}`,
    ])
      expect(
        (await fetch(account.urls["webhook"] ?? "", { method: "POST", headers: { "content-type": "application/json" }, body })).status,
      ).toBeLessThan(500);
    const { id } = await conversationWith(from);
    await until(async () => (await messagesOf(shop.client, id)).length === 2);
    await idle(shop.client);
    const [first, second] = await messagesOf(shop.client, id);
    expect(second?.reply_to).toBe(first?.id);
    expect(Object.values(first?.reactions ?? {})).toEqual(["👍"]);
  });
});

describe("what we write", () => {
  const from = "79032220001";
  let id = 0;
  beforeAll(async () => {
    await shop.touch.say(key, { from, name: "Ольга", text: "Добрый день" });
    ({ id } = await conversationWith(from));
  });
  const sentTo = (text: string) => shop.touch.sent.filter((one) => one.text === text);

  it("is sent, delivered and read; its echo is no other message", async () => {
    Object.assign(shop.touch.switches, { autoStatuses: true, shuffleStatuses: true, duplicates: true });
    const sent = await write(id, { text: "Тысяча рублей" });
    expect(sent.state).toBe("waiting");
    await until(async () => (await message(id, "Тысяча рублей"))?.state === "read");
    await idle(shop.client);
    expect(sentTo("Тысяча рублей")).toHaveLength(1);
    expect(said(await messagesOf(shop.client, id))).toEqual(["in: Добрый день", "out: Тысяча рублей"]);
    expect((await conversationWith(from)).unread).toBe(0);
  });

  it("is one message when its echo is there before the answer", async () => {
    shop.touch.switches.echoFirst = true;
    await write(id, { text: "Эхо впереди" });
    await until(async () => (await message(id, "Эхо впереди"))?.state === "sent");
    await idle(shop.client);
    expect((await messagesOf(shop.client, id)).filter(({ text }) => text === "Эхо впереди")).toHaveLength(1);
  });

  it("is not sent again when the answer was lost: the echo tells that it has arrived", async () => {
    shop.touch.switches.lostAnswers = true;
    await write(id, { text: "Ответ потерялся" });
    await until(async () => sentTo("Ответ потерялся").length === 1);
    shop.touch.switches.lostAnswers = false;
    await until(async () => (await message(id, "Ответ потерялся"))?.state === "sent");
    expect(sentTo("Ответ потерялся")).toHaveLength(1);
    expect((await messagesOf(shop.client, id)).filter(({ text }) => text === "Ответ потерялся")).toHaveLength(1);
  });

  it("is unknown while there is no echo either, until the messenger can be asked: it is there, or is sent again", async () => {
    Object.assign(shop.touch.switches, { lostAnswers: true, echoes: false });
    await write(id, { text: "Дошло ли?" });
    await until(async () => (await message(id, "Дошло ли?"))?.state === "unknown");
    Object.assign(shop.touch.switches, { lostAnswers: false, down: "reset" });
    await write(id, { text: "Не дошло" });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    shop.touch.switches.down = false;
    await until(async () => (await message(id, "Не дошло"))?.state === "sent", 60);
    expect([(await message(id, "Дошло ли?"))?.state, sentTo("Дошло ли?").length, sentTo("Не дошло").length]).toEqual(["sent", 1, 1]);
    const { id: sent } = (await message(id, "Не дошло")) ?? { id: 0 };
    expect((await shop.client.call("POST", `/messages/${sent}/again`)).status).toBe(422);
  }, 90_000);

  it("fails in words when the messenger will not have it", async () => {
    shop.touch.switches.blocked = true;
    await write(id, { text: "Заблокировано" });
    const failed = await until(
      async () => (await message(id, "Заблокировано"))?.state === "failed" && (await message(id, "Заблокировано")),
    );
    expect(failed?.error).not.toBe("");
    expect(failed?.reason).not.toBeNull();
  });

  it("waits while the messenger is down, and goes out in order, once each", async () => {
    const texts = Array.from({ length: 5 }, (_, index) => `По порядку ${index + 1}`);
    shop.touch.switches.down = "429";
    for (const text of texts) await write(id, { text });
    await new Promise((resolve) => setTimeout(resolve, 500));
    shop.touch.switches.down = false;
    await until(async () => (await message(id, "По порядку 5"))?.state === "sent", 60);
    expect(shop.touch.sent.map(({ text }) => text).filter((text) => text?.startsWith("По порядку"))).toEqual(texts);
  }, 90_000);

  it("takes files along, with their names", async () => {
    const form = new FormData();
    form.set("file", new File([png], "план этажа.png", { type: "image/png" }));
    const upload = await fetch(`${hub.url}/hub/v1/files`, {
      method: "POST",
      headers: { authorization: `Bearer ${shop.company.token}` },
      body: form,
    });
    expect(upload.status).toBe(201);
    const file = (await upload.json()) as { id: string; type: string; kind: string };
    expect(file).toMatchObject({ type: "image/png", kind: "picture", name: "план этажа.png" });
    await write(id, { text: "Вот план", files: [file.id] });
    const sent = await until(async () => sentTo("Вот план")[0]);
    expect(sent.content).toMatchObject([{ type: "image", filename: "план этажа.png" }]);
    const opened = await fetch(sent.content?.[0]?.src ?? "");
    expect(Buffer.from(await opened.arrayBuffer()).equals(png)).toBe(true);
    expect(
      (await shop.client.call("POST", `/conversations/${id}/messages`, { files: ["00000000-0000-4000-8000-000000000000"] })).status,
    ).toBe(422);
    expect((await shop.client.call("POST", `/conversations/${id}/messages`, { text: "  " })).status).toBe(422);
  });

  it("stands there, too, when it was written on the phone", async () => {
    await shop.touch.echo(key, { to: from, text: "С телефона" });
    const written = await until(async () => message(id, "С телефона"));
    expect(written).toMatchObject({ direction: "out", origin: "phone" });
  });

  it("may be the first word: by the phone of a contact", async () => {
    const { id: contact } = await shop.client.send<{ id: number }>("POST", "/contacts", {
      name: "Новый",
      phones: [{ value: "+79032220002" }],
    });
    const [channel] = await shop.client.all<{ id: number; writes_first_by: string }>("/channels");
    expect(channel?.writes_first_by).toBe("phone");
    const begun = await shop.client.send<{ id: number }>("POST", "/conversations", { channel: channel?.id, contact });
    expect((await shop.client.send<{ id: number }>("POST", "/conversations", { channel: channel?.id, contact })).id).toBe(begun.id);
    await write(begun.id, { text: "Здравствуйте, это Ромашка" });
    await until(async () => (await message(begun.id, "Здравствуйте, это Ромашка"))?.state === "sent");
    await shop.touch.say(key, { from: "79032220002", name: "Новенький", text: "Да, слушаю" });
    await until(async () => (await messagesOf(shop.client, begun.id)).length === 2);
    expect((await conversationsOf(shop.client)).filter(({ client }) => client.phone === "+79032220002")).toHaveLength(1);
  });
});

describe("a hub that is killed", () => {
  it("loses nothing and sends nothing twice", async () => {
    const froms = Array.from({ length: 10 }, (_, index) => `7904333000${index}`);
    const telling = (async () => {
      for (let round = 1; round <= 10; round++)
        for (const from of froms) await shop.touch.say(key, { from, name: `К ${from}`, text: `Слово ${round}` });
    })();
    const port = Number(new URL(hub.url).port);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await hub.kill();
    hub = await startHubProcess({ dataDir, port });
    await telling;
    await shop.touch.settled();
    await idle(shop.client, 60);
    const conversations = (await conversationsOf(shop.client)).filter(({ client }) => client.name.startsWith("К "));
    const kept = new Map(
      await Promise.all(
        conversations.map(
          async ({ id, client }) => [client.phone?.slice(1), (await messagesOf(shop.client, id)).map(({ text }) => text)] as const,
        ),
      ),
    );
    // What was answered 200 is there; the stand-in gives up soon what nobody has taken.
    const taken = shop.touch.hooks.filter(({ statuses, body }) => statuses.includes(200) && String(body["text"]).startsWith("Слово"));
    expect(taken.length).toBeGreaterThan(20);
    for (const { body } of taken) expect(kept.get(String(body["from"]))).toContain(body["text"]);
    for (const texts of kept.values()) {
      const rounds = texts.map((text) => Number(text.split(" ")[1]));
      expect(rounds).toEqual([...new Set(rounds)].sort((one, other) => one - other));
    }
    expect(await shop.client.all("/deals?q=К 7904333")).toHaveLength(froms.length);
  }, 90_000);

  it("in the middle of sending, sends each once, or says that nobody knows", async () => {
    const conversations = (await conversationsOf(shop.client)).filter(({ client }) => client.name.startsWith("К "));
    await Promise.all(conversations.map(({ id }) => write(id, { text: `Прощальное ${id}` })));
    const port = Number(new URL(hub.url).port);
    await hub.kill();
    hub = await startHubProcess({ dataDir, port });
    await idle(shop.client, 60);
    for (const { id } of conversations) {
      // What had left when we fell is asked for: it is there, or goes out now.
      const times = shop.touch.sent.filter(({ text }) => text === `Прощальное ${id}`).length;
      const state = (await message(id, `Прощальное ${id}`))?.state;
      expect([times, state]).toEqual([1, "sent"]);
    }
  }, 90_000);
});

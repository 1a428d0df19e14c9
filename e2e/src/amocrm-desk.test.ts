import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import {
  type AmoDesk,
  addAmoDesk,
  addMessengers,
  conversationsOf,
  idle,
  type Messengers,
  messagesOf,
  type ShownMessage,
} from "../testkit/messengers.ts";

/** A conversation from the messenger to the chats of an amoCRM account and back: one hub works with another as with amoCRM. */

const dataDirs = [makeDataDir(), makeDataDir()] as const;
let near: HubProcess;
let far: HubProcess;
let shop: Messengers;
let desk: AmoDesk;
const key = "whatsapp:79000000001";
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=", "base64");

beforeAll(async () => {
  [near, far] = await Promise.all([startHubProcess({ dataDir: dataDirs[0] }), startHubProcess({ dataDir: dataDirs[1] })]);
  shop = await addMessengers(near, "shop");
  // The company works in amoCRM alone.
  const [own] = (await shop.client.all<{ id: number; vendor: string }>("/connections")).filter(({ vendor }) => vendor === "crm");
  await shop.client.send("DELETE", `/connections/${own?.id}`);
  desk = await addAmoDesk(near, shop.company, far, "far");
  shop.touch.add({ source: "whatsapp", login: "79000000001", token: "token", phone: "79000000001" });
  const request = {
    touchapi_source: "whatsapp",
    touchapi_token: "token",
    touchapi_login: "79000000001",
    crm_url: desk.host,
    crm_type: "amocrm",
  };
  expect((await shop.ask("POST", "/crm/connect", request)).body.data.result.source.ok).toBe(true);
  shop.touch.switches.autoStatuses = true;
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(near.output(), far.output());
  await shop.touch.close();
  await Promise.all([near.stop(), far.stop()]);
  for (const dataDir of dataDirs) removeDataDir(dataDir);
});

const there = (name: string) => until(async () => (await conversationsOf(desk.there)).find(({ client }) => client.name === name));
const saidThere = async (id: number): Promise<ShownMessage[]> => messagesOf(desk.there, id);
const said = (messages: readonly ShownMessage[]) => messages.map(({ direction, text }) => `${direction}: ${text}`);
const bothIdle = async (seconds?: number) => {
  await idle(shop.client, seconds);
  await idle(desk.there, seconds);
};

describe("what a client writes", () => {
  it("is shown in amoCRM, by the source of its channel, with a contact and an unsorted lead of its own making", async () => {
    await shop.touch.say(key, { from: "79031110001", name: "Мария", text: "Здравствуйте!" });
    const conversation = await there("Мария");
    expect(conversation).toMatchObject({ network: "whatsapp", client: { phone: "+79031110001" } });
    const deal = await desk.there.get<{ source: number }>(`/deals/${conversation.deal}`);
    const [source] = (await desk.there.all<{ id: number; name: string }>("/sources")).filter(({ id }) => id === deal.source);
    expect(source?.name).toBe("79000000001 (whatsapp)");
    // And in our own inbox all the same.
    expect(await conversationsOf(shop.client)).toMatchObject([{ client: { name: "Мария" }, contact: null }]);
    await bothIdle();
    expect(await desk.there.all("/contacts?phone=79031110001")).toHaveLength(1);
    expect(await desk.there.all("/deals?q=Мария")).toHaveLength(1);
  });

  it("is shown once and in order, with its files", async () => {
    shop.touch.switches.duplicates = true;
    for (let count = 1; count <= 10; count++) await shop.touch.say(key, { from: "79031110002", name: "Порядок", text: `Слово ${count}` });
    await shop.touch.say(key, {
      from: "79031110002",
      name: "Порядок",
      text: "Фото",
      content: [{ type: "image", src: shop.touch.putMedia(png, "image/png") }],
    });
    shop.touch.switches.duplicates = false;
    const { id } = await there("Порядок");
    await until(async () => (await saidThere(id)).length === 11);
    await bothIdle();
    const messages = await saidThere(id);
    expect(said(messages)).toEqual([...Array.from({ length: 10 }, (_, index) => `in: Слово ${index + 1}`), "in: Фото"]);
    const media = (messages.at(-1) as unknown as { content: { media: string } }).content.media;
    expect(Buffer.from(await (await fetch(media)).arrayBuffer()).equals(png)).toBe(true);
  });
});

describe("what is written in amoCRM", () => {
  it("goes out by the channel of the conversation, once, and is told delivered and read", async () => {
    const { id } = await there("Мария");
    await desk.there.send("POST", `/conversations/${id}/messages`, { text: "Тысяча рублей" });
    await until(async () => (await saidThere(id)).find(({ text }) => text === "Тысяча рублей")?.state === "read");
    expect(shop.touch.sent.filter(({ text }) => text === "Тысяча рублей")).toHaveLength(1);
    const [own] = (await conversationsOf(shop.client)).filter(({ client }) => client.name === "Мария");
    expect((await messagesOf(shop.client, own?.id ?? 0)).find(({ text }) => text === "Тысяча рублей")).toMatchObject({
      origin: "desk",
      state: "read",
    });
    await bothIdle();
    // Its echo, and its being sent, are shown to nobody who wrote it.
    expect(said(await saidThere(id))).toEqual(["in: Здравствуйте!", "out: Тысяча рублей"]);
  });

  it("says why it has not arrived", async () => {
    shop.touch.switches.blocked = true;
    const { id } = await there("Мария");
    await desk.there.send("POST", `/conversations/${id}/messages`, { text: "Не дойдёт" });
    const failed = await until(async () => (await saidThere(id)).find(({ text, state }) => text === "Не дойдёт" && state === "failed"));
    shop.touch.switches.blocked = false;
    expect(failed?.error).not.toBe("");
  });

  it("may be a file", async () => {
    const { id } = await there("Мария");
    const form = new FormData();
    form.set("file", new File([png], "план.png", { type: "image/png" }));
    const upload = await fetch(`${far.url}/hub/v1/files`, {
      method: "POST",
      headers: { authorization: `Bearer ${desk.token}` },
      body: form,
    });
    const { id: file } = (await upload.json()) as { id: string };
    await desk.there.send("POST", `/conversations/${id}/messages`, { text: "План", files: [file] });
    const sent = await until(async () => shop.touch.sent.find(({ text }) => text === "План"));
    expect(sent?.content).toMatchObject([{ type: "image", filename: "план.png" }]);
    expect(sent?.content?.[0]?.src).toContain(near.url);
  });

  it("is nobody's when it was not signed by the channel", async () => {
    const url = `${near.url}/in/${desk.account.secrets["hook_secret"]}/amocrm/chats/scope`;
    const body = JSON.stringify({
      account_id: "x",
      time: 1,
      message: {
        receiver: { id: "1" },
        sender: { id: "2" },
        conversation: { id: "3" },
        message: { id: "4", type: "text", text: "Подделка" },
      },
    });
    for (const headers of [{}, { "x-signature": "00" }, { "x-signature": createHmac("sha1", "чужой").update(body).digest("hex") }])
      expect((await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })).status).toBe(401);
  });
});

describe("what was written while we were away", () => {
  it("is found when we are back, although amoCRM tells of it once: it goes out, once", async () => {
    const { id } = await there("Мария");
    const port = Number(new URL(near.url).port);
    await near.kill();
    await desk.there.send("POST", `/conversations/${id}/messages`, { text: "Пока вас не было" });
    await until(async () => (await saidThere(id)).find(({ text }) => text === "Пока вас не было")?.state === "unknown");
    near = await startHubProcess({ dataDir: dataDirs[0], port });
    const since = new Date(Date.now() - 3_600_000).toISOString();
    for (const _ of [1, 2]) await shop.client.send("POST", `/connections/${desk.account.id}/poll`, { since });
    await until(async () => (await saidThere(id)).find(({ text }) => text === "Пока вас не было")?.state === "read", 30);
    expect(shop.touch.sent.filter(({ text }) => text === "Пока вас не было")).toHaveLength(1);
    await bothIdle(30);
    expect((await saidThere(id)).filter(({ text }) => text === "Пока вас не было")).toHaveLength(1);
  }, 60_000);
});

describe("what is written elsewhere", () => {
  it("is shown in amoCRM, too: on the phone, and in our own inbox", async () => {
    const { id } = await there("Мария");
    const [own] = (await conversationsOf(shop.client)).filter(({ client }) => client.name === "Мария");
    await shop.touch.echo(key, { to: "79031110001", text: "С телефона" });
    await shop.client.send("POST", `/conversations/${own?.id}/messages`, { text: "Из нашего инбокса" });
    await until(async () => {
      const texts = said(await saidThere(id));
      return texts.includes("out: С телефона") && texts.includes("out: Из нашего инбокса");
    });
    await bothIdle();
    expect(said(await saidThere(id)).filter((text) => text === "out: Из нашего инбокса")).toHaveLength(1);
  });
});

describe("an amoCRM that is down", () => {
  it("gets everything afterwards, in order, once each; killing our hub meanwhile changes nothing", async () => {
    const port = Number(new URL(far.url).port);
    await far.kill();
    for (let count = 1; count <= 5; count++) await shop.touch.say(key, { from: "79031110003", name: "Терпение", text: `Ждём ${count}` });
    const nearPort = Number(new URL(near.url).port);
    await near.kill();
    near = await startHubProcess({ dataDir: dataDirs[0], port: nearPort });
    far = await startHubProcess({ dataDir: dataDirs[1], port });
    for (const { id } of await api(near, shop.company.token).all<{ id: string }>("/deliveries?state=waiting"))
      await api(near, shop.company.token).call("POST", `/deliveries/${id}/retry`);
    const { id } = await until(async () => (await conversationsOf(desk.there)).find(({ client }) => client.name === "Терпение"), 60);
    await until(async () => {
      for (const delivery of await shop.client.all<{ id: string }>("/deliveries?state=waiting"))
        await shop.client.call("POST", `/deliveries/${delivery.id}/retry`);
      return (await saidThere(id)).length === 5;
    }, 60);
    expect(said(await saidThere(id))).toEqual(Array.from({ length: 5 }, (_, index) => `in: Ждём ${index + 1}`));
    await bothIdle(60);
    expect(await saidThere(id)).toHaveLength(5);
    expect(await desk.there.all("/deals?q=Терпение")).toHaveLength(1);
  }, 120_000);
});

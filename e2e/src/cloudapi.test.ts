import { sign, signatureHeader } from "@svyazka/cloudapi";
import { type Someone, startWhatsApp, type WhatsAppStandin, writeHook } from "@svyazka/cloudapi/standin";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Chats, type ConversationShape, chatsOf, jpeg, opus, pdf, startChats } from "../testkit/chats.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import type { Added } from "../testkit/telephony.ts";

/** Clients write to a number of WhatsApp, and people answer from the hub. */

const dataDir = makeDataDir();
const anna: Someone = { phone: "79161234567", name: "Анна Белова" };
let whatsapp: WhatsAppStandin;
let hub: HubProcess;
let chats: Chats;
let channel: Added;
let hook: string;
let conversation: ConversationShape;
beforeAll(async () => {
  whatsapp = await startWhatsApp({ token: "EAAJB-token-of-the-number", appSecret: "secret-of-the-app" });
  hub = await startHubProcess({ dataDir });
  chats = chatsOf(() => hub, (await startChats(hub, "whatsapp")).token);
  channel = await chats.addChannel("cloudapi", {
    ...{ phone_number_id: whatsapp.phoneNumberId, waba_id: whatsapp.wabaId, address: whatsapp.url },
    ...{ access_token: whatsapp.token, app_secret: whatsapp.appSecret },
  });
  hook = channel.urls["webhook"] ?? "";
});
afterAll(async () => {
  await hub.stop();
  await whatsapp.close();
  removeDataDir(dataDir);
});

type Node = Readonly<Record<string, string>>;
const nodeOf = ({ type, body }: WhatsAppStandin["sent"][number]): Node => (body[type] ?? {}) as Node;
const textsSent = () => whatsapp.sent.map((one) => nodeOf(one)["body"] ?? nodeOf(one)["caption"] ?? one.type);
const timesSent = (text: string) => textsSent().filter((one) => one === text).length;

describe("a number", () => {
  it("is connected by its address and a token, as a person does it at Meta", async () => {
    expect(await whatsapp.subscribe(hook, "guessed")).toBe(false);
    expect(await whatsapp.subscribe(hook, channel.secrets["verify_token"] ?? "")).toBe(true);
    expect(await chats.client().send("POST", `/connections/${channel.id}/check`)).toMatchObject({ ok: true });
    expect(JSON.stringify(await chats.journal(channel.id))).not.toContain(channel.secrets["verify_token"]);
  });
});

describe("what a client writes", () => {
  it("stands with a contact and a deal, and its files are ours", async () => {
    whatsapp.say({ from: anna, text: "Здравствуйте 👋", referral: { source_type: "ad", source_id: "120" } });
    whatsapp.say({ from: anna, text: "Вот такое", file: { as: "image", bytes: jpeg, type: "image/jpeg" } });
    whatsapp.say({ from: anna, file: { as: "voice", bytes: opus, type: "audio/ogg; codecs=opus" } });
    whatsapp.say({ from: anna, file: { as: "document", bytes: pdf, type: "application/pdf", name: "Смета.pdf" } });
    whatsapp.say({ from: anna, location: { latitude: 55.7, longitude: 37.6, name: "Офис" } });
    whatsapp.say({ from: anna, contact: { name: "Иван", phone: "+7 916 765-43-21" } });
    conversation = await chats.placed("Анна Белова");
    expect(conversation).toMatchObject({ network: "whatsapp", channel: channel.id, client: { phone: `+${anna.phone}` } });
    expect(new Date(conversation.window_closes_at ?? 0).getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    const messages = await chats.settled(conversation.id, 6);
    expect(messages.map(({ kind, text }) => [kind, text])).toEqual([
      ...[
        ["text", "Здравствуйте 👋"],
        ["picture", "Вот такое"],
        ["voice", ""],
        ["file", ""],
        ["location", ""],
        ["contact", ""],
      ],
    ]);
    expect(messages[0]?.content).toMatchObject({ referral: { sourceId: "120" } });
    const files = messages.flatMap((one) => one.files);
    expect(files.map(({ name }) => name)).toEqual([null, null, "Смета.pdf"]);
    expect(await Promise.all(files.map(({ url }) => chats.bytesAt(url)))).toEqual([jpeg, opus, pdf]);
    expect(await chats.client().get(`/contacts/${conversation.contact}`)).toMatchObject({ phones: [{ e164: `+${anna.phone}` }] });
  });

  it("is theirs although they hide their phone", async () => {
    whatsapp.say({ from: { phone: "", name: "Без номера", hiddenAs: "RU.13491208655302741918" }, text: "А так можно?" });
    const hidden = await chats.placed("Без номера");
    expect(hidden.client.phone).toBeNull();
    const { id } = await chats.write(hidden.id, { text: "Можно" });
    await chats.reached(hidden.id, id, "read");
    expect(whatsapp.sent.at(-1)).toMatchObject({ to: "RU.13491208655302741918", body: { recipient: "RU.13491208655302741918" } });
  });
});

describe("what people answer", () => {
  it("goes out once, and tells how far it has come: a text, an answer, a file with its name", async () => {
    const [asked] = await chats.messages(conversation.id);
    const answer = await chats.write(conversation.id, { text: "Добрый день", reply_to: asked?.id });
    await chats.reached(conversation.id, answer.id, "read");
    const withFile = await chats.write(conversation.id, { text: "Прайс", files: [await chats.upload(pdf, "Прайс 2026.pdf")] });
    await chats.reached(conversation.id, withFile.id, "read");
    const [text, file] = whatsapp.sent.slice(-2);
    expect(text?.body).toMatchObject({ to: anna.phone, context: { message_id: expect.stringMatching(/^wamid/) } });
    expect(file && nodeOf(file)).toMatchObject({ filename: "Прайс 2026.pdf", caption: "Прайс" });
    expect([timesSent("Добрый день"), timesSent("Прайс")]).toEqual([1, 1]);
  });

  it("is as far as it is, however statuses are shuffled and doubled", async () => {
    Object.assign(whatsapp.switches, { shuffledStatuses: true, duplicatedHooks: true });
    const { id } = await chats.write(conversation.id, { text: "Вперемешку" });
    await whatsapp.settled();
    await chats.reached(conversation.id, id, "read");
    whatsapp.say({ from: anna, text: "Дважды" });
    await until(async () => (await chats.messages(conversation.id)).some(({ text }) => text === "Дважды"));
    await whatsapp.settled();
    Object.assign(whatsapp.switches, { shuffledStatuses: false, duplicatedHooks: false });
    const messages = await chats.messages(conversation.id);
    expect(messages.filter(({ text }) => text === "Дважды")).toHaveLength(1);
    expect(messages.find((one) => one.id === id)?.state).toBe("read");
  });

  it("is liked, and is not any more; the client answers it and sees that somebody is typing", async () => {
    const ours = whatsapp.sent.find((one) => nodeOf(one)["body"] === "Добрый день")?.id ?? "";
    whatsapp.say({ from: anna, text: "Спасибо", replyTo: ours });
    whatsapp.say({ from: anna, reaction: { to: ours, emoji: "🔥" } });
    await until(async () => {
      const messages = await chats.messages(conversation.id);
      const answered = messages.find(({ text }) => text === "Добрый день");
      return (
        Object.values(answered?.reactions ?? {})[0] === "🔥" && messages.find(({ text }) => text === "Спасибо")?.reply_to === answered?.id
      );
    });
    whatsapp.say({ from: anna, reaction: { to: ours, emoji: null } });
    await until(async () => (await chats.messages(conversation.id)).every(({ reactions }) => Object.keys(reactions).length === 0));
    await chats.client().send("POST", `/conversations/${conversation.id}/typing`);
    await until(async () => whatsapp.read.some(({ isTyping }) => isTyping));
  });

  it("that was taken although its answer was lost, is known by the status that brings our key", async () => {
    whatsapp.switches.lostAnswers = true;
    const { id } = await chats.write(conversation.id, { text: "Дошло?" });
    await chats.reached(conversation.id, id, "read");
    whatsapp.switches.lostAnswers = false;
    expect(timesSent("Дошло?")).toBe(1);
  });

  it("waits while WhatsApp is away, and goes out in order, once", { timeout: 90_000 }, async () => {
    const before = textsSent().length;
    await whatsapp.away();
    const texts = Array.from({ length: 5 }, (_, index) => `пока вас нет ${index}`);
    for (const text of texts) await chats.write(conversation.id, { text });
    await until(
      async () => (await chats.client().get<{ health: { ok: boolean } | null }>(`/connections/${channel.id}`)).health?.ok === false,
      30,
    );
    whatsapp.say({ from: anna, text: "А я пока писала" });
    await until(async () => (await chats.messages(conversation.id)).some(({ text }) => text === "А я пока писала"));
    await whatsapp.back();
    await until(async () => textsSent().length >= before + 5, 60);
    expect(textsSent().slice(before)).toEqual(texts);
    await until(async () =>
      (await chats.messages(conversation.id)).filter(({ direction }) => direction === "out").every(({ state }) => state === "read"),
    );
  });

  it("waits while the token is worth nothing, and what comes in is taken meanwhile", { timeout: 90_000 }, async () => {
    whatsapp.switches.expired = true;
    const { id } = await chats.write(conversation.id, { text: "Минуту" });
    const health = async () =>
      (await chats.client().get<{ health: { ok: boolean; message: string } | null }>(`/connections/${channel.id}`)).health;
    await until(async () => (await health())?.ok === false, 30);
    expect((await health())?.message).not.toContain(whatsapp.token);
    whatsapp.say({ from: anna, text: "Ау" });
    await until(async () => (await chats.messages(conversation.id)).some(({ text }) => text === "Ау"));
    whatsapp.switches.expired = false;
    await chats.client().send("PATCH", `/connections/${channel.id}`, { settings: { access_token: whatsapp.token } });
    await chats.reached(conversation.id, id, "read", 60);
    expect(timesSent("Минуту")).toBe(1);
  });
});

describe("somebody who has not written", () => {
  const approved = { language: "ru", category: "UTILITY", status: "APPROVED" };
  beforeAll(() => {
    whatsapp.templates.push(
      { ...approved, name: "order", components: [{ type: "BODY", text: "{{client}}, заказ {{number}} готов" }] },
      { ...approved, name: "old", status: "REJECTED", components: [{ type: "BODY", text: "…" }] },
    );
  });

  it("is written to by a template only, and answers in the same conversation", async () => {
    const ivan: Someone = { phone: "79167654321", name: "Иван" };
    const begun = await chats
      .client()
      .send<ConversationShape>("POST", "/conversations", { channel: channel.id, phone: "8 (916) 765-43-21" });
    expect(begun.network).toBe("whatsapp");
    expect(await chats.client().call("POST", `/conversations/${begun.id}/messages`, { text: "Здравствуйте" })).toMatchObject({
      ...{ status: 422, body: { errors: { text: [expect.stringContaining("only a template")] } } },
    });
    const offered = await chats.client().get<{ items: object[] }>(`/channels/${channel.id}/templates`);
    expect(offered.items).toEqual([
      { name: "order", language: "ru", text: "{{client}}, заказ {{number}} готов", gaps: 2, is_usable: true },
      { name: "old", language: "ru", text: "…", gaps: 0, is_usable: false },
    ]);
    const { id } = await chats.write(begun.id, { template: { name: "order", language: "ru", values: ["Иван", "15"] } });
    await chats.reached(begun.id, id, "read");
    expect(JSON.stringify(whatsapp.sent.at(-1)?.body)).toContain('"parameter_name":"client","text":"Иван"');
    whatsapp.say({ from: ivan, text: "Уже еду" });
    await chats.placed("Иван");
    expect((await chats.messages(begun.id)).map(({ direction }) => direction).sort()).toEqual(["in", "out"]);
  });

  it("and has no WhatsApp, is told of with the reason and Meta's own words", async () => {
    whatsapp.strangers.add("79990000000");
    const begun = await chats.client().send<ConversationShape>("POST", "/conversations", { channel: channel.id, phone: "+79990000000" });
    const { id } = await chats.write(begun.id, { template: { name: "order", language: "ru", values: ["Никто", "1"] } });
    expect(await chats.reached(begun.id, id, "failed")).toMatchObject({
      reason: "no_account",
      error: expect.stringContaining("undeliverable"),
    });
    const wrong = await chats.write(begun.id, { template: { name: "nothing", language: "ru", values: [] } });
    expect(await chats.reached(begun.id, wrong.id, "failed")).toMatchObject({ error: expect.stringContaining("132001") });
  });
});

describe("a window that has closed at Meta, and not yet with us", () => {
  it("is told by a status or in the answer, and a template goes all the same", async () => {
    whatsapp.advance(25 * 3_600);
    for (const windowToldBy of ["status", "answer"] as const) {
      whatsapp.switches.windowToldBy = windowToldBy;
      const { id } = await chats.write(conversation.id, { text: `Поздно (${windowToldBy})` });
      expect(await chats.reached(conversation.id, id, "failed")).toMatchObject({
        reason: "window_closed",
        error: expect.stringContaining("24 hours"),
      });
    }
    const template = await chats.write(conversation.id, { template: { name: "order", language: "ru", values: ["Анна", "16"] } });
    await chats.reached(conversation.id, template.id, "read");
  });
});

describe("the door", () => {
  const post = (
    body: Buffer,
    headers: Readonly<Record<string, string>> = { [signatureHeader]: sign(body, whatsapp.appSecret) },
    url = hook,
  ) => fetch(url, { method: "POST", body: Uint8Array.from(body), headers: { "content-type": "application/json", ...headers } });
  const message = (text: string, number = whatsapp.phoneNumberId) =>
    writeHook({
      object: "whatsapp_business_account",
      entry: [
        {
          id: whatsapp.wabaId,
          changes: [
            {
              field: "messages",
              value: {
                ...{ messaging_product: "whatsapp", metadata: { phone_number_id: number } },
                contacts: [{ profile: { name: "Чужой" }, wa_id: "79991112233" }],
                messages: [
                  { from: "79991112233", id: `wamid.${text.slice(0, 30)}`, timestamp: "1800000000", type: "text", text: { body: text } },
                ],
              },
            },
          ],
        },
      ],
    });

  it("believes nobody whose signature is another one, and keeps nothing of it", async () => {
    const before = (await chats.journal(channel.id)).length;
    const forged = message("Я не Meta");
    for (const headers of [
      {},
      { [signatureHeader]: sign(forged, "guessed") },
      { [signatureHeader]: sign(message("другое"), whatsapp.appSecret) },
    ])
      expect((await post(forged, headers)).status).toBe(401);
    expect((await post(forged, undefined, hook.replace(/in\/[^/]+/, "in/guessed"))).status).toBe(401);
    expect((await post(forged, undefined, `${hub.url}/cloudapi/hook`)).status).toBe(404);
    expect((await fetch(`${hook}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=guessed`)).status).toBe(401);
    expect((await chats.journal(channel.id)).length).toBe(before);
    expect((await chats.conversations()).map(({ client }) => client.name)).not.toContain("Чужой");
  });

  it("leaves what is for another number of the app alone", async () => {
    expect((await post(message("Не вам", "999999999999"))).status).toBe(200);
    expect((await chats.conversations()).map(({ client }) => client.name)).not.toContain("Чужой");
    expect((await chats.journal(channel.id))[0]).toMatchObject({ outcome: "ignored", detail: "of another number" });
  });

  it("is brought nonsense, and never answers with a 5xx", async () => {
    const bodies: [Buffer, number][] = [
      [Buffer.from("не JSON"), 400],
      [Buffer.from(""), 400],
      [Buffer.from([0xff, 0xfe, 0x00]), 400],
      [Buffer.from("[]"), 200],
      [Buffer.from("null"), 200],
      [Buffer.from('{"object":"page"}'), 200],
      [Buffer.from('{"object":"whatsapp_business_account","entry":[[[]]]}'), 200],
      [Buffer.from('{"entry":[{"changes":[{"field":"something_new","value":{}}]}]}'), 200],
      [message("nul\u0000 и \ud800"), 200],
      [message("x".repeat(2_000_000)), 200],
      [message("x".repeat(3_200_000)), 413],
      [Buffer.from("[".repeat(100_000)), 400],
    ];
    for (const [body, status] of bodies) {
      const name = body.subarray(0, 60).toString("latin1");
      expect([name, (await post(body)).status]).toEqual([name, status]);
    }
    await until(async () => (await chats.client().get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0, 30);
    expect(
      (await chats.client().get<{ items: { detail: string }[] }>("/deliveries?state=failed")).items.filter(({ detail }) =>
        /bug|undefined|syntax/i.test(detail ?? ""),
      ),
    ).toEqual([]);
  });

  it("receives a stored hook again: its signature holds", async () => {
    const genuine = message("Ещё раз");
    expect((await post(genuine)).status).toBe(200);
    const [line] = await chats.journal(channel.id);
    expect(await chats.client().send("POST", `/journal/${line?.id}/replay`)).toMatchObject({ outcome: "repeated" });
  });
});

describe("a hub that is killed", () => {
  it("has lost no hook that it took, and doubles none", { timeout: 120_000 }, async () => {
    const port = Number(new URL(hub.url).port);
    for (let round = 0; round < 2; round++) {
      for (let count = 0; count < 40; count++) whatsapp.say({ from: anna, text: `до ${round}.${count}` });
      await hub.kill();
      hub = await startHubProcess({ dataDir, port });
    }
    await whatsapp.settled();
    const theirs = async () => (await chats.messages(conversation.id)).map(({ text }) => text).filter((text) => text.startsWith("до "));
    await until(async () => (await theirs()).length >= 80, 60);
    const all = await theirs();
    expect([all.length, new Set(all).size]).toEqual([80, 80]);
    expect(all).toEqual([0, 1].flatMap((round) => Array.from({ length: 40 }, (_, count) => `до ${round}.${count}`)));
  });
});

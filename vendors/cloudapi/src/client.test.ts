import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Receiver, startReceiver } from "../testkit/receiver.ts";
import { localSend } from "../testkit/way-out.ts";
import { type Attachment, makeWhatsApp, type Send, type WhatsApp, WhatsAppLogin, WhatsAppRefused, WhatsAppUnavailable } from "./index.ts";
import { type Someone, startWhatsApp, type WhatsAppStandin } from "./standin.ts";

const anna: Someone = { phone: "79161234567", name: "Анна 🌸" };
const bytes = new TextEncoder().encode("%PDF-1.7 договор \r\n--not-a-boundary\r\n");
const to = `+${anna.phone}`;
let whatsapp: WhatsAppStandin;
let receiver: Receiver;
let client: WhatsApp;
const clientWith = (rest: { token?: string; url?: string; send?: Send } = {}): WhatsApp =>
  makeWhatsApp({ phoneNumberId: whatsapp.phoneNumberId, token: whatsapp.token, url: whatsapp.url, send: localSend, ...rest });
beforeEach(async () => {
  whatsapp = await startWhatsApp();
  receiver = await startReceiver(whatsapp.appSecret, "verify-me");
  client = clientWith();
  expect(await whatsapp.subscribe(receiver.url, "verify-me")).toBe(true);
});
afterEach(async () => {
  await whatsapp.close();
  await receiver.close();
});
const trouble = async (work: Promise<unknown>): Promise<WhatsAppUnavailable> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(WhatsAppUnavailable);
  return error as WhatsAppUnavailable;
};
const statuses = async () => {
  await whatsapp.settled();
  return receiver.events.filter((event) => event.kind === "status");
};

it("a number tells who it is, and a token that ran out is told from one that works", async () => {
  expect(await client.phoneNumber()).toEqual({
    ...{ id: whatsapp.phoneNumberId, phone: "+15550783881", name: "Lucky Shrub", quality: "GREEN", status: "CONNECTED" },
  });
  await expect(clientWith({ token: "wrong" }).phoneNumber()).rejects.toThrow(WhatsAppLogin);
  whatsapp.switches.expired = true;
  await expect(client.sendText({ to, text: "Здравствуйте" })).rejects.toMatchObject({ name: "WhatsAppLogin", reason: "needs_auth" });
});

it("an address that does not know the verify token is not subscribed", async () => {
  expect(await whatsapp.subscribe(receiver.url, "another")).toBe(false);
  expect(await whatsapp.subscribe("http://127.0.0.1:1/hooks", "verify-me")).toBe(false);
});

describe("hooks", () => {
  it("hold all that a person does, signed over bytes with everything but ASCII escaped", async () => {
    const id = whatsapp.say({ from: anna, text: "Здравствуйте 👋", referral: { source_type: "ad", source_id: "5" } });
    whatsapp.say({ from: anna, text: "Вот", file: { as: "image", bytes, type: "image/jpeg" } });
    whatsapp.say({ from: anna, file: { as: "voice", bytes, type: "audio/ogg; codecs=opus" }, replyTo: id });
    whatsapp.say({ from: anna, location: { latitude: 55.7, longitude: 37.6, name: "Офис" } });
    whatsapp.say({ from: anna, contact: { name: "Иван", phone: "+7 916 765-43-21" } });
    whatsapp.say({ from: anna, button: { id: "yes", text: "Да", of: "template" } });
    whatsapp.say({ from: anna, button: { id: "no", text: "Нет", of: "message" } });
    whatsapp.say({ from: anna, reaction: { to: id, emoji: "👍" } });
    whatsapp.say({ from: anna, reaction: { to: id, emoji: null } });
    whatsapp.say({ from: { ...anna, hiddenAs: "RU.13491208655302741918" }, text: "Это я" });
    whatsapp.say({ from: anna, other: { type: "unsupported", node: { type: "poll_creation" } } });
    whatsapp.tell({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [{ field: "account_update", value: {} }] }] });
    await whatsapp.settled();
    const from = { id: anna.phone, phone: anna.phone, name: anna.name };
    expect(receiver.events).toMatchObject([
      { kind: "message", id, from, text: "Здравствуйте 👋", referral: { sourceId: "5" }, phoneNumberId: whatsapp.phoneNumberId },
      { text: "Вот", attachments: [{ kind: "picture" }] },
      { attachments: [{ kind: "voice" }], replyTo: id },
      { location: { name: "Офис" } },
      { contacts: [{ name: "Иван", phones: ["+7 916 765-43-21"] }] },
      { text: "Да", button: { id: "yes" } },
      { text: "Нет", button: { id: "no" } },
      { kind: "reaction", to: id, emoji: "👍" },
      { kind: "reaction", to: id, emoji: null },
      { text: "Это я", from: { id: "RU.13491208655302741918", name: anna.name } },
      { other: "unsupported: poll_creation" },
    ]);
    expect(receiver.bodies).toHaveLength(12);
    expect(receiver.bodies[0]).toContain("\\u0417\\u0434");
  });

  it("come again until they are taken, in order, and may come twice", async () => {
    receiver.statuses.push(500, 404, 200);
    whatsapp.switches.duplicatedHooks = true;
    whatsapp.say({ from: anna, text: "Раз" });
    whatsapp.switches.duplicatedHooks = false;
    whatsapp.say({ from: anna, text: "Два" });
    await whatsapp.settled();
    expect(receiver.bodies).toHaveLength(5);
    expect(receiver.events).toMatchObject([{ text: "Раз" }, { text: "Раз" }, { text: "Два" }]);
  });
});

describe("what goes out", () => {
  let said: string;
  beforeEach(() => {
    said = whatsapp.say({ from: anna, text: "Здравствуйте" });
  });
  const lastSent = () => whatsapp.sent.at(-1);

  it("is a message to the digits of a phone, and comes back in statuses with what was given along", async () => {
    const sent = await client.sendText({ to, text: "Добрый день", replyTo: said, callbackData: "message-42", previewUrl: true });
    expect(sent).toEqual({ id: lastSent()?.id, waId: anna.phone });
    expect(lastSent()?.body).toMatchObject({
      to: anna.phone,
      context: { message_id: said },
      text: { body: "Добрый день", preview_url: true },
    });
    expect(await statuses()).toMatchObject(
      ["sent", "delivered", "read"].map((state) => ({ id: sent.id, state, recipient: anna.phone, callbackData: "message-42" })),
    );
  });

  it("may tell of itself in no order, twice, and with a step left out", async () => {
    Object.assign(whatsapp.switches, { ladder: ["sent", "read"], shuffledStatuses: true, duplicatedHooks: true });
    await client.sendText({ to, text: "Добрый день" });
    expect((await statuses()).map(({ state }) => state)).toEqual(["read", "read", "sent", "sent"]);
  });

  it("is a place, contacts, a reaction, and that something was read", async () => {
    await client.sendLocation({ to, latitude: 55.7, longitude: 37.6, name: "Офис" });
    await client.sendContacts({ to, contacts: [{ name: "Иван", phones: ["+7 916 765-43-21"], emails: ["ivan@example.com"] }] });
    await client.sendReaction({ to, messageId: said, emoji: "👍" });
    await client.sendReaction({ to, messageId: said, emoji: null });
    expect(whatsapp.sent.map(({ type, body }) => body[type])).toMatchObject([
      { latitude: 55.7, longitude: 37.6, name: "Офис" },
      [
        {
          name: { formatted_name: "Иван" },
          phones: [{ phone: "+7 916 765-43-21", wa_id: "79167654321" }],
          emails: [{ email: "ivan@example.com" }],
        },
      ],
      { message_id: said, emoji: "👍" },
      { message_id: said, emoji: "" },
    ]);
    await client.markRead(said);
    await client.markRead(said, { isTyping: true });
    expect(whatsapp.read).toEqual([
      { id: said, isTyping: false },
      { id: said, isTyping: true },
    ]);
    await expect(client.markRead("wamid.none")).rejects.toMatchObject({ isGone: true });
  });

  it("reaches a person who hides their phone", async () => {
    const hiddenAs = "RU.13491208655302741918";
    whatsapp.say({ from: { ...anna, hiddenAs }, text: "Это я" });
    expect((await client.sendText({ to: hiddenAs, text: "Здравствуйте" })).waId).toBeUndefined();
    expect(lastSent()?.body).toMatchObject({ recipient: hiddenAs });
    expect(await statuses()).toMatchObject([{ recipient: hiddenAs }, {}, {}]);
  });

  it("is refused with the reason and the words of Meta", async () => {
    const text = "ж".repeat(4097);
    for (const [work, reason, words] of [
      [() => client.sendText({ to, text }), "text_too_long", "4096"],
      [() => client.sendMedia({ to, kind: "picture", media: { id: "5" }, caption: text }), "text_too_long", "1024"],
      [() => client.sendText({ to: "", text: "?" }), "unknown", "to is required"],
      [() => client.sendTemplate({ to, name: "no_such", language: "ru" }), "unknown", "does not exist in ru"],
    ] as const)
      await expect(work(), words).rejects.toMatchObject({ name: "WhatsAppRefused", reason, words: expect.stringContaining(words) });
    await expect(client.sendText({ to, text })).rejects.toThrow(WhatsAppRefused);
    expect(whatsapp.sent).toEqual([]);
  });

  it("to a number that nobody has fails, and a status tells", async () => {
    whatsapp.strangers.add("79990000000");
    const { id } = await client.sendText({ to: "+7 999 000-00-00", text: "Здравствуйте" });
    expect(await statuses()).toMatchObject([{ id, state: "failed", error: { code: 131026, reason: "no_account" } }]);
  });
});

describe("the window", () => {
  it("is open for 24 hours after a person's last message; then a status tells that it is closed, or the answer", async () => {
    const { id } = await client.sendText({ to, text: "Здравствуйте" });
    expect(await statuses()).toMatchObject([{ id, state: "failed", error: { code: 131047, reason: "window_closed" } }]);
    whatsapp.say({ from: anna, text: "Да" });
    whatsapp.advance(23 * 3600);
    await client.sendText({ to, text: "Здравствуйте" });
    expect((await statuses()).at(-1)).toMatchObject({ state: "read" });
    whatsapp.advance(2 * 3600);
    whatsapp.switches.windowToldBy = "answer";
    await expect(client.sendText({ to, text: "Здравствуйте" })).rejects.toMatchObject({
      name: "WhatsAppRefused",
      code: 131047,
      reason: "window_closed",
    });
  });

  it("does not matter to a template, whose values must fit", async () => {
    const template = {
      name: "order",
      language: "ru",
      category: "UTILITY",
      status: "APPROVED",
      components: [{ type: "BODY", text: "Заказ {{1}} для {{2}}" }],
    };
    whatsapp.templates.push(template, { ...template, name: "draft", status: "PENDING" });
    await client.sendTemplate({ to, name: "order", language: "ru", body: ["15", "Анны"] });
    expect((await statuses()).at(-1)).toMatchObject({ state: "read" });
    await expect(client.sendTemplate({ to, name: "order", language: "ru", body: ["15"] })).rejects.toMatchObject({ code: 132000 });
    await expect(client.sendTemplate({ to, name: "draft", language: "ru", body: ["15", "Анны"] })).rejects.toMatchObject({ code: 132001 });
  });

  it("has templates by the page, and all of them are told", async () => {
    for (let n = 0; n < 205; n++)
      whatsapp.templates.push({
        name: `t${n}`,
        language: "ru",
        category: "UTILITY",
        status: "APPROVED",
        components: [{ type: "BODY", text: `Заказ {{1}} ${n}` }],
      });
    const all = await client.templates(whatsapp.wabaId);
    expect([all.length, new Set(all.map(({ name }) => name)).size, all[204]?.variables]).toEqual([205, 205, ["1"]]);
    expect(whatsapp.asked.filter((one) => one.endsWith("/message_templates"))).toHaveLength(3);
    await expect(client.templates("5")).rejects.toMatchObject({ isGone: true });
  });
});

describe("a file", () => {
  const download = async (mediaId: string) => {
    const media = await client.media(mediaId);
    return { ...media, request: client.mediaRequest(media.url) };
  };

  it("that we send is uploaded to the byte, and sent by its id", async () => {
    whatsapp.say({ from: anna, text: "Пришлите договор" });
    const id = await client.uploadMedia({ bytes, type: "application/pdf", name: 'договор "№ 5".pdf' });
    await client.sendMedia({ to, kind: "file", media: { id }, caption: "Подпишите", name: "договор.pdf" });
    expect(whatsapp.sent.at(-1)?.body["document"]).toEqual({ id, caption: "Подпишите", filename: "договор.pdf" });
    const { request, bytes: size, type } = await download(id);
    expect([(await localSend(request)).body, size, type]).toEqual([new TextDecoder().decode(bytes), bytes.length, "application/pdf"]);
    await client.sendMedia({ to, kind: "voice", media: { link: "https://example.com/a.ogg" }, caption: "never of a sound" });
    expect(whatsapp.sent.at(-1)?.body["audio"]).toEqual({ link: "https://example.com/a.ogg", voice: true });
  });

  it("that somebody sent is fetched with the token, within five minutes", async () => {
    whatsapp.say({ from: anna, file: { as: "document", bytes, type: "application/pdf", name: "счёт.pdf" } });
    await whatsapp.settled();
    const [event] = receiver.events as readonly { attachments: readonly Attachment[] }[];
    const mediaId = event?.attachments[0]?.mediaId ?? "";
    const { request } = await download(mediaId);
    expect(request.secrets).toEqual([whatsapp.token]);
    expect((await localSend({ ...request, headers: {} })).status).toBe(401);
    expect((await localSend(request)).body).toBe(new TextDecoder().decode(bytes));
    whatsapp.advance(301);
    expect((await localSend(request)).status).toBe(404);
    expect((await localSend((await download(mediaId)).request)).status).toBe(200);
    whatsapp.advance(7 * 24 * 3600);
    await expect(client.media(mediaId)).rejects.toMatchObject({ isGone: true });
  });

  it("that is too old or was taken away is gone, and a message with it fails", async () => {
    const [id, other] = [
      await client.uploadMedia({ bytes, type: "image/png", name: "a.png" }),
      await client.uploadMedia({ bytes, type: "image/png", name: "b.png" }),
    ];
    whatsapp.forgetMedia(id);
    await expect(client.media(id)).rejects.toMatchObject({ name: "WhatsAppRefused", isGone: true, code: 100, subcode: 33 });
    whatsapp.advance(31 * 24 * 3600);
    await expect(client.media(other)).rejects.toMatchObject({ isGone: true });
    whatsapp.say({ from: anna, text: "Где?" });
    await client.sendMedia({ to, kind: "picture", media: { id } });
    expect((await statuses()).at(-1)).toMatchObject({ state: "failed", error: { code: 131053, reason: "media_rejected" } });
  });

  it("at an address that is not Meta's is not asked for: it would be shown the token", () => {
    for (const address of [
      "https://attacker.example/a",
      "http://lookaside.fbsbx.com/a",
      "https://lookaside.fbsbx.com.attacker.example/",
      "https://notfbsbx.com/",
      "no address",
      "",
    ])
      expect(() => client.mediaRequest(address), address).toThrow(WhatsAppRefused);
    expect(client.mediaRequest("https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=133").headers).toEqual({
      authorization: `Bearer ${whatsapp.token}`,
    });
  });
});

describe("in trouble", () => {
  beforeEach(() => void whatsapp.say({ from: anna, text: "Здравствуйте" }));
  const say = () => client.sendText({ to, text: "Здравствуйте", callbackData: "m-1" });

  it("a flood says how long to wait, and that nothing was sent", async () => {
    whatsapp.switches.floodSeconds = 7;
    expect(await trouble(say())).toMatchObject({ reason: "rate_limited", retryAfterSeconds: 7, mayHaveHappened: false });
    expect(whatsapp.sent).toEqual([]);
  });

  it("a page of a proxy may stand for a message that was sent", async () => {
    whatsapp.switches.down = true;
    expect(await trouble(say())).toMatchObject({ reason: "channel_down", mayHaveHappened: true });
  });

  it("an answer that is lost stands for a message that was sent: a status tells by what was given along", async () => {
    whatsapp.switches.lostAnswers = true;
    expect((await trouble(say())).mayHaveHappened).toBe(true);
    expect(await statuses()).toMatchObject([{ callbackData: "m-1", state: "sent" }, {}, {}]);
  });

  it("a mistake of Meta's own may stand for a message that was sent, whatever its status", async () => {
    for (const [status, code] of [
      [500, 131000],
      [400, 1],
      [503, 2],
    ]) {
      const send: Send = async () => ({
        status: status ?? 0,
        headers: {},
        body: JSON.stringify({ error: { code, message: "Something went wrong" } }),
      });
      expect(await trouble(clientWith({ send }).sendText({ to, text: "?" }))).toMatchObject({
        mayHaveHappened: true,
        reason: "channel_down",
      });
    }
  });

  it("too much by any code, and maintenance, have sent nothing", async () => {
    for (const code of [4, 80007, 131056, 131057]) {
      const headers = { "x-business-use-case-usage": '{"1":[{"estimated_time_to_regain_access":3}]}' };
      const send: Send = async () => ({ status: 400, headers, body: JSON.stringify({ error: { code, message: "Too many" } }) });
      expect((await trouble(clientWith({ send }).sendText({ to, text: "?" }))).mayHaveHappened, String(code)).toBe(false);
    }
  });

  it("a server that is not there, or something else, has sent nothing", async () => {
    const gone = await startWhatsApp();
    await gone.close();
    expect((await trouble(clientWith({ url: gone.url }).sendText({ to, text: "?" }))).mayHaveHappened).toBe(false);
    const elsewhere = clientWith({ send: async () => ({ status: 302, headers: { location: "/" }, body: "" }) });
    expect((await trouble(elsewhere.sendText({ to, text: "?" }))).mayHaveHappened).toBe(false);
  });

  it("an answer that says nothing may stand for a message that was sent", async () => {
    const odd = clientWith({ send: async () => ({ status: 200, headers: {}, body: '{"messages":[]}' }) });
    expect((await trouble(odd.sendText({ to, text: "?" }))).mayHaveHappened).toBe(true);
  });

  it("what the way out refuses to send passes through unchanged", async () => {
    const refusal = Object.assign(new Error("10.0.0.1 is a private address"), { name: "Refused" });
    await expect(clientWith({ send: () => Promise.reject(refusal) }).phoneNumber()).rejects.toBe(refusal);
  });

  it("the token is in no message, whatever happens, and is marked in every request", async () => {
    const seen: (readonly string[])[] = [];
    const chatty = clientWith({
      send: (request) => {
        seen.push(request.secrets ?? []);
        return Promise.reject(new Error(`could not send ${JSON.stringify(request.headers)}`));
      },
    });
    for (const work of [chatty.phoneNumber(), chatty.sendText({ to, text: "?" }), chatty.uploadMedia({ bytes, type: "a/b", name: "c" })])
      expect((await trouble(work)).message).not.toContain(whatsapp.token);
    expect(seen).toEqual([[whatsapp.token], [whatsapp.token], [whatsapp.token]]);
  });
});

it("a body that is none breaks nothing", async () => {
  const path = `${whatsapp.url}/v25.0/${whatsapp.phoneNumberId}`;
  const headers = { authorization: `Bearer ${whatsapp.token}` };
  for (const [edge, body, type] of [
    ["messages", "{", "application/json"],
    ["messages", "[]", "application/json"],
    ["messages", '{"messaging_product":"whatsapp","to":{},"type":"text","text":5}', "application/json"],
    ["media", "no parts", "multipart/form-data; boundary=x"],
  ] as const)
    expect((await fetch(`${path}/${edge}`, { method: "POST", headers: { ...headers, "content-type": type }, body })).status, body).toBe(
      400,
    );
  expect((await fetch(`${whatsapp.url}/nowhere`)).status).toBe(400);
  expect((await client.phoneNumber()).status).toBe("CONNECTED");
});

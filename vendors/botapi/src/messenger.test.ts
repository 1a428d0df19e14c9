import { NotYet, type SentFile, type SentMessage } from "@svyazka/core";
import { messengerContract, trialFiles } from "@svyazka/core/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionTo, localKit } from "../testkit/connection.ts";
import { messengerOf, methodFor } from "./adapter/messenger.ts";
import { type Someone, type StandinBot, startTelegram, type TelegramStandin } from "./standin.ts";

const noTurn = () => Promise.reject(new NotYet("not now", { retryAfterSeconds: 2 }));
const anna: Someone = { id: 2_077_000_001, firstName: "Анна", username: "anna" };
const withAnna: SentMessage["conversation"] = {
  ...{ id: "1", uid: "11111111-1111-4111-8111-111111111111", network: "telegram", external: String(anna.id) },
  client: { external: String(anna.id), name: "Анна" },
};
const taken = ({ sent }: TelegramStandin) =>
  sent
    .filter(({ message }) => message !== undefined)
    .map(({ message, file }) => ({ text: message?.text ?? message?.caption ?? "", fileName: file?.name }));

messengerContract("A bot of Telegram", async () => {
  const telegram = await startTelegram();
  const bot = telegram.addBot();
  bot.say({ from: anna, text: "/start" });
  const [kit, address] = [localKit({ files: trialFiles }), telegram.url];
  return {
    messenger: messengerOf(connectionTo(bot.token, { address }), kit),
    ...{ connection: "5", conversation: withAnna, taken: () => taken(telegram) },
    be(how) {
      if (how === "refusing") bot.block(anna);
      else bot.unblock(anna);
      telegram.switches.floodSeconds = how === "flooded" ? 7 : undefined;
      telegram.switches.lostAnswers = how === "losing-answers";
    },
    lost: messengerOf(connectionTo(bot.token, { address: "http://127.0.0.1:2" }), kit),
    waiting: messengerOf(connectionTo(bot.token, { address }), localKit({ files: trialFiles, fetch: noTurn })),
    revoked: messengerOf(connectionTo("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", { address }), kit),
    secrets: [bot.token, "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"],
    close: () => telegram.close(),
  };
});

describe("what a bot sends", () => {
  let telegram: TelegramStandin;
  let bot: StandinBot;
  beforeEach(async () => {
    telegram = await startTelegram();
    bot = telegram.addBot();
  });
  afterEach(() => telegram.close());

  const kit = localKit({
    files: {
      read: async (id) => ({ name: `${id}.bin`, type: types[id] ?? "", bytes: new Uint8Array(10) }),
      url: (id) => id,
    },
  });
  const types: Readonly<Record<string, string>> = { photo: "image/jpeg", gif: "image/gif", voice: "audio/ogg; codecs=opus" };
  const channel = () => messengerOf(connectionTo(bot.token, { address: telegram.url }), kit);
  const draft = (rest: Partial<SentMessage["message"]> = {}, conversation = withAnna): SentMessage => ({
    message: { id: "1", uid: "u", kind: "text", text: "", content: null, files: [], at: "2026-03-02T10:00:00.000Z", ...rest },
    conversation,
  });
  const file = (id: string, kind: SentFile["kind"]): SentFile => ({ kind, file: id, name: `${id}.x` });

  it("answers the message that is answered, in the first of its parts", async () => {
    const asked = bot.say({ from: anna, text: "Сколько?" });
    const sent = draft({ replyTo: `${anna.id}:${asked.message_id}` });
    await channel().send({ place: 0, part: { kind: "text", text: "Сто" }, key: "u.0" }, sent);
    await channel().send({ place: 1, part: { kind: "text", text: "рублей" }, key: "u.1" }, sent);
    expect(telegram.sent.map(({ message }) => message?.reply_to_message?.message_id)).toEqual([asked.message_id, undefined]);
  });

  it("goes as what it is: a picture, a voice message, a place, a card", async () => {
    bot.say({ from: anna, text: "?" });
    const messenger = channel();
    for (const one of [file("photo", "picture"), file("gif", "picture"), file("voice", "voice")])
      await messenger.send({ place: 0, part: { kind: "file", file: one, caption: "" }, key: "k" }, draft({ files: [one] }));
    for (const content of [
      { latitude: 55.7, longitude: 37.6 },
      { name: "Иван", phones: ["+79167654321"] },
    ])
      await messenger.send({ place: 0, part: { kind: "content" }, key: "k" }, draft({ content }));
    expect(telegram.sent.map(({ method }) => method)).toEqual(["sendphoto", "senddocument", "sendvoice", "sendlocation", "sendcontact"]);
    expect(telegram.sent.at(-1)?.message?.contact).toMatchObject({ phone_number: "+79167654321", first_name: "Иван" });
    const card = messenger.send({ place: 0, part: { kind: "content" }, key: "k" }, draft({ content: { name: "Иван" } }));
    await expect(card).rejects.toMatchObject({ name: "Refused", reason: "unknown" });
  });

  it("arrives as a file where Telegram will not have it as a picture, and is not tried again for another reason", async () => {
    bot.say({ from: anna, text: "?" });
    const refusing = (description: string) =>
      localKit({
        ...{ files: kit.files },
        fetch: async (request) =>
          request.url.endsWith("/sendPhoto")
            ? { status: 400, headers: {}, body: JSON.stringify({ ok: false, error_code: 400, description }) }
            : kit.fetch(request),
      });
    const one = file("photo", "picture");
    const send = (description: string) =>
      messengerOf(connectionTo(bot.token, { address: telegram.url }), refusing(description)).send(
        { place: 0, part: { kind: "file", file: one, caption: "Вот" }, key: "k" },
        draft({ files: [one] }),
      );
    expect(await send("Bad Request: PHOTO_INVALID_DIMENSIONS")).toMatchObject({ external: expect.any(String) });
    expect(taken(telegram)).toEqual([{ text: "Вот", fileName: "photo.x" }]);
    await expect(send("Forbidden: bot was blocked by the user")).rejects.toMatchObject({ name: "Refused" });
    expect(taken(telegram)).toHaveLength(1);
  });

  it("is not written to somebody who has not written, and nobody is told of typing there", async () => {
    const { external: _, ...stranger } = withAnna;
    const sending = { place: 0, part: { kind: "text", text: "Здравствуйте" }, key: "k" } as const;
    await expect(channel().send(sending, draft({}, stranger))).rejects.toMatchObject({ reason: "bad_recipient" });
    await channel().showTyping?.(stranger);
    expect(telegram.asked).toEqual([]);
    bot.say({ from: anna, text: "?" });
    await channel().showTyping?.(withAnna);
    expect(telegram.asked).toEqual(["sendChatAction"]);
  });

  it("is fetched by an address that holds the token, which nobody is shown; what is too large is refused", async () => {
    const large = new Uint8Array(20_000_001);
    bot.say({ from: anna, file: { as: "document", bytes: new Uint8Array(5), name: "a.pdf" } });
    bot.say({ from: anna, file: { as: "document", bytes: large, name: "b.iso" } });
    const { result } = (await (await fetch(`${telegram.url}/bot${bot.token}/getUpdates`)).json()) as {
      result: { message: { document: { file_id: string } } }[];
    };
    const [small, huge] = result.map(({ message }) => message.document.file_id);
    const request = await channel().media?.(small ?? "");
    expect(request).toMatchObject({ method: "GET", secrets: [bot.token] });
    expect((await fetch(request?.url ?? "")).status).toBe(200);
    await expect(channel().media?.(huge ?? "")).rejects.toMatchObject({ name: "Refused", reason: "media_rejected" });
  });
});

it("files go by the method that takes their type, and by size", () => {
  expect(methodFor("picture", "image/png", 10_000_000)).toBe("sendPhoto");
  expect(methodFor("picture", "image/png", 10_000_001)).toBe("sendDocument");
  expect(methodFor("video", "video/quicktime", 1)).toBe("sendDocument");
  expect(methodFor("audio", "audio/mpeg", 1)).toBe("sendAudio");
  expect(methodFor("audio", "audio/ogg", 1)).toBe("sendVoice");
  expect(methodFor("voice", "audio/webm", 1)).toBe("sendDocument");
  expect(methodFor("sticker", "image/webp", 1)).toBe("sendDocument");
});

import { type Kit, NotYet, type OwnCrm, type SentFile, type SentMessage } from "@svyazka/core";
import { messengerContract, trialFiles } from "@svyazka/core/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connectionTo, localKit } from "../testkit/connection.ts";
import { kindFor, messengerOf } from "./adapter/messenger.ts";
import { type Someone, startWhatsApp, type WhatsAppStandin } from "./standin.ts";

const noTurn = () => Promise.reject(new NotYet("not now", { retryAfterSeconds: 2 }));
const anna: Someone = { phone: "79161234567", name: "Анна" };
const withAnna: SentMessage["conversation"] = {
  ...{ id: "1", uid: "11111111-1111-4111-8111-111111111111", network: "whatsapp", external: anna.phone },
  client: { external: anna.phone, name: "Анна", phone: `+${anna.phone}` },
};
const channelOf = (whatsapp: WhatsAppStandin, kit: Kit, rest: Readonly<Record<string, unknown>> = {}, token = whatsapp.token) =>
  messengerOf(
    connectionTo(
      { phone_number_id: whatsapp.phoneNumberId, waba_id: whatsapp.wabaId, address: whatsapp.url, ...rest },
      { ...whatsapp, token },
    ),
    kit,
  );
type Node = Readonly<Record<string, string>>;
const node = ({ type, body }: WhatsAppStandin["sent"][number]): Node => (body[type] ?? {}) as Node;

messengerContract("A number of WhatsApp", async () => {
  const whatsapp = await startWhatsApp({ token: "EAAJB-token-of-the-number" });
  whatsapp.say({ from: anna, text: "Здравствуйте" });
  const kit = localKit({ files: trialFiles });
  return {
    messenger: channelOf(whatsapp, kit),
    ...{ connection: "5", conversation: withAnna },
    taken: () =>
      whatsapp.sent.map((sent) => ({ text: node(sent)["body"] ?? node(sent)["caption"] ?? "", fileName: node(sent)["filename"] })),
    be(how) {
      whatsapp.switches.windowToldBy = "answer";
      if (how === "refusing") whatsapp.advance(25 * 3_600);
      else whatsapp.say({ from: anna, text: "?" });
      whatsapp.switches.floodSeconds = how === "flooded" ? 7 : undefined;
      whatsapp.switches.lostAnswers = how === "losing-answers";
    },
    lost: channelOf(whatsapp, kit, { address: "http://127.0.0.1:2" }),
    waiting: channelOf(whatsapp, localKit({ files: trialFiles, fetch: noTurn })),
    revoked: channelOf(whatsapp, kit, {}, "EAAJB-token-that-ran-out"),
    secrets: [whatsapp.token, "EAAJB-token-that-ran-out", whatsapp.appSecret],
    close: () => whatsapp.close(),
  };
});

describe("what a number sends", () => {
  let whatsapp: WhatsAppStandin;
  beforeEach(async () => {
    whatsapp = await startWhatsApp();
    whatsapp.say({ from: anna, text: "?" });
  });
  afterEach(() => whatsapp.close());

  const files: Readonly<Record<string, readonly [type: string, bytes: number]>> = {
    ...{ photo: ["image/jpeg", 10], large: ["image/jpeg", 6_000_000], gif: ["image/gif", 10], voice: ["audio/ogg; codecs=opus", 10] },
    ...{ huge: ["application/zip", 104_857_601], song: ["audio/mpeg", 10] },
  };
  const kit = (rest: Partial<Kit> = {}) =>
    localKit({
      files: {
        read: async (id) => ({ name: `${id}.bin`, type: files[id]?.[0] ?? "", bytes: new Uint8Array(files[id]?.[1] ?? 0) }),
        url: (id) => id,
      },
      ...rest,
    });
  const draft = (rest: Partial<SentMessage["message"]> = {}, conversation = withAnna): SentMessage => ({
    message: { id: "1", uid: "u", kind: "text", text: "", content: null, files: [], at: "2026-03-02T10:00:00.000Z", ...rest },
    conversation,
  });
  const sendFile = (id: string, kind: SentFile["kind"], caption = "") => {
    const file: SentFile = { kind, file: id, name: `${id}.x` };
    return channelOf(whatsapp, kit()).send({ place: 0, part: { kind: "file", file, caption }, key: "u.0" }, draft({ files: [file] }));
  };

  it("carries our key, and answers the message that is answered, in the first of its parts", async () => {
    const asked = whatsapp.say({ from: anna, text: "Сколько?" });
    const channel = channelOf(whatsapp, kit());
    await channel.send({ place: 0, part: { kind: "text", text: "Сто" }, key: "u.0" }, draft({ replyTo: asked }));
    await channel.send({ place: 1, part: { kind: "text", text: "рублей" }, key: "u.1" }, draft({ replyTo: asked }));
    expect(whatsapp.sent.map(({ body }) => [body["biz_opaque_callback_data"], body["context"]])).toEqual([
      ["u.0", { message_id: asked }],
      ["u.1", undefined],
    ]);
  });

  it("goes as what WhatsApp takes it for, and as a document where it would not", async () => {
    for (const [id, kind] of [
      ["photo", "picture"],
      ["large", "picture"],
      ["gif", "picture"],
      ["voice", "voice"],
      ["song", "audio"],
    ] as const)
      await sendFile(id, kind, kind === "picture" ? "Вот" : "");
    expect(whatsapp.sent.map(({ type }) => type)).toEqual(["image", "document", "document", "audio", "audio"]);
    expect(node(whatsapp.sent[1] ?? { id: "", to: "", type: "", body: {} })).toMatchObject({ caption: "Вот", filename: "large.x" });
    await expect(sendFile("huge", "file")).rejects.toMatchObject({ reason: "media_rejected", message: expect.stringContaining("100 MB") });
    expect(() => kindFor("video", "video/mp4", 104_857_601)).toThrow("100 MB");
  });

  it("may be a place or a card", async () => {
    for (const content of [
      { latitude: 55.7, longitude: 37.6, name: "Офис" },
      { name: "Иван", phones: ["+79167654321", 5] },
    ])
      await channelOf(whatsapp, kit()).send({ place: 0, part: { kind: "content" }, key: "k" }, draft({ content }));
    expect(whatsapp.sent).toMatchObject([
      { type: "location", body: { location: { name: "Офис" } } },
      { type: "contacts", body: { contacts: [{ name: { formatted_name: "Иван" }, phones: [{ phone: "+79167654321" }] }] } },
    ]);
    const nothing = channelOf(whatsapp, kit()).send({ place: 0, part: { kind: "content" }, key: "k" }, draft({ content: {} }));
    await expect(nothing).rejects.toMatchObject({ name: "Refused" });
  });

  it("whose file was given to Meta and whose answer was lost is certainly not sent", async () => {
    whatsapp.switches.lostAnswers = true;
    await expect(sendFile("photo", "picture")).rejects.toMatchObject({ name: "Closed" });
    expect(whatsapp.sent).toHaveLength(0);
  });

  it("says what Meta says of a type that it does not take", async () => {
    const refusing = kit({
      fetch: async () => ({
        ...{ status: 400, headers: {} },
        body: JSON.stringify({ error: { message: "(#100) Param file must be a file with one of the following types", code: 100 } }),
      }),
    });
    const file: SentFile = { kind: "file", file: "gif", name: "a.gif" };
    await expect(
      channelOf(whatsapp, refusing).send({ place: 0, part: { kind: "file", file, caption: "" }, key: "k" }, draft({ files: [file] })),
    ).rejects.toMatchObject({ reason: "media_rejected", code: "100", message: expect.stringContaining("image/gif") });
  });

  describe("as a template", () => {
    const body = (text: string) => [{ type: "BODY", text }];
    beforeEach(() => {
      const rest = { language: "ru", category: "UTILITY", status: "APPROVED" };
      whatsapp.templates.push(
        { ...rest, name: "order", components: body("{{1}}, заказ {{2}} готов") },
        { ...rest, name: "hello", components: body("Здравствуйте") },
        { ...rest, name: "named", components: body("{{client}}, ждём вас") },
        { ...rest, name: "picture", components: [{ type: "HEADER", format: "IMAGE" }, ...body("Смотрите")] },
        { ...rest, name: "waits", status: "PENDING", components: body("…") },
      );
    });
    const stranger: SentMessage["conversation"] = {
      ...{
        id: "2",
        uid: "22222222-2222-4222-8222-222222222222",
        network: "",
        client: { external: null, name: "Иван", phone: "+7 916 765-43-21" },
      },
    };
    const send = (name: string, values: string[], channel = channelOf(whatsapp, kit())) =>
      channel.send(
        { place: 0, part: { kind: "template", template: { name, language: "ru", values } }, key: "u.0" },
        draft({ kind: "template", content: { name, language: "ru", values } }, stranger),
      );

    it("reaches somebody who has not written, and is of the conversation that they will write in", async () => {
      expect(await send("order", ["Иван", "15"])).toMatchObject({ external: expect.stringMatching(/^wamid/), conversation: "79167654321" });
      expect(await send("hello", [])).toMatchObject({ conversation: "79167654321" });
      await expect(send("order", ["Иван"])).rejects.toMatchObject({ name: "Refused", code: "132000" });
      const { client, ...rest } = stranger;
      const nobody = channelOf(whatsapp, kit()).send(
        { place: 0, part: { kind: "text", text: "?" }, key: "k" },
        draft({}, { ...rest, client: { external: client.external, name: client.name } }),
      );
      await expect(nobody).rejects.toMatchObject({ reason: "bad_recipient" });
    });

    it("fills gaps by their names where they have any, and asks for the names once", async () => {
      const channel = channelOf(whatsapp, kit());
      await send("named", ["Иван"], channel);
      await send("named", ["Пётр"], channel);
      expect(whatsapp.sent.map(({ body }) => JSON.stringify(body))).toEqual([
        expect.stringContaining('"parameter_name":"client","text":"Иван"'),
        expect.stringContaining('"parameter_name":"client","text":"Пётр"'),
      ]);
      expect(whatsapp.asked.filter((line) => line.includes("message_templates"))).toHaveLength(1);
    });

    it("is offered where people can fill it", async () => {
      const told = (await channelOf(whatsapp, kit()).templates?.()) ?? [];
      expect(told.map(({ name, gaps, isUsable }) => [name, gaps, isUsable])).toEqual([
        ["order", 2, true],
        ["hello", 0, true],
        ["named", 1, true],
        ["picture", 0, false],
        ["waits", 0, false],
      ]);
    });
  });

  it("shows that somebody is typing below what the client said last", async () => {
    const asked = whatsapp.say({ from: anna, text: "Вы тут?" });
    const items = [
      { direction: "out", external: "wamid.ours" },
      { direction: "in", external: asked },
    ];
    const seen: unknown[] = [];
    const list = async (filter: unknown) => {
      seen.push(filter);
      return { items };
    };
    const crm = { messages: { list } } as unknown as OwnCrm;
    await channelOf(whatsapp, kit({ ownCrm: async () => crm })).showTyping?.(withAnna);
    expect([whatsapp.read, seen]).toEqual([[{ id: asked, isTyping: true }], [expect.objectContaining({ conversations: [1] })]]);
    await channelOf(whatsapp, kit()).markRead?.(withAnna, asked);
    expect(whatsapp.read.at(-1)).toEqual({ id: asked, isTyping: false });
  });
});

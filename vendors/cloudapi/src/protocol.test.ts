import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  isUserId,
  readAnswer,
  readChallenge,
  readHook,
  readMedia,
  readPhoneNumber,
  readSent,
  readTemplates,
  readWait,
  reasonOf,
  sign,
  verifySignature,
  writeTemplate,
} from "./index.ts";
import { writeHook } from "./standin.ts";

const text = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
const fixture = (name: string): unknown => JSON.parse(text(`${name}.json`));
const eventsIn = (name: string): unknown => {
  const read = readHook(fixture(name));
  return read.kind === "events" ? read.events : read;
};
const phoneNumberId = "106540352242922";
const sheena = { id: "16505551234", phone: "16505551234", name: "Sheena Nelson" };
const id = "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQTRBNjU5OUFFRTAzODEwMTQ0RgA=";

describe("the documents' own hooks", () => {
  it("with a text are a message for one of our numbers", () => {
    expect(eventsIn("documents/text")).toEqual([
      {
        kind: "message",
        phoneNumberId,
        id,
        from: sheena,
        at: new Date(1749416383_000),
        text: "Does it come in another color?",
        attachments: [],
      },
    ]);
  });

  it("with a file tell what it is and by what it is fetched, and its caption is the text", () => {
    for (const [name, text, attachment] of [
      ["image", "Taj Mahal", { kind: "picture", mediaId: "1003383421387256", type: "image/jpeg", caption: "Taj Mahal" }],
      ["audio", "", { kind: "voice", mediaId: "1908647269898587", type: "audio/ogg; codecs=opus" }],
      ["video", "Timelapse of growth", { kind: "video", mediaId: "731675419373506", type: "video/mp4" }],
      [
        "document",
        "my receipt",
        { kind: "file", name: "receipt.pdf", type: "application/pdf", sha256: "V5OPpLD/gEG6Xjg0MbmQDLFgcKsL+j5LfY4ny/pZ4MY=" },
      ],
      ["sticker", "", { kind: "sticker", type: "image/webp" }],
    ] as const)
      expect(eventsIn(`documents/${name}`), name).toMatchObject([{ kind: "message", text, attachments: [attachment] }]);
  });

  it("with a place or contacts hold them", () => {
    expect(eventsIn("documents/location")).toMatchObject([
      {
        location: {
          latitude: 37.44221496582,
          longitude: -122.16165924072,
          name: "Philz Coffee",
          address: "101 Forest Ave, Palo Alto, CA 94301",
        },
      },
    ]);
    expect(eventsIn("documents/contacts")).toMatchObject([
      { from: sheena, contacts: [{ name: "Barbara J. Johnson", phones: ["+1 (415) 555-0829"], emails: [], company: "Social Tsunami" }] },
    ]);
  });

  it("about a button that was pressed say which, and to which message it belongs", () => {
    const replyTo = "wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI4QzdEQjU3NzA3RkE1MkQ4OUIA";
    for (const [name, id, text] of [
      ["button", "Unsubscribe", "Unsubscribe"],
      ["interactive-button", "cancel-button", "Cancel"],
      ["interactive-list", "priority_express", "Priority Mail Express"],
    ])
      expect(eventsIn(`documents/${name}`), name).toMatchObject([{ kind: "message", text, replyTo, button: { id, text } }]);
  });

  it("with what cannot be shown name it, and lose nothing", () => {
    expect(eventsIn("documents/order")).toMatchObject([{ text: "Love these!", other: "order" }]);
    expect(eventsIn("documents/unsupported")).toMatchObject([{ text: "", other: "unsupported: edit" }]);
    expect(eventsIn("tables/unknown-type")).toMatchObject([{ kind: "message", other: "hologram" }]);
  });

  it("with a reaction tell to what", () => {
    const to = "wamid.HBgLMTQxMjU1NTA4MjkVAgASGBQzQUNCNjk5RDUwNUZGMUZEM0VBRAA=";
    expect(eventsIn("documents/reaction")).toEqual([
      { kind: "reaction", phoneNumberId, id, from: sheena, at: new Date(1749419544_000), to, emoji: "👍" },
    ]);
    expect(eventsIn("tables/reaction-removed")).toMatchObject([{ kind: "reaction", emoji: null }]);
  });

  it("about accounts, templates, changed numbers and what the owner writes on the phone are irrelevant", () => {
    for (const [name, why] of [
      ["account-update", "account_update"],
      ["template-approved", "message_template_status_update"],
      ["message-echo", "smb_message_echoes"],
      ["system", "user_changed_number"],
    ])
      expect(readHook(fixture(`documents/${name}`)), name).toMatchObject({ kind: "irrelevant", why: expect.stringContaining(why ?? "") });
  });
});

describe("a status", () => {
  const of = (name: string) => eventsIn(name) as readonly { error?: object }[];

  it("tells how far a message has come, and what we gave along with it", () => {
    expect(eventsIn("documents/status-sent")).toEqual([
      {
        ...{
          kind: "status",
          phoneNumberId,
          id: "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUFERjg0NDEzNDdFODU3MUMxMAA=",
          recipient: "16505551234",
        },
        ...{ state: "sent", at: new Date(1750030073_000) },
        conversation: { id: "72b14d6bd5407799e66f64d1b338e567", origin: "marketing", expiresAt: new Date(1750116480_000) },
      },
    ]);
    expect(of("tables/status-delivered")).toMatchObject([{ state: "delivered", callbackData: "message-42" }]);
    expect(of("tables/status-read")).toMatchObject([{ state: "read" }]);
    expect(of("tables/status-read")[0]).not.toHaveProperty("error");
  });

  it("of a failure tells the code, the words, and the reason in the words of every messenger", () => {
    expect(of("documents/status-failed")).toMatchObject([
      { state: "failed", error: { code: 131049, reason: "spam_block", title: expect.stringContaining("ecosystem") } },
    ]);
    expect(of("tables/status-window")).toMatchObject([
      { error: { code: 131047, reason: "window_closed", details: expect.stringContaining("24 hours") } },
    ]);
    expect(of("tables/status-no-account")).toMatchObject([{ error: { code: 131026, reason: "no_account" } }]);
  });

  it("of a state that is new to us, or of a group, is left out", () => {
    const status = (rest: object) =>
      readHook({
        entry: [
          {
            changes: [
              {
                field: "messages",
                value: {
                  metadata: { phone_number_id: "1" },
                  statuses: [{ id: "wamid.A", timestamp: "1", recipient_id: "16505551234", ...rest }],
                },
              },
            ],
          },
        ],
      });
    expect(status({ status: "pondered" })).toEqual({ kind: "unrecognised", why: "a status that we do not know: pondered" });
    expect(status({ status: "sent", recipient_type: "group" })).toMatchObject({ kind: "irrelevant" });
    expect(status({ status: "played" })).toMatchObject({ events: [{ state: "read" }] });
    expect(status({ status: "failed" })).toMatchObject({ events: [{ state: "failed", error: { reason: "unknown" } }] });
  });
});

describe("hooks made after the tables", () => {
  it("may hold many things of several numbers: each with its number and its sender, and what is left out is told", () => {
    const read = readHook(fixture("tables/many"));
    expect(read).toMatchObject({
      events: [
        { kind: "message", id: "wamid.A", phoneNumberId, from: { name: "Pablo" } },
        { kind: "message", id: "wamid.B", phoneNumberId, from: { name: "Sheena Nelson" } },
        { kind: "status", id: "wamid.C", phoneNumberId },
        { kind: "message", id: "wamid.D", phoneNumberId: "206540352242922" },
      ],
      leftOut: ["message_template_status_update: not a conversation"],
    });
  });

  it("of a person who hides their phone have an id to answer to", () => {
    const user = "US.13491208655302741918";
    expect(eventsIn("tables/hidden-phone")).toMatchObject([
      { from: { id: user, userId: user, name: "Sheena Nelson", username: "sheena" } },
    ]);
    expect([isUserId(user), isUserId("US.ENT.5x"), isUserId("16505551234"), isUserId("us.5")]).toEqual([true, true, false, false]);
  });

  it("tell what is answered, what was forwarded, and by which advertisement a person came", () => {
    expect(eventsIn("tables/reply")).toMatchObject([{ replyTo: "wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQUFERjg0NDEzNDdFODU3MUMxMAA=" }]);
    expect(eventsIn("tables/forwarded")).toMatchObject([{ text: "Look", isForwarded: true }]);
    expect(eventsIn("tables/referral")).toMatchObject([
      {
        referral: {
          sourceType: "ad",
          sourceId: "120210000000000000",
          headline: "Autumn sale",
          clickId: "ARAxYzc1YzExMS0yNTIyLTQ4ZmEtYmM3Ng",
        },
      },
    ]);
  });
});

it("what is no hook is not recognised, and what is about something else is irrelevant", () => {
  for (const body of [null, [], "text", {}, { object: "whatsapp_business_account" }, { entry: [{ changes: [{}] }] }])
    expect(readHook(body), JSON.stringify(body)).toMatchObject({ kind: "unrecognised" });
  expect(readHook({ object: "page", entry: [] })).toMatchObject({ kind: "irrelevant" });
});

describe("a signature", () => {
  const body = Buffer.from('{"text":"\\u043f\\u0440\\u0438\\u0432\\u0435\\u0442 \\ud83d\\ude00"}');
  const signature = "sha256=930bbfcbebf1a1e992390844e696b1eab20495970c9fd2e0ad11801b1adff98c";

  it("is over the bytes that came, which have everything but ASCII escaped", () => {
    expect(sign(body, "app-secret")).toBe(signature);
    expect(verifySignature(body, signature, "app-secret")).toBe(true);
    expect(writeHook({ text: "привет 😀" })).toEqual(body);
    // The same JSON, written again, is another text.
    expect(verifySignature(Buffer.from(JSON.stringify(JSON.parse(body.toString()))), signature, "app-secret")).toBe(false);
  });

  it("is not taken for another body, secret or shape", () => {
    for (const header of [
      undefined,
      "",
      "sha256=",
      signature.slice(0, -1),
      signature.replace("sha256", "sha1"),
      signature.slice(7),
      `${signature}00`,
    ])
      expect(verifySignature(body, header, "app-secret"), header).toBe(false);
    expect(verifySignature(body, signature, "another")).toBe(false);
    expect(verifySignature(body, sign(body, ""), "")).toBe(false);
  });
});

it("a challenge is answered as it came, to whoever knows the token", () => {
  const query = Object.fromEntries(new URLSearchParams(text("documents/challenge.txt").trim()));
  expect(readChallenge(query, "meatyhamhock")).toEqual({ kind: "challenge", answer: "1158201444" });
  expect(readChallenge(query, "another")).toMatchObject({ kind: "refused" });
  expect(readChallenge({ ...query, "hub.verify_token": "" }, "")).toMatchObject({ kind: "refused" });
  for (const wrong of [
    {},
    { ...query, "hub.mode": "unsubscribe" },
    { ...query, "hub.challenge": "<script>" },
    { ...query, "hub.challenge": undefined },
  ])
    expect(readChallenge(wrong, "meatyhamhock")).toMatchObject({ kind: "refused" });
});

describe("an answer", () => {
  const refused = (name: string) => {
    const read = readAnswer(text(`tables/answer-${name}.json`));
    if (read.kind !== "refused") throw new Error(`${name} must be a refusal`);
    return read;
  };

  it("about what was asked for is read, sizes as text and all", () => {
    expect(readSent(fixture("documents/answer-sent"))).toEqual({
      id: "wamid.HBgLMTY1MDM4Nzk0MzkVAgARGBJCOTY3NDc0NDFDRUI3NTA0Q0UA",
      waId: "16505551234",
    });
    expect(readPhoneNumber(fixture("tables/answer-number"))).toEqual({
      ...{ id: phoneNumberId, phone: "+1 555-078-3881", name: "Lucky Shrub", quality: "GREEN", status: "CONNECTED" },
    });
    expect(readMedia(fixture("tables/answer-media"))).toMatchObject({ id: "1003383421387256", type: "image/jpeg", bytes: 303833 });
  });

  it("about templates tells what stands in them, and whether there are more", () => {
    expect(readTemplates(fixture("tables/answer-templates"))).toEqual({
      next: "MjQZD",
      templates: [
        {
          ...{ id: "1689556908129832", name: "order_confirmation", language: "en_US", category: "UTILITY", status: "APPROVED" },
          ...{ body: "Thank you, {{1}}! Your order number is {{2}}. Once more: {{2}}.", variables: ["1", "2"], footer: "Lucky Shrub" },
          ...{ header: { format: "TEXT", text: "Your order" }, buttons: [{ type: "QUICK_REPLY", text: "Stop" }] },
        },
        {
          ...{ id: "1689556908129833", name: "greeting", language: "ru", category: "MARKETING", status: "PENDING" },
          ...{ body: "Здравствуйте, {{first_name}}!", variables: ["first_name"], header: { format: "IMAGE" }, buttons: [] },
        },
      ],
    });
    expect(readTemplates({ data: [], paging: { cursors: { after: "x" } } })).toEqual({ templates: [] });
  });

  it("that refuses has a code, words and a reason", () => {
    for (const [name, code, reason] of [
      ["window", 131047, "window_closed"],
      ["token", 190, "needs_auth"],
      ["gone", 100, "unknown"],
      ["parameters", 132000, "unknown"],
      ["too-long", 100, "text_too_long"],
    ] as const) {
      const read = refused(name);
      expect([read.code, reasonOf(read.code, `${read.message} ${read.details}`)], name).toEqual([code, reason]);
    }
    expect(refused("gone")).toMatchObject({ subcode: 33 });
    expect(refused("parameters").details).toContain("localizable_params (1)");
    for (const body of ["", "<html>", "[]", '{"error":"no"}', '{"error":{}}'])
      expect(readAnswer(body), body).toEqual({ kind: "unreadable" });
  });

  it("of every code that the documents tell has its reason", () => {
    for (const [reason, codes] of Object.entries({
      rate_limited: [131056, 130429, 80007, 4],
      spam_block: [131048, 368, 131049],
      needs_auth: [190, 0, 10, 200, 299],
      unpaid: [131042],
      media_rejected: [131053, 131052],
      channel_down: [131000, 131016, 133010],
      privacy: [131050],
      bad_recipient: [131021, 131030],
      unknown: [999_999, 131051],
    }))
      for (const code of codes) expect(reasonOf(code), String(code)).toBe(reason);
  });

  it("tells how long to wait, in either of two headers", () => {
    const usage = JSON.stringify({ "1": [{ type: "whatsapp", estimated_time_to_regain_access: 2 }], "2": "odd" });
    expect(readWait({ "retry-after": "17" })).toBe(17);
    expect(readWait({ "x-business-use-case-usage": usage })).toBe(120);
    expect(readWait({ "retry-after": "soon", "x-business-use-case-usage": "{" })).toBeUndefined();
    expect(readWait({ "retry-after": new Date(Date.now() + 60_000).toUTCString() })).toBeGreaterThan(50);
  });
});

it("a template is written with the values of its header, body and buttons", () => {
  const written = writeTemplate({
    ...{ to: "+7 916 123-45-67", name: "order_confirmation", language: "ru", callbackData: "m-1" },
    header: { kind: "file", media: { id: "5" }, name: "счёт.pdf" },
    body: ["Анна", { name: "number", text: "15" }],
    buttons: [
      { index: 0, type: "url", value: "orders/15" },
      { index: 1, type: "quick_reply", value: "stop" },
    ],
  });
  expect(JSON.parse(written)).toEqual({
    ...{
      messaging_product: "whatsapp",
      recipient_type: "individual",
      to: "79161234567",
      type: "template",
      biz_opaque_callback_data: "m-1",
    },
    template: {
      ...{ name: "order_confirmation", language: { code: "ru" } },
      components: [
        { type: "header", parameters: [{ type: "document", document: { id: "5", filename: "счёт.pdf" } }] },
        {
          type: "body",
          parameters: [
            { type: "text", text: "Анна" },
            { type: "text", parameter_name: "number", text: "15" },
          ],
        },
        { type: "button", sub_type: "url", index: "0", parameters: [{ type: "text", text: "orders/15" }] },
        { type: "button", sub_type: "quick_reply", index: "1", parameters: [{ type: "payload", payload: "stop" }] },
      ],
    },
  });
});

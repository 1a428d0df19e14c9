import { describe, expect, it } from "vitest";
import { fixture } from "../testkit/fixtures.ts";
import { deep, nonsenseOf } from "../testkit/nonsense.ts";
import {
  type HookEvent,
  type Json,
  readHook,
  readMoment,
  writeMessageHook,
  writeMoment,
  writeReactionHook,
  writeStatusHook,
} from "./protocol.ts";

const now = new Date("2025-02-20T00:00:00Z");
const at = new Date("2025-02-19T15:38:56.000Z");
const read = (name: string) => readHook(fixture(`hooks/${name}.json`), now);
const eventOf = (json: unknown): HookEvent => {
  const told = readHook(json, now);
  if (told.kind !== "events" || told.events[0] === undefined) throw new Error(JSON.stringify(told));
  return told.events[0];
};
const message = fixture("hooks/message.json") as Json;
const with_ = (more: object): unknown => ({ ...message, ...more });

describe("a hook about a message", () => {
  it("says who wrote what, where and when", () => {
    expect(read("message")).toEqual({
      kind: "events",
      events: [
        {
          ...{ kind: "message", source: "whatsapp", login: "example", item: "3A24BA98AB791BCAAE9F", at },
          ...{ thread: "79000000001@c.us", from: "79000000001", to: "79000000002", conversation: "79000000001@c.us" },
          ...{ text: "Добрый день", isOutgoing: false, attachments: [], otherParts: [], isGroup: false },
          peer: { id: "79000000001", name: "Иван", phone: "79000000001" },
        },
      ],
    });
  });

  it("brings its files and what it answers", () => {
    expect(eventOf(fixture("hooks/message.media.json"))).toMatchObject({
      text: "Смета и фото",
      replyTo: "3A24BA98AB791BCAAE9F",
      attachments: [
        { kind: "picture", url: "https://files.example/1.jpg" },
        { kind: "file", url: "https://files.example/2.pdf", name: "Смета.pdf" },
      ],
    });
    expect(eventOf(fixture("hooks/message.voice.json"))).toMatchObject({ text: "", attachments: [{ kind: "audio" }] });
  });

  it("brings places and contacts", () => {
    expect(eventOf(fixture("hooks/message.geo.json"))).toMatchObject({
      location: { latitude: 55.7558, longitude: 37.6173, name: "Склад" },
    });
    expect(eventOf(fixture("hooks/message.contact.json"))).toMatchObject({ contacts: [{ name: "Бухгалтерия", phones: ["79000000003"] }] });
    expect(eventOf(with_({ content: [{ type: "location", src: "geo:55.7,37.6" }] }))).toMatchObject({
      location: { latitude: 55.7, longitude: 37.6 },
    });
    expect(eventOf(with_({ content: [{ type: "contact", name: "Склад", phone: 79000000004 }] }))).toMatchObject({
      contacts: [{ name: "Склад", phones: ["79000000004"] }],
    });
  });

  it("names the other side when it is an echo of our own", () => {
    // A name beside it would be our own.
    const echo = eventOf({ ...(fixture("hooks/echo.json") as Json), pushname: "Мы" });
    expect(echo).toMatchObject({ isOutgoing: true, conversation: "79000000001@c.us" });
    expect(echo.kind === "message" && echo.peer).toEqual({ id: "79000000001", phone: "79000000001" });
  });

  it("takes no phone from an id that is none", () => {
    const hidden = eventOf(fixture("hooks/message.hidden-number.json"));
    expect(hidden).toMatchObject({ conversation: "105205425295594@lid", peer: { id: "105205425295594@lid" } });
    expect(hidden.kind === "message" && hidden.peer.phone).toBeUndefined();
    expect(eventOf(fixture("hooks/message.telegram.json"))).toMatchObject({
      conversation: "123456789",
      at,
      peer: { id: "123456789", name: "Иван", username: "example" },
    });
    const telegram = eventOf(fixture("hooks/message.telegram.json"));
    expect(telegram.kind === "message" && telegram.peer.phone).toBeUndefined();
    expect(eventOf({ ...(fixture("hooks/message.telegram.json") as Json), phone: "+7 900 000-00-01" })).toMatchObject({
      peer: { phone: "79000000001" },
    });
  });

  it("takes a phone from each way WhatsApp writes one", () => {
    for (const from of ["79000000001", 79000000001, "+7 900 000 00 01", "79000000001@c.us", "79000000001:12@s.whatsapp.net"])
      expect(eventOf(with_({ from }))).toMatchObject({ peer: { phone: "79000000001" } });
  });

  it("in a group is told apart, and its peer is who wrote", () => {
    expect(eventOf(fixture("hooks/message.group.json"))).toMatchObject({
      isGroup: true,
      conversation: "120363021033254949@g.us",
      peer: { phone: "79000000001" },
    });
    expect(eventOf(with_({ source: "telegram", thread: -1001234567890 }))).toMatchObject({ isGroup: true, conversation: "-1001234567890" });
  });

  it("that was deleted is nothing to us", () => {
    expect(read("message.deleted")).toEqual({ kind: "irrelevant", why: "a message that was deleted" });
  });

  it("says that there were parts it could not read", () => {
    expect(eventOf(with_({ text: "", content: [{ type: "poll" }, { type: "image", src: "javascript:alert(1)" }] }))).toMatchObject({
      attachments: [],
      otherParts: ["poll", "image"],
    });
    expect(
      eventOf(
        with_({
          text: null,
          content: [
            { type: "text", src: "Раз" },
            { type: "text", src: "Два" },
          ],
        }),
      ),
    ).toMatchObject({
      text: "Раз\nДва",
    });
    expect(eventOf(with_({ content: { type: "new-thing", url: "https://files.example/9" } }))).toMatchObject({
      attachments: [{ kind: "file" }],
    });
  });

  it("needs a messenger, a message and a conversation", () => {
    expect(readHook(with_({ source: undefined }))).toEqual({ kind: "unrecognised", why: "there is no source" });
    expect(readHook(with_({ item: "" }))).toEqual({ kind: "unrecognised", why: "there is no item" });
    // A double cannot hold it, so it would be another message's id.
    expect(readHook(with_({ item: 2 ** 53 + 2 }))).toMatchObject({ kind: "unrecognised" });
    expect(readHook(with_({ thread: null, from: null }))).toEqual({ kind: "unrecognised", why: "there is neither thread nor from" });
    expect(eventOf(with_({ thread: null }))).toMatchObject({ conversation: "79000000001" });
    expect(readHook(with_({ thread: null, outgoing: true, to: "" }))).toEqual({
      kind: "unrecognised",
      why: "there is neither thread nor to",
    });
    expect(eventOf(with_({ from: null }))).toMatchObject({ conversation: "79000000001@c.us", peer: { phone: "79000000001" } });
  });

  it("loses what a database cannot keep, and nothing else", () => {
    expect(eventOf(with_({ text: " a\0b\ud800 \n" }))).toMatchObject({ text: " ab\ufffd \n" });
  });
});

describe("a hook about a status", () => {
  it("knows every state that clients have seen", () => {
    const states = ["server", "delivered", "has_seen", "pending", "errored"].map((name) => {
      const event = eventOf(fixture(`hooks/status.${name}.json`));
      return event.kind === "status" && [event.state, event.item, event.thread];
    });
    expect(states).toEqual(
      ["sent", "delivered", "read", "pending", "failed"].map((state) => [state, "3EB0C767D26A1D8E4A52", "79000000001@c.us"]),
    );
    expect(eventOf(fixture("hooks/status.errored.json"))).toMatchObject({ error: "The number is not registered" });
  });

  it("of a kind that is not known is nothing to us", () => {
    const status = fixture("hooks/status.server.json") as Json;
    expect(readHook({ ...status, content: [{ type: "played" }] })).toEqual({ kind: "irrelevant", why: "status played" });
    expect(readHook({ ...status, content: null })).toEqual({ kind: "irrelevant", why: "status of no kind" });
    expect(readHook({ ...status, content: [{ type: "constructor" }] })).toMatchObject({ kind: "irrelevant" });
  });
});

it("a hook about a reaction names the emoji, or null when it was taken back", () => {
  expect(eventOf(fixture("hooks/reaction.json"))).toMatchObject({
    ...{ kind: "reaction", item: "3EB0C767D26A1D8E4A52", from: "79000000001", emoji: "👍", isOutgoing: false },
  });
  expect(eventOf(fixture("hooks/reaction.taken-back.json"))).toMatchObject({ emoji: null });
});

it("a hook of a kind that is not known is nothing to us, and a body without a kind is no hook", () => {
  expect(read("unknown")).toEqual({ kind: "irrelevant", why: "hook_type new_chat" });
  for (const body of [undefined, null, 1, "message", true, {}, { hook_type: "" }, { hook_type: {} }, [], [[]]])
    expect(readHook(body)).toMatchObject({ kind: "unrecognised" });
});

it("of a list of hooks every one that is known is told", () => {
  const list = [null, fixture("hooks/unknown.json"), message, fixture("hooks/status.server.json")];
  const told = readHook(list, now);
  expect(told.kind === "events" && told.events.map(({ kind }) => kind)).toEqual(["message", "status"]);
  expect(readHook([null, fixture("hooks/unknown.json")])).toMatchObject({ kind: "irrelevant" });
});

describe("a time", () => {
  it("is read in the unit that its size tells, as a number or as digits", () => {
    for (const unit of ["s", "ms", "us"] as const) {
      expect(readMoment(writeMoment(at, unit), now)).toEqual(at);
      expect(readMoment(String(writeMoment(at, unit)), now)).toEqual(at);
    }
    expect(readMoment(1739979536.25, now)).toEqual(new Date("2025-02-19T15:38:56.250Z"));
    expect(readMoment("2025-02-19T18:38:56+03:00", now)).toEqual(at);
  });

  it("that cannot be right is none", () => {
    const tomorrow = new Date(now.getTime() + 86_400_000);
    expect(readMoment(tomorrow.getTime(), now)).toEqual(tomorrow);
    for (const value of [
      tomorrow.getTime() + 1,
      0,
      -1,
      -1739979536,
      5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e300,
      "",
      "soon",
      "-5",
      "0x10",
      {},
      [],
      null,
      true,
    ])
      expect(readMoment(value, now)).toBeUndefined();
  });
});

it("what is written is read back", () => {
  const common = {
    source: "whatsapp",
    login: "example",
    thread: "79000000001@c.us",
    item: "A1",
    at,
    unit: "ms",
    from: "1",
    to: "2",
  } as const;
  expect(eventOf(writeMessageHook({ ...common, text: "Да", isOutgoing: true }))).toMatchObject({
    kind: "message",
    text: "Да",
    at,
    isOutgoing: true,
  });
  for (const state of ["sent", "delivered", "read", "failed", "pending"] as const)
    expect(eventOf(writeStatusHook({ ...common, state }))).toMatchObject({ kind: "status", state, at });
  expect(eventOf(writeReactionHook({ ...common, emoji: "🔥" }))).toMatchObject({ kind: "reaction", emoji: "🔥" });
});

it("five thousand odd bodies are read without a fall, and what is told keeps its promises", () => {
  const names = ["message", "message.media", "message.geo", "message.contact", "status.errored", "reaction"];
  const good = names.map((name) => ({ ...(fixture(`hooks/${name}.json`) as Json), pushname: "Иван", phone: "1", sender: {}, avatar: "x" }));
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 5_000; seed++) {
    const { pick, objectOf, value } = nonsenseOf(seed);
    const told = readHook(seed % 5 === 0 ? value(6) : objectOf(pick(good)), now);
    kinds.add(told.kind);
    for (const event of told.kind === "events" ? told.events : []) {
      expect(event.source).toMatch(/^[a-z]/);
      expect(event.item.length).toBeGreaterThan(0);
      if (event.kind !== "message") continue;
      expect(event.conversation.length).toBeGreaterThan(0);
      expect(event.text.isWellFormed() && !event.text.includes("\0")).toBe(true);
      for (const { url } of event.attachments) expect(url).toMatch(/^https?:/);
      expect(event.peer.phone ?? "79000000001").toMatch(/^\d{8,15}$/);
    }
  }
  expect([...kinds].sort()).toEqual(["events", "irrelevant", "unrecognised"]);
});

it("bodies a hundred thousand levels deep are read without a fall", () => {
  const well = deep(100_000);
  expect(readHook(well)).toMatchObject({ kind: "unrecognised" });
  for (const name of Object.keys(message)) expect(() => readHook(with_({ [name]: well }), now)).not.toThrow();
});

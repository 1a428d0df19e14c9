import {
  type AnyFlow,
  type Begun,
  type BegunConversation,
  Closed,
  Conflict,
  type ConnectionId,
  type Event,
  type EventDraft,
  type EventId,
  type Events,
  type FlowContext,
  type Inbox,
  type Kept,
  type Messenger,
  NotYet,
  type PartResult,
  type Place,
  Refused,
  type SentMessage,
  type ToldConversation,
  Unavailable,
  Undelivered,
  Unsure,
  type WorkspaceId,
} from "@svyazka/core";
import { loneInbox, type MemoryCrm, memoryCrm } from "@svyazka/core/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { flows } from "./index.ts";

/** What flows do about messages, with a book of conversations that only remembers what it is told. */

const now = new Date("2026-11-30T07:00:00Z");
const users = ["1", "2"].map((id) => ({ id, name: `User ${id}`, active: true }));
const conversation: ToldConversation = {
  ...{ id: "5", uid: "uid", channel: 7 as ConnectionId, external: "chat", network: "telegram" },
  client: { external: "person", name: "Мария", username: "maria" },
};
const rules = {
  first_message: "incoming",
  responsible: [],
  file_days: 30,
  work_days: ["mon"],
  work_from: "09:00",
  work_to: "18:00",
  off_hours_text: "",
};

let crm: MemoryCrm;
let recorded: EventDraft[];
let answers: string[];
let places: Map<string, Place>;
let begun: Begun;
let parts: (PartResult & { readonly part: number })[];
let isOwn: boolean;
let turns: number;
let waits: boolean;
let lostWrites: number;
beforeEach(() => {
  crm = memoryCrm({ directory: { users }, now: () => now });
  [recorded, answers, parts, turns, isOwn, waits, lostWrites] = [[], [], [], 0, true, true, 0];
  places = new Map();
  begun = { open: [0], unknown: [] };
});

const kept = (changes: Partial<Kept> = {}): Kept => ({ message: "9", conversation, isNew: true, files: [], facts: [], ...changes });
const inbox: Inbox = {
  ...loneInbox,
  isOwn: () => isOwn,
  keep: async () => kept(),
  attach: async () => [],
  async answer(_id, text, key) {
    if (!answers.includes(`${key}: ${text}`)) answers.push(`${key}: ${text}`);
    return kept();
  },
  begin: async () => begun,
  strange: async (_channel, externals) => externals.filter((one) => one !== "known"),
  beginPart: async () => waits,
  async settle(_message, part, result) {
    if (lostWrites-- > 0) throw new Error("the database went away");
    parts.push({ part, ...result });
  },
  report: async () => [],
  findPlace: async (id) => places.get(id),
  findKin: async () => undefined,
  place: async (id, _crm, place) => void places.set(id, place),
};

const at = <P extends FlowContext["port"]>(port: P, settings: object = {}, more: Partial<FlowContext> = {}): FlowContext => ({
  ...{
    port,
    workspace: {
      id: 1 as WorkspaceId,
      subdomain: "d",
      name: "D",
      country: "RU",
      timeZone: "Europe/Moscow",
      language: "en",
      currency: "RUB",
    },
  },
  ...{ source: "Telegram", sourceSettings: { ...rules, ...settings }, target: 2 as ConnectionId, inbox, sourceCrm: undefined },
  record: async (facts) => void recorded.push(...facts),
  key: (part) => `key/${part}`,
  turn: async () => turns++,
  ...{ now, attempt: 1 },
  isActiveUser: (id) => users.some((user) => user.id === id),
  hasDealField: () => true,
  keepFile: async (url) => ({ id: `file of ${url}`, type: "image/png", bytes: 2048 }),
  ...more,
});
const event = <T extends keyof Events>(type: T, data: Events[T]): Event<T> => ({
  ...{ id: "e" as EventId, workspace: 1 as WorkspaceId, connection: 7 as ConnectionId, type, subject: "s", data, receivedAt: now },
});
const run = <T extends keyof Events>(name: string, type: T, data: Events[T], context: FlowContext) =>
  (flows.find((flow) => flow.name === name) as AnyFlow).run(event(type, data), context as never);

describe("a message that came", () => {
  const message = (changes: object = {}): Events["message.received"] => ({
    conversation: { external: "chat", network: "telegram", client: conversation.client },
    message: { external: "m", direction: "in", kind: "text", text: "Привет", files: [], at: now.toISOString(), ...changes },
  });
  const off = { off_hours_text: "Ответим утром", work_days: [] };

  it("is answered by a program out of hours only, once for a period", async () => {
    await run("keep-message", "message.received", message(), at(crm, { off_hours_text: "Ответим утром" }));
    expect(answers).toEqual([]);
    for (const _ of [1, 2]) await run("keep-message", "message.received", message(), at(crm, off));
    expect(answers).toEqual(["off hours 5 always: Ответим утром"]);
  });

  it("is not answered by a program when it is our own, old, or there is nothing to say", async () => {
    await run("keep-message", "message.received", message({ direction: "out" }), at(crm, off));
    await run("keep-message", "message.received", message({ at: "2026-11-29T07:00:00Z" }), at(crm, off));
    await run("keep-message", "message.received", message(), at(crm, { ...off, off_hours_text: "  " }));
    expect(answers).toEqual([]);
  });
});

describe("a file of a message", () => {
  const file = { message: "m", place: 0, file: { kind: "picture" as const, ref: "https://far.example/1" } };

  it("is copied; one that is gone, or stays away for long, is said to be lost, and holds up nothing", async () => {
    const failing = (error: Error, attempt: number) => at(crm, {}, { attempt, keepFile: () => Promise.reject(error) });
    expect((await run("keep-attachment", "attachment.received", file, at(crm))).done).toContain("2 KB");
    expect((await run("keep-attachment", "attachment.received", file, failing(new Refused("gone"), 1))).done).toContain("gone");
    await expect(run("keep-attachment", "attachment.received", file, failing(new Unavailable("later"), 1))).rejects.toThrow(Unavailable);
    expect((await run("keep-attachment", "attachment.received", file, failing(new Unavailable("later"), 3))).done).toContain("later");
    // That others had the turns, or that the messenger is away, says nothing of the file.
    for (const error of [new NotYet("not our turn"), new Closed("the messenger is away")])
      await expect(run("keep-attachment", "attachment.received", file, failing(error, 3))).rejects.toThrow(error);
  });

  it("waits for its message, and not for ever", async () => {
    const late = (ms: number) => at(crm, {}, { inbox: { ...inbox, attach: async () => undefined }, now: new Date(now.getTime() + ms) });
    await expect(run("keep-attachment", "attachment.received", file, late(3 * 86_400_000))).rejects.toThrow(Conflict);
    await expect(run("keep-attachment", "attachment.received", file, late(5 * 86_400_000))).rejects.toThrow(Refused);
  });
});

describe("a message of ours", () => {
  const sent: SentMessage = {
    message: { id: "9", uid: "u9", kind: "text", text: "Ответ", content: null, files: [], at: now.toISOString() },
    conversation,
  };
  const messenger = (send: Messenger["send"]): Messenger => ({
    ...{ of: "7", abilities: { longestText: 100, longestCaption: 0, largestFile: 1 }, send },
  });
  const sending = (send: Messenger["send"]) => run("send-message", "message.sent", sent, at(messenger(send)));
  const failing = (error: Error) => sending(() => Promise.reject(error));

  it("is put down as sent, with what the channel calls it", async () => {
    await sending(async ({ key }) => ({ external: `of ${key}`, conversation: "chat" }));
    expect(parts).toEqual([{ part: 0, state: "sent", external: "of u9.0", conversation: "chat" }]);
  });

  it("that the channel will not have has failed, for a reason", async () => {
    await expect(failing(new Undelivered("no such number", { reason: "no_account", code: "131026" }))).rejects.toThrow(Refused);
    expect(parts).toEqual([{ part: 0, state: "failed", reason: "no_account", code: "131026", error: "no such number" }]);
    await expect(failing(new Refused("the file is no longer kept"))).rejects.toThrow(Refused);
    expect(parts[1]).toMatchObject({ state: "failed", reason: "unknown" });
  });

  it("that may have been taken is unknown, and not tried again by itself", async () => {
    await expect(failing(new Unsure("time-out"))).rejects.toThrow(Refused);
    expect(parts).toEqual([{ part: 0, state: "unknown", error: "time-out" }]);
    begun = { open: [], unknown: [0] };
    expect((await failing(new Error("is never asked"))).done).toContain("Nobody knows");
  });

  it("of which nobody knows is asked for where the channel can be asked: it is there, or is sent", async () => {
    const found: string[] = ["known", "new"];
    let sends = 0;
    const asked = { ...messenger(async () => ({ external: `sent ${++sends}` })), find: async () => found };
    const again = (attempt: number, port: Messenger = asked) => run("send-message", "message.sent", sent, at(port, {}, { attempt }));
    const lost = { ...asked, send: () => Promise.reject(new Unsure("time-out")) };
    await expect(again(1, lost)).rejects.toThrow(Unavailable);
    begun = { open: [], unknown: [0] };
    await again(2);
    expect([sends, parts.at(-1)]).toEqual([0, { part: 0, state: "sent", external: "new" }]);
    found.length = 0;
    await again(2);
    expect([sends, parts.at(-1)]).toEqual([1, { part: 0, state: "sent", external: "sent 1", conversation: undefined }]);
  });

  it("that was taken is never put back to be sent, also when this cannot be put down", async () => {
    lostWrites = 1;
    await expect(sending(async () => ({ external: "m" }))).rejects.toThrow("the database went away");
    expect(parts).toEqual([]);
  });

  it("that has arrived meanwhile, by its echo, does not leave", async () => {
    waits = false;
    await expect(failing(new Error("is never asked"))).rejects.toThrow(Conflict);
    begun = { open: [], unknown: [0] };
    const port = { ...messenger(() => Promise.reject(new Error("is never asked"))), find: async () => [] };
    await expect(run("send-message", "message.sent", sent, at(port))).rejects.toThrow(Conflict);
  });

  it("that was certainly not taken waits, and is tried again", async () => {
    for (const error of [new Unavailable("429"), new Closed("down"), new Error("a mistake of ours")])
      await expect(failing(error)).rejects.toThrow(error);
    expect(parts.map(({ state }) => state)).toEqual(["waiting", "waiting", "waiting"]);
  });
});

describe("whoever begins to write", () => {
  const data: BegunConversation = { conversation, text: "Здравствуйте", at: now.toISOString() };
  const begin = (settings: object = {}) => run("place-conversation", "conversation.begun", data, at(crm, settings));
  const dealOf = async () => (await crm.findRecord("deal", places.get("5")?.deal ?? ""))?.state;

  it("becomes a contact and a deal, as the company chose", async () => {
    await begin();
    expect(places.get("5")).toEqual({ contact: expect.any(String), deal: expect.any(String), responsible: undefined });
    for (const [first_message, expected] of [
      ["deal", "open"],
      ["contact", undefined],
    ] as const) {
      places.clear();
      crm = memoryCrm({ directory: { users }, now: () => now });
      await begin({ first_message });
      expect([first_message, await dealOf()]).toEqual([first_message, expected]);
    }
    places.clear();
    await begin({ first_message: "nothing" });
    expect(places.size).toBe(0);
  });

  it("is theirs whose turn it is, and stays with theirs when they are known", async () => {
    await begin({ responsible: ["1", "2"] });
    expect(places.get("5")?.responsible).toBe("1");
    await begin({ responsible: ["2"] });
    expect(places.get("5")?.responsible).toBe("1");
  });

  it("is placed once, however often it is told, and keeps the deal that is open", async () => {
    await begin();
    const first = places.get("5");
    await begin();
    expect(places.get("5")).toMatchObject({ contact: first?.contact, deal: first?.deal });
  });

  it("in a CRM elsewhere that shows no chats, is told of in a note", async () => {
    isOwn = false;
    await begin();
    expect(crm.entries.map((entry) => (entry.kind === "note" ? entry.text : ""))).toEqual(["Conversation: Telegram\nmaria\nЗдравствуйте"]);
  });
});

import type { ChatDesk, ConnectionId, KeptMessage, MarkedMessage, WrittenMessage } from "@svyazka/core";
import { Refused } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localFetch } from "../../../../server/testkit/database-kit.ts";
import { type OpenDoor, openDoor } from "../../testkit/door.ts";
import { asApplication, letApplicationIn } from "../../testkit/portal.ts";
import { connectPortal } from "../adapter/connection.ts";
import { portalOf } from "../adapter/portal.ts";
import { hookPath, lineEvents } from "../adapter/subscribe.ts";
import { type Bitrix24Standin, startBitrix24 } from "../standin.ts";
import { linesDeleted } from "./lines.ts";

/** Conversations in a portal's open lines. */

let standin: Bitrix24Standin;
let kit: MemoryKit;
let door: OpenDoor;
let desk: ChatDesk;
let connected: ReturnType<typeof connectPortal>;
const channel = 7 as ConnectionId;

beforeEach(async () => {
  standin = await startBitrix24();
  kit = memoryKit({
    fetch: localFetch,
    publicUrl: () => door.url,
    files: { url: (id) => `${door.url}/files/${id}`, read: () => Promise.reject(new Error("nobody reads")) },
  });
  const connection = asApplication(standin, { open_lines: true, line_queue: ["7"] });
  door = await openDoor(connection, kit);
  await letApplicationIn(standin, kit);
  connected = connectPortal(connection, kit);
  desk = connected.chatDesk as ChatDesk;
  for (const event of lineEvents)
    standin.state.bindings.push({ id: standin.state.bindings.length + 1, event, handler: door.url + hookPath, userId: 1, offline: false });
});
afterEach(async () => {
  await standin.stop();
  await door.stop();
});

const kept = (text: string, rest: Partial<KeptMessage["message"]> = {}, uid = "uid-5", at: ConnectionId = channel): KeptMessage => ({
  message: {
    ...{ id: "1", uid: `m ${text}`, direction: "in", kind: "text", text, content: null, files: [] },
    at: "2026-11-30T12:00:00Z",
    ...rest,
  },
  conversation: {
    id: "5",
    uid,
    channel: at,
    external: "79101112233",
    network: "whatsapp",
    client: { external: "79101112233", name: "Мария Иванова", phone: "+79101112233" },
  },
});
const marked = (state: MarkedMessage["message"]["state"], deskId: string, error?: string): MarkedMessage => ({
  message: { id: "9", uid: "m9", state, deskId, ...(error !== undefined && { error }) },
  conversation: kept("").conversation,
});
const chats = () => [...standin.state.chats.values()];
const line = () => Number(chats()[0]?.line);
const written = () => door.facts.filter(({ type }) => type === "message.written").map(({ data }) => data as WrittenMessage);

it("the open lines of a portal are read to the last, however many there are", async () => {
  const { openLines } = portalOf(asApplication(standin), kit, { isPatient: false });
  const before = standin.state.openLines.size;
  for (let made = 0; made < 120; made++) await openLines.lines.add(`Линия ${made}`, []);
  const all = await openLines.lines.all();
  expect(new Set(all.map(({ id }) => id)).size).toBe(before + 120);
});

it("a line that was deleted switches nothing off that its channel was given meanwhile", async () => {
  await kit.store.put("line", "7", { connector: "svyazka_whatsapp", line: 5, channel, name: "Продажи" });
  const ended = linesDeleted({ event: "ONIMCONNECTORLINEDELETE", data: {}, value: "5" } as never);
  // Whoever holds the channel gives it another line before this one has its turn.
  const exclusively: MemoryKit["exclusively"] = async (names, work) => {
    expect(names).toEqual(["line 7"]);
    await kit.store.put("line", "7", { connector: "svyazka_whatsapp", line: 6, channel, name: "Продажи" });
    return work();
  };
  await ended?.({ ...kit, exclusively });
  expect(await kit.store.get("line", "7")).toEqual({ connector: "svyazka_whatsapp", line: 6, channel, name: "Продажи" });
});

describe("a message of a client", () => {
  it("is shown once in a line of its channel, with who writes", async () => {
    const { chat } = await desk.show(kept("Здравствуйте"), "Продажи");
    await desk.show(kept("Здравствуйте"), "Продажи");
    await desk.show(kept("Есть кто?"), "Продажи");
    expect(chats().length).toBe(1);
    expect(chats()[0]).toMatchObject({
      connector: "svyazka_whatsapp",
      user: "79101112233",
      externalChat: "uid-5",
      name: expect.stringContaining("Мария"),
    });
    expect(chats()[0]?.messages.map(({ text }) => text)).toEqual(["Здравствуйте", "Есть кто?"]);
    expect(String(chats()[0]?.id)).toBe(chat);
    expect([...standin.state.openLines.values()].filter(({ LINE_NAME }) => String(LINE_NAME).includes("Продажи"))).toMatchObject([
      { QUEUE: ["7"] },
    ]);
  });

  it("brings its files, which the portal fetches", async () => {
    await desk.show(kept("Смотрите", { kind: "picture", files: [{ kind: "picture", name: "план.png", file: "f1" }] }), "Продажи");
    expect(chats()[0]?.messages[0]).toMatchObject({ text: "Смотрите" });
    expect(chats()[0]?.messages[0]?.files.length).toBe(1);
  });

  it("comes with a name that the portal lets pass, a place as a link, a card as lines", async () => {
    const one = kept("", { kind: "location", content: { latitude: 55.75, longitude: 37.61, name: "Склад" } });
    const named = {
      ...one,
      conversation: {
        ...one.conversation,
        client: { ...one.conversation.client, name: "🎄Анна-Мария_2 Константинопольская-Преображенская" },
      },
    };
    await desk.show(named, "Продажи");
    await desk.show(kept("", { uid: "m2", kind: "contact", content: { name: "Пётр", phones: ["+79990000000"] } }), "Продажи");
    expect(chats()[0]?.messages.map(({ text }) => text)).toEqual([
      "Склад\nhttps://www.openstreetmap.org/?mlat=55.75&mlon=37.61",
      "Пётр\n+79990000000",
    ]);
  });

  it("of two accounts of one messenger stands in two lines", async () => {
    await desk.show(kept("Первый"), "Продажи");
    await desk.show(kept("Второй", {}, "uid-6", 8 as ConnectionId), "Сервис");
    expect(new Set(chats().map(({ line }) => line)).size).toBe(2);
    expect(standin.state.connectors.size).toBe(1);
  });

  it("is shown once although the answer was lost", async () => {
    await desk.show(kept("Раз"), "Продажи");
    standin.faults.add({ kind: "timeout_after", method: "imconnector.send.messages" });
    await expect(desk.show(kept("Два"), "Продажи")).rejects.toThrow(/no answer/);
    await desk.show(kept("Два"), "Продажи");
    expect(chats()[0]?.messages.map(({ text }) => text)).toEqual(["Раз", "Два"]);
    await standin.down();
    await expect(desk.show(kept("Три"), "Продажи")).rejects.toThrow(/no answer/);
    await standin.up();
    await desk.show(kept("Три"), "Продажи");
    expect(chats()[0]?.messages.map(({ text }) => text)).toEqual(["Раз", "Два", "Три"]);
  });

  it("is shown once although the answer was lost, whatever marks stand in it", async () => {
    await desk.show(kept("Раз"), "Продажи");
    standin.faults.add({ kind: "timeout_after", method: "imconnector.send.messages" });
    const text = "[b]Два[/b] [url=https://a.example]раза[/url]";
    await expect(desk.show(kept(text), "Продажи")).rejects.toThrow(/no answer/);
    await desk.show(kept(text), "Продажи");
    expect(chats()[0]?.messages.length).toBe(2);
  });

  it("makes one line, also when many come at once, and when the answer to its making was lost", async () => {
    standin.faults.add({ kind: "timeout_after", method: "imopenlines.config.add" });
    await expect(desk.show(kept("Ноль"), "Продажи")).rejects.toThrow(/no answer/);
    await Promise.all(["Раз", "Два", "Три"].map((text) => desk.show(kept(text), "Продажи")));
    expect(standin.count("imopenlines.config.add")).toBe(1);
    expect(chats()[0]?.messages.length).toBe(3);
  });
});

describe("what an operator writes", () => {
  beforeEach(() => desk.show(kept("Здравствуйте"), "Продажи"));

  it("is told with every message of the event, its words without marks, its files, and by the name of our conversation", async () => {
    await standin.operatorWrites({
      connector: "svyazka_whatsapp",
      line: line(),
      chat: "uid-5",
      text: ["[b]Добрый[/b] день![br]Цена: [url=https://example.com]тут[/url]", "Вот план"],
      files: [{ name: "план.pdf", bytes: Buffer.from("%PDF"), type: "application/pdf" }],
      user: 7,
    });
    await standin.events.settled();
    expect(written().map(({ text }) => text)).toEqual(["Добрый день!\nЦена: тут (https://example.com)", "Вот план"]);
    expect(written()[0]).toMatchObject({
      desk: 1,
      conversation: { uid: "uid-5", chat: "uid-5", source: `svyazka_whatsapp ${line()}` },
      kind: "file",
      files: [{ name: "план.pdf" }],
    });
    expect(await desk.findChannel(`svyazka_whatsapp ${line()}`)).toBe(channel);
    expect(await desk.findChannel(undefined)).toBe(channel);
    expect(await desk.findChannel("svyazka_whatsapp 999")).toBeUndefined();
    expect(desk.wants({ ...kept("Эхо"), desk: 1 as ConnectionId })).toBe(false);
  });

  it("is told back as delivered, once, and as failed in words", async () => {
    await standin.operatorWrites({ connector: "svyazka_whatsapp", line: line(), chat: "uid-5", text: "Привет" });
    await standin.events.settled();
    const [{ deskId } = { deskId: "" }] = written();
    for (const state of ["sent", "delivered", "read"] as const) await desk.mark(marked(state, deskId));
    expect(standin.count("imconnector.send.status.delivery")).toBe(1);
    expect(chats()[0]?.messages.at(-1)?.delivered).toEqual(["m9"]);
    await desk.mark(marked("failed", deskId, "нет такого номера"));
    await desk.mark(marked("failed", deskId, "нет такого номера"));
    expect(
      chats()[0]
        ?.messages.map(({ text }) => text)
        .filter((text) => text.includes("Не доставлено: нет такого номера")),
    ).toHaveLength(1);
  });

  it("elsewhere is shown as the employee's, or as nobody's", async () => {
    await desk.show({ ...kept("С телефона", { direction: "out" }), user: "7" }, "Продажи");
    await desk.show(kept("От робота", { direction: "out" }), "Продажи");
    expect(
      chats()[0]
        ?.messages.slice(1)
        .map(({ by }) => by),
    ).toEqual([7, 0]);
  });
});

describe("a line", () => {
  const joining = { uid: "uuid-of-the-account", channel, network: "whatsapp", name: "WhatsApp", isRenamed: false };

  it("is joined once, renamed by a person's wish, and left", async () => {
    expect(await connected.sources?.join(joining)).toMatchObject({ created: true, connector: "svyazka_whatsapp" });
    expect(await connected.sources?.join(joining)).toMatchObject({ created: false });
    expect(standin.count("imopenlines.config.add")).toBe(1);
    expect(await connected.sources?.join({ ...joining, name: "Отдел продаж", isRenamed: true })).toMatchObject({
      created: false,
      name: "Отдел продаж",
    });
    await desk.show(kept("Раз"), "Продажи");
    expect(await connected.sources?.leave(joining.uid)).toBe(true);
    await expect(desk.show(kept("Два"), "Продажи")).rejects.toBeInstanceOf(Refused);
    expect(await connected.sources?.leave("nobody's")).toBe(false);
    await connected.sources?.join(joining);
    await desk.show(kept("Два"), "Продажи");
    expect(standin.count("imopenlines.config.add")).toBe(1);
  });

  it("that somebody has deleted in the portal is made anew when the account is connected anew", async () => {
    await desk.show(kept("Раз"), "Продажи");
    const first = line();
    await fetch(`${standin.webhook}imopenlines.config.delete?CONFIG_ID=${first}`);
    await standin.events.settled();
    await expect(desk.show(kept("Два"), "Продажи")).rejects.toBeInstanceOf(Refused);
    expect(await connected.sources?.join(joining)).toMatchObject({ connector: "svyazka_whatsapp" });
    await desk.show(kept("Два"), "Продажи");
    expect(chats().at(-1)?.line).not.toBe(first);
    expect(standin.count("imopenlines.config.add")).toBe(2);
  });

  it("that somebody switches off in the portal is not switched on behind their back", async () => {
    await desk.show(kept("Раз"), "Продажи");
    const body = new URLSearchParams({
      event: "ONIMCONNECTORSTATUSDELETE",
      "data[connector]": "svyazka_whatsapp",
      "data[line]": String(line()),
    });
    await fetch(door.url + hookPath, { method: "POST", body: body.toString() });
    await expect(desk.show(kept("Два"), "Продажи")).rejects.toThrow(/switched off/);
    expect(door.received.at(-1)?.answer).toMatchObject({ detail: expect.stringContaining("switched off in the portal") });
  });
});

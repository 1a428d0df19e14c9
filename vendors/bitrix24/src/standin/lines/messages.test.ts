import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, askApp } from "../../../testkit/ask.ts";
import { type Handler, startHandler } from "../../../testkit/handler.ts";
import { type Bitrix24Standin, startBitrix24 } from "../../standin.ts";

let portal: Bitrix24Standin;
let handler: Handler;
let line: number;

const icon = { DATA_IMAGE: "data:image/svg+xml,%3Csvg/%3E" };
const connector = (method: string, params: object = {}) =>
  askApp(portal, `imconnector.${method}`, { CONNECTOR: "svyazka", LINE: line, ...params });
const message = (more: { user?: object; message?: object; chat?: object } = {}) => ({
  user: { id: "u1", name: "Анна", ...more.user },
  message: { id: "m1", date: 1_773_265_993, text: "Hello", ...more.message },
  chat: { id: "c1", ...more.chat },
});
const send = async (...messages: object[]) => connector("send.messages", { MESSAGES: messages });
const first = async (one: object) => (await send(one)).result.DATA.RESULT[0];
const onlyChat = () => [...portal.state.chats.values()][0];

beforeEach(async () => {
  [portal, handler] = await Promise.all([startBitrix24(), startHandler()]);
  line = (await ask(portal.webhook, "imopenlines.config.add", { PARAMS: { LINE_NAME: "Messenger", CRM_CREATE: "none" } })).result;
  await connector("register", { ID: "svyazka", NAME: "Messenger", ICON: icon, PLACEMENT_HANDLER: handler.url });
  await connector("activate", { ACTIVE: 1 });
});
afterEach(() => Promise.all([portal.stop(), handler.stop()]));

describe("a connector", () => {
  it("says what is wrong with it by HTTP 200", async () => {
    const wrong = await connector("register", { ID: "my.connector", NAME: "x", ICON: icon, PLACEMENT_HANDLER: handler.url });
    expect(wrong).toMatchObject({ status: 200, result: { result: false, error: "APPLICATION_REGISTRATION_ERROR_POINT" } });
    expect((await connector("register", { ID: "x" })).result.error).toBe("NAME_REQUIRED");
  });

  it("stands on a line until it is switched off, which the application is told", async () => {
    await askApp(portal, "event.bind", { event: "ONIMCONNECTORSTATUSDELETE", handler: handler.url });
    expect((await connector("status")).result).toEqual({ LINE: line, CONNECTOR: "svyazka", ERROR: false, CONFIGURED: true, STATUS: true });
    expect((await connector("connector.data.set", { DATA: { ID: "1", NAME: "Bot" } })).result).toBe(true);
    await connector("activate", { ACTIVE: 0 });
    expect((await connector("status")).result.STATUS).toBe(false);
    expect(await send(message())).toMatchObject({ status: 400, error: "NOT_ACTIVE_LINE" });
    await portal.events.settled();
    expect(handler.forms).toMatchObject([{ event: "ONIMCONNECTORSTATUSDELETE", data: { connector: "svyazka", line: String(line) } }]);
  });

  it("is listed beside those of the house, and goes when it is unregistered", async () => {
    expect((await connector("list")).result).toMatchObject({ livechat: expect.any(String), svyazka: "Messenger" });
    await connector("unregister", { ID: "svyazka" });
    expect(await send(message())).toMatchObject({ status: 400, error: "IMCONNECTOR_NO_CORRECT_PROVIDER" });
  });
});

describe("a message from the messenger", () => {
  it("opens a session that stays the user's own on that line, and is shown again when it is sent again", async () => {
    const { session, ...answer } = await first(message());
    expect(answer).toMatchObject({ SUCCESS: true, message: { id: "m1", date: {}, text: "Hello" }, chat: { id: "c1" } });
    expect((await first(message())).session).toEqual(session);
    expect(onlyChat()?.messages.map(({ text }) => text)).toEqual(["Hello", "Hello"]);
    expect((await first(message({ user: { id: "u2" } }))).session).not.toEqual(session);
    portal.operatorCloses({ connector: "svyazka", line, chat: "c1" });
    const next = (await first(message())).session;
    expect(next.CHAT_ID).toBe(session.CHAT_ID);
    expect(next.ID).not.toBe(session.ID);
  });

  it.each([[{ name: "Константин Константинопольский" }], [{ name: "Анна 2" }], [{ last_name: "Иванова (Орлова)" }], [{ id: "" }]])(
    "is refused by itself for the user %j",
    async (user) => {
      const { result } = await send(message(), message({ user }));
      expect(result.DATA.RESULT).toMatchObject([{ SUCCESS: true }, { SUCCESS: false, ERRORS: [expect.any(String)] }]);
    },
  );

  it("must have its three parts", async () => {
    expect(await send({ user: { id: "1" } })).toMatchObject({ status: 400, error: "ERROR_ARGUMENT" });
    expect(await connector("send.messages")).toMatchObject({ status: 400, error: "ERROR_ARGUMENT" });
  });

  it("is edited and deleted by its own id", async () => {
    await send(message());
    await connector("update.messages", { MESSAGES: [message({ message: { text: "Edited" } })] });
    await connector("delete.messages", { MESSAGES: [message()] });
    expect(onlyChat()?.messages).toMatchObject([{ externalId: "m1", text: "Edited", deleted: true }]);
  });

  it("may be an employee's, or the system's", async () => {
    await send(message({ message: { user_id: 0 } }), message({ message: { user_id: 7 } }));
    expect(onlyChat()?.messages.map(({ by }) => by)).toEqual([0, 7]);
  });

  it("is tied to the contact with that phone, unless it says not to", async () => {
    const fm = [{ typeId: "PHONE", value: "+79990000001" }];
    const { id } = (await ask(portal.webhook, "crm.item.add", { entityTypeId: 3, fields: { fm } })).result.item;
    const { session } = await first(message({ user: { phone: "+79990000001" } }));
    const dialog = (await ask(portal.webhook, "imopenlines.dialog.get", { CHAT_ID: session.CHAT_ID })).result;
    expect(dialog).toMatchObject({ entity_id: `svyazka|${line}|c1|u1`, entity_data_2: `LEAD|0|COMPANY|0|CONTACT|${id}|DEAL|0` });
    expect((await ask(portal.webhook, "imopenlines.crm.chat.get", { CRM_ENTITY_TYPE: "CONTACT", CRM_ENTITY: id })).result).toMatchObject([
      { CHAT_ID: session.CHAT_ID },
    ]);
    const other = await first(message({ user: { id: "u2", phone: "+79990000001" }, message: { disable_crm: "Y" } }));
    expect(portal.state.chats.get(Number(other.session.CHAT_ID))?.contactId).toBe(0);
    expect(other.extra).toEqual({ disable_tracker: "Y" });
  });

  it.each([
    ["none", 2, { leads: 0, contacts: 0, deals: 0 }],
    ["lead", 2, { leads: 0, contacts: 1, deals: 1 }],
    ["lead", 1, { leads: 1, contacts: 0, deals: 0 }],
    ["deal", 1, { leads: 0, contacts: 1, deals: 1 }],
  ] as const)("of a stranger on a line that makes %s, with leads in mode %i, makes %j, once", async (create, mode, made) => {
    portal.setMode(mode);
    await ask(portal.webhook, "imopenlines.config.update", { CONFIG_ID: line, PARAMS: { CRM_CREATE: create } });
    for (const id of ["m1", "m2"]) await send(message({ user: { phone: "+79990000009" }, message: { id } }));
    const { leads, contacts, deals } = portal.state;
    expect({ leads: leads.size, contacts: contacts.size, deals: deals.size }).toEqual(made);
    const contact = onlyChat()?.contactId ?? 0;
    expect([...deals.values()].every(({ contactIds }) => (contactIds as number[])[0] === contact)).toBe(true);
  });
});

describe("a file", () => {
  let far: Server;
  beforeEach(async () => {
    far = createServer((request, response) =>
      response.writeHead(request.url === "/a.png" ? 200 : 404, { "content-type": "image/png" }).end("picture"),
    );
    await new Promise<void>((resolve) => far.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => far.close(resolve)));

  it("is fetched from its address and kept; one that does not come is left out", async () => {
    const url = `http://127.0.0.1:${(far.address() as AddressInfo).port}`;
    await send(message({ message: { text: "", files: [{ url: `${url}/a.png`, name: "a.png" }, { url: `${url}/gone.png` }] } }));
    const [id = 0, ...others] = onlyChat()?.messages[0]?.files ?? [];
    expect(others).toEqual([]);
    expect(portal.state.files.get(id)).toMatchObject({ name: "a.png", type: "image/png" });
    expect(Buffer.from(portal.state.files.get(id)?.bytes ?? []).toString()).toBe("picture");
  });

  it("of an operator may be fetched from the portal", async () => {
    await askApp(portal, "event.bind", { event: "ONIMCONNECTORMESSAGEADD", handler: handler.url });
    await send(message());
    await portal.operatorWrites({
      connector: "svyazka",
      line,
      chat: "c1",
      text: "",
      files: [{ name: "b.png", bytes: Buffer.from("picture"), type: "image/png" }],
    });
    await portal.events.settled();
    // biome-ignore lint/suspicious/noExplicitAny: a form has no shape of its own.
    const [file] = Object.values((handler.forms[0] as any).data.MESSAGES[0].message.files) as Record<string, string>[];
    expect(file).toMatchObject({ name: "b.png", type: "image", mime: "image/png", size: "7" });
    expect(await (await fetch(file?.["downloadLink"] ?? "")).text()).toBe("picture");
  });
});

describe("an operator", () => {
  const written = () => handler.forms.map((form) => form["data"]);

  beforeEach(async () => {
    await askApp(portal, "event.bind", { event: "ONIMCONNECTORMESSAGEADD", handler: handler.url });
    await send(message());
  });

  it("writes under their name, and several messages may come in one event", async () => {
    const { chatId, messageIds } = await portal.operatorWrites({ connector: "svyazka", line, chat: "c1", text: ["One", "Two"], user: 7 });
    await portal.events.settled();
    const expected = ["One", "Two"].map((text, index) => [
      String(index),
      {
        im: { chat_id: String(chatId), message_id: String(messageIds[index]) },
        message: { user_id: "7", text: `[b]Борис Лебедев:[/b] [br]${text}` },
        chat: { id: "c1" },
      },
    ]);
    expect(written()).toEqual([{ CONNECTOR: "svyazka", LINE: String(line), MESSAGES: Object.fromEntries(expected) }]);
  });

  it("signs nothing when the connector wants no signature", async () => {
    await connector("register", { ID: "svyazka", NAME: "Messenger", ICON: icon, PLACEMENT_HANDLER: handler.url, NEED_SIGNATURE: false });
    await portal.operatorWrites({ connector: "svyazka", line, chat: "c1", text: "Bare" });
    await portal.events.settled();
    expect(written()).toMatchObject([{ MESSAGES: { "0": { message: { text: "Bare" } } } }]);
  });

  it("sees what was delivered, when its ids are a list", async () => {
    const { chatId, messageIds } = await portal.operatorWrites({ connector: "svyazka", line, chat: "c1", text: "Hi" });
    const status = (id: unknown) => ({ im: { chat_id: chatId, message_id: messageIds[0] }, message: { id, date: 1 }, chat: { id: "c1" } });
    expect((await connector("send.status.delivery", { MESSAGES: [status("w1")] })).result).toEqual({ SUCCESS: true, DATA: [] });
    expect(onlyChat()?.messages.at(-1)?.delivered).toBeUndefined();
    await connector("send.status.delivery", { MESSAGES: [status(["w1"])] });
    expect(onlyChat()?.messages.at(-1)?.delivered).toEqual(["w1"]);
  });

  it("sees the name that was given to the chat", async () => {
    await connector("chat.name.set", { CHAT_ID: "c1", NAME: "New name" });
    expect(onlyChat()?.name).toBe("New name");
  });
});

describe("an open line", () => {
  it("is made, listed, changed and deleted, with all on it", async () => {
    const config = (method: string, params: object = {}) => ask(portal.webhook, `imopenlines.config.${method}`, params);
    expect((await config("list.get")).result).toMatchObject([{ ID: "1" }, { ID: String(line), LINE_NAME: "Messenger", ACTIVE: "Y" }]);
    expect((await config("update", { CONFIG_ID: line, PARAMS: { ACTIVE: "N" } })).result).toBe(true);
    expect((await config("get", { CONFIG_ID: line })).result.ACTIVE).toBe("N");
    expect(await send(message())).toMatchObject({ status: 400, error: "NOT_ACTIVE_LINE" });
    await askApp(portal, "event.bind", { event: "ONIMCONNECTORLINEDELETE", handler: handler.url });
    expect((await config("delete", { CONFIG_ID: line })).result).toBe(true);
    expect((await config("get", { CONFIG_ID: line })).result).toBe(false);
    await portal.events.settled();
    expect(handler.forms).toMatchObject([{ event: "ONIMCONNECTORLINEDELETE", data: String(line) }]);
  });
});

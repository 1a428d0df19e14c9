import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Answer, ask, askApp } from "../../testkit/ask.ts";
import { type Handler, startHandler } from "../../testkit/handler.ts";
import { type Bitrix24Standin, startBitrix24 } from "../standin.ts";
import { isMap } from "./params.ts";

/** The stand-in answers at least the keys of the documents' own examples. */
const folder = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const readFixture = (name: string): unknown => JSON.parse(readFileSync(`${folder}${name}.json`, "utf8"));

let portal: Bitrix24Standin;
let handler: Handler;
beforeEach(async () => {
  [portal, handler] = await Promise.all([startBitrix24({ mode: 1 }), startHandler()]);
});
afterEach(() => Promise.all([portal.stop(), handler.stop()]));

const hook = (method: string, params: object = {}): Promise<Answer> => ask(portal.webhook, method, params);
const app = (method: string, params: object = {}): Promise<Answer> => askApp(portal, method, params);
const add = async (entityTypeId: number, fields: object = {}): Promise<number> =>
  (await hook("crm.item.add", { entityTypeId, fields })).result.item.id;
const phone = { typeId: "PHONE", valueType: "WORK", value: "79062195047" };
const email = { typeId: "EMAIL", valueType: "WORK", value: "ivan@example.ru" };
const body = async (answer: Promise<Answer>): Promise<unknown> => (await answer).body;

const register = async (): Promise<Answer> => {
  await add(3, { name: "Иван", fm: [phone] });
  return app("telephony.externalCall.register", { USER_ID: 7, PHONE_NUMBER: phone.value, TYPE: 2, LINE_NUMBER: "3" });
};
const finish = async (): Promise<Answer> => {
  const { CALL_ID } = (await register()).result;
  return app("telephony.externalCall.finish", { CALL_ID, USER_ID: 7, DURATION: 95, VOTE: 5 });
};
const record = async (params: object): Promise<Answer> => {
  const { CALL_ID } = (await finish()).result;
  return app("telephony.externalCall.attachRecord", { CALL_ID, FILENAME: "call-001.mp3", ...params });
};
const connect = async (): Promise<Answer> => {
  const icon = { DATA_IMAGE: "data:image/svg+xml,%3Csvg/%3E" };
  const answer = await app("imconnector.register", {
    ID: "myconnector",
    NAME: "Мой коннектор",
    ICON: icon,
    PLACEMENT_HANDLER: handler.url,
  });
  await app("imconnector.activate", { CONNECTOR: "myconnector", LINE: 1, ACTIVE: "1" });
  return answer;
};
const receive = async (): Promise<Answer> => {
  await connect();
  const { MESSAGES } = readFixture("open-lines/imconnector.send.messages-request") as { MESSAGES: { message: object }[] };
  // The file of the example lies nowhere.
  const told = MESSAGES.map((one) => ({ ...one, message: { ...one.message, files: [] } }));
  return app("imconnector.send.messages", { CONNECTOR: "myconnector", LINE: 1, MESSAGES: told });
};
const bind = (event: string, more: object = {}): Promise<Answer> => app("event.bind", { event, handler: handler.url, ...more });
const lastForm = async (): Promise<unknown> => {
  await portal.events.settled();
  return handler.forms.at(-1);
};
const offline = async (): Promise<void> => {
  await bind("ONCRMLEADADD", { event_type: "offline" });
  await add(1);
};
const talk = async (): Promise<{ readonly chat: string; readonly contact: number }> => {
  const contact = await add(3, { fm: [phone] });
  await connect();
  const message = { user: { id: "1", phone: phone.value }, message: { id: "1", text: "Добрый день" }, chat: { id: "channel-123" } };
  const { result } = await app("imconnector.send.messages", { CONNECTOR: "myconnector", LINE: 1, MESSAGES: [message] });
  return { chat: result.DATA.RESULT[0].session.CHAT_ID, contact };
};

const answers: Readonly<Record<string, () => Promise<unknown>>> = {
  "system/app.info": () => body(app("app.info")),
  "system/app.info-webhook": () => body(hook("app.info")),
  "system/batch-halt-0": () => refusedBatch(0),
  "system/batch-halt-1": () => refusedBatch(1),
  "users/user.current": () => body(hook("user.current")),
  "crm/crm.item.add": async () => {
    const contactIds = [await add(3), await add(3)];
    return body(hook("crm.item.add", { entityTypeId: 2, fields: { title: "Новая сделка", contactIds, observers: [7, 9] } }));
  },
  "crm/crm.item.get": async () => body(hook("crm.item.get", { entityTypeId: 1, id: await add(1, { name: "Админ", fm: [phone, email] }) })),
  "crm/crm.item.get-not-found": () => body(hook("crm.item.get", { entityTypeId: 1, id: 9999 })),
  "crm/crm.item.list": async () => {
    await add(1, { name: "Иван", sourceId: "WEB", opportunity: 19_000, isManualOpportunity: "Y" });
    await add(1, { name: "Иван", sourceId: "EMAIL", opportunity: 19_000, isManualOpportunity: "Y" });
    return body(hook("crm.item.list", readFixture("crm/crm.item.list-request") as object));
  },
  "crm/crm.category.list": () => body(hook("crm.category.list", { entityTypeId: 2 })),
  "crm/crm.status.list": () => body(hook("crm.status.list", { order: { SORT: "ASC" }, filter: { ENTITY_ID: "DEAL_STAGE" } })),
  "crm/crm.duplicate.findbycomm": async () => {
    await add(3, { fm: [phone] });
    return body(hook("crm.duplicate.findbycomm", { entity_type: "CONTACT", type: "PHONE", values: [phone.value] }));
  },
  "crm/crm.duplicate.findbycomm-no-type": () => body(hook("crm.duplicate.findbycomm")),
  "crm/crm.deal.get": async () => body(hook("crm.deal.get", { id: await add(2) })),
  "crm/crm.contact.get": async () => body(hook("crm.contact.get", { id: await add(3, { fm: [phone, email] }) })),
  "crm/crm.requisite.list": async () => {
    const fields = { ENTITY_TYPE_ID: 4, ENTITY_ID: await add(4), PRESET_ID: 1, NAME: "Организация" };
    await hook("crm.requisite.add", { fields });
    return body(hook("crm.requisite.list", { filter: { PRESET_ID: "1" }, select: ["ENTITY_TYPE_ID", "ENTITY_ID", "ID", "NAME"] }));
  },
  "timeline/crm.timeline.comment.list": async () => {
    const of = { ENTITY_ID: await add(2), ENTITY_TYPE: "deal" };
    await hook("crm.timeline.comment.add", { fields: { ...of, COMMENT: "Test comment", FILES: [["1.gif", "R0lGODlhAQABAAAAACw="]] } });
    return body(hook("crm.timeline.comment.list", { filter: of }));
  },
  "timeline/crm.timeline.logmessage.add": async () => {
    const fields = { entityTypeId: 1, entityId: await add(1), title: "Test title", text: "Test note", iconCode: "info" };
    return body(hook("crm.timeline.logmessage.add", { fields }));
  },
  "timeline/crm.activity.todo.add": async () => body(todo(await add(2))),
  "timeline/crm.activity.get": async () => body(hook("crm.activity.get", { id: (await todo(await add(2))).result.id })),
  "tasks/tasks.task.add": () => body(hook("tasks.task.add", { fields: { TITLE: "task for test", RESPONSIBLE_ID: 1 } })),
  "tasks/tasks.task.add-no-title": () => body(hook("tasks.task.add", { fields: { RESPONSIBLE_ID: 1 } })),
  "telephony/telephony.externalCall.register": () => body(register()),
  "telephony/telephony.externalCall.register-unknown-type": () =>
    body(app("telephony.externalCall.register", { USER_ID: 1, PHONE_NUMBER: phone.value, TYPE: 9 })),
  "telephony/telephony.externalCall.finish": () => body(finish()),
  "telephony/telephony.externalCall.attachRecord": () => body(record({ FILE_CONTENT: "SUQz" })),
  "telephony/telephony.externalCall.attachRecord-upload": () => body(record({})),
  "telephony/telephony.externalCall.searchCrmEntities": async () => {
    await add(3, { name: "Иван", fm: [phone] });
    return body(hook("telephony.externalCall.searchCrmEntities", { PHONE_NUMBER: phone.value }));
  },
  "telephony/telephony.externalLine.add": () => body(app("telephony.externalLine.add", { NUMBER: "74951234567" })),
  "telephony/telephony.externalLine.add-webhook": () => body(hook("telephony.externalLine.add", { NUMBER: "74951234567" })),
  "telephony/voximplant.statistic.get": async () => {
    await finish();
    return body(hook("voximplant.statistic.get", { SORT: "ID", ORDER: "ASC" }));
  },
  "telephony/ONEXTERNALCALLSTART": async () => {
    await bind("ONEXTERNALCALLSTART");
    portal.clickToCall({ user: 7, phone: "+74951234567" });
    return lastForm();
  },
  "events/event.bind": () => body(bind("ONCRMLEADADD")),
  "events/event.bind-unknown": () => body(bind("ONNOTHING")),
  "events/event.unbind": async () => {
    await bind("ONCRMLEADADD");
    return body(app("event.unbind", { event: "ONCRMLEADADD", handler: handler.url }));
  },
  "events/event.get": async () => {
    await bind("ONCRMLEADADD");
    return body(app("event.get"));
  },
  "events/event.offline.get": async () => {
    await offline();
    return body(app("event.offline.get"));
  },
  "events/event.offline.list": async () => {
    await offline();
    return body(app("event.offline.list"));
  },
  "events/ONAPPINSTALL": async () => {
    await portal.install(handler.url);
    return lastForm();
  },
  "open-lines/imconnector.register": () => body(connect()),
  "open-lines/imconnector.register-no-id": () => body(app("imconnector.register")),
  "open-lines/imconnector.list": async () => {
    await connect();
    return body(app("imconnector.list"));
  },
  "open-lines/imconnector.activate-no-active": async () => {
    await connect();
    return body(app("imconnector.activate", { CONNECTOR: "myconnector", LINE: 1 }));
  },
  "open-lines/imconnector.status": async () => {
    await connect();
    return body(app("imconnector.status", { CONNECTOR: "myconnector", LINE: 1 }));
  },
  "open-lines/imconnector.status-no-connector": () => body(app("imconnector.status")),
  "open-lines/imconnector.send.messages": () => body(receive()),
  "open-lines/imconnector.send.messages-no-messages": async () => {
    await connect();
    return body(app("imconnector.send.messages", { CONNECTOR: "myconnector", LINE: 1 }));
  },
  "open-lines/imconnector.send.status.delivery": async () => {
    await connect();
    const message = { im: { chat_id: 1, message_id: 1 }, message: { id: ["1"], date: 1 }, chat: { id: "1" } };
    return body(app("imconnector.send.status.delivery", { CONNECTOR: "myconnector", LINE: 1, MESSAGES: [message] }));
  },
  "open-lines/imopenlines.dialog.get": async () => body(hook("imopenlines.dialog.get", { CHAT_ID: (await talk()).chat })),
  "open-lines/imopenlines.crm.chat.get": async () =>
    body(hook("imopenlines.crm.chat.get", { CRM_ENTITY_TYPE: "contact", CRM_ENTITY: (await talk()).contact, ACTIVE_ONLY: "N" })),
  "open-lines/ONIMCONNECTORMESSAGEADD": async () => {
    await bind("ONIMCONNECTORMESSAGEADD");
    await talk();
    await portal.operatorWrites({ connector: "myconnector", line: 1, chat: "channel-123", text: "Добрый день!" });
    return lastForm();
  },
  "open-lines/ONIMCONNECTORSTATUSDELETE": async () => {
    await bind("ONIMCONNECTORSTATUSDELETE");
    await connect();
    await app("imconnector.activate", { CONNECTOR: "myconnector", LINE: 1, ACTIVE: "0" });
    return lastForm();
  },
  "open-lines/ONIMCONNECTORLINEDELETE": async () => {
    await bind("ONIMCONNECTORLINEDELETE");
    await hook("imopenlines.config.delete", { CONFIG_ID: 1 });
    return lastForm();
  },
};

it.each(Object.keys(answers))("%s has all that the documents show", async (name) => {
  const given = await answers[name]?.();
  expect(given).toBeTypeOf("object");
  expect(lacking(readFixture(name), given)).toEqual(leftOut[name] ?? []);
});

it("holds the stand-in to every example that is an answer or an event", () => {
  const all = globSync("**/*.json", { cwd: folder }).map((file) => file.slice(0, -".json".length));
  expect(Object.keys(answers).sort()).toEqual(all.filter((name) => !name.endsWith("-request")).sort());
});

it.each(Object.keys(answers).filter((name) => isMap(readFixture(name)) && "error" in (readFixture(name) as object)))(
  "%s is the same error",
  async (name) => {
    expect(await answers[name]?.()).toMatchObject({ error: (readFixture(name) as { error: string }).error });
  },
);

/** What an example has of its own portal: fields and relations that others have not. */
const ofThatPortal = /^(ufCrm|UF_CRM|parentId\d|PARENT_ID_\d)/;

/** What we leave out, and why. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  // The rules of events say that only two events bring one, and this is neither.
  "telephony/ONEXTERNALCALLSTART": [".auth.refresh_token"],
  // Nobody has read anything yet.
  "open-lines/imopenlines.dialog.get": [".result.readed_list", ".result.last_message_views.first_viewers"],
};

/** Where an answer lacks a key of the example, or is of another kind. */
function lacking(shown: unknown, given: unknown, path = ""): string[] {
  if (!isMap(shown)) return given === undefined || (isMap(given) && shown !== false && shown !== null) ? [path] : [];
  if (Object.keys(shown).length === 0) return given === undefined ? [path] : [];
  if (!isMap(given)) return [path];
  // Rows of a list differ, and ids of files are keys: one that has all is enough. A form's list is a map.
  const [[first, row] = []] = Object.entries(shown);
  if (Array.isArray(shown) || /^\d+$/.test(first ?? "")) {
    const each = Object.values(given).map((one) => lacking(row, one, path));
    return each.sort((a, b) => a.length - b.length)[0] ?? [path];
  }
  const own = Object.entries(shown).filter(([name]) => !ofThatPortal.test(name));
  return own.flatMap(([name, below]) => lacking(below, given[name], `${path}.${name}`));
}

async function refusedBatch(halt: number): Promise<unknown> {
  portal.setScopes([]);
  return body(hook("batch", { halt, cmd: { get_user: "user.current", get_department: "department.get" } }));
}

const todo = (ownerId: number): Promise<Answer> =>
  hook("crm.activity.todo.add", {
    ownerTypeId: 2,
    ownerId,
    deadline: "2026-12-01T12:00:00+03:00",
    title: "Заголовок дела",
    responsibleId: 7,
  });

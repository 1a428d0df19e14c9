import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, askApp } from "../../../testkit/ask.ts";
import { type Handler, startHandler } from "../../../testkit/handler.ts";
import { type Bitrix24Standin, startBitrix24 } from "../../standin.ts";
import { mapOf } from "../params.ts";

let portal: Bitrix24Standin;
let handler: Handler;

beforeEach(async () => {
  [portal, handler] = await Promise.all([startBitrix24(), startHandler()]);
});
afterEach(() => Promise.all([portal.stop(), handler.stop()]));

const bind = (event: string, more: object = {}) => askApp(portal, "event.bind", { event, handler: handler.url, ...more });
const add = async (entityTypeId: number, fields: object = {}) =>
  (await ask(portal.webhook, "crm.item.add", { entityTypeId, fields })).result.item;
const update = (entityTypeId: number, id: number, fields: object) => ask(portal.webhook, "crm.item.update", { entityTypeId, id, fields });
const told = async (): Promise<string[]> => {
  await portal.events.settled();
  return handler.forms.map(({ event }) => String(event));
};

describe("an event", () => {
  it("is a form, every value of it text, with the keys to the portal", async () => {
    await bind("onCrmDealAdd");
    const { id } = await add(2);
    await portal.events.settled();
    const [form] = handler.forms;
    expect(form).toMatchObject({ event: "ONCRMDEALADD", data: { FIELDS: { ID: String(id) } }, ts: expect.stringMatching(/^\d+$/) });
    const { applicationToken: application_token } = portal.app;
    expect(form?.["auth"]).toMatchObject({
      application_token,
      member_id: portal.memberId,
      domain: portal.host,
      client_endpoint: `${portal.url}/rest/`,
    });
    const auth = mapOf(form?.["auth"])["access_token"];
    expect((await ask(`${portal.url}/rest/`, "user.current", { auth })).result.ID).toBe("1");
  });

  it("echoes what applications write, and tells what people write", async () => {
    await bind("ONCRMDEALUPDATE");
    const { id } = await add(2);
    await update(2, id, { title: "Mine" });
    await update(2, id, { title: "Mine" });
    portal.editByHand(2, id, { title: "By hand" });
    expect(await told()).toEqual(["ONCRMDEALUPDATE", "ONCRMDEALUPDATE"]);
    expect(portal.state.deals.get(id)).toMatchObject({ title: "By hand", updatedBy: 7 });
  });

  it("of a move to another pipeline comes instead of that of a change", async () => {
    await bind("ONCRMDEALUPDATE");
    await bind("ONCRMDEALMOVETOCATEGORY");
    const { id } = await add(2);
    await update(2, id, { categoryId: 1, stageId: "C1:PREPARATION" });
    expect(await told()).toEqual(["ONCRMDEALMOVETOCATEGORY"]);
    expect(handler.forms[0]?.["data"]).toEqual({ FIELDS: { ID: String(id), CATEGORY_ID: "1", STAGE_ID: "C1:PREPARATION" } });
  });

  it("comes once: what was lost or refused never comes again", async () => {
    await bind("ONCRMCONTACTADD");
    portal.events.dropNext(1);
    handler.answerWith(500);
    await add(3);
    await add(3);
    expect(await told()).toHaveLength(1);
    expect(portal.events.sent).toMatchObject([{ event: "ONCRMCONTACTADD", status: 500 }]);
  });

  it("is not waited for by whoever caused it", async () => {
    await askApp(portal, "event.bind", { event: "ONCRMDEALADD", handler: "http://127.0.0.1:9/nobody" });
    expect((await add(2)).id).toBeGreaterThan(0);
    await portal.events.settled();
    expect(portal.events.sent).toMatchObject([{ status: 0 }]);
  });
});

describe("bindings", () => {
  it("are made once each, listed, and undone", async () => {
    expect((await bind("ONCRMDEALADD")).result).toBe(true);
    expect(await bind("ONCRMDEALADD")).toMatchObject({ status: 400 });
    expect(await bind("ONNOTHING")).toMatchObject({ status: 400, error: "ERROR_EVENT_NOT_FOUND" });
    expect((await askApp(portal, "event.get")).result).toEqual([
      { event: "ONCRMDEALADD", handler: handler.url, auth_type: "0", offline: 0 },
    ]);
    expect((await askApp(portal, "event.unbind", { event: "ONCRMDEALADD", handler: handler.url })).result).toEqual({ count: 1 });
    expect((await askApp(portal, "event.get")).result).toEqual([]);
  });

  it("of the offline kind are for administrators", async () => {
    expect(await askApp(portal, "event.bind", { event: "ONCRMDEALADD", event_type: "offline" }, 7)).toMatchObject({ status: 403 });
  });

  it("are gone after the application was installed anew, which brings a pair of tokens", async () => {
    await bind("ONCRMDEALADD");
    await portal.install(handler.url);
    const auth = handler.forms[0]?.["auth"] as Record<string, string>;
    expect(handler.forms[0]).toMatchObject({ event: "ONAPPINSTALL", auth: { application_token: portal.app.applicationToken } });
    expect((await ask(`${portal.url}/rest/`, "event.get", { auth: auth["access_token"] })).result).toEqual([]);
    expect(auth["refresh_token"]).toMatch(/^[0-9a-f]+$/);
  });
});

describe("the offline queue", () => {
  beforeEach(() => askApp(portal, "event.bind", { event: "ONCRMDEALUPDATE", event_type: "offline" }));

  it("keeps the last state of each object, under a process until it is cleared", async () => {
    const { id } = await add(2);
    await update(2, id, { title: "One" });
    await update(2, id, { title: "Two" });
    const { result } = await askApp(portal, "event.offline.get", { clear: 0 });
    expect(result.events).toMatchObject([{ EVENT_NAME: "ONCRMDEALUPDATE", EVENT_DATA: { FIELDS: { ID: String(id) } } }]);
    expect((await askApp(portal, "event.offline.get", { clear: 0 })).result).toEqual({ process_id: null, events: [] });
    expect((await askApp(portal, "event.offline.list")).body).toMatchObject({ total: 1, result: [{ PROCESS_ID: result.process_id }] });
    await askApp(portal, "event.offline.clear", { process_id: result.process_id });
    expect((await askApp(portal, "event.offline.list")).result).toEqual([]);
  });

  it("is told of, for whoever would rather not ask all the time", async () => {
    await bind("ONOFFLINEEVENT");
    const { id } = await add(2);
    await update(2, id, { title: "One" });
    expect(await told()).toEqual(["ONOFFLINEEVENT"]);
    expect(handler.forms[0]?.["auth"]).toHaveProperty("refresh_token");
  });

  it("keeps those that failed, and gives at once what need not be cleared", async () => {
    const { id } = await add(2);
    await update(2, id, { title: "One" });
    const { result } = await askApp(portal, "event.offline.get", { clear: 0 });
    await askApp(portal, "event.offline.error", { process_id: result.process_id, message_id: [result.events[0].MESSAGE_ID] });
    expect((await askApp(portal, "event.offline.list")).result).toMatchObject([{ ERROR: "1" }]);
    await update(2, id, { title: "Two" });
    expect((await askApp(portal, "event.offline.get")).result.events).toHaveLength(1);
    expect(await askApp(portal, "event.offline.get", {}, 7)).toMatchObject({ status: 403, error: "ACCESS_DENIED" });
  });
});

it("opens the application's page as a form, with a pair of tokens of whoever opens it", async () => {
  await portal.openFrame(`${handler.url}?kept=1`, { userId: 7 });
  const [form] = handler.forms;
  expect(handler.queries[0]).toMatchObject({ DOMAIN: portal.host, PROTOCOL: "0", LANG: "ru", APP_SID: expect.any(String), kept: "1" });
  expect(form).toMatchObject({
    AUTH_EXPIRES: "3600",
    member_id: portal.memberId,
    status: "L",
    PLACEMENT: "DEFAULT",
    APPLICATION_TOKEN: portal.app.applicationToken,
  });
  expect((await ask(`${portal.url}/rest/`, "user.current", { auth: form?.["AUTH_ID"] })).result.ID).toBe("7");
});

it("tells the application of a click on a number, with a call that may be finished at once", async () => {
  await askApp(portal, "telephony.externalLine.add", { NUMBER: "7", CRM_AUTO_CREATE: "N" });
  await bind("ONEXTERNALCALLSTART");
  const CALL_ID = portal.clickToCall({ user: 7, phone: "+74951234567" });
  await portal.events.settled();
  expect(handler.forms[0]?.["data"]).toMatchObject({
    CALL_ID,
    USER_ID: "7",
    LINE_NUMBER: "7",
    PHONE_NUMBER: "+74951234567",
    IS_MOBILE: "0",
  });
  expect((await askApp(portal, "telephony.externalCall.finish", { CALL_ID, USER_ID: 7, DURATION: 3 })).result.CALL_STATUS).toBe(1);
});

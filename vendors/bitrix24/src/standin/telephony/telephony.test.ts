import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, askApp, read } from "../../../testkit/ask.ts";
import { type Bitrix24Standin, startBitrix24 } from "../../standin.ts";

let portal: Bitrix24Standin;
let clock = Date.UTC(2026, 10, 30, 12);

beforeEach(async () => {
  portal = await startBitrix24({ now: () => clock });
});
afterEach(() => portal.stop());

const call = (method: string, params: object) => askApp(portal, `telephony.externalCall.${method}`, params);
const incoming = { USER_ID: 7, PHONE_NUMBER: "+79990000001", TYPE: 2, EXTERNAL_CALL_ID: "pbx-1" };
const register = async (params: object = {}) => (await call("register", { ...incoming, ...params })).result;

describe("a call", () => {
  it("is registered for applications alone, and finished once, with a deed in the card of whoever called", async () => {
    const contact = (
      await ask(portal.webhook, "crm.item.add", { entityTypeId: 3, fields: { fm: [{ typeId: "PHONE", value: "+7 999 000-00-01" }] } })
    ).result.item;
    expect(await ask(portal.webhook, "telephony.externalCall.register", incoming)).toMatchObject({ status: 403, error: "WRONG_AUTH_TYPE" });
    const { CALL_ID, ...told } = await register();
    expect(CALL_ID).toMatch(/^externalCall\.[0-9a-f]{32}\.\d+$/);
    expect(told).toEqual({ CRM_CREATED_LEAD: null, CRM_CREATED_ENTITIES: [], CRM_ENTITY_TYPE: "CONTACT", CRM_ENTITY_ID: contact.id });
    const { result } = await call("finish", { CALL_ID, USER_ID: 9, DURATION: 95 });
    expect(result).toMatchObject({
      PORTAL_USER_ID: 9,
      CALL_STATUS: 1,
      CALL_FAILED_CODE: "200",
      CALL_START_DATE: {},
      INCOMING: "2",
      EXTERNAL_CALL_ID: "pbx-1",
    });
    expect(portal.state.activities.get(result.CRM_ACTIVITY_ID)).toMatchObject({
      PROVIDER_ID: "VOXIMPLANT_CALL",
      OWNER_TYPE_ID: 3,
      OWNER_ID: contact.id,
      DIRECTION: 1,
    });
    expect(await call("finish", { CALL_ID, USER_ID: 9 })).toMatchObject({ status: 400, error: "ERROR_CORE" });
    expect(await call("finish", { CALL_ID: "externalCall.none.1", USER_ID: 9 })).toMatchObject({ error: "ERROR_CORE" });
  });

  it("that nobody took is missed", async () => {
    const { CALL_ID } = await register();
    expect((await call("finish", { CALL_ID, USER_ID: 7 })).result).toMatchObject({
      CALL_STATUS: 0,
      CALL_FAILED_CODE: "304",
      CRM_ACTIVITY_ID: null,
    });
  });

  it("is the old one within half an hour, unless the line's own id tells them apart", async () => {
    const { CALL_ID } = await register();
    expect((await register()).CALL_ID).toBe(CALL_ID);
    expect((await register({ EXTERNAL_CALL_ID: "pbx-2" })).CALL_ID).not.toBe(CALL_ID);
    expect((await register({ USER_ID: 9 })).CALL_ID).not.toBe(CALL_ID);
    clock += 30 * 60_000;
    expect((await register()).CALL_ID).not.toBe(CALL_ID);
  });

  it("makes a lead where there are leads, a contact and a deal where there are none", async () => {
    expect((await register({ CRM_CREATE: 1 })).CRM_CREATED_ENTITIES).toMatchObject([{ ENTITY_TYPE: "CONTACT" }, { ENTITY_TYPE: "DEAL" }]);
    portal.setMode(1);
    const told = await register({ CRM_CREATE: 1, PHONE_NUMBER: "+79990000002" });
    expect(told).toMatchObject({ CRM_ENTITY_TYPE: "LEAD", CRM_CREATED_LEAD: told.CRM_ENTITY_ID });
  });

  it.each([
    [{ USER_ID: undefined }, "USER_ID or USER_PHONE_INNER should be set"],
    [{ USER_ID: 11 }, "User is not found or is not active"],
    [{ TYPE: 6 }, "Unknown TYPE"],
    [{ CALL_START_DATE: "yesterday" }, "CALL_START_DATE should be in the ISO-8601 format"],
    [{ PHONE_NUMBER: "" }, "Unsupported phone number format"],
  ])("is not registered with %j", async (params, text) => {
    expect((await call("register", { ...incoming, ...params })).body).toMatchObject({ error: "ERROR_CORE", error_description: text });
  });

  it("is shown to others and hidden from them; of one that there is not the answer is false", async () => {
    const { CALL_ID } = await register({ USER_ID: undefined, USER_PHONE_INNER: "107" });
    expect((await call("show", { CALL_ID, USER_ID: [1, 9] })).result).toBe(true);
    expect((await call("hide", { CALL_ID, USER_ID: 9 })).result).toBe(true);
    expect(portal.state.calls.get(CALL_ID)?.["SHOWN"]).toEqual([7, 1]);
    expect((await call("show", { CALL_ID: "none", USER_ID: 1 })).result).toBe(false);
  });
});

describe("a recording", () => {
  let far: Server;
  beforeEach(async () => {
    far = createServer((request, response) => response.writeHead(request.url === "/call.mp3" ? 200 : 404).end("sound"));
    await new Promise<void>((resolve) => far.listen(0, "127.0.0.1", resolve));
  });
  afterEach(() => new Promise((resolve) => far.close(resolve)));

  const finished = async (): Promise<string> => {
    const { CALL_ID } = await register();
    await call("finish", { CALL_ID, USER_ID: 7, DURATION: 5 });
    return CALL_ID;
  };
  const text = (id: number): string => Buffer.from(portal.state.files.get(id)?.bytes ?? []).toString();

  it("is attached after the call is finished, and not before", async () => {
    const { CALL_ID } = await register();
    const record = { CALL_ID, FILENAME: "call.mp3", FILE_CONTENT: Buffer.from("sound").toString("base64") };
    expect(await call("attachRecord", record)).toMatchObject({ status: 400, error: "ERROR_CORE" });
    await call("finish", { CALL_ID, USER_ID: 7, DURATION: 5 });
    expect(text((await call("attachRecord", record)).result.FILE_ID)).toBe("sound");
  });

  it("is fetched from where it lies, and a repeat replaces it", async () => {
    const CALL_ID = await finished();
    const url = `http://127.0.0.1:${(far.address() as AddressInfo).port}`;
    const first = (await call("attachRecord", { CALL_ID, RECORD_URL: `${url}/call.mp3` })).result.FILE_ID;
    expect(text(first)).toBe("sound");
    const second = (await call("attachRecord", { CALL_ID, RECORD_URL: `${url}/call.mp3` })).result.FILE_ID;
    expect([...portal.state.files.keys()]).toEqual([second]);
    const gone = await call("attachRecord", { CALL_ID, RECORD_URL: `${url}/gone.mp3` });
    expect(gone.body.error_description).toBe("Server returns HTTP error code 404");
  });

  it("may come by itself, to an address that is given for it", async () => {
    const CALL_ID = await finished();
    const { uploadUrl, fieldName } = (await call("attachRecord", { CALL_ID, FILENAME: "call.wav" })).result;
    const form = new FormData();
    form.append(fieldName, new Blob(["sound"]), "call.wav");
    const { result } = await read(await fetch(uploadUrl, { method: "POST", body: form }));
    expect(text(result.FILE_ID)).toBe("sound");
  });

  it("is wav or mp3, and properly encoded", async () => {
    const CALL_ID = await finished();
    expect(await call("attachRecord", { CALL_ID, FILENAME: "call.ogg", FILE_CONTENT: "AAAA" })).toMatchObject({ error: "ERROR_CORE" });
    expect(await call("attachRecord", { CALL_ID, FILENAME: "call.mp3", FILE_CONTENT: "<>" })).toMatchObject({ error: "ERROR_CORE" });
    expect(await call("attachRecord", { CALL_ID })).toMatchObject({ error: "ERROR_CORE" });
  });
});

it("finds who may be calling, and who looks after them", async () => {
  await ask(portal.webhook, "crm.item.add", {
    entityTypeId: 3,
    fields: { name: "Анна", lastName: "К", assignedById: 9, fm: [{ typeId: "PHONE", value: "+79990000001" }] },
  });
  const { result } = await ask(portal.webhook, "telephony.externalCall.searchCrmEntities", { PHONE_NUMBER: "79990000001" });
  expect(result).toMatchObject([{ CRM_ENTITY_TYPE: "CONTACT", NAME: "Анна К", ASSIGNED_BY: { ID: "9", USER_PHONE_INNER: "109" } }]);
});

it("counts finished calls, by number and by when they began", async () => {
  const one = await register({ CALL_START_DATE: "2026-11-30T10:00:00+03:00" });
  const two = await register({ PHONE_NUMBER: "+79990000002", CALL_START_DATE: "2026-11-30T11:00:00+03:00" });
  for (const { CALL_ID } of [one, two]) await call("finish", { CALL_ID, USER_ID: 7, DURATION: 5 });
  const ids = async (FILTER: object): Promise<string[]> =>
    (await ask(portal.webhook, "voximplant.statistic.get", { FILTER })).result.map(({ CALL_ID }: { CALL_ID: string }) => CALL_ID);
  expect(await ids({ CALL_ID: one.CALL_ID })).toEqual([one.CALL_ID]);
  expect(await ids({ PHONE_NUMBER: "+79990000002" })).toEqual([two.CALL_ID]);
  expect(await ids({ ">=CALL_START_DATE": "2026-11-30T10:30:00+03:00" })).toEqual([two.CALL_ID]);
});

it("has lines of the application, each number once", async () => {
  expect((await askApp(portal, "telephony.externalLine.add", { NUMBER: "74951234567", NAME: "Office" })).result).toEqual({
    ID: expect.any(Number),
  });
  expect(await askApp(portal, "telephony.externalLine.add", { NUMBER: "74951234567" })).toMatchObject({ status: 400, error: "ERROR_CORE" });
  expect((await askApp(portal, "telephony.externalLine.get")).result).toEqual([
    { NUMBER: "74951234567", NAME: "Office", CRM_AUTO_CREATE: "Y" },
  ]);
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, askApp } from "../../../testkit/ask.ts";
import { type Bitrix24Standin, startBitrix24 } from "../../standin.ts";

let portal: Bitrix24Standin;
beforeEach(async () => {
  portal = await startBitrix24();
});
afterEach(() => portal.stop());

const call = (method: string, params: object = {}) => ask(portal.webhook, method, params);
const add = async (entityTypeId: number, fields: object = {}) => (await call("crm.item.add", { entityTypeId, fields })).result.item.id;
const phone = (value: string) => ({ fm: [{ typeId: "PHONE", valueType: "WORK", value }] });

describe("the older methods", () => {
  it("answer text in capitals, and an error without a code", async () => {
    const id = (
      await call("crm.contact.add", {
        fields: { NAME: "Анна", ASSIGNED_BY_ID: 7, PHONE: [{ VALUE: "+79990000001", VALUE_TYPE: "MOBILE" }] },
      })
    ).result;
    const { result } = await call("crm.contact.get", { id });
    expect(result).toMatchObject({ ID: String(id), NAME: "Анна", ASSIGNED_BY_ID: "7", HAS_PHONE: "Y", DATE_CREATE: expect.any(String) });
    expect(result.PHONE).toEqual([{ ID: expect.any(String), VALUE_TYPE: "MOBILE", VALUE: "+79990000001", TYPE_ID: "PHONE" }]);
    expect((await call("crm.contact.get", { id: 9999 })).body).toMatchObject({ error: "", error_description: "Not found" });
  });

  it("change a phone by its row's id, add one without, and remove one that is to be deleted", async () => {
    const id = await add(3, phone("+79990000001"));
    const [{ ID }] = (await call("crm.contact.get", { id })).result.PHONE;
    await call("crm.contact.update", {
      id,
      fields: {
        PHONE: [
          { ID, VALUE: "+79990000002" },
          { VALUE: "+79990000003", VALUE_TYPE: "HOME" },
        ],
      },
    });
    const { PHONE } = (await call("crm.contact.get", { id })).result;
    expect(PHONE).toMatchObject([{ ID, VALUE: "+79990000002", VALUE_TYPE: "WORK" }, { VALUE: "+79990000003" }]);
    await call("crm.contact.update", { id, fields: { PHONE: [{ ID, DELETE: "Y" }] } });
    expect((await call("crm.contact.get", { id })).result.PHONE).toMatchObject([{ VALUE: "+79990000003" }]);
  });

  it("list phones only when they are named, and filter by them exactly", async () => {
    await add(3, phone("+79990000001"));
    await add(3, phone("+79990000002"));
    expect((await call("crm.contact.list", { select: ["*", "UF_*"] })).result[0]).not.toHaveProperty("PHONE");
    const { body } = await call("crm.contact.list", { filter: { PHONE: "+79990000002" }, select: ["ID", "PHONE"] });
    expect(body).toMatchObject({ total: 1, result: [{ PHONE: [{ VALUE: "+79990000002" }] }] });
    expect(await call("crm.contact.list", { filter: { "0": { logic: "OR" } } })).toMatchObject({ status: 400, error: "" });
  });

  it("leave a deal in its pipeline, and call a lead's stage its status", async () => {
    portal.setMode(1);
    const id = (await call("crm.deal.add", { fields: { TITLE: "Deal", OPPORTUNITY: "19999.99" } })).result;
    expect((await call("crm.deal.update", { id, fields: { CATEGORY_ID: 1, TITLE: "Other" } })).result).toBe(true);
    expect((await call("crm.deal.get", { id })).result).toMatchObject({
      CATEGORY_ID: "0",
      TITLE: "Other",
      OPPORTUNITY: "19999.99",
      STAGE_ID: "NEW",
    });
    const lead = (await call("crm.lead.add", { fields: { STATUS_ID: "IN_PROCESS" } })).result;
    expect((await call("crm.lead.list", { filter: { STATUS_ID: "IN_PROCESS" } })).result).toMatchObject([
      { ID: String(lead), STATUS_SEMANTIC_ID: "P" },
    ]);
    expect((await call("crm.lead.delete", { id: lead })).result).toBe(true);
    expect((await call("crm.company.fields")).result).toMatchObject({ COMPANY_TYPE: { type: "crm_status" }, PHONE: { isMultiple: true } });
  });
});

describe("duplicates", () => {
  const find = async (params: object) => (await call("crm.duplicate.findbycomm", params)).result;

  it("are found by a whole number, however it is written, and not by another spelling of it", async () => {
    const id = await add(3, phone("+7 (999) 000-00-01"));
    expect(await find({ type: "PHONE", values: ["79990000001", "+1"] })).toEqual({ CONTACT: [id] });
    expect(await find({ type: "PHONE", values: ["89990000001"] })).toEqual([]);
    expect(await find({ type: "PHONE", values: ["79990000001"], entity_type: "COMPANY" })).toEqual([]);
  });

  it("of one type, when there are twenty, hide those of the next", async () => {
    portal.setMode(1);
    for (let index = 0; index < 20; index++) await add(1, phone("+79990000001"));
    const id = await add(3, phone("+79990000001"));
    expect(Object.keys(await find({ type: "PHONE", values: ["+79990000001"] }))).toEqual(["LEAD"]);
    expect(await find({ type: "PHONE", values: ["+79990000001"], entity_type: "CONTACT" })).toEqual({ CONTACT: [id] });
  });

  it("say a sentence where a code should be", async () => {
    expect((await call("crm.duplicate.findbycomm", { type: "PHONE" })).error).toBe("Communication values is not defined");
  });
});

describe("the timeline", () => {
  it("takes comments on what there is, and lists them", async () => {
    const id = await add(2);
    const comment = (await call("crm.timeline.comment.add", { fields: { ENTITY_ID: id, ENTITY_TYPE: "deal", COMMENT: "Note" } })).result;
    expect((await call("crm.timeline.comment.list", { filter: { ENTITY_ID: id, ENTITY_TYPE: "deal" } })).result).toMatchObject([
      { ID: String(comment), COMMENT: "Note" },
    ]);
    expect(await call("crm.timeline.comment.add", { fields: { ENTITY_ID: 9999, ENTITY_TYPE: "deal" } })).toMatchObject({
      status: 400,
      error: "",
    });
    const log = await call("crm.timeline.logmessage.add", {
      fields: { entityTypeId: 2, entityId: id, title: "T", text: "B", iconCode: "info" },
    });
    expect(log.result.logMessage).toMatchObject({ title: "T", text: "B", authorId: 1 });
  });

  it("takes to-dos, which are done by COMPLETED", async () => {
    const ownerId = await add(2);
    const { id } = (
      await call("crm.activity.todo.add", {
        ownerTypeId: 2,
        ownerId,
        deadline: "2026-12-01T12:00:00+03:00",
        title: "Call back",
        responsibleId: 7,
      })
    ).result;
    expect((await call("crm.activity.get", { id })).result).toMatchObject({
      SUBJECT: "Call back",
      COMPLETED: "N",
      RESPONSIBLE_ID: "7",
      DEADLINE: "2026-12-01T12:00:00+03:00",
    });
    expect((await call("crm.activity.update", { id, fields: { COMPLETED: "Y" } })).result).toBe(true);
    const open = { OWNER_TYPE_ID: 2, OWNER_ID: ownerId, COMPLETED: "N" };
    expect((await call("crm.activity.list", { filter: open })).result).toEqual([]);
    expect((await call("crm.activity.list", { filter: { ...open, COMPLETED: "Y" } })).result).toMatchObject([{ ID: String(id) }]);
    expect(await call("crm.activity.todo.add", { ownerTypeId: 2, ownerId: 9999, deadline: "2026-12-01" })).toMatchObject({
      status: 400,
      error: "OWNER_NOT_FOUND",
    });
  });
});

it("has tasks, tied to what is in the CRM", async () => {
  const id = await add(2);
  const { task } = (await call("tasks.task.add", { fields: { TITLE: "Task", RESPONSIBLE_ID: 7, UF_CRM_TASK: [`D_${id}`] } })).result;
  expect(task).toMatchObject({ id: expect.any(String), title: "Task", responsibleId: "7", status: "2" });
  expect(task).not.toHaveProperty("ufCrmTask");
  const found = await call("tasks.task.list", { filter: { UF_CRM_TASK: `D_${id}` }, select: ["ID", "UF_CRM_TASK"] });
  expect(found.result.tasks).toMatchObject([{ id: task.id, ufCrmTask: [`D_${id}`] }]);
  await call("tasks.task.update", { taskId: task.id, fields: { TITLE: "Other" } });
  expect((await call("tasks.task.complete", { taskId: task.id })).result.task).toMatchObject({ title: "Other", status: "5" });
  expect(await call("tasks.task.get", { taskId: 9999 })).toMatchObject({ status: 400 });
  portal.setScopes(["crm"]);
  expect(await call("tasks.task.list")).toMatchObject({ status: 403, error: "insufficient_scope" });
});

it("has requisites of companies", async () => {
  const company = await add(4, { title: "Company" });
  const fields = { ENTITY_TYPE_ID: 4, ENTITY_ID: company, PRESET_ID: 1, NAME: "Main", RQ_INN: "7707083893" };
  const id = (await call("crm.requisite.add", { fields })).result;
  expect((await call("crm.requisite.update", { id, fields: { RQ_KPP: "770701001" } })).result).toBe(true);
  expect((await call("crm.requisite.list", { filter: { RQ_INN: "7707083893" } })).result).toMatchObject([
    { ID: String(id), ENTITY_ID: String(company), RQ_KPP: "770701001" },
  ]);
  expect((await call("crm.requisite.get", { id })).result.RQ_INN).toBe("7707083893");
  expect((await call("crm.requisite.preset.list")).result).toMatchObject([{ ID: "1", NAME: "Организация" }, {}, {}]);
  expect(await call("crm.requisite.add", { fields: { ...fields, ENTITY_ID: 9999 } })).toMatchObject({ status: 400, error: "" });
});

it("has fields of its own, with the options of lists", async () => {
  const LIST = [{ VALUE: "Red" }, { VALUE: "Blue" }];
  const fields = { FIELD_NAME: "COLOUR", USER_TYPE_ID: "enumeration", EDIT_FORM_LABEL: { ru: "Цвет" }, LIST };
  const id = (await call("crm.deal.userfield.add", { fields })).result;
  const [field] = (await call("crm.deal.userfield.list", { filter: { FIELD_NAME: "UF_CRM_COLOUR" } })).result;
  expect(field).toMatchObject({
    ID: String(id),
    ENTITY_ID: "CRM_DEAL",
    EDIT_FORM_LABEL: "Цвет",
    LIST: [{ ID: expect.any(String), VALUE: "Red" }, { VALUE: "Blue" }],
  });
  expect(await call("crm.deal.userfield.add", { fields })).toMatchObject({ status: 400 });
  expect((await call("crm.contact.userfield.list")).result).toEqual([]);
  const deal = (await call("crm.deal.add", { fields: { UF_CRM_COLOUR: field.LIST[1].ID } })).result;
  expect((await call("crm.deal.list", { filter: { ID: deal }, select: ["ID", "UF_*"] })).result).toEqual([
    { ID: String(deal), UF_CRM_COLOUR: field.LIST[1].ID },
  ]);
});

it("turns a lead into a deal and a contact at once where there are no leads", async () => {
  const id = await add(1, { title: "From the site", name: "Анна", ...phone("+79990000001") });
  expect(portal.state.leads.get(id)).toMatchObject({ stageId: "CONVERTED", stageSemanticId: "S" });
  const [[contact], [deal]] = [[...portal.state.contacts.values()], [...portal.state.deals.values()]];
  expect(contact).toMatchObject({ name: "Анна", phone: "+79990000001", leadId: id });
  expect(deal).toMatchObject({ title: "From the site", contactIds: [contact?.id], leadId: id });
});

it("has pipelines, stages, sources, a mode and a currency", async () => {
  const { categories } = (await call("crm.category.list", { entityTypeId: 2 })).result;
  expect(categories).toMatchObject([{ id: 0, name: "Общая", isDefault: "Y" }, { id: 1 }]);
  const codes = async (ENTITY_ID: string) =>
    (await call("crm.status.list", { filter: { ENTITY_ID }, order: { SORT: "ASC" } })).result.map(
      (row: { STATUS_ID: string }) => row.STATUS_ID,
    );
  expect(await codes("DEAL_STAGE")).toEqual([
    "NEW",
    "PREPARATION",
    "PREPAYMENT_INVOICE",
    "EXECUTING",
    "FINAL_INVOICE",
    "WON",
    "LOSE",
    "APOLOGY",
  ]);
  const stage = portal.addStage(1, "Own");
  expect(await codes("DEAL_STAGE_1")).toEqual(["C1:NEW", "C1:PREPARATION", stage, "C1:WON", "C1:LOSE"]);
  expect(await codes("STATUS")).toEqual(["NEW", "IN_PROCESS", "PROCESSED", "CONVERTED", "JUNK"]);
  expect(await codes("SOURCE")).toContain("WEBFORM");
  expect([(await call("crm.settings.mode.get")).result, (await call("crm.currency.base.get")).result]).toEqual([2, "RUB"]);
});

it("has people, found by what they are reached at, and by whether they work there", async () => {
  const ids = async (params: object) => (await call("user.get", params)).result.map(({ ID }: { ID: string }) => ID);
  expect(await ids({})).toEqual(["1", "7", "9", "11"]);
  expect(await ids({ FILTER: { ACTIVE: true } })).toEqual(["1", "7", "9"]);
  expect(await ids({ UF_PHONE_INNER: "107" })).toEqual(["7"]);
  expect(await ids({ ID: [7, 9], SORT: "ID", ORDER: "DESC" })).toEqual(["9", "7"]);
  expect(await ids({ FILTER: { NAME: "Бор%" } })).toEqual(["7"]);
  const id = portal.addUser({ NAME: "New", EMAIL: "new@example.com" });
  expect(await ids({ filter: { EMAIL: "new@example.com" } })).toEqual([String(id)]);
  expect((await askApp(portal, "app.info")).result).toMatchObject({ INSTALLED: true, STATUS: "L" });
  expect((await askApp(portal, "profile", {}, 7)).result).toMatchObject({ ID: "7", ADMIN: false });
});

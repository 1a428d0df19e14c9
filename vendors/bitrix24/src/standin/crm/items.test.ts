import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask } from "../../../testkit/ask.ts";
import { type Bitrix24Standin, startBitrix24 } from "../../standin.ts";

let portal: Bitrix24Standin;
let clock = Date.UTC(2026, 10, 30, 12);

beforeEach(async () => {
  portal = await startBitrix24({ now: () => clock });
});
afterEach(() => portal.stop());

const item = (method: string, params: object) => ask(portal.webhook, `crm.item.${method}`, params);
const add = async (entityTypeId: number, fields: object) => (await item("add", { entityTypeId, fields })).result.item;
const update = (entityTypeId: number, id: number, fields: object) => item("update", { entityTypeId, id, fields });
const titles = async (params: object): Promise<string[]> =>
  (await item("list", { entityTypeId: 2, ...params })).result.items.map(({ title }: { title: string }) => title);

describe("an item", () => {
  it("has typed values, whatever they were written as, and passes over what it does not know", async () => {
    const { id } = await add(3, { name: "Анна" });
    const deal = await add(2, {
      title: "Deal",
      opportunity: "10.5",
      assignedById: "7",
      contactIds: [String(id)],
      isManualOpportunity: true,
      nothing: 1,
      createdBy: 9,
    });
    expect(deal).toMatchObject({
      opportunity: 10.5,
      assignedById: 7,
      contactId: id,
      contactIds: [id],
      isManualOpportunity: "Y",
      createdBy: 1,
    });
    expect(deal).toMatchObject({ categoryId: 0, stageId: "NEW", stageSemanticId: "P", createdTime: "2026-11-30T15:00:00+03:00" });
    expect(deal).not.toHaveProperty("nothing");
  });

  it("is not found under an id or a type that there is not", async () => {
    expect(await item("get", { entityTypeId: 2, id: 999 })).toMatchObject({ status: 400, error: "NOT_FOUND" });
    expect(await update(2, 999, {})).toMatchObject({ status: 400, error: "NOT_FOUND" });
    expect(await item("list", { entityTypeId: 177 })).toMatchObject({ status: 400, error: "NOT_FOUND" });
  });

  it("is deleted once", async () => {
    const { id } = await add(4, { title: "Company" });
    expect((await item("delete", { entityTypeId: 4, id })).result).toEqual([]);
    expect(await item("delete", { entityTypeId: 4, id })).toMatchObject({ status: 400, error: "NOT_FOUND" });
  });

  it("keeps the time of its last change, and does not change when nothing has", async () => {
    const { id } = await add(2, { title: "Deal" });
    clock += 60_000;
    expect((await update(2, id, { title: "Deal" })).result.item.updatedTime).toBe("2026-11-30T15:00:00+03:00");
    expect((await update(2, id, { title: "Other" })).result.item.updatedTime).not.toBe("2026-11-30T15:00:00+03:00");
    expect(await update(2, id, { id: 5 })).toMatchObject({ status: 400, error: "100" });
    clock -= 60_000;
  });

  it("is not tied to a contact that there is not", async () => {
    expect(await item("add", { entityTypeId: 2, fields: { contactIds: [999] } })).toMatchObject({
      error: "CRM_FIELD_ERROR_VALUE_NOT_VALID",
    });
    expect(await item("add", { entityTypeId: 2, fields: { contactIds: "1" } })).toMatchObject({ status: 400, error: "100" });
  });
});

describe("a stage", () => {
  it("must be one of its pipeline", async () => {
    expect(await item("add", { entityTypeId: 2, fields: { stageId: "C1:NEW" } })).toMatchObject({
      status: 400,
      error: "CRM_FIELD_ERROR_VALUE_NOT_VALID",
    });
    const { id } = await add(2, {});
    expect(await update(2, id, { stageId: "GONE" })).toMatchObject({ status: 400, error: "CRM_FIELD_ERROR_VALUE_NOT_VALID" });
  });

  it("says how the deal ended, and a deal moves to another pipeline with it", async () => {
    const { id } = await add(2, {});
    expect((await update(2, id, { stageId: "WON" })).result.item).toMatchObject({
      stageSemanticId: "S",
      closed: "Y",
      previousStageId: "NEW",
    });
    expect((await update(2, id, { categoryId: 1, stageId: "C1:LOSE" })).result.item).toMatchObject({ categoryId: 1, stageSemanticId: "F" });
    expect((await update(2, id, { categoryId: 0 })).result.item).toMatchObject({ categoryId: 0, stageId: "NEW" });
  });

  it("may be made by people, and removed by them", async () => {
    const stage = portal.addStage(1, "Own");
    expect((await add(2, { categoryId: 1, stageId: stage })).stageId).toBe(stage);
    portal.removeStage(stage);
    expect(await item("add", { entityTypeId: 2, fields: { categoryId: 1, stageId: stage } })).toMatchObject({
      error: "CRM_FIELD_ERROR_VALUE_NOT_VALID",
    });
  });
});

describe("phones and mails", () => {
  it("are added under n0, changed under their id, and removed by an empty value", async () => {
    const { id, fm } = await add(3, { fm: [{ typeId: "PHONE", valueType: "WORK", value: "+79990000001" }] });
    const [first] = fm;
    const { item: two } = (await update(3, id, { fm: { n0: { typeId: "EMAIL", valueType: "HOME", value: "a@example.com" } } })).result;
    expect(two).toMatchObject({ fm: [first, { typeId: "EMAIL" }], phoneWork: "+79990000001", emailHome: "a@example.com", hasEmail: "Y" });
    const { item: changed } = (await update(3, id, { fm: { [first.id]: { value: "+79990000002" } } })).result;
    expect(changed.fm[0]).toEqual({ ...first, value: "+79990000002" });
    const { item: left } = (await update(3, id, { fm: { [first.id]: { value: "" } } })).result;
    expect(left).toMatchObject({ fm: [{ typeId: "EMAIL" }], hasPhone: "N" });
  });

  it("are only ever added, where the portal is of the kind that the other page tells of", async () => {
    await portal.stop();
    portal = await startBitrix24({ fmOnlyAdds: true });
    const { id, fm } = await add(3, { fm: [{ typeId: "PHONE", value: "+79990000001" }] });
    const change = { [fm[0].id]: { typeId: "PHONE", value: "+79990000002" } };
    expect((await update(3, id, { fm: change })).result.item.fm.map(({ value }: { value: string }) => value)).toEqual([
      "+79990000001",
      "+79990000002",
    ]);
    await ask(portal.webhook, "crm.contact.update", { id, fields: { PHONE: [{ ID: fm[0].id, VALUE: "+79990000003" }] } });
    expect((await item("get", { entityTypeId: 3, id })).result.item.phone).toBe("+79990000003");
  });

  it("come with the whole item only, and cannot be filtered by", async () => {
    await add(3, { fm: { n0: { typeId: "PHONE", value: "+79990000001" } } });
    expect((await item("list", { entityTypeId: 3, select: ["name", "fm"] })).result.items[0]).not.toHaveProperty("fm");
    expect((await item("list", { entityTypeId: 3, select: ["*"] })).result.items[0].fm).toHaveLength(1);
    expect(await item("list", { entityTypeId: 3, filter: { fm: "+79990000001" } })).toMatchObject({ status: 400, error: "100" });
  });
});

describe("a list", () => {
  beforeEach(async () => {
    await add(2, { title: "Alpha", opportunity: 10, originId: "1", originatorId: "svyazka" });
    await add(2, { title: "Beta", opportunity: 20, stageId: "WON" });
    await add(2, { title: "Gamma", opportunity: 30 });
  });

  it.each([
    [{ title: "beta" }, ["Beta"]],
    [{ "=title": "Beta" }, ["Beta"]],
    [{ "!title": "Beta" }, ["Alpha", "Gamma"]],
    [{ "!=title": "Beta" }, ["Alpha", "Gamma"]],
    [{ ">opportunity": 10, "<=opportunity": "20" }, ["Beta"]],
    [{ ">=opportunity": 20, "<opportunity": 30 }, ["Beta"]],
    [{ "@opportunity": [10, 30] }, ["Alpha", "Gamma"]],
    [{ "!@opportunity": [10, 30] }, ["Beta"]],
    [{ title: ["Alpha", "Beta"] }, ["Alpha", "Beta"]],
    [{ "%title": "AMM" }, ["Gamma"]],
    [{ "!%title": "a" }, []],
    [{ "=%title": "B%" }, ["Beta"]],
    [{ "%=title": "%ma" }, ["Gamma"]],
    [{ "!=%title": "B%" }, ["Alpha", "Gamma"]],
    [{ "!%=title": "%ma" }, ["Alpha", "Beta"]],
    [{ originatorId: "svyazka", originId: "1" }, ["Alpha"]],
    [{ originId: "" }, ["Beta", "Gamma"]],
    [{ "!originId": "" }, ["Alpha"]],
    [{ "0": { logic: "OR", "0": { title: "Alpha" }, "1": { stageId: "WON" } }, "<opportunity": 20 }, ["Alpha"]],
    [{ ">=updatedTime": "2026-11-30T12:00:00Z" }, ["Alpha", "Beta", "Gamma"]],
    [{ ">updatedTime": "2026-11-30T15:00:00" }, []],
  ])("takes the filter %j", async (filter, expected) => {
    expect(await titles({ filter })).toEqual(expected);
  });

  it("refuses to filter by a field that there is not, even when it is empty", async () => {
    expect(await item("list", { entityTypeId: 4, filter: { nothing: 1 } })).toMatchObject({ status: 400, error: "INVALID_ARG_VALUE" });
  });

  it("is ordered as asked", async () => {
    expect(await titles({ order: { opportunity: "DESC" } })).toEqual(["Gamma", "Beta", "Alpha"]);
    expect(await titles({ order: { stageId: "desc", id: "DESC" } })).toEqual(["Beta", "Gamma", "Alpha"]);
  });

  it("has pages of fifty, and counts nothing from -1", async () => {
    for (let index = 0; index < 50; index++) await add(2, { title: `More ${index}` });
    const first = await item("list", { entityTypeId: 2, select: ["id"] });
    expect(first.body).toMatchObject({ total: 53, next: 50 });
    expect(first.result.items).toHaveLength(50);
    const second = await item("list", { entityTypeId: 2, select: ["id"], start: 50 });
    expect(second.result.items).toHaveLength(3);
    expect(second.body).not.toHaveProperty("next");
    const uncounted = await item("list", { entityTypeId: 2, start: -1, filter: { ">id": first.result.items[9].id } });
    expect(uncounted.body).toMatchObject({ total: 0 });
    expect(uncounted.result.items).toHaveLength(43);
  });
});

describe("a field of the portal's own", () => {
  it("is written and read under its camelCase name, or its own if so asked", async () => {
    const code = portal.addUserField("DEAL", { FIELD_NAME: "UF_CRM_1747309879", USER_TYPE_ID: "enumeration", LIST: ["Red", "Blue"] });
    const [field] = portal.state.userFields;
    const blue = Number(field?.list[1]?.ID);
    const deal = await add(2, { ufCrm_1747309879: String(blue) });
    expect(deal.ufCrm_1747309879).toBe(blue);
    expect((await item("get", { entityTypeId: 2, id: deal.id, useOriginalUfNames: "Y" })).result.item[code]).toBe(blue);
    expect(await item("add", { entityTypeId: 2, fields: { ufCrm_1747309879: "Blue" } })).toMatchObject({
      error: "CRM_FIELD_ERROR_VALUE_NOT_VALID",
    });
    const { fields } = (await item("fields", { entityTypeId: 2 })).result;
    expect(fields.ufCrm_1747309879).toMatchObject({ upperName: code, type: "enumeration", items: [{ VALUE: "Red" }, { VALUE: "Blue" }] });
  });

  it("is asked for as 1 and 0 when it is yes or no", async () => {
    portal.addUserField("DEAL", { FIELD_NAME: "UF_CRM_PAID", USER_TYPE_ID: "boolean" });
    await add(2, { title: "Paid", ufCrmPaid: "Y" });
    await add(2, { title: "Owed", ufCrmPaid: "N" });
    expect(await titles({ filter: { ufCrmPaid: 1 } })).toEqual(["Paid"]);
    expect(await titles({ filter: { ufCrmPaid: "Y" } })).toEqual([]);
  });

  it.each([
    ["UF_CRM_3_DIGIT", "ufCrm3Digit"],
    ["UF_CRM_3_DIGIT10", "ufCrm_3_DIGIT10"],
    ["UF_CRM_3_DIGIT_10", "ufCrm_3_DIGIT_10"],
    ["UF_CRM_3_1747309727", "ufCrm3_1747309727"],
    ["UF_CRM_1747309879", "ufCrm_1747309879"],
  ])("is named as the documents name it: %s", async (code, camel) => {
    portal.addUserField("CONTACT", { FIELD_NAME: code, USER_TYPE_ID: "string" });
    expect(await add(3, { [camel]: "x" })).toHaveProperty(camel, "x");
  });
});

import { afterEach, beforeEach, expect, it } from "vitest";
import { ask, read } from "../../../testkit/ask.ts";
import { type Bitrix24Standin, startBitrix24 } from "../../standin.ts";

let portal: Bitrix24Standin;
beforeEach(async () => {
  portal = await startBitrix24();
});
afterEach(() => portal.stop());

const batch = async (cmd: object, halt = 0) => (await ask(portal.webhook, "batch", { halt, cmd })).result;

it("runs commands in order, and fills in what earlier ones answered", async () => {
  const contact = "crm.item.add?entityTypeId=3&fields[name]=%D0%90%D0%BD%D0%BD%D0%B0";
  const deal =
    "crm.item.add?entityTypeId=2&fields[title]=For+$result[contact][item][name]&fields[contactIds][0]=$result[contact][item][id]";
  const { result, result_error } = await batch({ contact, deal }, 1);
  expect(result.deal.item).toMatchObject({ title: "For Анна", contactIds: [result.contact.item.id] });
  expect(result_error).toEqual([]);
});

it("tells of each command by its key, with the totals of lists; what is empty is a list", async () => {
  const told = await batch({ users: "user.get", gone: "crm.item.get?entityTypeId=2&id=1" });
  expect(told).toMatchObject({
    result: { users: { length: 4 } },
    result_total: { users: 4 },
    result_next: [],
    result_time: { users: { operating: expect.any(Number) } },
  });
  expect(told.result_error).toEqual({ gone: { error: "NOT_FOUND", error_description: expect.any(String) } });
});

it("answers a list of commands by a list", async () => {
  expect((await batch(["user.current", "server.time"])).result).toMatchObject([{ ID: "1" }, expect.any(String)]);
});

it("goes on after an error, or stops at it if so asked", async () => {
  const cmd = { wrong: "crm.nothing", right: "user.current" };
  expect((await batch(cmd)).result).toMatchObject({ right: { ID: "1" } });
  expect(await batch(cmd, 1)).toMatchObject({ result: [], result_error: { wrong: { error: "ERROR_METHOD_NOT_FOUND" } } });
});

it("takes fifty commands, and no batch within it", async () => {
  const cmd = Object.fromEntries(Array.from({ length: 52 }, (_, index) => [`k${index}`, "server.time"]));
  const { result, result_error } = await batch(cmd);
  expect(Object.keys(result)).toHaveLength(50);
  expect(Object.keys(result_error)).toEqual(["k50", "k51"]);
  expect(result_error.k50.error).toBe("ERROR_BATCH_LENGTH_EXCEEDED");
  expect((await batch({ inner: "batch?cmd[a]=user.current" })).result_error.inner.error).toBe("ERROR_BATCH_METHOD_NOT_ALLOWED");
});

it("is written as a form too, each command encoded once more", async () => {
  const body = new URLSearchParams({
    halt: "0",
    "cmd[a]": `crm.item.add?${new URLSearchParams({ entityTypeId: "2", "fields[title]": "A & B" })}`,
  });
  const { result } = await read(await fetch(`${portal.webhook}batch.json`, { method: "POST", body }));
  expect(result.result.a.item.title).toBe("A & B");
});

it("refuses in each command what the key may not do", async () => {
  expect((await batch({ a: "event.get" })).result_error.a.error).toBe("WRONG_AUTH_TYPE");
});

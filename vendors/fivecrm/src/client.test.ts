import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FiveCrmError, fiveCrm, readAnswer, type Send } from "./index.ts";
import { type Standin, startStandin } from "./standin.ts";

const send: Send = async ({ method, url, headers, body }) => {
  const reply = await fetch(url, { method, ...(headers && { headers }), ...(body !== undefined && { body }) });
  return { status: reply.status, body: await reply.text() };
};

describe("the client, against the stand-in", () => {
  let standin: Standin;
  beforeAll(async () => {
    standin = await startStandin({
      managers: [{ id: 1, name: "Ivanov", phone: "790000000", email: "test@example.com", ava: "" }],
      funnels: [{ id: 1, name: "MyFunnels", is_default: "true", stages: [{ id: 1, name: "MyStage", order: 1 }] }],
      customFields: [{ type: "text", name: "Кастомное поле 1", field: "f_1" }],
    });
  });
  afterAll(() => standin.close());
  const client = (token = "public") => fiveCrm({ url: standin.url, publicToken: token, secretToken: "secret", send });

  it("sends a form, a deal, a contact, a company and a task", async () => {
    await client().sendForm({ name: "Иван", phone: "+79101234567", sum: 10_000, f_3: "x" });
    await client().addDeal({ name: "Окна", stage_id: 1, f_50: "да" });
    await client().addContact({ surname: "Петров", vk: "id1" });
    await client().addCompany({ name: "ООО Ромашка" });
    await client().addTask({ name: "Позвонить", estimate_hour: 2 });
    expect(standin.received).toEqual([
      { endpoint: "ctm/form/send", fields: { name: "Иван", phone: "+79101234567", sum: "10000", f_3: "x" } },
      { endpoint: "public/deal/add", fields: { name: "Окна", stage_id: "1", f_50: "да" } },
      { endpoint: "public/contact/add", fields: { surname: "Петров", vk: "id1" } },
      { endpoint: "public/company/add", fields: { name: "ООО Ромашка" } },
      { endpoint: "public/task/add", fields: { name: "Позвонить", estimate_hour: "2" } },
    ]);
  });

  it("reads the three lists", async () => {
    expect(await client().managers()).toMatchObject([{ id: 1, name: "Ivanov" }]);
    expect(await client().funnels()).toMatchObject([{ is_default: "true", stages: [{ order: 1 }] }]);
    expect(await client().customFields()).toEqual([{ type: "text", name: "Кастомное поле 1", field: "f_1" }]);
  });

  it("throws their words and status when they refuse", async () => {
    const refusal = await client("wrong")
      .sendForm({ name: "Иван" })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(FiveCrmError);
    expect(refusal).toMatchObject({ status: 401, answer: { error: "public_token_invalid" } });
    await expect(client().addDeal({ name: "я".repeat(256) })).rejects.toMatchObject({
      status: 422,
      answer: { errors: { name: [expect.stringContaining("255")] } },
    });
  });

  it("answers a script tag with a call", async () => {
    const { status, body } = await send({ method: "GET", url: `${standin.url}/ctm/form/send?public_token=wrong&callback=cb` });
    expect(status).toBe(200);
    expect(body).toMatch(/^\/\*\*\/cb\(\{"ans":"false"/);
  });

  it("does not take a page of HTML, or an answer without ans, for success", () => {
    expect(() => readAnswer({ status: 200, body: "<html>" })).toThrow(FiveCrmError);
    expect(() => readAnswer({ status: 200, body: "{}" })).toThrow(FiveCrmError);
    expect(() => readAnswer({ status: 502, body: '{"ans":"true"}' })).toThrow(FiveCrmError);
    expect(readAnswer({ status: 200, body: '{"ans":true}' })).toEqual({ ans: true });
  });
});

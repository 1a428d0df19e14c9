import { describe, expect, it } from "vitest";
import { factFrom, get, leadFrom, post, siteWith } from "../testkit/site.ts";
import { fivecrm } from "./adapter.ts";

const path = "/ctm/form/send";
const keyOf = (form: Record<string, string>, rest = {}) => factFrom(post(path, form, rest)).key;
const lead = { name: "Иван", phone: "8 (910) 123-45-67" };

describe("the key of a lead (§6)", () => {
  it("is the sender's id, for 72 hours, wherever it stands", () => {
    const byHeader = factFrom(post(path, lead, { headers: { "idempotency-key": "abc" } }));
    const byField = factFrom(post(path, { name: "Другое", _request_id: "abc" }));
    expect(byHeader).toMatchObject({ key: "lead:id:abc", keySeconds: 259_200 });
    expect(byField.key).toBe(byHeader.key);
  });

  it("is never made of an id that is none", () => {
    for (const id of ["undefined", "null", " ", "NaN", "[object Object]", "0", "{{id}}"])
      expect(keyOf({ ...lead, _request_id: id }), id).toMatch(/^lead:data:/);
    expect(keyOf(lead, { headers: { "idempotency-key": "undefined" } })).toMatch(/^lead:data:/);
  });

  it("stays short however long the id is", () => {
    expect(keyOf({ ...lead, _request_id: "x".repeat(100_000) }).length).toBeLessThan(80);
  });

  it("without an id is the same for the same data, however it is spaced, spelled, ordered and routed", () => {
    const key = keyOf({ ...lead, description: "Окна и двери", email: "a@b.ru" });
    expect(keyOf({ email: "A@B.ru", description: "Окна  и\nдвери", phone: "+79101234567", name: "Иван" })).toBe(key);
    expect(
      keyOf({
        ...lead,
        description: "Окна и двери",
        email: "a@b.ru",
        _: "1",
        callback: "cb",
        public_token: "public",
        _t: "1.x",
        _snippet: "1",
      }),
    ).toBe(key);
    expect(factFrom(get(`/crm/api_new/public${path}/`, { ...lead, description: "Окна и двери", email: "a@b.ru" })).key).toBe(key);
  });

  it("differs when anything the person wrote differs, and between endpoints", () => {
    const keys = [
      lead,
      { ...lead, name: "Пётр" },
      { ...lead, phone: "89101234568" },
      { ...lead, size: "L" },
      { ...lead, phone: `${lead.phone} доб. 5` },
    ].map((form) => keyOf(form));
    keys.push(
      factFrom(post("/public/contact/add", lead)).key,
      factFrom(post("/public/deal/add", lead)).key,
      factFrom(post("/public/company/add", lead)).key,
      factFrom(post("/public/task/add", lead)).key,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("parts fields, so that no two forms can be spelled alike", () => {
    expect(keyOf({ name: "a", x: "b" })).not.toBe(keyOf({ name: "a\nx=b" }));
  });
});

describe("the subject", () => {
  it("is the phone, else the e-mail, else the lead itself; never a free line", () => {
    expect(factFrom(post(path, lead)).subject).toBe("phone:+79101234567");
    expect(factFrom(post(path, { phone: "8-800-333-72-27", email: "A@b.RU" })).subject).toBe("email:a@b.ru");
    expect(leadFrom(post(path, { phone: "8-800-333-72-27" })).person.phones[0]?.tollFree).toBe(true);
    const bare = factFrom(post(path, { name: "Иван" }));
    expect(bare.subject).toBe(bare.key);
  });
});

describe("limits", () => {
  it("are none, and cost nothing, when none are set", () => {
    expect(fivecrm.limits?.(post(path, lead), siteWith())).toEqual([]);
  });

  it("count by address, by token and by phone", () => {
    const to = siteWith({ settings: { rate_per_ip: 1, rate_per_token: 2, rate_per_phone: 3 } });
    expect(fivecrm.limits?.(post(path, lead), to)).toEqual([
      { name: "ip", key: "203.0.113.7", perMinute: 1 },
      { name: "token", key: "all", perMinute: 2 },
      { name: "phone", key: "+79101234567", perMinute: 3 },
    ]);
    expect(fivecrm.limits?.(post("/tilda", { Phone: "89101234567" }), to)).toHaveLength(3);
    expect(fivecrm.limits?.(get("/form.js"), to)).toEqual([]);
    expect(fivecrm.limits?.(get("/public/funnels/get"), to)).toEqual([]);
  });

  it("never throw, whatever comes", () => {
    const to = siteWith({ settings: { rate_per_phone: 3 } });
    expect(fivecrm.limits?.(post(path, {}), to)).toEqual([]);
    expect(fivecrm.limits?.(post("/vk", {}), to)).toEqual([]);
    expect(fivecrm.limits?.(post("/public/deal/add", {}), to)).toEqual([]);
  });
});

import { Intruder, Malformed } from "@svyazka/core";
import { describe, expect, it } from "vitest";
import { factFrom, get, post, postJson, receive, replyOf, siteWith } from "../testkit/site.ts";

const errorsOf = (path: string, form: Record<string, string>, to = siteWith()) => {
  try {
    receive(post(path, form), to);
  } catch (error) {
    if (error instanceof Malformed) return error.fields;
    throw error;
  }
  return {};
};
const deal = (form: Record<string, string>, to = siteWith()) => factFrom<"deal.submitted">(post("/public/deal/add", form), to).data;
const task = (form: Record<string, string>, to = siteWith()) => factFrom<"task.submitted">(post("/public/task/add", form), to).data;

describe("public/* is strict (L7, L10)", () => {
  it("names every mistake at once, in Russian", () => {
    const errors = errorsOf("/public/deal/add", {
      name: "ж".repeat(256),
      sum: "1.5",
      stage_id: "x",
      description: "d".repeat(501),
      f_50: "я".repeat(256),
    });
    expect(Object.keys(errors).sort()).toEqual(["description", "f_50", "name", "stage_id", "sum"]);
    for (const [text] of Object.values(errors)) expect(text).toMatch(/[а-я]/);
  });

  it("counts characters as people do, not halves of them", () => {
    expect(errorsOf("/public/deal/add", { name: "😀".repeat(255) })).toEqual({});
    expect(errorsOf("/public/deal/add", { name: "😀".repeat(256) })).toHaveProperty("name");
  });

  it("lets a task's description be 1000 long, and url-like fields as long as they are", () => {
    expect(errorsOf("/public/task/add", { description: "d".repeat(1000) })).toEqual({});
    expect(errorsOf("/public/task/add", { description: "d".repeat(1001) })).toHaveProperty("description");
  });

  it("refuses objects and lists where text belongs", () => {
    for (const value of [{ a: 1 }, ["a"], [], {}]) {
      expect(() => receive(postJson("/public/deal/add", { name: value }))).toThrow(Malformed);
      expect(() => receive(postJson("/public/deal/add", { sum: value }))).toThrow(Malformed);
    }
    expect(receive(postJson("/public/deal/add", { name: 12, sum: 10, stage_id: null }))).toHaveProperty("facts");
    // What is inside is an id the CRM knows: it is a list or an object all the same.
    for (const value of [{ a: 1 }, ["1"], [[1]]])
      for (const name of ["manager_id", "author_id", "funnel_id", "stage_id"])
        expect(() => receive(postJson("/public/deal/add", { [name]: value })), name).toThrow(Malformed);
  });

  it("refuses stages, funnels and managers the CRM does not have, and a stage of another funnel", () => {
    expect(errorsOf("/public/deal/add", { stage_id: "999" })).toHaveProperty("stage_id");
    expect(errorsOf("/public/deal/add", { funnel_id: "999" })).toHaveProperty("funnel_id");
    expect(errorsOf("/public/deal/add", { funnel_id: "1", stage_id: "70" })).toHaveProperty("stage_id");
    for (const path of ["/public/deal/add", "/public/contact/add", "/public/company/add", "/public/task/add"]) {
      expect(errorsOf(path, { manager_id: "999", author_id: "0" }), path).toEqual({
        manager_id: [expect.any(String)],
        author_id: [expect.any(String)],
      });
    }
  });

  it("lets every id pass while the CRM's lists have not been seen", () => {
    const to = siteWith({ directory: { users: [], pipelines: [] } });
    expect(errorsOf("/public/deal/add", { stage_id: "999", manager_id: "5" }, to)).toEqual({});
  });

  it("refuses a body that cannot be read", () => {
    expect(() => receive(post("/public/deal/add", {}, { unreadable: "The body is not valid JSON" }))).toThrow(Malformed);
  });
});

describe("deal/add", () => {
  it("brings the deal, its contact and everything beside", () => {
    const data = deal({
      name: "Окна",
      sum: "1000",
      sum_original: "1200",
      description: "текст",
      stage_id: "070",
      manager_id: "1",
      author_id: "1",
      source_id: "3",
      status_id: "4",
      type_id: "5",
      website: "e.ru",
      comment: "к",
      client_name: "Иван",
      phone: "89101234567",
      email: "a@b.ru",
      f_1: "x",
      f_2: "y",
      f_0: "z",
      utm_source: "ya",
      gaid: "1.2",
      odd: "w",
    });
    expect(data).toEqual({
      person: { name: "Иван", phones: [{ typed: "89101234567", e164: "+79101234567" }], emails: ["a@b.ru"] },
      name: "Окна",
      sum: { minor: 100_000, currency: "RUB" },
      originalSum: { minor: 120_000, currency: "RUB" },
      text: "текст",
      pipeline: "7",
      stage: "70",
      responsible: "1",
      author: "1",
      source: "3",
      fields: { f_1: "x" },
      extras: { status_id: "4", type_id: "5", website: "e.ru", comment: "к", f_2: "y", f_0: "z", odd: "w" },
      attribution: { last: { source: "ya" }, tracking: { gaid: "1.2" } },
      flags: [],
      sender: { ip: "203.0.113.7" },
    });
  });

  it("with a stage only goes to the stage's funnel; with a funnel only, to the funnel", () => {
    expect(deal({ stage_id: "70" })).toMatchObject({ pipeline: "7", stage: "70" });
    expect(deal({ funnel_id: "7" })).toMatchObject({ pipeline: "7" });
    expect(deal({ funnel_id: "7" }).stage).toBeUndefined();
  });

  it("takes back ids of another kind that the lists gave out", () => {
    expect(deal({ stage_id: "C7:NEW" })).toMatchObject({ pipeline: "7", stage: "C7:NEW" });
  });

  it("with nothing but the token is a deal, as the page has it", () => {
    expect(deal({ public_token: "public" })).toEqual({
      fields: {},
      extras: {},
      attribution: { tracking: {} },
      flags: [],
      sender: { ip: "203.0.113.7" },
    });
  });

  it("keeps a source it does not know as the sender's own number", () => {
    expect(deal({ source_id: "77" })).toMatchObject({ extras: { source_id: "77" } });
  });

  it("is never held for spam: a program sent it", () => {
    expect(factFrom(post("/public/deal/add", { name: "http://x.y" })).hold).toBeUndefined();
  });
});

describe("contact/add and company/add", () => {
  it("bring the person with both phones and both e-mails, and the details", () => {
    const { data, subject } = factFrom<"contact.submitted">(
      post("/public/contact/add", {
        name: "Иван",
        surname: "Петров",
        middlename: "Ильич",
        phone: "89101234567",
        phone_second: "123",
        email: "a@b.ru",
        email_second: "нет",
        position: "директор",
        website: "e.ru",
        company_id: "9",
        manager_id: "1",
        skype: "iv",
        city: "Тверь",
        odd: "x",
        utm_source: "ya",
        guid: "g",
      }),
    );
    expect(subject).toBe("phone:+79101234567");
    expect(data).toMatchObject({
      person: {
        name: "Иван",
        surname: "Петров",
        middlename: "Ильич",
        phones: [{ e164: "+79101234567" }, { typed: "123" }],
        emails: ["a@b.ru"],
      },
      position: "директор",
      website: "e.ru",
      company: "9",
      responsible: "1",
      details: { skype: "iv", city: "Тверь", odd: "x" },
      attribution: { last: { source: "ya" }, visitor: "g" },
      flags: ["phone is not valid, kept as text", "e-mail is not valid: нет"],
    });
  });

  it("bring the company, in order with others of its name", () => {
    const { data, subject } = factFrom<"company.submitted">(
      post("/public/company/add", { name: "ООО Ромашка", phone: "84951234567", city: "Москва" }),
    );
    expect(subject).toBe("company:ооо ромашка");
    expect(data).toMatchObject({ name: "ООО Ромашка", phones: [{ e164: "+74951234567" }], city: "Москва" });
  });
});

describe("task/add", () => {
  it("brings the task, its estimate in minutes and its date in the company's zone (L15)", () => {
    expect(
      task({
        name: "Позвонить",
        description: "о сроках",
        date_expired: "31.01.2026 18:00",
        estimate_day: "1",
        estimate_hour: "2",
        estimate_minute: "3",
        type_id: "1",
        status_id: "4",
        priority_id: "5",
        manager_id: "1",
      }),
    ).toEqual({
      name: "Позвонить",
      text: "о сроках",
      due: "2026-01-31T18:00:00+03:00",
      estimateMinutes: 1563,
      type: "1",
      responsible: "1",
      extras: { status_id: "4", priority_id: "5" },
      sender: { ip: "203.0.113.7" },
    });
  });

  it("refuses what is no date, and an estimate below nothing", () => {
    expect(errorsOf("/public/task/add", { date_expired: "скоро", estimate_hour: "-1" })).toEqual({
      date_expired: [expect.any(String)],
      estimate_hour: [expect.any(String)],
    });
  });
});

describe("the lists", () => {
  const managers =
    (query: Record<string, string>, headers: Record<string, string> = {}) =>
    () =>
      receive(get("/public/managers/get", query, { headers }));
  it("managers need the secret token, under either name or in a header (L6)", () => {
    expect(managers({})).toThrow(Intruder);
    expect(managers({ secret_token: "" })).toThrow(Intruder);
    expect(managers({ secret_token: "wrong!" })).toThrow(Intruder);
    expect(managers({ secret_token: "public" })).toThrow(Intruder);
    for (const request of [
      managers({ secret_token: "secret" }),
      managers({ private_token: "secret" }),
      managers({}, { "x-secret-token": "secret" }),
    ])
      expect(replyOf(request()).status).toBe(200);
  });

  it("managers are only those who work there, with every member present (L9)", () => {
    expect(JSON.parse(replyOf(managers({ secret_token: "secret" })()).body).managers).toEqual([
      { id: 1, name: "Ivanov", phone: "790000000", email: "test@example.com", ava: "http://domain/path/for/ava" },
    ]);
  });

  it("managers are never answered to a script tag, nor opened to pages", () => {
    const reply = replyOf(managers({ secret_token: "secret", callback: "cb" })());
    expect(reply.headers["content-type"]).toMatch(/json/);
    expect(reply.headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("funnels give ids back as numbers where they are, is_default as a string, and stages in order", () => {
    expect(JSON.parse(replyOf(receive(get("/public/funnels/get"))).body).funnels[1]).toEqual({
      id: 7,
      name: "Other",
      is_default: "false",
      stages: [
        { id: 70, name: "Start", order: 1 },
        { id: "C7:NEW", name: "Named", order: 2 },
      ],
    });
  });

  it("custom fields are those with a number, their own or given by hand", () => {
    const to = siteWith({
      mapping: { f_7: "SIZE", f_8: "gone" },
      directory: {
        fields: {
          contact: [],
          company: [],
          deal: [
            { id: "1", code: "SIZE", name: "Размер", type: "select" },
            { id: "2", code: "F_3", name: "Цвет", type: "text" },
            { id: "3", code: "OTHER", name: "-", type: "text" },
          ],
        },
      },
    });
    expect(JSON.parse(replyOf(receive(get("/public/deal/get-custom-fields"), to)).body).fields).toEqual([
      { type: "text", name: "Цвет", field: "f_3" },
      { type: "select", name: "Размер", field: "f_7" },
    ]);
  });
});

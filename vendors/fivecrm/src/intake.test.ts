import { Intruder, Malformed } from "@svyazka/core";
import { describe, expect, it } from "vitest";
import { factFrom, get, leadFrom, post, postJson, receive, replyOf, siteWith } from "../testkit/site.ts";

describe("Tilda", () => {
  const form = {
    Name: "Иван",
    Phone: "+7 (910) 123-45-67",
    Email: "a@b.ru",
    "Ваш бюджет": "много",
    Textarea: "Хочу",
    tranid: "1:2",
    formid: "form1",
    formname: "Cart",
    COOKIES: "_ga=GA1.2.11.22; TILDAUTM=x",
  };
  it("is a lead by whatever names its owner typed, keyed by tranid, and answered ok", () => {
    const fact = factFrom(post("/tilda", form, { query: { token: "public" } }));
    expect(fact).toMatchObject({ key: "tilda:id:1:2", keySeconds: 259_200, reply: { status: 200, body: "ok" } });
    expect(fact.data).toMatchObject({
      person: { name: "Иван", phones: [{ e164: "+79101234567" }], emails: ["a@b.ru"] },
      text: "Хочу",
      form: { id: "form1", name: "Cart" },
      attribution: { tracking: { gaid: "11.22" } },
      extras: { "Ваш бюджет": "много" },
    });
  });

  it("that only tries the address, or sends nothing, gets ok and makes no lead", () => {
    for (const probe of [{ test: "test" }, {}]) {
      const received = receive(post("/tilda", probe as Record<string, string>));
      expect(received).toHaveProperty("ignored");
      expect(replyOf(received)).toMatchObject({ status: 200, body: "ok" });
    }
  });

  it("whose fields mean nothing is kept for a person, not lost and not made into a deal", () => {
    expect(factFrom(post("/tilda", { Input_1: "да", formid: "f" })).hold).toMatch(/map the fields/);
  });
});

describe("VK", () => {
  const lead = {
    type: "lead_forms_new",
    group_id: 7,
    secret: "s",
    object: {
      lead_id: 42,
      user_id: 5,
      form_id: 1,
      form_name: "Акция",
      ad_id: 3,
      answers: [
        { key: "first_name", question: "Имя", answer: "Иван" },
        { key: "last_name", answer: "Петров" },
        { key: "phone_number", answer: "+79101234567" },
        {
          key: "custom_0",
          question: "Размер?",
          answer: [
            { key: "a", value: "L" },
            { key: "b", value: "XL" },
          ],
        },
      ],
    },
  };
  it("is a lead keyed by lead_id, and answered ok", () => {
    const fact = factFrom(postJson("/vk", lead));
    expect(fact).toMatchObject({ key: "vk:id:7/42", subject: "phone:+79101234567", reply: { body: "ok" } });
    expect(fact.data).toMatchObject({
      person: { name: "Иван", surname: "Петров" },
      form: { id: "1", name: "Акция" },
      extras: { "Размер?": "L, XL", vk_user_id: "5", vk_ad_id: "3" },
    });
  });

  it("gets its confirmation text, and ok for anything that is no lead", () => {
    expect(
      replyOf(receive(postJson("/vk", { type: "confirmation", group_id: 7 }), siteWith({ settings: { vk_confirmation: "e7e1" } }))),
    ).toMatchObject({ status: 200, body: "e7e1" });
    for (const call of [{ type: "message_new", object: {} }, { type: "lead_forms_new" }, {}])
      expect(replyOf(receive(postJson("/vk", call)))).toMatchObject({ status: 200, body: "ok" });
  });

  it("must know the secret, once there is one", () => {
    const to = siteWith({ secrets: { vk_secret: "s" } });
    expect(receive(postJson("/vk", lead), to)).toHaveProperty("facts");
    expect(() => receive(postJson("/vk", { ...lead, secret: "wrong" }), to)).toThrow(Intruder);
    expect(() => receive(postJson("/vk", { type: "confirmation" }), to)).toThrow(Intruder);
  });

  it("sends JSON, and nothing else", () => {
    expect(() => receive(post("/vk", { type: "lead_forms_new" }))).toThrow(Malformed);
  });
});

describe("Google Ads", () => {
  const lead = {
    lead_id: "TeSt",
    google_key: "k",
    form_id: 12,
    campaign_id: 34,
    gcl_id: "G",
    api_version: "1.0",
    future: { x: 1 },
    user_column_data: [
      { column_id: "FULL_NAME", column_name: "Full Name", string_value: "Иван" },
      { column_id: "PHONE_NUMBER", string_value: "+79101234567" },
      { column_id: "EMAIL", string_value: "a@b.ru" },
      { column_id: "CITY", column_name: "City", string_value: "Тверь" },
    ],
  };
  it("is a lead keyed by lead_id; keys it does not know are ignored", () => {
    const fact = factFrom(postJson("/google", lead));
    expect(fact).toMatchObject({ key: "google:id:TeSt", reply: { status: 200, body: "{}" } });
    expect(fact.data).toMatchObject({
      person: { name: "Иван", phones: [{ e164: "+79101234567" }], emails: ["a@b.ru"] },
      form: { id: "12" },
      extras: { City: "Тверь", google_campaign_id: "34" },
      attribution: { tracking: { gclid: "G" } },
    });
  });

  it("without a lead_id is never keyed undefined", () => {
    const { lead_id: _, ...rest } = lead;
    expect(factFrom(postJson("/google", rest)).key).toMatch(/^google:data:/);
  });

  it("must know the key, once there is one, however its name is written", () => {
    const to = siteWith({ secrets: { google_key: "k" } });
    expect(receive(postJson("/google", lead), to)).toHaveProperty("facts");
    const { google_key: _, ...rest } = lead;
    expect(receive(postJson("/google", { ...rest, Google_key: "k" }), to)).toHaveProperty("facts");
    expect(() => receive(postJson("/google", rest), to)).toThrow(Intruder);
  });

  it("that only tests makes no lead", () => {
    expect(receive(postJson("/google", { ...lead, is_test: true }))).toMatchObject({ ignored: "test lead", reply: { status: 200 } });
    expect(receive(postJson("/google", {}))).toMatchObject({ ignored: "empty probe" });
  });
});

describe("any form", () => {
  const person = { name: "Иван", phones: [{ e164: "+79101234567" }], emails: ["a@b.ru"] };
  it.each<[string, Record<string, string>]>([
    ["plain English names", { name: "Иван", phone: "89101234567", email: "a@b.ru" }],
    ["Russian names", { Имя: "Иван", Телефон: "89101234567", "Эл. почта": "a@b.ru" }],
    ["questions", { "Как вас зовут?": "Иван", "Номер телефона": "89101234567", "Ваш e-mail": "a@b.ru" }],
    ["transliterated names", { imya: "Иван", telefon: "89101234567", mail: "a@b.ru" }],
    ["Contact Form 7", { "your-name": "Иван", "your-tel": "89101234567", "your-email": "a@b.ru", _wpcf7: "12" }],
    ["camel case", { clientName: "Иван", userPhone: "89101234567", contactEmail: "a@b.ru" }],
    ["an old Bitrix24 import", { NAME: "Иван", PHONE_MOBILE: "89101234567", EMAIL_WORK: "a@b.ru", LOGIN: "x", PASSWORD: "y" }],
    ["names that say nothing, by value", { name: "Иван", field_1: "+7 910 123-45-67", field_2: "a@b.ru" }],
    [
      "Elementor",
      {
        "fields[name][id]": "name",
        "fields[name][title]": "Name",
        "fields[name][value]": "Иван",
        "fields[p][id]": "p",
        "fields[p][title]": "Телефон",
        "fields[p][value]": "89101234567",
        "fields[e][value]": "a@b.ru",
        "fields[e][type]": "email",
        "form[name]": "Форма",
      },
    ],
    ["a field for either", { имя: "Иван", "Телефон или email": "89101234567", "e-mail": "a@b.ru" }],
  ])("is understood: %s", (_, form) => {
    const fact = factFrom(post("/generic", form));
    expect(fact.data.person).toMatchObject(person);
    expect(fact.hold).toBeUndefined();
    expect(fact.reply.body).toBe('{"ans":"true"}');
  });

  it.each<[string, unknown]>([
    ["flat", { name: "Иван", phone: "89101234567", email: "a@b.ru" }],
    ["nested", { data: { contact: { name: "Иван", phones: ["89101234567"], email: "a@b.ru" } } }],
    [
      "lists of name and value",
      {
        fields: [
          { name: "name", value: "Иван" },
          { label: "Телефон", value: "89101234567" },
          { id: "email", value: "a@b.ru" },
        ],
      },
    ],
    [
      "Elementor's",
      { fields: { name: { value: "Иван" }, phone: { value: "89101234567" }, email: { value: "a@b.ru" } }, form: { id: "1", name: "F" } },
    ],
  ])("is understood as JSON: %s", (_, json) => {
    expect(leadFrom(postJson("/generic", json)).person).toMatchObject(person);
  });

  it("does not take a company, a hotel, an order or a consent for the person", () => {
    const lead = leadFrom(
      post("/generic", {
        name: "Иван",
        company_name: "ООО",
        hotel: "Ritz",
        "Название отеля": "X",
        order_phone_code: "7",
        product_name: "Окно",
        order_id: "79101112233",
        inn: "770123456789",
        consent_phone: "on",
      }),
    );
    expect(lead.person).toEqual({ name: "Иван", phones: [], emails: [] });
    expect(lead.extras).toMatchObject({ company_name: "ООО", hotel: "Ritz", product_name: "Окно", order_id: "79101112233" });
    expect(lead.consent?.ticks).toEqual({ consent_phone: true });
  });

  it("keeps both of two phones, and a second name beside the first", () => {
    const lead = leadFrom(post("/generic", { phone: "89101234567", phone2: "89101234568", name: "Иван", fio: "Петров" }));
    expect(lead.person.phones.map(({ e164 }) => e164)).toEqual(["+79101234567", "+79101234568"]);
    expect(lead.extras).toEqual({ fio: "Петров" });
  });

  it("takes several phones of a lead exchange, and its id together with the person", () => {
    const fact = factFrom(post("/generic", { Id: "77", PhoneNumbers: "+79101234567,+79101234568", City: "Тверь" }));
    expect(fact.data.person.phones).toHaveLength(2);
    expect(fact.key).toBe("generic:id:77 +79101234567");
  });

  it("does not lose the second person of a page that sends a constant id", () => {
    const keys = ["89101234567", "89101234568"].map((phone) => factFrom(post("/generic", { lead_id: "5", phone })).key);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it("follows the mapping made by hand before it guesses", () => {
    const to = siteWith({ mapping: { phone: "SIZE", q1: "phone" } });
    expect(leadFrom(post("/generic", { phone: "L", q1: "89101234567" }), to)).toMatchObject({
      person: { phones: [{ e164: "+79101234567" }] },
      fields: { SIZE: "L" },
    });
  });

  it("takes every lead of a list", () => {
    const received = receive(postJson("/generic", [{ phone: "89101234567" }, { phone: "89101234568" }, 5]));
    expect("facts" in received && received.facts.map(({ subject }) => subject)).toEqual(["phone:+79101234567", "phone:+79101234568"]);
  });

  it("that is a probe makes no lead, and is answered 200", () => {
    for (const probe of [{}, { test: "test" }, { public_token: "public" }])
      expect(receive(post("/", probe as Record<string, string>))).toMatchObject({ reply: { status: 200 }, ignored: expect.any(String) });
  });

  it("opened in a browser says that it works; with data in the address says that nothing was taken", () => {
    expect(receive(get("/"))).toHaveProperty("page");
    expect(receive(get("/tilda", { public_token: "public" }))).toHaveProperty("page");
    expect(receive(get("/generic", { phone: "89101234567" }))).toMatchObject({ ignored: expect.any(String), reply: { status: 405 } });
  });
});

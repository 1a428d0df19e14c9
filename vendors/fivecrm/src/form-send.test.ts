import { Malformed } from "@svyazka/core";
import { describe, expect, it } from "vitest";
import { factFrom, get, leadFrom, now, post, postJson, receive, replyOf, siteWith } from "../testkit/site.ts";

const path = "/ctm/form/send";
const send = (form: Record<string, string>, to = siteWith()) => leadFrom(post(path, form), to);

describe("a form's lead", () => {
  it("has the person, the text, the sum and where it came from", () => {
    const fact = factFrom(
      post(
        path,
        {
          public_token: "public",
          name: " Иван ",
          phone: "8 (910) 123-45-67",
          email: "Ivan@Example.ru",
          description: "Окна",
          sum: "10000",
          url: "https://example.ru/p",
          utm_source: "ya",
          guid: "g1",
          gaid: "1.2",
        },
        { headers: { "user-agent": "Firefox" } },
      ),
    );
    expect(fact).toMatchObject({ type: "lead.submitted", subject: "phone:+79101234567", keySeconds: 300 });
    expect(fact.data).toEqual({
      person: { name: "Иван", phones: [{ typed: "8 (910) 123-45-67", e164: "+79101234567" }], emails: ["Ivan@Example.ru"] },
      text: "Окна",
      sum: { minor: 1_000_000, currency: "RUB" },
      form: { page: "https://example.ru/p" },
      attribution: { last: { source: "ya", url: "https://example.ru/p" }, visitor: "g1", tracking: { gaid: "1.2" } },
      fields: {},
      extras: {},
      flags: [],
      sender: { ip: "203.0.113.7", userAgent: "Firefox" },
      handling: { repeat: "append", days: 30, responsible: [] },
    });
  });

  it("comes by GET as well, and query and body are one, where the body wins (L4)", () => {
    expect(leadFrom(get(path, { name: "Иван" })).person.name).toBe("Иван");
    expect(leadFrom(post(path, { name: "Тело" }, { query: { name: "Адрес", phone: "89101234567" } })).person).toMatchObject({
      name: "Тело",
      phones: [{ e164: "+79101234567" }],
    });
  });

  it("is answered with ans and nothing else, as a call when a callback is named", () => {
    expect(replyOf(receive(post(path, { name: "Иван" })))).toMatchObject({
      status: 200,
      body: '{"ans":"true"}',
      headers: { "cache-control": "no-store", "access-control-allow-origin": "*" },
    });
    for (const request of [get(path, { name: "Иван", callback: "callback_001" }), post(path, { name: "Иван", callback: "callback_001" })]) {
      expect(replyOf(receive(request)).body).toBe('/**/callback_001({"ans":"true"});');
    }
  });

  it("with a callback that is no name is kept and refused (L3)", () => {
    expect(() => receive(get(path, { name: "Иван", callback: "alert(1)" }))).toThrow(Malformed);
  });

  it("is cut to the limits, counted in characters, and says so (L7)", () => {
    const lead = send({ name: "ж".repeat(255), description: "😀".repeat(501) });
    expect(lead.person.name).toHaveLength(255);
    expect([...(lead.text ?? "")]).toHaveLength(500);
    expect(lead.text?.isWellFormed()).toBe(true);
    expect(lead.flags).toEqual([expect.stringContaining("description was cut to 500")]);
  });

  it("reads a sum as people write it, and keeps what is no sum as text (L7)", () => {
    expect(send({ name: "И", sum: "10 000 ₽" }).sum).toEqual({ minor: 1_000_000, currency: "RUB" });
    expect(send({ name: "И", sum: "1000,50" }).sum?.minor).toBe(100_050);
    const lead = send({ name: "И", description: "Окна", sum: "дорого" });
    expect(lead.sum).toBeUndefined();
    expect(lead.text).toBe("Окна\nSum: дорого");
    expect(lead.flags).toEqual(["sum is not a number, kept in the text"]);
  });

  it("without name, phone, e-mail and description is refused with a word on what is needed (L8)", () => {
    for (const form of [{}, { utm_source: "ya" }, { f_1: "x" }, { name: "  ", phone: "" }, { name: "\0" }]) {
      expect(() => send(form), JSON.stringify(form)).toThrow(Malformed);
    }
  });

  it("keeps a phone that is none as typed, and flags it (L8)", () => {
    for (const phone of ["123", "после шести"]) {
      const fact = factFrom(post(path, { phone }));
      expect(fact.data.person.phones).toEqual([{ typed: phone }]);
      expect(fact.data.flags).toEqual(["phone is not valid, kept as text"]);
      expect(fact.subject).toBe(fact.key);
    }
  });

  it("keeps an e-mail that is none beside the lead, and flags it", () => {
    const lead = send({ email: "нет" });
    expect([lead.person.emails, lead.extras, lead.flags]).toEqual([[], { email: "нет" }, ["e-mail is not valid, kept as text"]]);
  });

  it("speaks the company's language in its flags", () => {
    expect(send({ phone: "123" }, siteWith({ language: "ru" })).flags).toEqual(["телефон не похож на настоящий, сохранён как текст"]);
  });

  it("puts f_1…f_50 into the field of that code, and keeps f_0 and unknown ones by their names", () => {
    expect(send({ name: "И", f_0: "ноль", f_1: "один", f_50: "пятьдесят" })).toMatchObject({
      fields: { f_1: "один" },
      extras: { f_0: "ноль", f_50: "пятьдесят" },
    });
  });

  it("follows a mapping made by hand, to a standard name, to a field, and to nowhere", () => {
    const mapped = siteWith({ mapping: { tel: "phone", f_2: "SIZE", junk: "-" } });
    expect(send({ tel: "89101234567", f_2: "L", junk: "x", other: "y" }, mapped)).toMatchObject({
      person: { phones: [{ e164: "+79101234567" }] },
      fields: { SIZE: "L" },
      extras: { other: "y" },
    });
  });

  it("loses NULs and halves of characters rather than the lead", () => {
    const lead = send({ name: "И\0ван", description: "a\ud800b", "x\0y": "1" });
    expect(lead.person.name).toBe("Иван");
    expect(lead.text).toBe("a\ufffdb");
    expect(lead.extras).toEqual({ xy: "1" });
  });

  it("takes JSON, where null is nothing, a number is text and a list is its values", () => {
    expect(
      leadFrom(postJson(path, { name: "Иван", phone: 79101234567, email: null, f_1: ["a", "b"], size: { w: 1 }, empty: [] })),
    ).toMatchObject({
      person: { name: "Иван", phones: [{ e164: "+79101234567" }], emails: [] },
      fields: { f_1: "a, b" },
      extras: { size: "1" },
    });
  });

  it("reads phones in the form's own country", () => {
    expect(send({ phone: "8 029 1234567" }, siteWith({ settings: { country: "BY" } })).person.phones[0]?.e164).toBe("+375291234567");
  });

  it("keeps what else was sent, without tokens, passwords and steering", () => {
    const lead = send({ name: "И", size: "XL", callback: "", _: "123", password: "x", LOGIN: "y", secret_token: "z", _request_id: "r" });
    expect(lead.extras).toEqual({ size: "XL" });
  });

  it("names its files", () => {
    expect(leadFrom(post(path, { name: "И" }, { files: [{ field: "cv", name: "cv.pdf", bytes: 10 }] })).extras).toEqual({
      cv: "cv.pdf (10 B)",
    });
  });

  it("from a body that cannot be read is kept and refused, unless the query has the lead", () => {
    expect(() => receive(post(path, {}, { unreadable: "The body is not valid JSON" }))).toThrow(/не читается/);
    expect(leadFrom(post(path, {}, { unreadable: "broken", query: { name: "Иван" } })).person.name).toBe("Иван");
  });

  it("carries how its form wants it handled", () => {
    const to = siteWith({ settings: { repeat: "new", repeat_days: 7, pipeline: "3", stage: "31", responsible: ["1", "2"] } });
    expect(send({ name: "И" }, to).handling).toEqual({ repeat: "new", days: 7, pipeline: "3", stage: "31", responsible: ["1", "2"] });
  });
});

describe("consent (§8)", () => {
  it("is kept with version, text, time, IP, page and every tick", () => {
    const to = siteWith({ settings: { consent_version: "v2", consent_text: "Согласен" } });
    expect(send({ name: "И", consent: "on", agree_ads: "0", url: "https://e.ru" }, to).consent).toEqual({
      version: "v2",
      text: "Согласен",
      at: now.toISOString(),
      ip: "203.0.113.7",
      page: "https://e.ru",
      ticks: { consent: true, agree_ads: false },
    });
  });

  it("believes the page about the version it showed, and then quotes no other text", () => {
    const to = siteWith({ settings: { consent_version: "v2", consent_text: "Согласен" } });
    const { consent } = send({ name: "И", consent: "да", consent_version: "v1" }, to);
    expect([consent?.version, consent?.text]).toEqual(["v1", undefined]);
  });

  it("is not made up where nobody ticked anything", () => {
    expect(send({ name: "И" }, siteWith({ settings: { consent_version: "v2" } })).consent).toBeUndefined();
  });
});

describe("attribution (§9)", () => {
  it("keeps first and last touch, click ids, and the PHP client's two extra marks", () => {
    const { attribution } = send({
      name: "И",
      utm_source: "b",
      first_utm_source: "a",
      first_url: "https://e.ru/1",
      referer: "https://ya.ru",
      yclid: "7",
      utm_5crm: "u",
      keyword: "k",
      _ym_uid: "99",
    });
    expect(attribution).toEqual({
      first: { source: "a", url: "https://e.ru/1" },
      last: { source: "b", referer: "https://ya.ru" },
      tracking: { yclid: "7", utm_5crm: "u", keyword: "k", ym_client_id: "99" },
    });
  });

  it("reads what the fields lack from the page's address and from cookies", () => {
    const request = post(
      path,
      { name: "И", url: "https://e.ru/?utm_source=x%20y&gclid=G#h" },
      { headers: { cookie: "_ga=GA1.2.111.222; _five_crm_guid=v; _five_crm_utm_medium=cpc; bad=%zz" } },
    );
    expect(leadFrom(request).attribution).toEqual({
      last: { source: "x y", medium: "cpc", url: "https://e.ru/?utm_source=x%20y&gclid=G#h" },
      visitor: "v",
      tracking: { gaid: "111.222", gclid: "G" },
    });
  });

  it("takes the Referer header for the page when the form does not say", () => {
    expect(leadFrom(post(path, { name: "И" }, { headers: { referer: "https://e.ru/form" } })).form.page).toBe("https://e.ru/form");
  });
});

describe("allowed sites (L12)", () => {
  const to = siteWith({ settings: { origins: ["https://example.ru", "*.shop.ru"] } });
  const from = (origin: string) => receive(post(path, { name: "И" }, { headers: { origin } }), to);
  it("let their own pages and programs in", () => {
    for (const origin of ["https://example.ru", "https://shop.ru", "http://a.b.shop.ru:8080".replace(":8080", "")])
      expect(from(origin)).toHaveProperty("facts");
    expect(receive(post(path, { name: "И" }), to)).toHaveProperty("facts");
  });

  it("keep other pages out, visibly in the journal", () => {
    for (const origin of ["https://evil.ru", "http://example.ru", "https://example.ru.evil.ru", "https://notshop.ru", "null"]) {
      const received = from(origin);
      expect(received, origin).toHaveProperty("ignored");
      expect(replyOf(received)).toMatchObject({ status: 403, headers: { "access-control-allow-origin": "*" } });
    }
    expect(receive(get(path, { name: "И", callback: "cb" }, { headers: { referer: "https://evil.ru/x" } }), to)).toHaveProperty("ignored");
  });
});

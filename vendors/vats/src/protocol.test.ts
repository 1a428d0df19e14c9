import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  invalidParameters,
  invalidToken,
  loginFailed,
  readAccounts,
  readContact,
  readError,
  readHistoryCsv,
  readHistoryJson,
  readLenientJson,
  readLogin,
  readMakeCall,
  readPush,
  readRestUsers,
  readSeconds,
  readStatus,
  readTime,
  readToken,
  readUsers,
  spellPhone,
  writeAccounts,
  writeCompactTime,
  writeContact,
  writeHistoryCsv,
  writeHistoryJson,
  writeMakeCall,
  writePush,
  writeUsers,
} from "./protocol.ts";

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8");
/** The fields of one of the seed's requests, as it prints them. */
const fieldsOf = (name: string): Record<string, string> =>
  Object.fromEntries(
    fixture(`seed/${name}.request.txt`)
      .split("\n")
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );

describe("the seed's own samples", () => {
  it("log in", () => {
    expect(readLogin(fieldsOf("login"))).toEqual({
      ...{ crmCode: "mycrm", login: "admin", password: "pass", crmToken: "76fsd7tfs-fhjdgfdjsfsk-hfgsdguuuwoeiwey1111" },
      ...{ url: "https://crm.ru/crm_integration.php", selfMap: false },
    });
    expect(readToken(fixture("seed/login.200.txt"))).toBe("5f317b9f-e86c-41f7-a6fc-c76eb0da0000");
  });

  it("say no, in bytes that are ours", () => {
    for (const [name, ours] of [
      ["error.400", invalidParameters],
      ["error.401", invalidToken],
      ["login.401", loginFailed],
    ] as const)
      expect(readLenientJson(fixture(`seed/${name}.txt`))).toEqual(JSON.parse(ours));
    expect(readError(loginFailed)).toBe("Autorization failed");
  });

  it("list accounts and users", () => {
    const accounts = readAccounts(fixture("seed/accounts.200.txt"));
    expect(accounts?.map(({ name }) => name)).toEqual(["test", "daria", "andy", "mike", "serg"]);
    expect(JSON.parse(writeAccounts("seed", [{ name: "test", realName: " ", ext: "101" }]))).toEqual([{ name: "test", realName: " " }]);
    expect(readUsers(fixture("seed/users.200.txt")).map(({ id }) => id)).toEqual(["krg", "petrov"]);
    expect(readPush(fieldsOf("users"))).toEqual({ cmd: "users" });
    expect(
      writeUsers([
        { id: "23", name: "Иван" },
        { id: "krg", name: "Анна" },
      ]),
    ).toBe('{"users":[{"id":23,"name":"Иван"},{"id":"krg","name":"Анна"}]}');
  });

  it("ask who is calling, and are told", () => {
    expect(readPush(fieldsOf("contact"))).toMatchObject({
      cmd: "contact",
      callid: "B10D0EB124F4E64AF4EA-1511",
      phone: expect.stringContaining("79101234567"),
    });
    // As the seed prints it, on one line, its own comment swallows half of it: the name is what is left, on several lines all of it.
    expect(readContact(fixture("seed/contact.200.txt"))).toEqual({});
    expect(readContact('{ contact_name: "Иванов",\n // имя\n responsible: 23 // id\n}')).toEqual({
      contact_name: "Иванов",
      responsible: "23",
    });
    expect(writeContact({ contact_name: "Иванов", responsible: "23" })).toBe('{"contact_name":"Иванов","responsible":23}');
    expect(writeContact({})).toBe("{}");
  });

  it("tell of events, each of the types that the sample names", () => {
    const fields = fieldsOf("event");
    for (const type of (fields["type"] ?? "").split(" / "))
      expect(readPush({ ...fields, type })).toMatchObject({
        cmd: "event",
        type,
        direction: "in",
        callid: "B10D0EB124F4E64AF4EA-1511",
        who: { user: "user" },
      });
  });

  it("tell of finished calls without a callid, and with several recordings", () => {
    const fields = fieldsOf("history");
    for (const direction of (fields["type"] ?? "").split(" / ")) {
      expect(readPush({ ...fields, type: direction })).toMatchObject({
        ...{ cmd: "history", direction, phone: "79101234567", duration: 124, hasCallid: false },
        links: ["https://records.secure.itoolabs.net/cmios.zvonly.ru/7jhjfy4-dsfjjs8-fds87/file.mp3", "https://records.s"],
      });
    }
  });
});

describe("what is written is read again", () => {
  const push = {
    ...({
      cmd: "history",
      direction: "out",
      outcome: "busy",
      start: new Date("2026-03-02T10:00:00Z"),
      duration: 12,
      wait: 5,
      rating: 4,
      hasCallid: true,
    } as const),
    ...{
      phone: "+79101234567",
      callid: "c1",
      diversion: "78001234567",
      who: { user: "ivan", ext: "101", group: "Продажи" },
      links: ["https://a.example/1", "https://a.example/2"],
    },
  };

  it("in v1 all of it", () => {
    expect(readPush(writePush(push, { dialect: "v1", links: "join" }))).toEqual({ ...push, phone: "79101234567" });
  });

  it("in the seed what the seed knows", () => {
    expect(writePush(push, { dialect: "seed", links: "last" })).toEqual({
      ...{
        cmd: "history",
        type: "out",
        phone: "79101234567",
        callid: "c1",
        user: "ivan",
        duration: "12",
        diversion: "78001234567",
        link: "https://a.example/2",
      },
    });
  });

  it("with everything that strict peers want, and nothing that they do not know", () => {
    const event = { ...push, cmd: "event", type: "INCOMING", direction: "in", secondCallid: "c2" } as const;
    expect(writePush(event, { dialect: "classic", links: "join" })).not.toHaveProperty("direction");
    expect(writePush(event, { dialect: "v1", links: "join" })).toMatchObject({ direction: "in", second_callid: "c2" });
    expect(
      writePush({ cmd: "contact", phone: "1", callid: "c", diversion: "2" }, { dialect: "classic", links: "join" }),
    ).not.toHaveProperty("diversion");
    const { outcome: _, diversion: __, start: ___, ...bare } = push;
    expect(writePush({ ...bare, direction: "out" }, { dialect: "classic", links: "join" })).toMatchObject({
      diversion: "",
      status: "Missed",
      start: expect.any(String),
    });
  });

  it("as one key by dialect when a call is made", () => {
    expect(["seed", "classic", "v1"].map((dialect) => writeMakeCall(dialect as "seed", "id-12345"))).toEqual([
      "",
      '{"uuid":"id-12345"}',
      '{"callid":"id-12345"}',
    ]);
    for (const body of ['{"uuid":"id-12345"}', '{"CallID":"id-12345"}', '{"callid":"id-12345"}', "id-12345"])
      expect(readMakeCall(body)).toBe("id-12345");
    for (const body of ["", "OK", "{}"]) expect(readMakeCall(body)).toBeUndefined();
  });
});

describe("history, pulled", () => {
  it("is read from CSV, both spellings of the time, a missed call by its type and not by its account", () => {
    const lines = readHistoryCsv(fixture("later/history.csv"));
    expect(lines).toMatchObject([
      {
        uid: "B10D0EB124F4E64AF4EA-1511",
        direction: "in",
        outcome: "answered",
        start: new Date("2026-03-02T10:00:00Z"),
        talkSeconds: 124,
        record: "https://records.example/1.mp3",
      },
      { direction: "in", outcome: "missed", account: "ivr", waitSeconds: 20, talkSeconds: 0 },
      { direction: "out", outcome: "unavailable", rating: 4 },
    ]);
    expect(readHistoryCsv(writeHistoryCsv(lines)).map(({ uid }) => uid)).toEqual(lines.map(({ uid }) => uid));
    expect(readHistoryCsv("")).toEqual([]);
    expect(readHistoryCsv("half a line,in\r\n,,,\r\n")).toEqual([]);
  });

  it("never holds a comma or a line break inside a value", () => {
    const [line] = readHistoryCsv(fixture("later/history.csv"));
    if (!line) throw new Error("no line");
    expect(
      writeHistoryCsv([{ ...line, account: "Продажи, Москва\r\n" }])
        .trimEnd()
        .split(","),
    ).toHaveLength(9);
  });

  it("is read from JSON", () => {
    const lines = readHistoryJson(fixture("later/history.v1.json"));
    expect(lines).toMatchObject([{ outcome: "answered", talkSeconds: 124 }, { outcome: "missed" }]);
    expect(readHistoryJson(writeHistoryJson(lines ?? []))).toEqual(lines);
    expect(readHistoryJson("<html>")).toBeUndefined();
    expect(readRestUsers(fixture("later/users.v1.json"))?.accounts).toMatchObject([{ name: "ivan", ext: "101" }, { name: "anna" }]);
  });
});

describe("the small words", () => {
  it.each([
    ["20260302T100000Z", "2026-03-02T10:00:00.000Z"],
    ["2026-03-02T13:00:00+03:00", "2026-03-02T10:00:00.000Z"],
    ["2026-03-02T10:00:00Z", "2026-03-02T10:00:00.000Z"],
    ["1899-01-01T00:00:00Z", undefined],
    ["yesterday", undefined],
    ["", undefined],
  ])("time %s", (text, expected) => expect(readTime(text)?.toISOString()).toBe(expected));

  it("write times in the compact form, around the clock", () => {
    expect(writeCompactTime(new Date("2026-03-02T22:05:09.123Z"))).toBe("20260302T220509Z");
  });

  it.each([
    ["+7 (910) 123-45-67", "79101234567"],
    ["anonymous", "anonymous"],
    ["101", "101"],
  ])("phone %s", (text, expected) => expect(spellPhone(text)).toBe(expected));

  it.each([
    ["Missed", "missed"],
    ["missed", "missed"],
    ["SUCCESS", "answered"],
    ["what", undefined],
  ])("status %s", (text, expected) => expect(readStatus(text)).toBe(expected));

  it.each([
    ["124", 124],
    ["-5", 0],
    ["12.6", 13],
    ["999999999999", 10_000_000],
    ["NaN", undefined],
    ["", undefined],
  ])("seconds %s", (text, expected) => expect(readSeconds(text)).toBe(expected));

  it.each([
    ['{"a":1}', { a: 1 }],
    ['\ufeff{ a: "x", }', { a: "x" }],
    ["{contact_name:'О''Нил', responsible:23}", undefined],
    ["{name: 'It\\'s', ok: true}", { name: "It's", ok: true }],
    ['{"url":"https://a.example/x"}', { url: "https://a.example/x" }],
    ["", {}],
    ["<html>", undefined],
  ])("JSON as it comes: %s", (text, expected) => expect(readLenientJson(text)).toEqual(expected));
});

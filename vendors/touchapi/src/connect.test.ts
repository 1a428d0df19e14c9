import { describe, expect, it } from "vitest";
import { fixture, looseFixture } from "../testkit/fixtures.ts";
import { deep, nonsenseOf } from "../testkit/nonsense.ts";
import {
  type ConnectDraft,
  crmTypes,
  guessCrmType,
  type Json,
  readAccess,
  readConnect,
  readConnectReply,
  readCrmHost,
  readDisable,
  readStatusQuery,
  said,
  sourceName,
  writeConnected,
  writeDisabled,
  writeError,
  writeFieldErrors,
  writeStatus,
  writeUnauthorized,
} from "./protocol.ts";

const required = looseFixture("seed/connect.required.request.txt") as Json;
const draftOf = (more: object): ConnectDraft => {
  const read = readConnect({ ...required, ...more });
  if ("errors" in read) throw new Error(JSON.stringify(read.errors));
  return read.value;
};
const errorsOf = (fields: unknown): string[] => {
  const read = readConnect(fields);
  return "errors" in read ? writeFieldErrors(read.errors) : [];
};

describe("the document", () => {
  it("connects by its required fields alone", () => {
    expect(readConnect(required)).toEqual({
      value: {
        ...{ source: "whatsapp", token: "uuid-token-format", login: "username" },
        crm: { url: "domain.amocrm.ru", host: "domain.amocrm.ru", type: "amocrm" },
      },
    });
  });

  it("connects by all of its fields", () => {
    expect(readConnect(looseFixture("seed/connect.full.request.txt"))).toMatchObject({
      value: { crm: { type: "amocrm" }, isMain: true, name: "Имя аккаунта" },
    });
  });

  it("answers in the shape that we write, and one that we read", () => {
    const seed = looseFixture("seed/connect.200.txt");
    expect(JSON.parse(writeConnected({ result: {}, binds: [], sourceCreated: {}, info: {} }))).toEqual(seed);
    expect(readConnectReply(seed)).toMatchObject({ ok: true, message: said.connected, binds: [] });
  });
});

describe("fields", () => {
  it("that are missing, blank or of a wrong kind are all named at once", () => {
    expect(errorsOf({})).toEqual(
      ["touchapi_source", "touchapi_token", "touchapi_login", "crm_url"].map((field) => `${field}: Required parameter missing`),
    );
    expect(errorsOf({ ...required, touchapi_token: " ", touchapi_login: null, crm_url: "" })).toEqual(
      ["touchapi_token", "touchapi_login", "crm_url"].map((field) => `${field}: Required parameter missing`),
    );
    const wrong = {
      touchapi_source: [],
      touchapi_token: {},
      touchapi_login: true,
      crm_url: 1.5,
      touchapi_main: "maybe",
      touchapi_name: {},
    };
    expect(errorsOf({ ...wrong, touchapi_phone: "call me", crm_token: 5, crm_data: "none" })).toEqual([
      ...["touchapi_source", "touchapi_token", "touchapi_login", "crm_url"].map((field) => `${field}: must be a string`),
      ...["touchapi_main: must be true or false", "touchapi_name: must be a string", "touchapi_phone: must be a phone number"],
      ...["crm_token: must be a string or an object", "crm_data: must be an object"],
    ]);
    for (const body of [null, [], "x", 5, undefined]) expect(errorsOf(body)[0]).toBe("must be an object with fields");
    expect(errorsOf({ ...required, touchapi_login: "a".repeat(256) })).toEqual(["touchapi_login: must not be longer than 255 characters"]);
    expect(errorsOf({ ...required, touchapi_source: "what'sapp" })).toEqual([
      "touchapi_source: must be the name of a messenger, as whatsapp",
    ]);
  });

  it("of yes and no are taken as JSON and as forms write them", () => {
    for (const value of [true, "true", 1, "1", "TRUE"]) expect(draftOf({ touchapi_main: value }).isMain).toBe(true);
    for (const value of [false, "false", 0, "0"]) expect(draftOf({ touchapi_main: value }).isMain).toBe(false);
    for (const value of [null, "", undefined]) expect(draftOf({ touchapi_main: value })).not.toHaveProperty("isMain");
  });

  it("of the vendor's OpenAPI are taken as well", () => {
    expect(
      draftOf({ touchapi_phone: "+7 900 000-00-01", crm_token: { access: "x" }, crm_data: { pipeline_id: 9038402, other: 1 } }),
    ).toMatchObject({ phone: "79000000001", crmToken: { access: "x" }, pipelineId: 9038402 });
    expect(draftOf({ touchapi_login: 79000000001, crm_token: "TESTTOKEN", crm_data: '{"pipeline_id":"5"}' })).toMatchObject({
      ...{ login: "79000000001", crmToken: "TESTTOKEN", pipelineId: 5 },
    });
    for (const pipeline_id of [0, -1, 1.5, "x", {}, 2 ** 60])
      expect(errorsOf({ ...required, crm_data: { pipeline_id } })).toEqual(["crm_data: pipeline_id must be a positive integer"]);
    expect(draftOf({ crm_data: {}, something: "else" })).not.toHaveProperty("pipelineId");
  });
});

describe("the address of a CRM", () => {
  it("is its host, however it was pasted", () => {
    const pasted: Readonly<Record<string, string>> = {
      ...{ "domain.amocrm.ru": "domain.amocrm.ru", "  https://Domain.AmoCRM.ru/leads/detail/1?x=1#y ": "domain.amocrm.ru" },
      ...{ "//domain.amocrm.ru/": "domain.amocrm.ru", "https://domain.amocrm.ru.": "domain.amocrm.ru" },
      // A cloud has no port of its own; a box may have.
      ...{
        "https://domain.amocrm.ru:8443": "domain.amocrm.ru",
        "http://crm.example:8080/": "crm.example:8080",
        "crm.example:443": "crm.example",
      },
      ...{ "http://192.168.1.5:8080/bitrix/": "192.168.1.5:8080", "10.0.0.1": "10.0.0.1", "http://[::1]:81": "[::1]:81" },
      ...{ "срм.пример.рф": "xn--l1ahc.xn--e1afmkfd.xn--p1ai", "CRM_1.example": "crm_1.example", b24: "b24" },
    };
    expect(Object.fromEntries(Object.keys(pasted).map((text) => [text, readCrmHost(text)]))).toEqual(pasted);
  });

  it("is none when it cannot be one", () => {
    const wrong = [
      "",
      " ",
      "ftp://domain.amocrm.ru",
      "javascript:alert(1)",
      "https://user:word@domain.amocrm.ru",
      "a b.example",
      "https://",
      "http://:80",
      "crm..example",
    ];
    for (const text of [...wrong, "12345", "https://12345/", "-a.example", "a".repeat(3_000), "crm.example:99999", "a%00b.example"])
      expect([text, readCrmHost(text)]).toEqual([text, undefined]);
  });

  it("tells its CRM when it is in the vendor's cloud", () => {
    for (const host of ["x.amocrm.ru", "x.amocrm.com", "X.Kommo.com"]) expect(guessCrmType(host)).toBe("amocrm");
    for (const zone of ["ru", "com", "by", "kz", "ua", "eu", "de", "es", "fr", "pl", "it", "in", "jp", "com.br", "com.tr"])
      expect(guessCrmType(`x.bitrix24.${zone}`)).toBe("bitrix24");
    for (const host of [
      "amocrm.ru",
      "www.amocrm.ru",
      "x.amocrm.ru.example",
      "xamocrm.ru",
      "a.b.amocrm.ru",
      "x.bitrix24.example.com",
      "crm.example",
      "",
    ])
      expect([host, guessCrmType(host)]).toEqual([host, undefined]);
  });

  it("of a box needs a type, and a type must be one that is known and fits", () => {
    expect(errorsOf({ ...required, crm_url: "https://crm.example:8443" })).toEqual(["crm_type: CRM type cannot be identified"]);
    expect(draftOf({ crm_url: "https://crm.example:8443", crm_type: " Bitrix24 " }).crm).toEqual({
      ...{ url: "https://crm.example:8443", host: "crm.example:8443", type: "bitrix24" },
    });
    expect(errorsOf({ ...required, crm_type: "megaplan" })).toEqual([
      `crm_type: CRM type cannot be identified: must be one of ${crmTypes.join(", ")}`,
    ]);
    expect(errorsOf({ ...required, crm_type: "bitrix24" })).toEqual([
      "crm_type: CRM type cannot be identified: domain.amocrm.ru is no address of bitrix24",
    ]);
  });
});

it("a source is named by the document's rule", () => {
  const account = { login: "username", source: "whatsapp" };
  expect(sourceName({ ...account, name: " Имя аккаунта ", connectedPhone: "79000000001" })).toBe("Имя аккаунта");
  expect(sourceName({ ...account, name: "  ", connectedPhone: "79000000001" })).toBe("79000000001 (whatsapp)");
  expect(sourceName({ ...account, connectedPhone: " " })).toBe("username (whatsapp)");
  expect(sourceName(account)).toBe("username (whatsapp)");
});

describe("an answer", () => {
  it("is that of the vendor's pages, to the letter", () => {
    expect(JSON.parse(writeUnauthorized())).toEqual(fixture("connect/unauthorized.403.json"));
    expect(JSON.parse(writeError(said.connectFailed, ["Required parameter missing", "CRM type cannot be identified"]))).toEqual(
      fixture("connect/connect.400.json"),
    );
    expect(JSON.parse(writeStatus("account.amocrm.ru", 5))).toEqual(fixture("connect/status.200.json"));
    expect(JSON.parse(writeDisabled({ disabledBinds: 2, deletedSources: [], isWebhookDeleted: true }))).toEqual(
      fixture("connect/disable.200.json"),
    );
  });

  it("has a word for each step of a CRM", () => {
    for (const step of [0, 1, 2, 5] as const)
      expect(JSON.parse(writeStatus("x", step))).toMatchObject({
        data: { step: { value: step, description: expect.stringMatching(/^CRM is /) } },
      });
  });

  it("of somebody else may bring a list of links, an empty one, or zero", () => {
    const reply = (binds: unknown) => readConnectReply({ ok: true, message: "m", data: { binds } });
    expect(["1e0b", ["a", "b", null], [], 0].map((binds) => reply(binds)).map((read) => read.ok && read.binds)).toEqual([
      [],
      ["a", "b"],
      [],
      [],
    ]);
    expect(readConnectReply(fixture("connect/unauthorized.403.json"))).toEqual({
      ok: false,
      message: "Unauthorized",
      errors: ["Authorization error"],
    });
    for (const body of [null, "x", [], {}]) expect(readConnectReply(body)).toMatchObject({ ok: false, errors: [] });
  });
});

it("disabling wants a uuid of 36 signs", () => {
  const uuid = "96d1c48e-dbb1-4d40-ac5a-4327bdd78592";
  expect(readDisable({ uuid: uuid.toUpperCase() })).toEqual({ value: { uuid } });
  expect(readDisable({})).toEqual({ errors: [{ field: "uuid", message: "UUID is required" }] });
  expect(readDisable({ uuid: "96d1" })).toEqual({ errors: [{ field: "uuid", message: "UUID must be exactly 36 characters" }] });
  expect(readDisable(null)).toMatchObject({ errors: [{ field: "" }] });
  expect(readDisable({ uuid: {} })).toEqual({ errors: [{ field: "uuid", message: "must be a string" }] });
});

it("a status is asked by the same address", () => {
  expect(readStatusQuery({ crm_url: "account.amocrm.ru", crm_type: "amocrm" })).toMatchObject({
    value: { host: "account.amocrm.ru", type: "amocrm" },
  });
  expect(readStatusQuery({})).toMatchObject({ errors: [{ field: "crm_url" }] });
});

it("who calls is told by headers, or by parameters of the address", () => {
  expect(readAccess({ "x-api-key": "k", referer: "https://CRM.example:8443/page" }, { key: "other", referer: "x.example" })).toEqual({
    ...{ key: "k", refererHost: "crm.example" },
  });
  expect(readAccess({}, { key: "k", referer: "crm.example" })).toEqual({ key: "k", refererHost: "crm.example" });
  expect(readAccess({ referer: "https://" }, {})).toEqual({ key: undefined, refererHost: undefined });
});

it("four thousand odd requests are read without a fall, and what is taken is clean", () => {
  const good = {
    ...{ ...required, crm_type: "amocrm", touchapi_main: true, touchapi_name: "Имя", touchapi_phone: "79000000001" },
    ...{ crm_token: "t", crm_data: { pipeline_id: 1 }, uuid: "96d1c48e-dbb1-4d40-ac5a-4327bdd78592" },
  };
  let taken = 0;
  for (let seed = 1; seed <= 4_000; seed++) {
    const { objectOf, value } = nonsenseOf(seed);
    const fields = seed % 8 === 0 ? value(6) : objectOf(good);
    readDisable(fields);
    readStatusQuery(fields);
    readConnectReply(fields);
    const read = readConnect(fields);
    if ("errors" in read) {
      expect(read.errors.length).toBeGreaterThan(0);
      continue;
    }
    taken++;
    expect(crmTypes).toContain(read.value.crm.type);
    expect(read.value.crm.host).toMatch(/^[a-z0-9[\]:._-]+$/);
    expect(read.value.login.trim()).not.toBe("");
  }
  expect(taken).toBeGreaterThan(20);
  for (const field of Object.keys(good)) expect(() => readConnect({ ...good, [field]: deep(100_000) })).not.toThrow();
});

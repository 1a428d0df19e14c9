import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";
import { type Accounts, addAccounts, approve, basicOf, inWindows1251, type Reply, send, startBase } from "../testkit/onec.ts";

/** Packages of handlers come back as they were sent, whatever they are; and a password that 1C has told stands nowhere. */

const dataDir = makeDataDir();
let hub: HubProcess;
let accounts: Accounts;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir, environment: { LOG_LEVEL: "debug" } });
  accounts = await addAccounts(hub, "romashka");
});
afterAll(async () => {
  await hub.stop();
  removeDataDir(dataDir);
});

const from = () => ({ key: accounts.key, id_base: "base-1" });
const publish = (handlers: unknown, authorization = accounts.basic, at = accounts.base): Promise<Reply> =>
  send(`${at}/update_handlers/set_handlers`, { ...from(), handlers }, authorization ? { authorization } : {});
const version = () => send(`${accounts.secretBase}/update_handlers/get_actual_version`, from());
const handlers = () => send(`${accounts.secretBase}/update_handlers/get_actual_handlers`, from());

describe("who may publish handlers", () => {
  it("nobody without the login of the hub, by the secret address neither", async () => {
    for (const at of [accounts.base, accounts.secretBase])
      for (const authorization of ["", basicOf("1c", "wrong"), "Basic !!!", "Bearer x"]) {
        const reply = await publish({ a: 1 }, authorization, at);
        expect([authorization, reply.status, reply.json?.success]).toEqual([authorization, 401, false]);
        expect(reply.headers.get("www-authenticate")).toContain("Basic");
      }
    expect((await version()).json.data).toEqual({ version: 0 });
  });

  it("whoever has it, although 1C broke its base64 into lines", async () => {
    const login = accounts.door.secrets["basic_login"] ?? "";
    const password = accounts.door.secrets["basic_password"] ?? "";
    const coded = Buffer.from(`${login}:${password}`).toString("base64");
    // What stands in a header cannot hold a line break; what is left of one is a space.
    const broken = `Basic ${coded.slice(0, 10)} ${coded.slice(10, 20)}\t${coded.slice(20)}`;
    expect((await publish({ a: 1 }, broken)).json).toMatchObject({ success: true, data: { version: 1 } });
  });
});

describe("a package", () => {
  const values: readonly (readonly [string, unknown])[] = [
    ["an object", { Модуль: "Процедура Обмен()\r\nКонецПроцедуры", n: [1, 2.5, null, true, { "": "" }], __proto_: "" }],
    ["a list", [[], {}, [[""]], "\u0000 \ud83c\udf84"]],
    ["a text, base64 in lines", Buffer.from("\xff\xff\xff\x7f обработка".repeat(20)).toString("base64").replace(/.{76}/g, "$&\r\n")],
    ["a number", 12345.678],
    ["false", false],
    ["a thousand levels", Array.from({ length: 1_000 }).reduce((inner) => [inner], "дно")],
  ];

  it.each(values)("that is %s comes back as it was", async (_, value) => {
    const published = await publish(value);
    expect(published.status).toBe(200);
    const whole = await handlers();
    expect(whole.json).toEqual({ success: true, data: { version: published.json.data.version, handlers: value }, error: null });
  });

  it("that is the newest already keeps its version, and an older one that is sent again is new", async () => {
    const first = (await publish("один")).json.data.version;
    expect((await publish("один")).json.data.version).toBe(first);
    expect((await publish("два")).json.data.version).toBe(first + 1);
    expect((await publish("один")).json.data.version).toBe(first + 2);
    expect((await version()).json.data).toEqual({ version: first + 2 });
  });

  it("gets one version when it is sent twice at once", async () => {
    const replies = await Promise.all(Array.from({ length: 6 }, () => publish("вместе")));
    expect(new Set(replies.map(({ json }) => json.data.version)).size).toBe(1);
  });

  it("may have 20 MiB, and its version is asked for without it, and leaves no line in the journal", async () => {
    const big = "А".repeat(10 * 1_048_576);
    const published = await publish(big);
    expect(published.status).toBe(200);
    const whole = await handlers();
    expect(whole.json.data.handlers === big).toBe(true);
    const lines = async () =>
      (await accounts.client.all<{ path: string }>("/journal")).filter(({ path }) => path.endsWith("get_actual_version"));
    const before = performance.now();
    for (let n = 0; n < 50; n++) expect((await version()).text.length).toBeLessThan(100);
    const each = (performance.now() - before) / 50;
    console.log(`get_actual_version beside a package of 20 MiB: ${each.toFixed(1)} ms each`);
    expect(each).toBeLessThan(500);
    expect(await lines()).toEqual([]);
  });

  it("of 33 MiB is refused in the envelope", async () => {
    for (const at of [accounts.base, accounts.secretBase]) {
      const reply = await publish("x".repeat(33 * 1_048_576), accounts.basic, at);
      expect([reply.status, reply.json?.success, reply.json?.data]).toEqual([413, false, null]);
      expect(reply.json.error).toContain("32 МиБ");
    }
  });
});

it("a base is told which version is due, and the hub which one is installed", async () => {
  const base = await startBase(accounts, { idBase: "base-2" });
  try {
    await base.register(accounts.secretBase);
    await base.setHandlers(
      { v: "для базы" },
      {
        login: accounts.door.secrets["basic_login"] ?? "",
        password: accounts.door.secrets["basic_password"] ?? "",
      },
    );
    const due = await base.getVersion();
    const got = await base.getHandlers();
    expect([got.version, got.handlers]).toEqual([due.version, { v: "для базы" }]);
    expect(String(base.state.version)).toBe(due.version);
  } finally {
    await base.close();
  }
});

describe("a password that 1C tells", () => {
  const spellings: readonly (readonly [what: string, write: (body: string) => string | Uint8Array, password: unknown])[] = [
    ["in Cyrillic", (body) => body, "пароль-базы-1С"],
    ["with quotes and slashes", (body) => body, 'сек"рет\\1С/ы'],
    ["with escapes", (body) => body.replace(/[а-я]/gi, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`), "экран-базы"],
    ["as a number", (body) => body, 987654321],
    ["of three signs", (body) => body, "щъ3"],
    ["in windows-1251", (body) => inWindows1251(body), "кодировка-базы"],
    ["in a body that is cut off", (body) => body.slice(0, -1), "обрыв-базы"],
    ["in a call that lacks something", (body) => body.replace("web_address", "адрес"), "нехватка-базы"],
    ["in a call of a base that nobody knows yet", (body) => body.replace("base-s", "base-t"), "чужая-базы"],
  ];

  it.each(spellings)("%s is in no answer, in no line of the journal and in no log", async (_, write, password) => {
    const call = { ...from(), id_base: "base-s", web_address: "http://127.0.0.1:9/x", url_address: "http://x", param1: "Обмен" };
    const body = write(JSON.stringify({ ...call, param2: password }));
    const texts: string[] = [];
    for (const at of [accounts.base, accounts.secretBase]) texts.push((await send(`${at}/sync/base`, body)).text);
    const lines = await accounts.client.get<{ items: { id: string }[] }>("/journal?limit=4");
    for (const { id } of lines.items) {
      const line = await accounts.client.get<{ body: string | null; body_base64: string | null }>(`/journal/${id}`);
      texts.push(JSON.stringify(line), line.body ?? "", Buffer.from(line.body_base64 ?? "", "base64").toString("latin1"));
    }
    texts.push(JSON.stringify(await accounts.client.all("/connections")), JSON.stringify(await accounts.client.all("/deliveries")));
    texts.push(hub.output());
    const text = String(password);
    for (const known of [text, JSON.stringify(text).slice(1, -1), latin(Buffer.from(text)), latin(inWindows1251(text)), escaped(text)])
      expect(texts.filter((one) => one.includes(known))).toEqual([]);
  });

  it("is what the base is asked with, Cyrillic as it is", async () => {
    const base = await startBase(accounts, { idBase: "base-3", login: "Обмен с CRM", password: "пароль со знаками: «ёЁ»" });
    try {
      await base.register(accounts.base);
      const id = await approve(accounts, "base-3");
      expect(await accounts.client.send("POST", `/connections/${id}/check`)).toMatchObject({ ok: true });
      expect(base.requests.some(({ type, status }) => type === "get_handlers_version" && status === 200)).toBe(true);
      const all = JSON.stringify(await accounts.client.all("/journal")) + JSON.stringify(await accounts.client.all("/connections"));
      expect(all + hub.output()).not.toContain(base.password);
    } finally {
      await base.close();
    }
  });
});

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");
const escaped = (text: string): string => text.replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

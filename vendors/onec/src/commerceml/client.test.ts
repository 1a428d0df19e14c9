import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type ExchangeFile, exchangeWith } from "./client.ts";
import { answerExchange, checkAuthReply, noSession, refusal, wrongLogin } from "./exchange.ts";
import { MemoryStore } from "./memory-store.ts";
import { readExchange } from "./read-exchange.ts";
import { type ExchangeReply, type ExchangeSession, type ExchangeSettings, exchangeSettings, openSession } from "./session.ts";

const file = (name: string): ExchangeFile => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(`../../fixtures/commerceml/${name}`, import.meta.url))),
});
const text = (name: string): string => readFileSync(new URL(`../../fixtures/commerceml/${name}`, import.meta.url), "utf8");
const guid = "5f1c7a52-0b8e-4d0e-9a36-2f6d1c0e7b11";
const files = [file(`contragents___${guid}.xml`), file(`documents___${guid}.xml`)];

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A site over real HTTP, with one login and as many sessions as begin. */
async function serve(more: Partial<ExchangeSettings> = {}, pauseEach = 1000, ids = { id: "3f6c0f7d0a5e4a0f", sessid: "9d2b" }) {
  const settings = { ...exchangeSettings, ...more };
  const done: string[] = [];
  const requests: string[] = [];
  const sessions = new Map<string, { session: ExchangeSession; store: MemoryStore }>();
  let records = 0;
  const answer = async (url: URL, headers: Record<string, string | undefined>, body: Uint8Array): Promise<ExchangeReply> => {
    const { mode, type, filename, version, sessid } = Object.fromEntries(url.searchParams);
    if (mode === "checkauth") {
      if (headers["authorization"] !== `Basic ${Buffer.from("1С:пароль").toString("base64")}`) return refusal(wrongLogin, settings);
      const session = openSession(ids.id, ids.sessid);
      sessions.set(session.id, { session, store: new MemoryStore() });
      return checkAuthReply(session, settings, 1_772_435_700);
    }
    const kept = sessions.get(headers["cookie"]?.split(`${settings.cookieName}=`)[1] ?? "");
    if (!kept) return refusal(noSession, settings);
    const step = await answerExchange({ mode, type, filename, version, sessid, body }, kept.session, {
      ...{ settings, store: kept.store, now: "2026-03-02T12:00:00", pause: () => ++records % pauseEach === 0 },
      work: {
        counterparty: async ({ id }) => void done.push(id),
        document: async ({ id }) => void done.push(id),
        orders: async () => ({ orders: [], mark: "7" }),
        taken: async (mark) => void done.push(`taken ${mark}`),
        info: async () => ({ statuses: [] }),
      },
    });
    kept.session = step.session;
    return step.reply;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      requests.push(`${request.method} ${request.url}`);
      const { authorization, cookie } = request.headers;
      answer(new URL(request.url ?? "", "http://site"), { authorization, cookie }, Buffer.concat(chunks)).then(
        ({ status, contentType, body }) => response.writeHead(status, { "content-type": contentType }).end(body),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/1c/exchange`, done, requests };
}
const login = { login: "1С", password: "пароль" };
const modes = (log: readonly { mode: string }[]): string => log.map(({ mode }) => mode).join(" ");

describe("an exchange over HTTP", () => {
  it("of 2.08 goes as 1C goes: each file in chunks, each import repeated while there is progress, then our orders", async () => {
    const { url, done } = await serve({}, 2);
    const { log, orders, info } = await exchangeWith(
      url,
      { ...login, version: "2.08", chunkBytes: 4096, zip: false, info: true },
      files,
      fetch,
    );
    expect(modes(log)).toMatch(/^checkauth init info( file){3,} import( import)+ query success$/);
    expect(log.filter(({ mode, lines }) => mode === "import" && lines[0] === "progress").length).toBeGreaterThan(1);
    expect(done).toHaveLength(7);
    expect(new Set(done).size).toBe(7);
    expect(readExchange(orders ?? new Uint8Array())).toMatchObject({ schema: "2.08", documents: [] });
    expect(new TextDecoder().decode(info)).toContain("<Справочник>");
  });

  it("with archives brings the same", async () => {
    const plain = await serve();
    const zipped = await serve();
    await exchangeWith(plain.url, { ...login, version: "2.10", zip: false }, files, fetch);
    const { log } = await exchangeWith(zipped.url, { ...login, version: "2.10", chunkBytes: 1000 }, files, fetch);
    expect(zipped.done).toEqual(plain.done);
    expect(modes(log)).toMatch(/^checkauth init( file){3,}/);
    expect(zipped.requests.filter((line) => line.includes("mode=file")).every((line) => line.includes("v8_1C.zip"))).toBe(true);
  });

  it("of the old style needs no import, with chunks of file_limit and with an archive", async () => {
    for (const zip of [false, true]) {
      const { url, done } = await serve({ fileLimit: 1500 });
      const { log } = await exchangeWith(url, { ...login, zip }, [file("orders-2.04.xml")], fetch);
      expect(modes(log)).toMatch(/^checkauth init( file)+ query success$/);
      expect(done).toEqual(["4711", "4712", "taken 7"]);
    }
  });

  it("of goods is over without a fault", async () => {
    const { url, done } = await serve();
    const { log } = await exchangeWith(
      url,
      { ...login, version: "2.08", type: "catalog" },
      [{ name: "import.xml", bytes: new Uint8Array(10) }],
      fetch,
    );
    expect(log.at(-1)?.lines).toEqual(["success", "Каталог товаров не хранится"]);
    expect(done).toEqual([]);
  });

  it("ends with the site's words when the password is wrong or a file is broken", async () => {
    const { url, done } = await serve();
    await expect(exchangeWith(url, { login: "1С", password: "нет" }, files, fetch)).rejects.toThrow("checkauth: Неверный логин или пароль");
    const broken = { name: "documents___1.xml", bytes: files[1]?.bytes.subarray(0, 1200) ?? new Uint8Array() };
    await expect(exchangeWith(url, { ...login, version: "2.08" }, [broken], fetch)).rejects.toThrow(
      /import: Файл documents___1\.xml: строка \d+: файл обрывается/,
    );
    expect(done).toEqual([]);
  });

  it("without its cookie is told to begin anew", async () => {
    const { url } = await serve();
    const answer = await fetch(`${url}?type=sale&mode=query`);
    expect(new TextDecoder("windows-1251").decode(await answer.arrayBuffer())).toBe(`failure\n${noSession}`);
  });
});

describe("the written-down exchanges", () => {
  it.each(["exchange-2.08.http", "exchange-old.http"])("%s goes word for word", async (name) => {
    const { url } = await serve({ zip: false });
    for (const exchange of text(name).split("###\n")) {
      const [head = "", answer = ""] = exchange.trimEnd().split("\n\n");
      const [first = "", ...lines] = head.split("\n");
      const [method = "GET", path = ""] = first.split(" ");
      const headers = Object.fromEntries(lines.map((line) => line.split(": ", 2) as [string, string]));
      if (headers["Authorization"]) headers["Authorization"] = `Basic ${Buffer.from("1С:пароль").toString("base64")}`;
      const sent = method === "POST" ? file(path.split("filename=")[1]?.replace("/tmp/", "") ?? "").bytes : undefined;
      const response = await fetch(url + path.slice(path.indexOf("?")), { method, headers, ...(sent && { body: Buffer.from(sent) }) });
      const charset = response.headers.get("content-type")?.split("charset=")[1];
      expect(new TextDecoder(charset).decode(await response.arrayBuffer())).toBe(answer);
    }
  });
});

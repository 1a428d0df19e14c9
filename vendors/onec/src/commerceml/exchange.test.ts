import { readFileSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { encode } from "./encoding.ts";
import { answerExchange, checkAuthReply, refusal, wrongLogin } from "./exchange.ts";
import { MemoryStore } from "./memory-store.ts";
import { readExchange } from "./read-exchange.ts";
import {
  type ExchangeRequest,
  type ExchangeSession,
  type ExchangeSettings,
  type ExchangeWork,
  exchangeSettings,
  openSession,
} from "./session.ts";
import type { CmlOrderOut } from "./write-orders.ts";

const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../../fixtures/commerceml/${name}`, import.meta.url)));
const guid = "5f1c7a52-0b8e-4d0e-9a36-2f6d1c0e7b11";
const contragents = fixture(`contragents___${guid}.xml`);
const documents = fixture(`documents___${guid}.xml`);
const orderOut: CmlOrderOut = {
  ...{ id: "deal-7", number: "7", date: "2026-03-02T10:00:00", currency: "RUB", sum: "1", lines: [] },
  counterparty: { id: "c", name: "Иван", kind: "person" },
};

/** One exchange whose answers can be read as lines. */
function start(more: Partial<ExchangeSettings> = {}, work: Partial<ExchangeWork> = {}) {
  const done: string[] = [];
  const store = new MemoryStore();
  const context = {
    ...{ settings: { ...exchangeSettings, ...more }, store, now: "2026-03-02T12:00:00", pause: (): boolean => false },
    work: {
      counterparty: async ({ name }) => void done.push(name),
      document: async ({ kind, id }) => void done.push(`${kind} ${id.slice(0, 4)}`),
      orders: async () => ({ orders: [orderOut], mark: "m1" }),
      taken: async (mark) => void done.push(`taken ${mark}`),
      info: async () => ({ statuses: [{ id: "142", name: "Успешно" }] }),
      ...work,
    } satisfies ExchangeWork,
  };
  const box = { session: openSession("cookie", "s1") as ExchangeSession, context, done, store };
  const raw = async (mode: string, request: ExchangeRequest = {}) => {
    const step = await answerExchange({ type: "sale", sessid: "s1", mode, ...request }, box.session, context);
    // What the caller keeps is JSON.
    box.session = JSON.parse(JSON.stringify(step.session)) as ExchangeSession;
    return step.reply;
  };
  const ask = async (mode: string, request: ExchangeRequest = {}): Promise<string[]> => {
    const { body, contentType } = await raw(mode, request);
    return new TextDecoder(contentType.split("charset=")[1]).decode(body).split("\n");
  };
  return Object.assign(box, { raw, ask });
}

describe("the start of an exchange", () => {
  it("tells the cookie, its value, sessid and the time on lines of their own", () => {
    const reply = checkAuthReply(openSession("v", "s1"), exchangeSettings, 1772435700.9);
    expect(new TextDecoder().decode(reply.body).split("\n")).toEqual(["success", "svyazka_1c", "v", "sessid=s1", "timestamp=1772435700"]);
  });

  it("refuses with a first line that is the bare word, in the letters that an old 1C reads", () => {
    const reply = refusal(wrongLogin, exchangeSettings);
    expect(reply).toMatchObject({ status: 200, contentType: "text/plain; charset=windows-1251" });
    expect(new TextDecoder("windows-1251").decode(reply.body)).toBe("failure\nНеверный логин или пароль");
  });

  it("answers init in two lines, and in four when 1C tells its version", async () => {
    const { ask } = start();
    expect(await ask("init")).toEqual(["zip=yes", "file_limit=2097152"]);
    expect(await ask("init", { version: "2.09" })).toEqual(["zip=yes", "file_limit=2097152", "sessid=s1", "version=2.09"]);
    expect(await ask("init", { version: "3.1" })).toContain("version=2.10");
  });

  it("forgets with init what the last one left behind", async () => {
    const { ask, store } = start();
    await ask("init", { version: "2.08" });
    await ask("file", { filename: "a.xml", body: contragents.subarray(0, 500) });
    await ask("init", { version: "2.08" });
    expect(await store.list()).toEqual([]);
  });

  it("refuses another exchange's sessid, kinds and modes that do not exist", async () => {
    const { ask } = start();
    expect((await ask("init", { sessid: "other" }))[0]).toBe("failure");
    expect(await ask("init", { sessid: undefined })).toContain("zip=yes");
    expect(await ask("init", { type: "crm" })).toEqual(["failure", "Обмен «crm» не поддерживается: есть sale и catalog"]);
    expect(await ask("dance")).toEqual(["failure", "Неизвестный режим обмена «dance»"]);
  });
});

describe("files of 2.08", () => {
  const send = async (box: ReturnType<typeof start>, filename: string, bytes: Uint8Array, size: number): Promise<void> => {
    for (let at = 0; at < bytes.length; at += size)
      expect(await box.ask("file", { filename, body: bytes.subarray(at, at + size) })).toEqual(["success"]);
  };

  it("come in chunks cut anywhere, and are imported when 1C asks", async () => {
    const box = start();
    await box.ask("init", { version: "2.08" });
    await send(box, `/tmp/contragents___${guid}.xml`, contragents, 333);
    await send(box, `documents___${guid}.xml`, documents, 1001);
    expect(box.done).toEqual([]);
    expect(await box.ask("import", { filename: `contragents___${guid}.xml` })).toEqual([
      "success",
      "Принято контрагентов: 3, документов: 0",
    ]);
    expect(await box.ask("import", { filename: `upload/1c/webdata/documents___${guid}.xml` })).toEqual([
      "success",
      "Принято контрагентов: 0, документов: 3",
    ]);
    expect(box.done).toEqual(["Ромашка ООО", "ИП Сидоров", "Кузнецов Олег", "order 0a1b", "payment 1b2c", "shipment 2c3d"]);
  });

  it("are imported step by step, each record once, when time is short", async () => {
    const box = start();
    box.context.pause = () => true;
    await box.ask("init", { version: "2.08" });
    await send(box, "c.xml", contragents, 1000);
    for (const step of [1, 2, 3])
      expect(await box.ask("import", { filename: "c.xml" })).toEqual(["progress", `Обработано записей: ${step}`]);
    expect((await box.ask("import", { filename: "c.xml" }))[0]).toBe("success");
    expect(box.done).toHaveLength(3);
  });

  it("asked for again after a lost answer give the same answer and nothing twice; sent again they start anew", async () => {
    const box = start();
    await box.ask("init", { version: "2.08" });
    await send(box, "c.xml", contragents, 5000);
    const first = await box.ask("import", { filename: "c.xml" });
    expect(await box.ask("import", { filename: "c.xml" })).toEqual(first);
    expect(box.done).toHaveLength(3);
    await send(box, "c.xml", contragents, 5000);
    expect(await box.ask("import", { filename: "c.xml" })).toEqual(first);
    expect(box.done).toHaveLength(6);
  });

  it("that end too early, never came or have a bad name fail in words", async () => {
    const box = start();
    await box.ask("init", { version: "2.08" });
    await send(box, "c.xml", contragents.subarray(0, 3200), 1000);
    expect(await box.ask("import", { filename: "c.xml" })).toEqual([
      "failure",
      expect.stringMatching(/^Файл c\.xml: строка \d+: файл обрывается/),
    ]);
    expect(await box.ask("import", { filename: "b.xml" })).toEqual(["failure", "Файл b.xml не получен"]);
    for (const filename of ["../../etc/passwd", "a".repeat(256), undefined])
      for (const mode of ["file", "import"])
        expect(await box.ask(mode, { filename, body: contragents })).toEqual(["failure", "Недопустимое имя файла"]);
    expect(await box.ask("file", { filename: "e.xml" })).toEqual(["failure", expect.stringContaining("пустая часть")]);
    expect(await box.store.list()).toEqual(["c.xml"]);
  });

  it("stop at a record that the hub cannot take now, and go on from there", async () => {
    let broken = true;
    const names: string[] = [];
    const counterparty: ExchangeWork["counterparty"] = async ({ name }) => {
      if (name === "ИП Сидоров" && broken) throw new Error("CRM\nне отвечает");
      names.push(name);
    };
    const box = start({}, { counterparty });
    await box.ask("init", { version: "2.08" });
    await send(box, "c.xml", contragents, 9999);
    expect(await box.ask("import", { filename: "c.xml" })).toEqual(["failure", "Файл c.xml: CRM не отвечает"]);
    broken = false;
    expect(await box.ask("import", { filename: "c.xml" })).toEqual(["success", "Принято контрагентов: 3, документов: 0"]);
    expect(names).toEqual(["Ромашка ООО", "ИП Сидоров", "Кузнецов Олег"]);
  });

  it("of more than an exchange may hold are refused", async () => {
    const { ask } = start({ exchangeLimit: 1024 * 1024 });
    await ask("init", { version: "2.08" });
    expect(await ask("file", { filename: "a.xml", body: new Uint8Array(1024 * 1024) })).toEqual(["success"]);
    expect(await ask("file", { filename: "b.xml", body: new Uint8Array(1) })).toEqual([
      "failure",
      "Больше 1 МБ за один обмен не принимается",
    ]);
  });

  describe("in an archive", () => {
    const archive = zipSync({ [`documents___${guid}.xml`]: documents, [`contragents___${guid}.xml`]: contragents });

    it("of three chunks are unpacked as a step of progress and found by their own names", async () => {
      const box = start();
      await box.ask("init", { version: "2.08" });
      await send(box, "v8_1.zip", archive, Math.ceil(archive.length / 3));
      expect(await box.ask("import", { filename: `contragents___${guid}.xml` })).toEqual([
        "progress",
        "Архив v8_1.zip распакован, файлов: 2",
      ]);
      expect(await box.ask("import", { filename: `contragents___${guid}.xml` })).toEqual([
        "success",
        "Принято контрагентов: 3, документов: 0",
      ]);
      expect(await box.ask("import", { filename: `documents___${guid}.xml` })).toEqual([
        "success",
        "Принято контрагентов: 0, документов: 3",
      ]);
      expect(await box.ask("import", { filename: "b.xml" })).toEqual(["failure", "Файл b.xml не получен"]);
    });

    it("are imported, counterparties first, when 1C names the archive", async () => {
      const box = start();
      await box.ask("init", { version: "2.08" });
      await send(box, "v8_1.zip", archive, 100_000);
      expect((await box.ask("import", { filename: "v8_1.zip" }))[0]).toBe("progress");
      expect(await box.ask("import", { filename: "v8_1.zip" })).toEqual(["success", "Принято контрагентов: 3, документов: 3"]);
      expect(box.done.slice(2, 4)).toEqual(["Кузнецов Олег", "order 0a1b"]);
    });

    it.each([
      ["a bomb", zipSync({ "c.xml": new Uint8Array(32 * 1024 * 1024) }), "бомбу"],
      ["cut off", archive.subarray(0, 500), "обрывается"],
      ["climbing out", zipSync({ "../../c.xml": strToU8("<x/>") }), "недопустимое имя"],
    ])("that is %s fail in words and import nothing", async (_, bytes, why) => {
      const box = start();
      await box.ask("init", { version: "2.08" });
      await send(box, "v8_1.zip", bytes, 1_000_000);
      expect(await box.ask("import", { filename: "c.xml" })).toEqual(["failure", expect.stringContaining(why)]);
      expect(box.done).toEqual([]);
    });
  });
});

describe("an old-style exchange", () => {
  const old = fixture("orders-2.04.xml");
  const oldDone = ["success", "Принято контрагентов: 0, документов: 2"];

  it("imports with the file, without an import", async () => {
    const box = start();
    await box.ask("init");
    expect(await box.ask("file", { filename: "/tmp/orders.xml", body: old })).toEqual(oldDone);
    expect(box.done).toEqual(["order 4711", "order 4712"]);
  });

  it("waits for the last chunk, also when that one is full too", async () => {
    expect(old.length % 2).toBe(0);
    for (const fileLimit of [1000, old.length / 2]) {
      const box = start({ fileLimit });
      await box.ask("init");
      const answers: string[][] = [];
      for (let at = 0; at < old.length; at += fileLimit)
        answers.push(await box.ask("file", { filename: "o.xml", body: old.subarray(at, at + fileLimit) }));
      expect(answers.slice(0, -1).every((lines) => lines.length === 1 && lines[0] === "success")).toBe(true);
      expect(answers.at(-1)).toEqual(oldDone);
    }
  });

  it("says that a file is broken when its last chunk came, and takes it when sent again", async () => {
    const box = start({ fileLimit: 2000 });
    await box.ask("init");
    await box.ask("file", { filename: "o.xml", body: old.subarray(0, 2000) });
    expect(await box.ask("file", { filename: "o.xml", body: old.subarray(2000, 2500) })).toEqual([
      "failure",
      expect.stringContaining("обрывается"),
    ]);
    await box.ask("file", { filename: "o.xml", body: old.subarray(0, 2000) });
    expect(await box.ask("file", { filename: "o.xml", body: old.subarray(2000) })).toEqual(oldDone);
  });

  it("takes an archive in chunks, and says when one is broken", async () => {
    const archive = zipSync({ "orders.xml": old });
    const fileLimit = Math.ceil(archive.length / 3);
    const box = start({ fileLimit });
    await box.ask("init");
    const send = async (bytes: Uint8Array): Promise<string[][]> => {
      const answers: string[][] = [];
      for (let at = 0; at < bytes.length; at += fileLimit)
        answers.push(await box.ask("file", { filename: "v8.zip", body: bytes.subarray(at, at + fileLimit) }));
      return answers;
    };
    expect(await send(archive.subarray(0, fileLimit + 10))).toEqual([["success"], ["failure", expect.stringContaining("обрывается")]]);
    expect(await send(archive)).toEqual([["success"], ["success"], oldDone]);
  });
});

describe("our orders", () => {
  it("are given out in containers, and are 1C's only after its success", async () => {
    const box = start();
    await box.ask("init", { version: "2.08" });
    expect(await box.ask("success")).toEqual(["success"]);
    const { contentType, body } = await box.raw("query");
    expect(contentType).toBe("text/xml; charset=utf-8");
    expect(readExchange(body)).toMatchObject({ schema: "2.08", documents: [{ id: "deal-7", kind: "order" }] });
    expect(box.done).toEqual([]);
    await box.ask("success");
    await box.ask("success");
    expect(box.done).toEqual(["taken m1"]);
  });

  it("are windows-1251 in the old style, or what the settings say", async () => {
    const box = start();
    await box.ask("init");
    expect((await box.raw("query")).contentType).toBe("text/xml; charset=windows-1251");
    const other = start({ encoding: "utf-8" });
    await other.ask("init");
    expect((await other.raw("query")).contentType).toBe("text/xml; charset=utf-8");
    expect((await other.ask("info")).join("")).toContain("<Ид>142</Ид>");
  });

  it("that cannot be had now are a failure, and nothing is offered", async () => {
    const box = start({}, { orders: async () => Promise.reject(new Error("База данных не отвечает")) });
    await box.ask("init", { version: "2.08" });
    expect(await box.ask("query")).toEqual(["failure", "База данных не отвечает"]);
    expect(box.session).not.toHaveProperty("offered");
  });
});

it("a catalogue is taken politely and not kept", async () => {
  const { ask, store } = start();
  expect(await ask("init", { type: "catalog", version: "2.08" })).toContain("zip=yes");
  expect(await ask("file", { type: "catalog", filename: "import.xml", body: encode("<x>", "utf-8") })).toEqual(["success"]);
  expect(await ask("import", { type: "catalog", filename: "import.xml" })).toEqual(["success", "Каталог товаров не хранится"]);
  expect(await store.list()).toEqual([]);
});

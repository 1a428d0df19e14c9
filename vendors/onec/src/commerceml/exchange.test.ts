import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { encode } from "./encoding.ts";
import { checkAuthReply, refusal, wrongLogin } from "./exchange.ts";
import { type ExchangeWork, exchangeSettings, openSession } from "./session.ts";
import { fixture, start } from "./testkit/one-exchange.ts";

const guid = "5f1c7a52-0b8e-4d0e-9a36-2f6d1c0e7b11";
const contragents = fixture(`contragents___${guid}.xml`);
const documents = fixture(`documents___${guid}.xml`);

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

it("a catalogue is taken politely and not kept", async () => {
  const { ask, store } = start();
  expect(await ask("init", { type: "catalog", version: "2.08" })).toContain("zip=yes");
  expect(await ask("file", { type: "catalog", filename: "import.xml", body: encode("<x>", "utf-8") })).toEqual(["success"]);
  expect(await ask("import", { type: "catalog", filename: "import.xml" })).toEqual(["success", "Каталог товаров не хранится"]);
  expect(await store.list()).toEqual([]);
});

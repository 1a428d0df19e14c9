import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { readExchange } from "./read-exchange.ts";
import { fixture, start } from "./testkit/one-exchange.ts";

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

import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { join } from "./encoding.ts";
import { unzip, type ZipLimits, zipLimits } from "./zip.ts";

const chunks = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));

async function unpack(archive: Uint8Array, size = archive.length, limits: ZipLimits = zipLimits): Promise<Record<string, string>> {
  const found: Record<string, Uint8Array[]> = {};
  for await (const { name, bytes } of unzip(chunks(archive, size), undefined, limits)) found[name] = [...(found[name] ?? []), bytes];
  return Object.fromEntries(Object.entries(found).map(([name, parts]) => [name, new TextDecoder().decode(join(parts))]));
}

describe("an archive", () => {
  const text = Array.from({ length: 5000 }, (_, at) => `Строка ${at * 7919}`).join("\n");
  const archive = zipSync({ "a.xml": strToU8(text), "папка/b.xml": [strToU8("второй"), { level: 0 }], "c.xml": new Uint8Array() });

  it("is unpacked the same wherever it is cut, packed and stored entries alike", async () => {
    for (const size of [archive.length, 1000, 37, 1])
      expect(await unpack(archive, size)).toEqual({ "a.xml": text, "папка/b.xml": "второй", "c.xml": "" });
  });

  it("gives only what is wanted", async () => {
    const names: string[] = [];
    for await (const { name } of unzip([archive], (each) => each === "c.xml")) names.push(name);
    expect(names).toEqual(["c.xml"]);
  });

  it("that is cut off, broken or no archive is refused in words", async () => {
    await expect(unpack(archive.subarray(0, 2000))).rejects.toThrow("архив обрывается");
    await expect(unpack(archive.subarray(0, 20))).rejects.toThrow("обрывается");
    await expect(unpack(strToU8("<?xml version='1.0'?>"))).rejects.toThrow("это не архив zip");
    const broken = archive.slice();
    broken.fill(0xff, 100, 400);
    await expect(unpack(broken)).rejects.toThrow("архив повреждён");
  });
});

describe("a bomb", () => {
  it("of a thousand to one is refused long before it is unpacked", async () => {
    const bomb = zipSync({ "a.xml": new Uint8Array(64 * 1024 * 1024) });
    expect(bomb.length * 900).toBeLessThan(64 * 1024 * 1024);
    let made = 0;
    const run = async (): Promise<void> => {
      for await (const { bytes } of unzip([bomb])) made += bytes.length;
    };
    await expect(run()).rejects.toThrow("бомбу");
    expect(made).toBeLessThan(16 * 1024 * 1024);
  });

  it("that is merely big, or has too many files, is refused too", async () => {
    const noise = Uint8Array.from({ length: 300_000 }, (_, at) => (at * at * 31) & 0xff);
    const limits: ZipLimits = { bytes: 500_000, ratio: 10_000, entries: 3 };
    await expect(unpack(zipSync({ a: noise, b: noise }), 1000, limits)).rejects.toThrow("в архиве больше");
    await expect(unpack(zipSync({ a: noise }), 1000, limits)).resolves.toHaveProperty("a");
    const many = zipSync({ a: strToU8("1"), b: strToU8("1"), c: strToU8("1"), d: strToU8("1") });
    await expect(unpack(many, 1000, limits)).rejects.toThrow("больше 3 файлов");
  });
});

import { describe, expect, it } from "vitest";
import { decode } from "./decode.ts";

const raw = (body: string | Buffer, type?: string, query = "") => ({
  method: "POST",
  path: "/x",
  query,
  headers: type === undefined ? {} : { "content-type": type },
  body: Buffer.isBuffer(body) ? body : Buffer.from(body),
  ip: "127.0.0.1",
});
const form = async (...args: Parameters<typeof raw>) => ({ ...(await decode(raw(...args))).form });

describe("a form", () => {
  it("is read with plus signs, escapes and Cyrillic", async () => {
    expect(await form("name=%D0%98%D0%B2%D0%B0%D0%BD+%D0%9F.&phone=8%20910", "application/x-www-form-urlencoded")).toEqual({
      name: "Иван П.",
      phone: "8 910",
    });
  });

  it("in windows-1251 is read by its charset, by _charset_, and by its bytes", async () => {
    const bytes = "name=%C8%E2%E0%ED";
    expect(await form(bytes, "application/x-www-form-urlencoded; charset=windows-1251")).toEqual({ name: "Иван" });
    expect(await form(`${bytes}&_charset_=windows-1251`, "application/x-www-form-urlencoded")).toMatchObject({ name: "Иван" });
    expect(await form(bytes, "application/x-www-form-urlencoded")).toEqual({ name: "Иван" });
    expect(await form(Buffer.from([0x6e, 0x3d, 0xc8, 0xe2]), "application/x-www-form-urlencoded")).toEqual({ n: "Ив" });
  });

  it("keeps the last of a repeated name, and names that mean something to JavaScript", async () => {
    expect(await form("a=1&a=2&constructor=x", "application/x-www-form-urlencoded")).toEqual({ a: "2", constructor: "x" });
    expect(Object.entries((await decode(raw("__proto__=x", "application/x-www-form-urlencoded"))).form)).toEqual([["__proto__", "x"]]);
  });

  it("is found in a body whose type says nothing", async () => {
    expect(await form("a=1&b=2", "text/plain;charset=UTF-8")).toEqual({ a: "1", b: "2" });
    expect(await form("a=1")).toEqual({ a: "1" });
  });

  it("survives stray per cent signs", async () => {
    expect(await form("a=100%&b=%zz", "application/x-www-form-urlencoded")).toEqual({ a: "100%", b: "%zz" });
  });
});

describe("JSON", () => {
  it("of a list of 300,000 is flattened to its first thousand, and no longer looked at than that", async () => {
    const started = performance.now();
    const fields = await form(JSON.stringify({ name: "Анна", list: Array.from({ length: 300_000 }, () => 1) }), "application/json");
    expect([Object.keys(fields).length, fields["name"], fields["list[998]"]]).toEqual([1_000, "Анна", "1"]);
    // To count anew what there is, for each of them, took 26 s.
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it("is read as such also when sent as text/plain or as curl's default type, and flattened as a form would write it", async () => {
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded", undefined]) {
      expect(await form('{"a":1,"b":{"c":["x","y"]},"n":null}', type)).toEqual({ a: "1", "b[c][0]": "x", "b[c][1]": "y", n: "" });
    }
  });

  it("that is broken or too deep is said to be, not thrown", async () => {
    expect(await decode(raw("{", "application/json"))).toMatchObject({ form: {}, unreadable: "The body is not valid JSON" });
    expect(await decode(raw("[".repeat(5000) + "]".repeat(5000), "application/json"))).toMatchObject({
      form: {},
      unreadable: expect.stringMatching(/nested/),
    });
  });
});

describe("a multipart form", () => {
  const part = (name: string, value: string, extra = "") =>
    `--B\r\nContent-Disposition: form-data; name="${name}"${extra}\r\n\r\n${value}\r\n`;
  it("gives its fields, in UTF-8 or windows-1251, and the names and sizes of its files", async () => {
    const body = Buffer.concat([
      Buffer.from(part("имя", "Иван")),
      Buffer.from(part("f", "12345", '; filename="a.txt"')),
      Buffer.from(part("w", "\xc8\xe2"), "latin1"),
      Buffer.from("--B--\r\n"),
    ]);
    const read = await decode(raw(body, "multipart/form-data; boundary=B"));
    expect({ ...read.form }).toEqual({ имя: "Иван", w: "Ив" });
    expect(read.files).toEqual([{ field: "f", name: "a.txt", bytes: 5 }]);
  });

  it("without a boundary, or cut short, is said to be broken", async () => {
    expect((await decode(raw("x", "multipart/form-data"))).unreadable).toBeDefined();
    expect((await decode(raw(part("a", "b"), "multipart/form-data; boundary=B"))).form["a"] ?? "cut").toBeDefined();
  });
});

it("merges nothing by itself: query and body stay apart", async () => {
  const read = await decode(raw("a=1", "application/x-www-form-urlencoded", "a=2&b=%D0%AF"));
  expect({ ...read.query }).toEqual({ a: "2", b: "Я" });
  expect({ ...read.form }).toEqual({ a: "1" });
});

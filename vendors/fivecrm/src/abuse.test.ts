import { type InboundRequest, Intruder, Malformed } from "@svyazka/core";
import { describe, expect, it } from "vitest";
import { get, now, post, postJson, receive, siteWith } from "../testkit/site.ts";
import { fivecrm } from "./adapter.ts";
import { door, endpointAt } from "./door.ts";
import { endpoints } from "./protocol.ts";

const to = siteWith({ settings: { rate_per_ip: 1, rate_per_phone: 1, origins: [] } });
const deep = (levels: number): unknown => (levels === 0 ? "x" : { a: [deep(levels - 1)] });

const values: readonly string[] = [
  "",
  " ",
  "0",
  "-1",
  "1e309",
  "999999999999999999999",
  "1.5",
  "true",
  "null",
  "undefined",
  "NaN",
  "[object Object]",
  "Иван Ильич",
  "😀👩‍👩‍👧",
  "\0",
  "a\0b",
  "\ud800",
  "\udfff\ud800",
  "a".repeat(300),
  "я".repeat(70_000),
  "😀".repeat(600),
  "'; drop table leads; --",
  "<script>alert(1)</script>",
  "../../etc/passwd",
  "%00%zz",
  "+7".repeat(2000),
  "@".repeat(3000),
  "http://".repeat(500),
  "1".repeat(5000),
  "{{7*7}}",
  "\u2028\u2029",
  "\r\nSet-Cookie: a=b",
  "constructor",
  "__proto__",
  "8 (910) 123-45-67 доб. 1 и 8 (910) 123-45-68, +7",
];
const strangeNames = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "",
  "\0",
  "fields[",
  "a[b][c][d][e][f][g][h][i][j]",
  "[]",
  "]]",
  "f_51",
  "f_-1",
  "x".repeat(10_000),
  "имя[]",
  "callback[]",
];
const bodies: readonly unknown[] = [
  null,
  1,
  "x",
  true,
  [],
  {},
  [[]],
  [null],
  [{}],
  deep(9),
  deep(400),
  { name: deep(50) },
  { name: [] },
  { answers: 5 },
  { object: [] },
  { type: "lead_forms_new", object: { answers: "x", lead_id: {} } },
  { type: "lead_forms_new", object: { answers: [null, 5, { key: 1 }, { answer: null }, { key: "phone_number", answer: deep(5) }] } },
  { user_column_data: [null, 1, {}, { column_id: 5, string_value: {} }, { column_id: "__proto__", string_value: "x" }] },
  { user_column_data: "x", google_key: {} },
  JSON.parse('{"__proto__":{"name":"x"},"constructor":{"prototype":1}}'),
  { fields: { name: null, phone: { value: null } } },
];

/** Nothing but the two errors of the door may come out, and every answer must be one. */
function survive(request: InboundRequest): void {
  door.before?.(request);
  door.token(request);
  fivecrm.limits?.(request, to);
  try {
    const received = receive(request, to, now);
    const reply = "page" in received ? received.page : "answer" in received ? received.otherwise : received.reply;
    expect(Number.isInteger(reply.status)).toBe(true);
    for (const value of Object.values(reply.headers)) expect(value).not.toMatch(/[\r\n]/);
    if ("facts" in received) {
      expect(received.facts.length).toBeGreaterThan(0);
      for (const fact of received.facts) {
        expect(fact.key).toMatch(/./);
        expect(fact.key).not.toMatch(/undefined$/);
        expect(fact.key.length).toBeLessThan(600);
        const stored = JSON.stringify(fact);
        expect(stored).not.toContain("\\u0000");
        expect(stored).not.toMatch(/\\ud[89a-f]/);
        expect(fact.subject).not.toBe("");
      }
    }
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof Intruder)) throw error;
    const problem =
      error instanceof Malformed
        ? { kind: "malformed" as const, message: error.message, fields: error.fields }
        : { kind: "wrong_token" as const };
    expect(door.refuse(problem, request).status).toBeLessThan(500);
  }
}

/** One address of each kind, and one of its older ones: the rest are the same code. */
const paths = door.routes
  .map(({ path }) => path)
  .filter((path) => !path.endsWith("/") || path === "/" || path === "/ctm/form/send/")
  .filter((path) => !path.startsWith("/crm/") || path.endsWith("deal/add"));

describe("nothing a sender writes breaks the door", () => {
  it.each(paths)("%s with every field missing, long, of a wrong type and in every script", (path) => {
    const endpoint = endpointAt.get(path);
    const names = endpoint ? [...endpoints[endpoint].rules.keys()] : ["Name", "Phone", "Email", "tranid", "test", "lead_id"];
    const full = Object.fromEntries(names.map((name) => [name, "1"]));
    for (const name of [
      ...names.filter((each) => !/^f_[2-9]|^f_[1-4]\d/.test(each)),
      "public_token",
      "callback",
      "_t",
      "_request_id",
      "_snippet",
      "_ga",
      "consent",
      "secret_token",
    ]) {
      const { [name]: _, ...without } = full;
      survive(post(path, without));
      for (const value of values) survive(post(path, { ...full, [name]: value }));
    }
  });

  it.each(paths)("%s with strange names, in body, query and headers", (path) => {
    for (const name of strangeNames) {
      const form = Object.fromEntries([
        [name, "x"],
        ["name", "Иван"],
      ]);
      survive(post(path, form));
      survive(get(path, form));
      survive(post(path, Object.assign(Object.create(null) as Record<string, string>, form), { query: form }));
    }
    for (const value of values) {
      const header = value.replace(/[\r\n]/g, " ");
      survive(
        post(
          path,
          { name: "Иван" },
          {
            headers: {
              origin: header,
              referer: header,
              cookie: header,
              "user-agent": header,
              "idempotency-key": header,
              "x-secret-token": header,
              purpose: header,
            },
          },
        ),
      );
    }
  });

  it.each(paths)("%s with every JSON there is", (path) => {
    for (const body of bodies) survive(postJson(path, body));
    survive(post(path, {}, { unreadable: "broken" }));
    survive(
      post(
        path,
        {},
        {
          files: [
            { field: "", name: "\0", bytes: 0 },
            { field: "__proto__", name: "x", bytes: 1 },
          ],
        },
      ),
    );
  });

  it("a mapping with strange names and targets breaks nothing either", () => {
    const mapped = siteWith({ mapping: { name: "", phone: "constructor", toString: "-", email: "__proto__", f_1: "f_1" } });
    for (const path of paths) {
      for (const form of [{ name: "Иван", phone: "89101234567", email: "a@b.ru", f_1: "x" }]) {
        try {
          receive(post(path, form), mapped, now);
        } catch (error) {
          if (!(error instanceof Malformed || error instanceof Intruder)) throw error;
        }
      }
    }
  });

  it("a thousand fields, and text made to slow patterns down, take time in proportion to their length", () => {
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`field ${index}`, "x".repeat(200)]));
    const evils = ["a.", " ", "1 ", "@a.", "доб", "http:/", "[url", "1", "1.", "a=b;", "1;", "а", "/?utm_"].map(
      (part) => `a${part.repeat(100_000 / part.length)}!`,
    );
    for (const path of ["/ctm/form/send", "/generic", "/tilda", "/public/deal/add", "/public/contact/add", "/public/task/add"]) {
      survive(post(path, { ...many, name: "И" }));
      for (const evil of [...evils, "1".repeat(200_000)]) {
        for (const name of [
          "name",
          "phone",
          "email",
          "description",
          "url",
          "sum",
          "_ga",
          "COOKIES",
          "_t",
          "_request_id",
          "date_expired",
          "consent",
          "x",
          evil,
        ]) {
          const started = performance.now();
          survive(post(path, { name: "И", [name]: evil }));
          // Well over what a busy machine needs for the longest; a pattern that backtracks takes a minute.
          expect(performance.now() - started, `${path} ${name.slice(0, 20)} ${evil.slice(0, 20)}`).toBeLessThan(5000);
        }
      }
    }
  }, 120_000);
});

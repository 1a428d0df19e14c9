import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addSite, api, type HubProcess, removeDataDir, type Site, startHubProcess, until } from "../testkit/hub.ts";

/** Whatever anyone may write into a field of https://help.5crm.ru/api-dlya-integratorov/, or send in place of a request. */

interface Rule {
  readonly max?: number;
  readonly integer?: true;
}
const text: Rule = { max: 255 };
const long: Rule = {};
const integer: Rule = { integer: true };
const rules = (rule: Rule, names: string): Readonly<Record<string, Rule>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, rule]));

const utm = rules(text, "utm_source utm_campaign utm_medium utm_term utm_content");
/** As on the page. The first one takes whatever comes; the others are for programs, and strict. */
const posts: Readonly<Record<string, Readonly<Record<string, Rule>>>> = {
  "ctm/form/send": {
    ...rules(long, "url"),
    ...rules(text, "email phone name guid gaid f_1 f_50"),
    ...utm,
    sum: integer,
    description: { max: 500 },
  },
  "public/deal/add": {
    ...rules(integer, "stage_id funnel_id author_id manager_id status_id type_id source_id sum sum_original"),
    ...rules(text, "name website comment gaid email phone client_name f_1 f_50"),
    ...utm,
    description: { max: 500 },
  },
  "public/contact/add": {
    ...rules(text, "name surname middlename phone phone_second email email_second position website"),
    ...rules(integer, "company_id manager_id author_id"),
    ...utm,
    ...rules(text, "gaid guid fax skype icq age vk fb linkedin map_position country city address metro"),
  },
  "public/task/add": {
    ...rules(integer, "manager_id author_id type_id status_id priority_id estimate_hour estimate_minute estimate_day"),
    ...rules(text, "name"),
    description: { max: 1000 },
    date_expired: long,
  },
  "public/company/add": { ...rules(text, "name phone email city website"), ...rules(integer, "manager_id author_id") },
};
const gets = ["public/deal/get-custom-fields", "public/funnels/get", "public/managers/get"];

let hub: HubProcess;
let site: Site;
let crm: ReturnType<typeof api>;
let cases = 0;
const answered = new Map<number, number>();

beforeAll(async () => {
  hub = await startHubProcess();
  site = await addSite(hub, "target", "repeat=new");
  crm = api(hub, site.workspace.api_token);
});
afterAll(async () => {
  await hub.stop();
  removeDataDir(hub.dataDir);
});

interface Case {
  /** What is wrong with it, for whoever reads a failure. */
  readonly what: string;
  readonly path: string;
  readonly method?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The status, or those it may be. Any below 500 unless stated. */
  readonly expected?: number | readonly number[];
  /** The field that must be named among the errors of a 422. */
  readonly names?: string;
}

/** Sends it, and says what is not as documented. */
async function complaintAbout(one: Case): Promise<string | undefined> {
  cases++;
  const { method = "POST", query = `public_token=${site.publicToken}` } = one;
  const answer = await fetch(`${hub.url}/${one.path}?${query}`, {
    method,
    ...(one.headers && { headers: one.headers }),
    ...(one.body !== undefined && { body: one.body }),
  });
  answered.set(answer.status, (answered.get(answer.status) ?? 0) + 1);
  const words = await answer.text();
  const problem = problemWith(answer.status, words, one);
  return problem && `${method} ${one.path}, ${one.what}: ${problem}; answered ${answer.status} ${words.slice(0, 300)}`;
}

function problemWith(status: number, words: string, { expected, names, method }: Case): string | undefined {
  if (status >= 500) return "a server error";
  if (expected !== undefined && ![expected].flat().includes(status)) return `expected ${String(expected)}`;
  if (method === "HEAD") return words === "" ? undefined : "an answer to HEAD has no body";
  let body: Readonly<Record<string, unknown>>;
  try {
    body = JSON.parse(words) as typeof body;
  } catch {
    return "no JSON";
  }
  if (status === 200) return body["ans"] === "true" && !("error" in body) ? undefined : 'ans is not "true"';
  if (body["ans"] !== "false") return 'ans is not "false"';
  if (typeof body["error"] !== "string" || !/^[a-z_]+$/.test(body["error"])) return "no error code";
  if (typeof body["message"] !== "string" || body["message"] === "") return "no message";
  const errors = body["errors"] as Readonly<Record<string, unknown>> | undefined;
  if (status === 422 && (errors === undefined || Object.keys(errors).length === 0)) return "no errors by field";
  for (const list of Object.values(errors ?? {}))
    if (!Array.isArray(list) || list.length === 0 || !list.every((entry) => typeof entry === "string"))
      return "errors are not lists of texts";
  return names === undefined || status !== 422 || (errors && names in errors) ? undefined : `the errors do not name ${names}`;
}

/** A few at a time, as a site with some visitors would. */
async function sendAll(list: readonly Case[]): Promise<string[]> {
  const complaints: string[] = [];
  const queue = list.values();
  const sender = async () => {
    for (const one of queue) {
      const complaint = await complaintAbout(one);
      if (complaint !== undefined) complaints.push(complaint);
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  return complaints;
}

// ── What is put into a field ────────────────────────────────────────────────────────────────────────────────────────

const urlencoded = { "content-type": "application/x-www-form-urlencoded" };
const json = { "content-type": "application/json" };
const multipart = { "content-type": "multipart/form-data; boundary=cut" };
const percent = encodeURIComponent;

let person = 0;
/** Something of its own in every request, so that none is taken for a repeat of another. */
function baseOf(path: string, field: string): Record<string, string> {
  const number = String(++person).padStart(7, "0");
  const base: Record<string, string> =
    path === "public/task/add" ? { name: `Задача ${number}` } : { name: `Имя ${number}`, phone: `+7920${number}` };
  // The number must stay when it is the name that is tried.
  base[path === "public/task/add" ? "description" : "email"] = `case${number}@example.ru`;
  delete base[field];
  return base;
}

/** `outcome` for a strict endpoint; `ctm/form/send` loses no lead. */
type Outcome = "taken" | "refused" | "either";

function casesOf(path: string, field: string, rule: Rule): Case[] {
  const isLenient = path === "ctm/form/send";
  const statusOf = (outcome: Outcome) =>
    outcome === "taken" || (isLenient && outcome !== "either") ? 200 : outcome === "refused" ? 422 : [200, 422];
  const found: Case[] = [];
  const add = (what: string, outcome: Outcome, headers: Readonly<Record<string, string>>, body: string | Uint8Array) =>
    found.push({ what: `${field} ${what}`, path, headers, body, expected: statusOf(outcome), names: field });
  const form = (what: string, outcome: Outcome, escaped: string) => {
    const others = new URLSearchParams(baseOf(path, field)).toString();
    add(what, outcome, urlencoded, `${others}&${field}=${escaped}`);
  };
  const asJson = (what: string, outcome: Outcome, literal: string) => {
    const others = JSON.stringify(baseOf(path, field)).slice(1, -1);
    add(what, outcome, json, `{${others},"${field}":${literal}}`);
  };
  const parts = (what: string, outcome: Outcome, ...values: (string | Uint8Array)[]) => {
    const all = [...Object.entries(baseOf(path, field)), ...values.map((value) => [field, value] as const)];
    const chunks = all.flatMap(([name, value]) => [
      Buffer.from(`--cut\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n`),
      Buffer.from(value as string),
      Buffer.from("\r\n"),
    ]);
    add(what, outcome, multipart, Buffer.concat([...chunks, Buffer.from("--cut--\r\n")]));
  };

  const { max } = rule;
  const isDate = field === "date_expired";
  /** Words in this field. */
  const words: Outcome = rule.integer || isDate ? "refused" : "taken";
  const ofLength = (length: number): Outcome => (max !== undefined && length > max ? "refused" : words);
  add("missing", "taken", urlencoded, new URLSearchParams(baseOf(path, field)).toString());
  form("empty", "taken", "");
  form("blank", "taken", "+%09");
  for (const length of [255, 256, 500, 501, 1000, 1001]) form(`of ${length} characters`, ofLength(length), percent("я".repeat(length)));
  form("of 255 emoji", ofLength(255), percent("😀".repeat(255)));
  form("of 256 emoji", ofLength(256), percent("😀".repeat(256)));
  form("of 100 KB", ofLength(100_000), "x".repeat(100_000));
  found.push({ what: `${field} of 1 MB`, path, headers: urlencoded, body: `${field}=${"x".repeat(1_000_000)}`, expected: 413 });
  form("a word", words, percent("десять"));
  for (const number of ["1.5", "1e3", "0x10", "NaN", "9".repeat(20), "1 2"])
    form(`"${number}"`, rule.integer || isDate ? "refused" : "taken", percent(number));
  for (const number of ["-1", "+7", "007", "999999999999999"])
    form(`"${number}"`, isDate ? "refused" : rule.integer ? "either" : "taken", percent(number));
  asJson("a list", "refused", '["a","b"]');
  asJson("an empty list", "refused", "[]");
  asJson("an object", "refused", '{"a":{"b":1}}');
  asJson("null", "taken", "null");
  asJson("true", rule.integer || isDate ? "refused" : "taken", "true");
  asJson("1.5 without quotes", rule.integer || isDate ? "refused" : "taken", "1.5");
  asJson("1e400", rule.integer || isDate ? "refused" : "taken", "1e400");
  asJson("\\u0000 inside", rule.integer || isDate ? "refused" : "taken", '"а\\u0000б"');
  asJson("half a character", rule.integer || isDate ? "refused" : "taken", '"а\\ud800б"');
  asJson("two halves in the wrong order", rule.integer || isDate ? "refused" : "taken", '"\\udc00\\ud83d"');
  asJson("twice", words, `"раз","${field}":"два"`);
  form("a list of a form", "either", `a&${field}[]=b&${field}[]=c`);
  form("windows-1251", words, "%CF%F0%E8%E2%E5%F2");
  form("%00", "taken", "%00");
  form("%00 inside", words, "%D0%B0%00%D0%B1");
  form("a surrogate in three bytes", words, "%ED%A0%80");
  form("a broken escape", words, "100%zz%");
  form("emoji", words, percent("😀👩‍👩‍👧 ✨"));
  form("marks of direction and no width", words, percent("\u202eтекст\u200b\ufeff"));
  form("new lines", words, "a%0d%0aSet-Cookie:%20a=b");
  form("SQL", words, percent("'; drop table crm.deal; --"));
  form("HTML", words, percent("<script>alert(1)</script>"));
  form("__proto__", words, "__proto__");
  form("twice", words, `раз&${field}=${percent("два")}`);
  parts("twice in multipart", words, "раз", "два");
  parts("bytes that are no text", words, Uint8Array.from([0xff, 0xfe, 0x41, 0x80]));
  return found;
}

describe("every documented field", () => {
  it.each(Object.entries(posts))(
    "of %s, filled with anything: taken or refused as documented",
    { timeout: 120_000 },
    async (path, fields) => {
      const list = Object.entries(fields).flatMap(([field, rule]) => casesOf(path, field, rule));
      expect(await sendAll(list)).toEqual([]);
      expect(list.length).toBeGreaterThan(45 * Object.keys(fields).length);
    },
  );

  it("f_2 to f_49 have the limit of their neighbours", async () => {
    const names = Array.from({ length: 48 }, (_, index) => `f_${index + 2}`);
    const list = names.flatMap((field) => [
      {
        what: `${field} too long`,
        path: "public/deal/add",
        body: `${field}=${"x".repeat(256)}`,
        headers: urlencoded,
        expected: 422,
        names: field,
      },
      { what: `${field} a list`, path: "public/deal/add", body: `{"${field}":[1]}`, headers: json, expected: 422, names: field },
      {
        what: `${field} too long`,
        path: "ctm/form/send",
        body: `name=${field}&${field}=${"x".repeat(256)}`,
        headers: urlencoded,
        expected: 200,
      },
    ]);
    expect(await sendAll(list)).toEqual([]);
  });

  it("public_token, everywhere: only the right one opens", async () => {
    const wrong = [
      "",
      "+",
      "x",
      "%00",
      "%F0%9F%98%80",
      "%CF%F0",
      percent("токен"),
      "null",
      "undefined",
      "' or 1=1 --",
      "a".repeat(4000),
      "__proto__",
      "constructor",
    ];
    const everywhere = [...Object.keys(posts).map((path) => ["POST", path] as const), ...gets.map((path) => ["GET", path] as const)];
    const list = everywhere.flatMap(([method, path]): Case[] => [
      { what: "no token", path, method, query: "", expected: 401 },
      ...wrong.map((token) => ({ what: `token ${token.slice(0, 20)}`, path, method, query: `public_token=${token}`, expected: 401 })),
      ...(method === "POST"
        ? [
            { what: "token of 100 KB", path, query: "", body: `public_token=${"x".repeat(100_000)}`, headers: urlencoded, expected: 401 },
            ...["null", "[]", "{}", "5", "true", '["x"]', '"\\u0000"', '"\\ud800"'].map((literal) => ({
              what: `token ${literal} in JSON`,
              path,
              query: "",
              body: `{"public_token":${literal}}`,
              headers: json,
              expected: 401,
            })),
          ]
        : []),
    ]);
    expect(await sendAll(list)).toEqual([]);
  });

  it("secret_token: only the right one opens the list of users", async () => {
    const wrong = [
      "",
      "x",
      "%00",
      "null",
      site.publicToken,
      percent("токен"),
      "a".repeat(4000),
      site.secretToken.slice(0, -1),
      `${site.secretToken}x`,
    ];
    const list = wrong.flatMap((secret): Case[] =>
      ["secret_token", "private_token"].map((name) => ({
        what: `${name} ${secret.slice(0, 20)}`,
        path: "public/managers/get",
        method: "GET",
        query: `public_token=${site.publicToken}&${name}=${secret}`,
        expected: 401,
      })),
    );
    expect(await sendAll(list)).toEqual([]);
  });

  it("callback: a function's name, or an error that runs nothing", async () => {
    const names = ["alert(1)", "a b", "1a", "a".repeat(65), "<script>", "имя", "a;b", "a[0]", "%00", "..", "a-b", "*/x"];
    const list = names.flatMap((name): Case[] =>
      ["ctm/form/send", "public/funnels/get", "public/deal/get-custom-fields"].map((path) => ({
        what: `callback ${name.slice(0, 20)}`,
        path,
        method: "GET",
        query: `public_token=${site.publicToken}&name=x${++person}&callback=${name === "%00" ? name : percent(name)}`,
        expected: name === ".." || name === "*/x" ? 422 : [422],
        names: "callback",
      })),
    );
    expect(await sendAll(list)).toEqual([]);
  });
});

// ── What is sent in place of a body ─────────────────────────────────────────────────────────────────────────────────

const nested = (levels: number): string => `${'{"a":['.repeat(levels)}1${"]}".repeat(levels)}`;
const bodies: readonly (readonly [
  what: string,
  type: string | undefined,
  body: string | Uint8Array,
  expected?: number | readonly number[],
])[] = [
  ["nothing", undefined, ""],
  ["JSON nested 10,000 deep", "application/json", nested(5000), 422],
  ["lists nested 10,000 deep", "application/json", "[".repeat(10_000) + "]".repeat(10_000), 422],
  ["JSON nested 100,000 deep and cut off", "application/json", "[".repeat(100_000), 422],
  ["deep JSON in one field", "application/json", `{"name":${nested(5000)}}`, 422],
  ["a name with 10,000 brackets", "application/x-www-form-urlencoded", `a${"[b]".repeat(10_000)}=1&name=x`],
  ["broken JSON", "application/json", '{"name":"x"', 422],
  ["JSON in single quotes", "application/json", "{'name':'x'}", 422],
  ["two JSON objects", "application/json", '{"name":"x"}{"name":"y"}', 422],
  ["JSON with a comma too many", "application/json", '{"name":"x",}', 422],
  ["JSON with a byte order mark", "application/json", '\ufeff{"name":"метка"}'],
  ["a JSON list", "application/json", '[{"name":"x"}]'],
  ["a JSON number", "application/json", "5"],
  ["a JSON text", "application/json", '"name"'],
  ["JSON null", "application/json", "null"],
  ["JSON true", "application/json", "true"],
  ["JSON with __proto__", "application/json", '{"__proto__":{"name":"x"},"constructor":{"prototype":{"name":"y"}},"name":"z"}'],
  [
    "10,000 JSON keys",
    "application/json",
    JSON.stringify({ name: "many", ...Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i])) }),
  ],
  ["10,000 form fields", "application/x-www-form-urlencoded", `name=many&${Array.from({ length: 10_000 }, (_, i) => `k${i}=1`).join("&")}`],
  ["a field without a name", "application/x-www-form-urlencoded", "=1&&&=&name=nameless"],
  ["a name of 50 KB", "application/x-www-form-urlencoded", `${"n".repeat(50_000)}=1&name=long`],
  ["a name that is NUL", "application/x-www-form-urlencoded", "%00=1&name=nul"],
  ["JSON said to be a form", "application/x-www-form-urlencoded", '{"name":"curl"}'],
  ["a form said to be JSON", "application/json", "name=x", 422],
  ["a form said to be an image", "image/png", "name=picture&phone=1"],
  ["a form said to be text", "text/plain", "name=text&phone=1"],
  ["XML", "application/xml", '<?xml version="1.0"?><name>x</name>'],
  ["bytes", "application/octet-stream", Uint8Array.from({ length: 2000 }, (_, index) => index % 256)],
  ["a content type that is none", "such;;=", "name=none"],
  ["a charset nobody knows", "application/x-www-form-urlencoded; charset=klingon-8", "name=%CF"],
  ["a charset of two bytes", "application/x-www-form-urlencoded; charset=utf-16le", "name=x"],
  ["JSON in windows-1251", "application/json; charset=windows-1251", Buffer.from('{"name":"\xcf\xf0"}', "latin1")],
  ["JSON with bytes that are not UTF-8", "application/json", Buffer.from('{"name":"\xcf\xf0"}', "latin1")],
  ["multipart without a boundary", "multipart/form-data", "--x\r\n\r\n"],
  ["multipart with an empty boundary", "multipart/form-data; boundary=", "--\r\n\r\n"],
  [
    "multipart with another boundary",
    "multipart/form-data; boundary=a",
    '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b--\r\n',
  ],
  [
    "multipart that is cut off in a value",
    "multipart/form-data; boundary=b",
    '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx',
  ],
  ["multipart that is cut off in a header", "multipart/form-data; boundary=b", "--b\r\nContent-Dispos"],
  ["multipart without a name", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"],
  ["multipart without headers", "multipart/form-data; boundary=b", "--b\r\n\r\nx\r\n--b--\r\n"],
  [
    "multipart with an endless header",
    "multipart/form-data; boundary=b",
    `--b\r\nContent-Disposition: form-data; name="${"n".repeat(100_000)}"\r\n\r\nx\r\n--b--\r\n`,
  ],
  [
    "multipart with a file",
    "multipart/form-data; boundary=b",
    '--b\r\nContent-Disposition: form-data; name="cv"; filename="../../x.doc"\r\nContent-Type: x/y\r\n\r\nDOC\r\n--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nFile\r\n--b--\r\n',
  ],
  [
    "multipart of 2,000 parts",
    "multipart/form-data; boundary=b",
    `${Array.from({ length: 2000 }, (_, i) => `--b\r\nContent-Disposition: form-data; name="p${i}"\r\n\r\nx\r\n`).join("")}--b--\r\n`,
  ],
  [
    "multipart inside multipart",
    "multipart/form-data; boundary=b",
    "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n",
  ],
  ["a form said to be multipart", "multipart/form-data; boundary=b", "name=x&phone=1"],
  ["260 KB of spaces", "application/json", " ".repeat(260_000)],
  ["one byte more than is taken", "application/x-www-form-urlencoded", `name=${"x".repeat(256 * 1024 - 4)}`, 413],
  ["2 MB", "application/x-www-form-urlencoded", "x".repeat(2_000_000), 413],
];

describe("every endpoint", () => {
  it("survives every body, and answers in the documented shape", { timeout: 60_000 }, async () => {
    const list = Object.keys(posts).flatMap((path) =>
      bodies.map(([what, type, body, expected]): Case => {
        const one = { what, path, body, ...(type !== undefined && { headers: { "content-type": type } }) };
        return expected === undefined ? one : { ...one, expected };
      }),
    );
    expect(await sendAll(list)).toEqual([]);
  });

  it("answers every method in the documented shape", async () => {
    const paths = [...Object.keys(posts), ...gets];
    const list = paths.flatMap((path): Case[] => {
      const taken = gets.includes(path) ? ["GET"] : path === "ctm/form/send" ? ["GET", "POST"] : ["POST"];
      const refused = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"].filter((method) => !taken.includes(method));
      return refused.map((method) => ({ what: "a method it has not", path, method, expected: 405 }));
    });
    expect(await sendAll(list)).toEqual([]);
  });

  it("answers methods that nobody uses in the documented shape, too", async () => {
    const list = [...Object.keys(posts), ...gets].flatMap((path): Case[] =>
      ["PURGE", "PROPFIND", "SEARCH", "LINK"].map((method) => ({ what: "a method that nobody uses", path, method, expected: 405 })),
    );
    expect(await sendAll(list)).toEqual([]);
  });

  it("asks strangers for nothing: paths that are none, below and beside the documented ones", async () => {
    const below = [
      "ctm/form/sent",
      "public/deal",
      "public/deal/add/more",
      "..%2f..%2fetc%2fpasswd",
      "%00",
      "public//deal/add",
      "a".repeat(2000),
    ];
    const list = [`in/${site.publicToken}`, `in/${site.connection}`].flatMap((prefix) =>
      below.map(
        (path): Case => ({
          what: "a path that is none",
          path: `${prefix}/${path}`,
          body: "name=x",
          headers: urlencoded,
          expected: [400, 401, 404],
        }),
      ),
    );
    expect(await sendAll(list)).toEqual([]);
    for (const prefix of ["in/0", `in/${"9".repeat(15)}`, "in/x"]) {
      for (const path of below) {
        const answer = await fetch(`${hub.url}/${prefix}/${path}`, { method: "POST", headers: urlencoded, body: "name=x" });
        expect([prefix, path, answer.status, await answer.text()]).toEqual([prefix, path, 404, "404\n"]);
      }
    }
  });
});

// ── What is no proper request at all ────────────────────────────────────────────────────────────────────────────────

/** Writes bytes, and reads until the other side has answered or hung up. */
function exchange(bytes: string | Uint8Array, isCutOff = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(hub.url);
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" || error.code === "EPIPE" ? resolve(answer) : reject(error),
    );
    socket.on("close", () => resolve(answer));
    socket.write(bytes);
    if (isCutOff) socket.end();
  });
}

describe("bytes on the wire", () => {
  const head = (path: string, ...headers: string[]) =>
    [`POST /${path} HTTP/1.1`, "Host: hub.example", "Connection: close", ...headers, "", ""].join("\r\n");
  const target = () => `ctm/form/send?public_token=${site.publicToken}`;
  const form = "Content-Type: application/x-www-form-urlencoded";
  const statusOf = (answer: string) => Number(/^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1] ?? 0);
  const send = async (bytes: string | Uint8Array, isCutOff = false): Promise<string> => {
    cases++;
    const answer = await exchange(bytes, isCutOff);
    answered.set(statusOf(answer), (answered.get(statusOf(answer)) ?? 0) + 1);
    return answer;
  };

  it("a chunked body without a length is taken", async () => {
    const body = "name=%D0%9A%D1%83%D1%81%D0%BA%D0%B8&phone=%2B79300000001";
    const chunks = `${body
      .match(/.{1,7}/g)
      ?.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`)
      .join("")}0\r\n\r\n`;
    const answer = await send(head(target(), form, "Transfer-Encoding: chunked") + chunks);
    expect(answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*\r\n\r\n\{"ans":"true"\}$/);
    await until(async () => (await crm.all<{ name: string }>("/contacts?phone=%2B79300000001"))[0]?.name === "Куски");
  });

  it("a chunked body that grows beyond what is taken is refused in the documented shape", async () => {
    const chunk = `8000\r\n${"x".repeat(0x8000)}\r\n`;
    const answer = await send(`${head(target(), form, "Transfer-Encoding: chunked")}${chunk.repeat(12)}0\r\n\r\n`);
    expect(statusOf(answer)).toBe(413);
    expect(answer).toContain('{"ans":"false","error":"too_large"');
  });

  it.each<[what: string, bytes: () => string, isCutOff?: true]>([
    ["a broken chunk", () => `${head(target(), form, "Transfer-Encoding: chunked")}zz\r\nname=x\r\n0\r\n\r\n`],
    ["a chunk cut off", () => `${head(target(), form, "Transfer-Encoding: chunked")}ff\r\nname=x`, true],
    ["a body shorter than its length", () => `${head(target(), form, "Content-Length: 500")}name=x`, true],
    ["two lengths", () => `${head(target(), form, "Content-Length: 6", "Content-Length: 7")}name=x`],
    ["a length and chunks", () => `${head(target(), form, "Content-Length: 6", "Transfer-Encoding: chunked")}0\r\n\r\n`],
    ["a length that is no number", () => `${head(target(), form, "Content-Length: six")}name=x`],
    ["a negative length", () => `${head(target(), form, "Content-Length: -6")}name=x`],
    ["a method that is none", () => head(target()).replace("POST", "LEAD")],
    ["no HTTP at all", () => "name=x&phone=1\r\n\r\n", true],
    ["a TLS greeting", () => "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", true],
    ["a NUL in the address", () => head(`${target()}&name=\0`)],
    ["a NUL in a header", () => head(target(), "X-Name: a\0b")],
    ["headers of 100 KB", () => head(target(), `X-Name: ${"x".repeat(100_000)}`)],
    ["an address of 100 KB", () => head(`${target()}&name=${"x".repeat(100_000)}`)],
    ["3,000 headers", () => head(target(), ...Array.from({ length: 3000 }, (_, index) => `X-${index}: 1`))],
    ["a folded header", () => head(target(), "X-Name: a", " b")],
    ["HTTP/1.1 without a host", () => `POST /${target()} HTTP/1.1\r\nConnection: close\r\n\r\n`],
    ["HTTP/3.0", () => head(target()).replace("HTTP/1.1", "HTTP/3.0")],
  ])("%s: refused or hung up on, never a server error, and nothing is made of it", async (_, bytes, isCutOff) => {
    const before = await crm.get<{ items: { id: string }[] }>("/journal?limit=1");
    const status = statusOf(await send(bytes(), isCutOff));
    expect([0, 400, 404, 405, 408, 413, 414, 422, 431, 505]).toContain(status);
    // A request that was whole may stand in the journal as refused; none was taken.
    const lines = await crm.get<{ items: { id: string; outcome: string }[] }>("/journal?limit=1");
    expect(lines.items[0]?.id === before.items[0]?.id || lines.items[0]?.outcome === "malformed").toBe(true);
  });

  it.each<[string, () => string]>([
    ["HTTP/1.0", () => `GET /${target()}&name=Old HTTP/1.0\r\n\r\n`],
    ["the address with a host in it", () => head(`${target()}&name=Proxy`).replace("POST /", "POST http://hub.example/")],
    ["a broken escape in the query", () => head(`${target()}&name=50%`)],
  ])("%s is taken", async (_, bytes) => {
    expect(await send(bytes())).toMatch(/\{"ans":"true"\}$/);
  });
});

// ── Afterwards ──────────────────────────────────────────────────────────────────────────────────────────────────────

describe("after all of that", () => {
  it("everything that was answered 200 is done or held, no attempt failed, and no error was our own", { timeout: 150_000 }, async () => {
    const count = async (state: string) => (await crm.all<{ id: string }>(`/deliveries?state=${state}`)).length;
    await until(async () => (await crm.get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0, 120);
    const states = { done: await count("done"), held: await count("held"), failed: await count("failed"), parked: await count("parked") };
    const metrics = (await (await fetch(`${hub.url}/metrics`)).text()).split("\n");
    const attempts = metrics.filter((line) => line.startsWith("svyazka_attempts_total{"));
    console.log(
      `abuse: ${cases} cases; answered ${[...answered]
        .sort()
        .map(([status, times]) => `${status === 0 ? "hung up" : status}: ${times}`)
        .join(", ")}; deliveries ${JSON.stringify(states)}`,
    );
    const failed = await crm.all<{ id: string; flow: string; detail: string }>("/deliveries?state=failed");
    expect(failed.map(({ flow, detail }) => `${flow}: ${detail}`)).toEqual([]);
    expect(states).toEqual({ done: expect.any(Number), held: expect.any(Number), failed: 0, parked: 0 });
    const taken = (await crm.all<{ events: string[]; outcome: string; path: string }>("/journal")).filter(
      ({ outcome }) => outcome === "accepted",
    );
    expect(states.done + states.held).toBe(taken.flatMap(({ events }) => events).length);
    expect(states.done).toBeGreaterThan(1500);
    expect(metrics.filter((line) => /^svyazka_bugs_total.* [1-9]/.test(line))).toEqual([]);
    expect(attempts.filter((line) => /outcome="(failed|parked)"/.test(line))).toEqual([]);
    expect(cases).toBeGreaterThan(4000);
  });

  it("the hub is well, and takes the next lead", async () => {
    expect((await fetch(`${hub.url}/health/ready`)).status).toBe(200);
    const { findings } = await hub.command<{ findings: { ok: boolean }[] }>("doctor");
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    const body = new URLSearchParams({ public_token: site.publicToken, name: "Последний", phone: "+79390000009" });
    expect(await (await fetch(`${hub.url}/ctm/form/send`, { method: "POST", body })).text()).toBe('{"ans":"true"}');
    await until(async () => (await crm.all("/contacts?phone=%2B79390000009")).length === 1);
    expect(hub.output()).not.toMatch(/"level":(?:50|60)|unhandled/i);
  });
});

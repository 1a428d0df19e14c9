import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Accounts, addAccounts, type Reply, send } from "../testkit/onec.ts";

/** Whatever anybody may send in place of a call of the document: the answer is the envelope, soon, and never an error of the server. */

const dataDir = makeDataDir();
let hub: HubProcess;
let accounts: Accounts;
const ids = { contact: 0, company: 0, deal: 0 };
let calls: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  accounts = await addAccounts(hub, "target");
  const from = { key: accounts.key, id_base: "base-1" };
  ids.contact = (await send(`${accounts.secretBase}/sync/clients_contacts`, { ...from, id_1c: "p", name: "Анна" })).json.data;
  ids.company = (await send(`${accounts.secretBase}/sync/clients_companies`, { ...from, id_1c: "c", name: "ООО" })).json.data;
  ids.deal = (await send(`${accounts.secretBase}/sync/leads`, { ...from, id_1c: "o", order_number: "1" })).json.data;
  const common = { ...from, id_1c: "x", link: "e1cib/data/x", responsible_user_id: 1 };
  calls = {
    "/sync/base": { ...from, web_address: "http://127.0.0.1:9/x", url_address: "http://x", param1: "Обмен", param2: "секрет" },
    "/sync/clients_contacts": { ...common, id: ids.contact, name: "Анна", email: "a@x.example", phone: "89101234567", p_1: "1" },
    "/sync/clients_companies": { ...common, id: ids.company, name: "ООО", inn: "7707083893", kpp: "770701001" },
    "/sync/leads": { ...common, id: ids.deal, company_id: ids.company, contact_id: ids.contact, budget: "1 234,50", order_number: "1" },
    "/sync/process_event": { ...from, event_name: "payment", id: ids.deal, id_1c: "o", sum: 1, debt_sum: "2,5", document_name: "ПКО" },
    "/sync/clients_contacts_save_fields": { ...from, p_1: null },
    "/sync/clients_companies_save_fields": { ...from, p_1: null, inn_2: null },
    "/sync/leads_save_fields": { ...from, p_1: null, Договор: 1 },
    "/update_handlers/get_actual_version": from,
    "/update_handlers/get_actual_handlers": from,
    "/update_handlers/set_handlers": { ...from, handlers: { a: 1 } },
  };
});
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await hub.stop();
  removeDataDir(dataDir);
});

interface Case {
  /** What is wrong with it, for whoever reads a failure. */
  readonly what: string;
  readonly path: string;
  readonly body: string | Uint8Array;
  readonly at?: string;
}
const longestMs = 5_000;
const told: Reply[] = [];

/** Sends it, and says what is not as promised. */
async function complaintAbout({ what, path, body, at = accounts.secretBase }: Case): Promise<string | undefined> {
  const started = performance.now();
  const reply = await send(at + path, body, { authorization: accounts.basic });
  const ms = performance.now() - started;
  told.push(reply);
  const problem = problemWith(reply) ?? (ms > longestMs ? `${ms} ms` : undefined);
  return problem && `${path}, ${what}: ${problem}; answered ${reply.status} ${reply.text.slice(0, 200)}`;
}

function problemWith({ status, json }: Reply): string | undefined {
  if (status >= 500) return "an error of the server";
  if (typeof json !== "object" || json === null) return "no JSON";
  const names = Object.keys(json).slice(0, 3).join();
  if (names !== "success,data,error") return `the envelope has ${names}`;
  if (status === 200) return json.success === true && json.error === null ? undefined : "no success";
  if (json.success !== false || json.data !== null) return "not said to be a failure";
  return typeof json.error === "string" && /[а-яё]/i.test(json.error) ? undefined : "no words in Russian";
}

/** A few at a time. */
async function sendAll(what: string, cases: readonly Case[]): Promise<void> {
  told.length = 0;
  const complaints: string[] = [];
  const queue = cases.values();
  const sender = async () => {
    for (const one of queue) {
      const complaint = await complaintAbout(one);
      if (complaint !== undefined) complaints.push(complaint);
    }
  };
  await Promise.all(Array.from({ length: 4 }, sender));
  const statuses: Record<number, number> = {};
  for (const { status } of told) statuses[status] = (statuses[status] ?? 0) + 1;
  console.log(`${what}: ${cases.length} calls, answered ${JSON.stringify(statuses)}`);
  expect(complaints).toEqual([]);
  expect(told).toHaveLength(cases.length);
}

const everyCall = (spoil: (path: string, whole: Readonly<Record<string, unknown>>) => Iterable<Omit<Case, "path">>): Case[] =>
  Object.entries(calls).flatMap(([path, whole]) => [...spoil(path, whole)].map((one) => ({ path, ...one })));
const deep = (levels: number, open: string, close: string): string => `${open.repeat(levels)}1${close.repeat(levels)}`;

it("each field missing, or of another kind", { timeout: 300_000 }, async () => {
  const wrong = [null, "", 0, -1, 1.5, 2 ** 60, true, [], {}, [[1]], { a: { b: 1 } }, "abc", "9".repeat(300), "1e999", "2147483648"];
  await sendAll(
    "fields",
    everyCall(function* (_, whole) {
      for (const name of Object.keys(whole)) {
        yield { what: `without ${name}`, body: JSON.stringify({ ...whole, [name]: undefined }) };
        for (const value of wrong)
          yield { what: `${name} is ${JSON.stringify(value).slice(0, 40)}`, body: JSON.stringify({ ...whole, [name]: value }) };
      }
    }),
  );
});

it("texts that are hostile, in each field", { timeout: 300_000 }, async () => {
  const texts = [
    "\0",
    "a\0b",
    "\ud800",
    "\udfff\ud800",
    "🎄".repeat(300),
    "x".repeat(1_000_000),
    "'; drop table x; --",
    "__proto__",
    "\u202e",
    "\ufeff",
  ];
  await sendAll(
    "texts",
    everyCall(function* (_, whole) {
      for (const name of Object.keys(whole))
        for (const text of texts)
          yield { what: `${name} is ${JSON.stringify(text).slice(0, 40)}`, body: JSON.stringify({ ...whole, [name]: text }) };
    }),
  );
});

it("keys, bases and events that nobody knows, with the secret address and without", async () => {
  const unknown = ["99999999", 99999999, "🎄", "a\0b", "x".repeat(1_000), "1' or '1'='1", "../..", -1, 1e300];
  await sendAll(
    "strangers",
    everyCall(function* (_, whole) {
      for (const at of [accounts.base, accounts.secretBase])
        for (const key of unknown) yield { what: `key is ${key}`, at, body: JSON.stringify({ ...whole, key }) };
      yield { what: "a base that is unknown", at: accounts.base, body: JSON.stringify({ ...whole, id_base: "никакая" }) };
      yield { what: "an event that is unknown", body: JSON.stringify({ ...whole, event_name: "refund" }) };
    }),
  );
  for (const key of unknown) {
    const reply = await send(`${accounts.base}/sync/check_active?key=${encodeURIComponent(key)}`);
    expect([key, reply.json?.success]).toEqual([key, false]);
    expect([400, 404]).toContain(reply.status);
  }
});

it("bodies that are no JSON, or not the one that is wanted", { timeout: 300_000 }, async () => {
  await sendAll(
    "bodies",
    everyCall(function* (path, whole) {
      const text = JSON.stringify(whole);
      for (let n = 0; n < 50; n++) yield { what: `cut off at ${n}/50`, body: text.slice(0, Math.floor((text.length * n) / 50)) };
      for (let n = 0; n < 10; n++) yield { what: "random bytes", body: randomBytes(1 + n * 100) };
      for (const body of ["[]", `[${text}]`, "null", "1", '"text"', "true", "{}", "", " ", "\ufeff", "a=1&b=2", "<xml/>"])
        yield { what: `the body is ${body.slice(0, 20)}`, body };
      for (const levels of [100, 5_000, 200_000])
        for (const [open, close] of [
          ["[", "]"],
          ['{"a":', "}"],
        ] as const) {
          yield { what: `${levels} levels of ${open}`, body: deep(levels, open, close) };
          yield { what: `${levels} levels of ${open} within`, body: text.replace("{", `{"${"extra"}":${deep(levels, open, close)},`) };
        }
      if (path.endsWith("set_handlers"))
        for (const levels of [1_000, 20_000])
          yield { what: `handlers of ${levels} levels`, body: text.replace('{"a":1}', deep(levels, "[", "]")) };
      const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`поле_${n}`, n]));
      yield { what: "10,000 unknown fields", body: JSON.stringify({ ...whole, ...many }) };
      const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`p_${n}`, "1"]));
      yield { what: "10,000 fields of the CRM", body: JSON.stringify({ ...whole, ...fields }) };
      yield { what: "a list of a million", body: `{"list":[${"1,".repeat(1_000_000)}1],${text.slice(1)}` };
      yield { what: "the machinery of objects", body: `{"__proto__":{"key":1},"constructor":1,${text.slice(1)}` };
      yield { what: "commas without end", body: `${text.slice(0, -1)}${",".repeat(200_000)}}` };
    }),
  );
});

it("a body that never ends, and one that ends too early, hold nobody else up", async () => {
  const { hostname, port } = new URL(hub.url);
  const hanging = Array.from({ length: 20 }, (_, n) => {
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    socket.write(`POST /sync/clients_contacts HTTP/1.1\r\nHost: x\r\nContent-Length: ${n % 2 ? 1_000 : 30_000_000}\r\n\r\n{"key":`);
    if (n % 3 === 0) socket.end();
    return socket;
  });
  const body = JSON.stringify({ key: accounts.key, id_base: "base-1", id: ids.contact });
  expect(await complaintAbout({ what: "beside them", path: "/sync/clients_contacts", body })).toBeUndefined();
  for (const socket of hanging) socket.destroy();
});

it("whatever was answered 200 is in the journal, but for what is asked again and again", { timeout: 60_000 }, async () => {
  const journal = async () =>
    (await accounts.client.all<{ path: string; status: number }>(`/journal?connection=${accounts.door.id}`)).filter(
      ({ status }) => status === 200,
    );
  const before = (await journal()).length;
  told.length = 0;
  const recorded = Object.entries(calls).filter(([path]) => path !== "/update_handlers/get_actual_version");
  for (let n = 0; n < 20; n++)
    for (const [path, whole] of recorded)
      await complaintAbout({
        what: "",
        path,
        body: n % 2 ? JSON.stringify({ ...whole, id_1c: n, name: "" }) : JSON.stringify(whole).slice(0, -n),
      });
  const taken = told.filter(({ status }) => status === 200).length;
  expect(taken).toBeGreaterThan(80);
  expect((await journal()).length - before).toBe(taken);
  // What goes to a base that is not there waits; what goes to the CRM is done.
  const toCrm = (state: string) => accounts.client.all(`/deliveries?flow=note-order-progress&state=${state}`);
  await until(async () => (await toCrm("waiting")).length === 0);
  expect(await toCrm("failed")).toEqual([]);
  expect(hub.output()).not.toMatch(/"level":"?(error|fatal|50|60)/);
});

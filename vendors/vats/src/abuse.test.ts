import { memoryKit } from "@svyazka/core/testkit";
import { expect, it } from "vitest";
import { ask, lineWith, requestOf } from "../testkit/line.ts";
import { endpointPath } from "./door.ts";
import { dialects } from "./protocol.ts";

/** What a field should not hold. */
const nasty = [
  ...[
    "",
    " ",
    "0",
    "-1",
    "NaN",
    "null",
    "undefined",
    "[]",
    "{}",
    "Ёлка",
    "🎄",
    "a\0b",
    "\ud800",
    "'; drop table crm.call; --",
    "<script>",
    "..\\..//",
  ],
  ...["anonymous", "101", "7".repeat(40), "x".repeat(100_000), "9".repeat(400), "1e999", "20991231T235959Z", "00010101T000000Z"],
  ...["https://[::1", "https://a.example|https://b.example|", "__proto__", "constructor", "%00%ff", "javascript:alert(1)"],
];

/** Each request with each field missing, with each nasty value in each field, with one nasty value everywhere, and with names that are none. */
function spoiled(whole: Readonly<Record<string, string>>): Record<string, string>[] {
  const names = Object.keys(whole);
  return [
    ...names.map((name) => Object.fromEntries(Object.entries(whole).filter(([other]) => other !== name))),
    ...names.flatMap((name) => nasty.map((value) => ({ ...whole, [name]: value }))),
    ...nasty.map((value) => Object.fromEntries(Object.entries(whole).map(([name, old]) => [name, name === "cmd" ? old : value]))),
    { ...whole, constructor: "y", toString: "x" },
  ];
}

const count = (statuses: Map<number, number>, status: number): void => void statuses.set(status, (statuses.get(status) ?? 0) + 1);
const total = (statuses: ReadonlyMap<number, number>): number => [...statuses.values()].reduce((sum, one) => sum + one, 0);

it("of the CRM endpoint is answered in the documented shapes, and kept where it can be", async () => {
  const call = { phone: "79101234567", user: "ivan", callid: "B10D" };
  const commands: readonly Record<string, string>[] = [
    { cmd: "users" },
    { cmd: "contact", phone: "79101234567", callid: "B10D", diversion: "78001234567" },
    {
      ...{
        cmd: "event",
        type: "INCOMING",
        direction: "in",
        diversion: "78001234567",
        ext: "101",
        groupRealName: "Продажи",
        second_callid: "B10E",
      },
      ...call,
    },
    {
      ...{
        cmd: "history",
        type: "in",
        duration: "124",
        link: "https://a.example/1",
        start: "20260302T095800Z",
        status: "Success",
        wait: "5",
        rating: "4",
      },
      ...call,
    },
    { cmd: "rating", rating: "5", ...call },
  ];
  const statuses = new Map<number, number>();
  for (const dialect of dialects) {
    const line = lineWith({ settings: { dialect } });
    for (const fields of commands.flatMap(spoiled)) {
      const { reply, received } = await ask(line, requestOf(endpointPath, { crm_token: "crm-token", ...fields }));
      count(statuses, reply.status);
      if (reply.status === 400)
        expect(reply.body).toMatch(
          dialect === "seed" ? /^\{"error":"Invalid parameters"\}$/ : /^\{"error":"Invalid parameters(: \[[\w, ]+\])?"\}$/,
        );
      else expect([reply.status, reply.body.length < 2_000]).toEqual([200, true]);
      for (const one of received && "facts" in received ? received.facts : [])
        expect([one.key.length > 10, one.subject.length < 300]).toEqual([true, true]);
    }
  }
  console.log(
    `abuse of the CRM endpoint: ${total(statuses)} requests, ${statuses.get(200)} answered 200, ${statuses.get(400)} answered 400, none otherwise`,
  );
  expect([...statuses.keys()].sort()).toEqual([200, 400]);
  expect(total(statuses)).toBeGreaterThan(3_000);
});

it("of the served PBX is answered in the documented shapes", async () => {
  const requests: readonly { readonly path: string; readonly method?: string; readonly fields: Record<string, string> }[] = [
    {
      path: "/sys/api_login.wcgp",
      fields: {
        login: "admin",
        password: "pass",
        crm_code: "c",
        crm_token: "t",
        url: "https://crm.ru/x",
        redirect_url: "https://crm.ru/y",
      },
    },
    // Nobody of that name: a valid call would ring for seconds.
    { path: "/sys/crm_api.wcgp", fields: { cmd: "makeCall", phone: "79101234567", user: "nobody", clid: "78001234567" } },
    ...[
      { cmd: "accounts" },
      { cmd: "groups", user: "ivan" },
      { cmd: "history", period: "today", type: "all", limit: "5", start: "20260302T000000Z", end: "20260303T000000Z" },
    ].map((fields) => ({ path: "/sys/crm_api.wcgp", fields })),
    ...[
      { cmd: "subscribeOnCalls", user: "ivan", status: "on" },
      { cmd: "subscriptionStatus", user: "ivan", group_id: "all" },
      { cmd: "set_dnd", user: "ivan", state: "true" },
      { cmd: "get_dnd", user: "ivan" },
    ].map((fields) => ({ path: "/sys/crm_api.wcgp", fields })),
    { path: "/crmapi/v1/makecall", fields: { user: "nobody", phone: "79101234567", clid: "1" } },
    { path: "/crmapi/v1/history/json", method: "GET", fields: { period: "today", type: "in", limit: "1" } },
    ...nasty.map((name) => ({ path: `/crmapi/v1/users/${encodeURIComponent(name.toWellFormed().slice(0, 300))}/dnd`, fields: {} })),
  ];
  const kit = memoryKit({ now: () => new Date("2026-03-02T10:00:00Z"), publicUrl: () => "https://hub.example" });
  const statuses = new Map<number, number>();
  for (const dialect of dialects) {
    const line = lineWith({ settings: { side: "pbx", dialect, self_map: true } });
    for (const { path, method = "POST", fields } of requests) {
      for (const spoilt of spoiled({ token: "api-key", ...fields })) {
        const { reply } = await ask(line, requestOf(path, spoilt, { method, headers: { "x-api-key": "api-key" } }), kit);
        count(statuses, reply.status);
        expect([200, 400, 401, 404, 405], `${path} ${JSON.stringify(spoilt).slice(0, 200)}`).toContain(reply.status);
        if (reply.status !== 200 && !reply.body.startsWith("<!doctype"))
          expect(Object.keys(JSON.parse(reply.body) as object)).toHaveLength(1);
      }
    }
  }
  console.log(
    `abuse of the served PBX: ${total(statuses)} requests, ${[...statuses]
      .sort()
      .map(([status, times]) => `${times} answered ${status}`)
      .join(", ")}, none otherwise`,
  );
  expect(total(statuses)).toBeGreaterThan(3_000);
});

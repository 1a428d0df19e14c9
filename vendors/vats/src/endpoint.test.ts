import type { EventDraft } from "@svyazka/core";
import { memoryKit } from "@svyazka/core/testkit";
import { describe, expect, it } from "vitest";
import { ask, lineWith, requestOf } from "../testkit/line.ts";
import { vats } from "./adapter.ts";
import { endpointPath } from "./door.ts";

const line = lineWith();
const push = (fields: Record<string, string>, of = line) => ask(of, requestOf(endpointPath, { crm_token: "crm-token", ...fields }));
const facts = async (fields: Record<string, string>, of = line): Promise<readonly EventDraft[]> => {
  const { received } = await push(fields, of);
  return received && "facts" in received ? received.facts : [];
};
const call = { phone: "79101234567", user: "ivan", callid: "B10D" };

describe("contact", () => {
  const kit = (route: object = {}) =>
    memoryKit({ routes: () => ({ name: "Анна", account: "ivan", caller: { name: "Анна", contact: "1", responsible: "23" }, ...route }) });
  const contact = (of = line, phone = "79101234567", with_ = kit()) =>
    ask(of, requestOf(endpointPath, { cmd: "contact", callid: "B10D", phone }), with_);

  it("names the caller and the account of whoever is responsible", async () => {
    expect((await contact()).reply).toMatchObject({ status: 200, body: '{"contact_name":"Анна","responsible":"ivan"}' });
  });

  it("names the user of the CRM where the PBX maps users, as a number where it is one", async () => {
    expect((await contact(lineWith({ settings: { self_map: false } }))).reply.body).toBe('{"contact_name":"Анна","responsible":23}');
  });

  it.each(["anonymous", "101", "", "+", "1234567890123456789012345678901234567890"])("knows nobody by %j", async (phone) => {
    expect((await contact(line, phone === "" ? "-" : phone)).reply).toMatchObject({ status: 200, body: "{}" });
  });

  it("answers an object for somebody unknown, and within a second whatever happens", async () => {
    expect((await contact(line, "79990000000", memoryKit())).reply.body).toBe("{}");
    const { received } = await contact();
    expect(received).toMatchObject({ withinMs: 1000, otherwise: { status: 200, body: "{}" } });
  });

  it.each(["8 910 123-45-67", "+79101234567", "0079101234567", "79101234567 //"])("reads the phone %s", async (phone) => {
    const asked: unknown[] = [];
    await contact(line, phone, memoryKit({ routes: ({ client }) => (asked.push(client.e164) > 0 ? {} : {}) }));
    expect(asked).toEqual(["+79101234567"]);
  });
});

it("users lists those who work here", async () => {
  for (const cmd of ["users", "user", "USERS"])
    expect((await push({ cmd })).reply.body).toBe('{"users":[{"id":23,"name":"Иван Петров"},{"id":"krg","name":"Анна Смирнова"}]}');
});

describe("event", () => {
  it.each([
    ["INCOMING", "call.ringing", {}],
    ["incoming", "call.ringing", {}],
    ["ACCEPTED", "call.answered", {}],
    ["COMPLETED", "call.ended", { how: "completed" }],
    ["CANCELLED", "call.ended", { how: "cancelled" }],
    ["OUTGOING", "call.ringing", { direction: "out" }],
  ])("%s is %s", async (type, fact, rest) => {
    const [one, ...others] = await facts({ cmd: "event", type, ...call });
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      ...{ type: fact, subject: "call B10D" },
      data: { call: "B10D", direction: "in", client: { e164: "+79101234567" }, employee: { account: "ivan", user: "23" }, ...rest },
    });
  });

  it("names the call that goes on after a transfer", async () => {
    expect((await facts({ cmd: "event", type: "TRANSFERRED", second_callid: "B10E", ...call }))[0]).toMatchObject({
      data: { how: "transferred", next: "B10E" },
    });
  });

  it("is the same fact when it is the same, and another when anything in it is another", async () => {
    const key = async (rest: object = {}) => (await facts({ cmd: "event", type: "INCOMING", ...call, ...rest }))[0]?.key;
    expect(await key()).toBe(await key({ extra: "x" }));
    for (const rest of [{ user: "anna" }, { callid: "B10E" }, { type: "CANCELLED" }, { diversion: "78001234567" }])
      expect(await key(rest)).not.toBe(await key());
  });

  it.each([
    ["ivan@company.megapbx.ru", { account: "ivan", user: "23" }],
    ["g_1234@company.megapbx.ru", { group: "g_1234" }],
    ["pbx", { group: "pbx" }],
    ["somebody", { account: "somebody" }],
  ])("the user %s is %j", async (user, employee) => {
    expect((await facts({ cmd: "event", type: "INCOMING", ...call, user }))[0]?.data).toMatchObject({ employee });
  });

  it("where the PBX maps users, a user is one of ours", async () => {
    const mapped = lineWith({ settings: { self_map: false } });
    expect((await facts({ cmd: "event", type: "INCOMING", ...call, user: "23" }, mapped))[0]?.data).toMatchObject({
      employee: { account: "23", user: "23" },
    });
    expect((await facts({ cmd: "event", type: "INCOMING", ...call, user: "7" }, mapped))[0]?.data).toMatchObject({
      employee: { account: "7" },
    });
  });
});

describe("history", () => {
  const history = { cmd: "history", type: "in", duration: "124", ...call };

  it("is the account of the call, with a fact of its own for each recording", async () => {
    const all = await facts({
      ...history,
      link: "https://a.example/1|https://a.example/2| |javascript:alert(1)",
      status: "success",
      start: "20260302T095800Z",
    });
    expect(all.map(({ type }) => type)).toEqual(["call.finished", "call.recorded", "call.recorded"]);
    expect(all[0]?.data).toMatchObject({
      ...{
        call: "B10D",
        outcome: "answered",
        durationSeconds: 124,
        startedAt: "2026-03-02T09:58:00.000Z",
        recordings: ["https://a.example/1", "https://a.example/2"],
      },
      handling: { unknownCaller: "deal", missedTaskMinutes: 60, recordingDays: 180 },
    });
    expect(new Set(all.map(({ subject }) => subject)).size).toBe(3);
  });

  it("is one fact however often it comes; a new link brings its recording and nothing else", async () => {
    const [first] = await facts(history);
    const [again, recording] = await facts({ ...history, link: "https://a.example/1" });
    expect(again?.key).toBe(first?.key);
    expect(recording?.type).toBe("call.recorded");
  });

  it("without a callid is kept under a name of its own, the same for the same push", async () => {
    const { callid: _, ...nameless } = history;
    const [one] = await facts(nameless);
    expect(one?.data).toMatchObject({ call: expect.stringMatching(/^no-id-/) });
    expect((await facts(nameless))[0]?.key).toBe(one?.key);
    expect((await facts({ ...nameless, duration: "125" }))[0]?.key).not.toBe(one?.key);
  });

  it("tells waiting from talking where the sender does", async () => {
    expect((await facts({ ...history, wait: "7" }))[0]?.data).toMatchObject({ waitSeconds: 7, talkSeconds: 124, durationSeconds: 131 });
  });

  it.each([
    ["20260310T100000Z", undefined],
    ["18990101T000000Z", undefined],
    ["soon", undefined],
    ["20260302T120000Z", "2026-03-02T12:00:00.000Z"],
  ])("a start of %s is %s: a wrong clock costs the call nothing but its time", async (start, startedAt) => {
    const data = (await facts({ ...history, start }))[0]?.data as { startedAt?: string };
    expect(data.startedAt).toBe(startedAt);
  });

  it("says nothing of an outcome where the seed does not", async () => {
    expect((await facts(history))[0]?.data).not.toHaveProperty("outcome");
  });

  it("leaves recordings where they are when none are to be kept", async () => {
    expect(await facts({ ...history, link: "https://a.example/1" }, lineWith({ settings: { recording_days: 0 } }))).toHaveLength(1);
  });
});

it("rating is the client's mark", async () => {
  expect(await facts({ cmd: "rating", rating: "5", ...call })).toMatchObject([{ type: "call.rated", data: { call: "B10D", rating: 5 } }]);
});

describe("replies", () => {
  it("to events and history have no body in the seed, and an empty object later", async () => {
    const event = { cmd: "event", type: "INCOMING", ...call };
    expect((await push(event)).reply).toMatchObject({ status: 200, body: "" });
    expect((await push(event, lineWith({ settings: { dialect: "v1" } }))).reply).toMatchObject({ status: 200, body: "{}" });
  });

  it("refuse in the seed's very bytes, and later with the names of what is wrong", async () => {
    expect((await push({ cmd: "event", type: "INCOMING" })).reply).toMatchObject({ status: 400, body: '{"error":"Invalid parameters"}' });
    expect((await push({ cmd: "nonsense" }, lineWith({ settings: { dialect: "classic" } }))).reply).toMatchObject({
      status: 400,
      body: '{"error":"Invalid parameters: [cmd]"}',
    });
    const request = requestOf(endpointPath);
    for (const kind of ["no_token", "unknown_token", "wrong_token", "disabled", "removed"] as const)
      expect(vats.door?.refuse({ kind }, request)).toMatchObject({ status: 401, body: '{"error":"Invalid token"}' });
    expect(vats.door?.refuse({ kind: "unknown_token" }, requestOf("/sys/api_login.wcgp"))).toMatchObject({
      status: 401,
      body: '{"error":"Autorization failed"}',
    });
    expect(vats.door?.refuse({ kind: "no_token" }, requestOf("/sys/api_login.wcgp"))).toMatchObject({ status: 400 });
    expect(vats.door?.refuse({ kind: "too_large" }, request)).toMatchObject({ status: 400, body: '{"error":"Invalid parameters"}' });
  });

  it("find their token in the body, in the query, or both", () => {
    const token = (request: object) => vats.door?.token(requestOf(endpointPath, {}, request));
    expect(token({ form: { crm_token: "b" }, query: { crm_token: "q" } })).toBe("b");
    expect(token({ query: { crm_token: "q" } })).toBe("q");
    expect(token({ text: "cmd=history&crm_token=t" })).toBe("t");
  });

  it("at the wrong side say so", async () => {
    expect((await push({ cmd: "users" }, lineWith({ settings: { side: "pbx" } }))).reply.status).toBe(400);
    expect((await ask(line, requestOf("/sys/crm_api.wcgp", { cmd: "accounts", token: "x" }))).reply.status).toBe(400);
  });
});

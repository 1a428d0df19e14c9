import { type CallDraft, type Connected, type ConnectionId, NotYet, type OutgoingRequest, Refused, Unavailable } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localFetch } from "../../../../server/testkit/database-kit.ts";
import { type OpenDoor, openDoor } from "../../testkit/door.ts";
import { asApplication, byWebhook, letApplicationIn } from "../../testkit/portal.ts";
import { type Bitrix24Standin, startBitrix24 } from "../standin.ts";
import { connectPortal } from "./connection.ts";
import { hookPath } from "./subscribe.ts";

/** Calls of a PBX in a portal's telephony. */

let standin: Bitrix24Standin;
let kit: MemoryKit;
let door: OpenDoor;
let portal: Connected;
const rung: { account: string; phone: string; line?: string }[] = [];

const telephony = {
  async startCall(call: (typeof rung)[number]) {
    rung.push(call);
    return {};
  },
  users: async () => [
    { account: "ivan", name: "Иван", extension: "107" },
    { account: "olga", name: "Ольга", email: "nobody@example.com" },
  ],
  recording: () => ({ method: "GET", url: "" }),
};

/** What time it is for the adapter. */
let clock: () => Date;

beforeEach(async () => {
  standin = await startBitrix24();
  rung.length = 0;
  clock = () => new Date();
  kit = memoryKit({
    now: () => clock(),
    fetch: localFetch,
    publicUrl: () => door.url,
    resume: async () => {},
    telephonyOf: async (name) => (name === "vats" ? telephony : undefined),
  });
  const connection = asApplication(standin, { click_to_call: "vats" });
  door = await openDoor(connection, kit);
  await letApplicationIn(standin, kit);
  portal = connectPortal(connection, kit);
});
afterEach(async () => {
  await standin.stop();
  await door.stop();
});

const client = { typed: "89101112233", e164: "+79101112233" };
const over = (rest: Partial<CallDraft> = {}): CallDraft => ({
  ...{ key: "call 1", direction: "in", client, state: "over", outcome: "answered", talkSeconds: 61, line: "+74951234567" },
  ...{ startedAt: new Date("2026-03-02T10:00:00Z"), employee: { account: "ivan", user: "7" } },
  ...rest,
});
const save = async (draft: CallDraft) => portal.crm?.saveCall(draft);
const calls = () => [...standin.state.calls.values()];

describe("a call", () => {
  it("is one of the portal's telephony, with who spoke, how long, and about whom", async () => {
    const contact = await portal.crm?.saveContact({ key: "c", name: "Анна", phones: [client], emails: [] });
    const deal = await portal.crm?.saveDeal({ key: "d", name: "Окна", ...(contact && { contact: contact.id }) });
    const about = { ...(contact && { contact: contact.id }), ...(deal && { deal: deal.id }) };
    await save({ ...over(about), state: "ringing" });
    expect(calls()).toEqual([]);
    await save(over(about));
    expect(calls()).toMatchObject([
      {
        ...{
          USER_ID: 7,
          PHONE_NUMBER: "+79101112233",
          TYPE: "2",
          LINE_NUMBER: "+74951234567",
          FINISHED: true,
          DURATION: 61,
          STATUS_CODE: "200",
        },
        ...{ CRM_ENTITY_TYPE: "CONTACT", CRM_ENTITY_ID: Number(contact?.id) },
      },
    ]);
    await save(over(about));
    expect(calls().length).toBe(1);
    expect(standin.count("telephony.externalCall.register")).toBe(1);
    expect(standin.count("telephony.externalCall.finish")).toBe(1);
    expect(standin.count("crm.activity.binding.add")).toBe(1);
  });

  it("has its recording, that comes with it or later, and another in its place", async () => {
    // The portal fetches it: whatever answers will do.
    const url = `${door.url}/1.wav`;
    await save(over({ recordings: [{ url }] }));
    expect(standin.count("telephony.externalCall.attachRecord")).toBe(1);
    const later = over({ recordings: [{ url: `${door.url}/2.mp3` }] });
    await save(later);
    expect(standin.count("telephony.externalCall.attachRecord")).toBe(2);
    await save(later);
    expect(standin.count("telephony.externalCall.attachRecord")).toBe(2);
    expect(standin.count("telephony.externalCall.finish")).toBe(1);
  });

  it("stands although the portal does not take its recording, and the address stands beside it", async () => {
    const contact = await portal.crm?.saveContact({ key: "c", name: "Анна", phones: [client], emails: [] });
    await save(over({ recordings: [{ url: "http://127.0.0.1:9/1.mp3" }], ...(contact && { contact: contact.id }) }));
    expect(calls()).toMatchObject([{ FINISHED: true }]);
    expect([...standin.state.comments.values()].map((row) => row["COMMENT"])).toEqual([
      expect.stringContaining("http://127.0.0.1:9/1.mp3"),
    ]);
    const later = over({ recordings: [{ url: "http://127.0.0.1:9/2.mp3" }], ...(contact && { contact: contact.id }) });
    await save(later);
    await save(later);
    expect([...standin.state.comments.values()].map((row) => row["COMMENT"]).slice(1)).toEqual([
      expect.stringContaining("http://127.0.0.1:9/2.mp3"),
    ]);
  });

  it("stands, and is told once, although the portal had no time for its recording: that comes later", async () => {
    for (const kind of ["operation_time_limit", "internal"] as const) {
      const draft = over({ key: kind, startedAt: new Date(), recordings: [{ url: `${door.url}/${kind}.mp3` }] });
      standin.faults.add({ kind, method: "telephony.externalCall.attachRecord", ms: 0 });
      await expect(save(draft)).rejects.toBeInstanceOf(Unavailable);
      // Later than the ten minutes for which the method is shut, and than the half hour in which the portal knows a call that is registered again.
      clock = () => new Date(Date.now() + 3_600_000);
      for (const call of calls()) call["REGISTERED"] = 0;
      await save(draft);
      await save(draft);
    }
    expect(calls()).toMatchObject([{ FINISHED: true }, { FINISHED: true }]);
    expect(standin.count("telephony.externalCall.finish")).toBe(2);
    expect(standin.count("telephony.externalCall.attachRecord")).toBe(2);
  });

  it("comes to stand beside its deal although the portal had no time for that when the call ended", async () => {
    const contact = await portal.crm?.saveContact({ key: "c", name: "Анна", phones: [client], emails: [] });
    const deal = await portal.crm?.saveDeal({ key: "d", name: "Окна" });
    for (const kind of ["operation_time_limit", "internal"] as const) {
      const about = { ...(contact && { contact: contact.id }), ...(deal && { deal: deal.id }) };
      const draft = over({ ...about, key: kind, recordings: [{ url: `${door.url}/${kind}.mp3` }] });
      standin.faults.add({ kind, method: "crm.activity.binding.add" });
      await expect(save(draft)).rejects.toBeInstanceOf(Unavailable);
      clock = () => new Date(Date.now() + 3_600_000);
      await save(draft);
      await save(draft);
    }
    const bindings = [...standin.state.activities.values()].map((row) => row["BINDINGS"]);
    const beside = expect.arrayContaining([{ entityTypeId: 2, entityId: Number(deal?.id) }]);
    expect(bindings).toEqual([beside, beside]);
    expect(standin.count("telephony.externalCall.finish")).toBe(2);
    expect(standin.count("telephony.externalCall.attachRecord")).toBe(2);
    expect(standin.count("crm.activity.binding.add")).toBe(2);
  });

  it("has its client's mark, and one that comes later in a comment, once: the portal adds none to a call that is over", async () => {
    const contact = await portal.crm?.saveContact({ key: "c", name: "Анна", phones: [client], emails: [] });
    const about = { ...(contact && { contact: contact.id }) };
    await save(over({ ...about, rating: 5 }));
    expect(calls()).toMatchObject([{ VOTE: 5 }]);
    await save(over({ ...about, key: "call 2" }));
    const { employee: _, ...rated } = over({ key: "call 2", rating: 2 });
    await save(rated);
    await save(rated);
    expect([...standin.state.comments.values()].map((row) => row["COMMENT"])).toEqual([expect.stringMatching(/\+79101112233.*Оценка: 2/s)]);
    expect(standin.count("telephony.externalCall.finish")).toBe(2);
  });

  it("that nobody took is a missed one of whoever is on duty", async () => {
    portal = connectPortal(asApplication(standin, { duty_user: "9" }), kit);
    await save(over({ outcome: "missed", talkSeconds: 0, employee: { group: "sales" } }));
    expect(calls()).toMatchObject([{ USER_ID: 9, STATUS_CODE: "304", DURATION: 0 }]);
  });

  it("is told with what became of it", async () => {
    for (const [outcome, direction, code] of [
      ["busy", "out", "486"],
      ["unavailable", "out", "480"],
      ["cancelled", "out", "603-S"],
      ["cancelled", "in", "304"],
      ["not_found", "out", "404"],
      ["not_allowed", "out", "403"],
    ] as const) {
      await save(over({ key: `${outcome} ${direction}`, outcome, direction, talkSeconds: 0 }));
      expect(calls().at(-1)?.["STATUS_CODE"], outcome).toBe(code);
    }
  });

  it("that was over before anybody heard of it costs the portal one request", async () => {
    await portal.crm?.directory();
    const before = standin.requests.length;
    await save(over());
    expect(
      standin.requests
        .slice(before)
        .map(({ method }) => method)
        .filter((method) => !method.includes(".")),
    ).toEqual(["batch"]);
  });

  it("is there once although the answer was lost, however late the next try is", async () => {
    standin.faults.add({ kind: "timeout_after", method: "batch" });
    await expect(save(over())).rejects.toThrow(/no answer/);
    expect(calls()).toMatchObject([{ FINISHED: true }]);
    // The portal knows a call that is registered again for half an hour; this is later.
    for (const call of calls()) call["REGISTERED"] = 0;
    await save(over({ recordings: [{ url: `${door.url}/1.mp3` }] }));
    expect(calls().length).toBe(1);
    expect(standin.count("telephony.externalCall.finish")).toBe(1);
    expect(standin.count("telephony.externalCall.attachRecord")).toBe(1);
  });

  it("is there once although the answer was lost, and nobody lets us see the statistics", async () => {
    standin.faults.add({ kind: "timeout_after", method: "batch" });
    await expect(save(over())).rejects.toThrow(/no answer/);
    standin.faults.add({ kind: "access_denied", method: "voximplant.statistic.get", times: 5 });
    await save(over({ recordings: [{ url: `${door.url}/1.mp3` }] }));
    expect(calls()).toMatchObject([{ FINISHED: true }]);
    expect(standin.count("telephony.externalCall.attachRecord")).toBeGreaterThan(0);
  });

  it("whose card was shown is ended once although that answer was lost, and registered once although this one was", async () => {
    standin.faults.add({ kind: "timeout_after", method: "telephony.externalCall.register" });
    const card = { key: "call 2", direction: "in", client, user: "7" } as const;
    await expect(portal.callDesk?.show(card)).rejects.toThrow(/no answer/);
    await portal.callDesk?.show(card);
    standin.faults.add({ kind: "timeout_after", method: "batch" });
    await expect(save(over({ key: "call 2" }))).rejects.toThrow(/no answer/);
    await save(over({ key: "call 2" }));
    expect(calls().filter((call) => call["FINISHED"]).length).toBe(1);
    expect(standin.count("telephony.externalCall.finish")).toBe(1);
  });

  it("that had to wait for its turn is not looked for: nothing had left", async () => {
    const turns = [new NotYet("not your turn")];
    const waiting = {
      ...kit,
      fetch: async (request: OutgoingRequest) =>
        request.url.includes("batch") && turns.length > 0 ? Promise.reject(turns.pop()) : localFetch(request),
    };
    portal = connectPortal(asApplication(standin), waiting);
    await expect(save(over())).rejects.toBeInstanceOf(NotYet);
    await save(over());
    expect(calls()).toMatchObject([{ FINISHED: true }]);
    expect(standin.count("voximplant.statistic.get")).toBe(0);
  });

  it("is there once although its first try never left", async () => {
    await standin.down();
    await expect(save(over())).rejects.toThrow(/no answer/);
    await standin.up();
    await save(over());
    expect(calls()).toMatchObject([{ FINISHED: true }]);
    expect(calls().length).toBe(1);
  });

  it("of nobody's number is a comment, where there is anybody to put it on", async () => {
    await save(over({ client: { typed: "anonymous" } }));
    expect(calls()).toEqual([]);
    const deal = await portal.crm?.saveDeal({ key: "d", name: "Окна" });
    await save(over({ key: "call 2", client: { typed: "anonymous" }, ...(deal && { deal: deal.id }) }));
    expect([...standin.state.comments.values()].map((row) => row["COMMENT"])).toEqual([
      expect.stringContaining("Входящий звонок anonymous"),
    ]);
  });

  it("between employees stays with the PBX", async () => {
    await save(over({ direction: "internal" }));
    expect(calls()).toEqual([]);
  });

  it("is a comment for a webhook, which has no telephony, and says so once", async () => {
    const webhook = connectPortal(byWebhook(standin), kit);
    const contact = await webhook.crm?.saveContact({ key: "c", name: "Анна", phones: [client], emails: [] });
    const draft = over({ key: "call 3", recordings: [{ url: "https://pbx.example/1.mp3" }], ...(contact && { contact: contact.id }) });
    await webhook.crm?.saveCall(draft);
    await webhook.crm?.saveCall(draft);
    const comments = [...standin.state.comments.values()].map((row) => String(row["COMMENT"]));
    expect(comments.length).toBe(1);
    for (const text of ["Входящий звонок +79101112233: состоялся", "Разговор: 1:01", "Запись: https://pbx.example/1.mp3"])
      expect(comments[0]).toContain(text);
  });
});

describe("the card of a call", () => {
  it("is shown to whoever's phone rings, and taken away, on the call that is finished later", async () => {
    await portal.callDesk?.show({ key: "call 1", direction: "in", client, user: "7" });
    await portal.callDesk?.show({ key: "call 1", direction: "in", client, user: "9" });
    expect(calls()).toMatchObject([{ SHOWN: [7, 9], FINISHED: false }]);
    await portal.callDesk?.hide({ key: "call 1", user: "9", because: "ended" });
    expect(calls()).toMatchObject([{ SHOWN: [7] }]);
    await portal.callDesk?.hide({ key: "call 1", because: "answered" });
    expect(calls()).toMatchObject([{ SHOWN: [] }]);
    await save(over());
    expect(calls()).toMatchObject([{ FINISHED: true }]);
    expect(calls().length).toBe(1);
  });

  it("of nobody's number, or of a call that is over, disturbs nobody", async () => {
    await portal.callDesk?.show({ key: "call 9", direction: "in", client: { typed: "anonymous" }, user: "7" });
    await portal.callDesk?.hide({ key: "call 9", because: "ended" });
    expect(calls()).toEqual([]);
  });
});

describe("a click on a phone in the portal", () => {
  beforeEach(async () => {
    await fetch(`${standin.webhook}server.time`);
    await portal.crm?.directory();
    standin.state.bindings.push({ id: 1, event: "ONEXTERNALCALLSTART", handler: door.url + hookPath, userId: 1, offline: false });
  });

  it("rings whoever has clicked, and becomes the call that the portal has made", async () => {
    const callId = standin.clickToCall({ user: 7, phone: "+79101112233", line: "+74951234567" });
    await standin.events.settled();
    expect(rung).toEqual([{ account: "ivan", phone: "+79101112233", line: "+74951234567" }]);
    await save(over({ direction: "out", startedAt: new Date() }));
    expect(calls().length).toBe(1);
    expect(calls()).toMatchObject([{ CALL_ID: callId, FINISHED: true, DURATION: 61 }]);
    expect(standin.count("telephony.externalCall.register")).toBe(0);
  });

  it("that the PBX refuses ends the portal's call, so that its card closes, and one that may have rung does not", async () => {
    const { startCall } = telephony;
    for (const [error, FINISHED] of [
      [new Refused("the line is busy"), true],
      [new Unavailable("no answer"), false],
    ] as const) {
      telephony.startCall = () => Promise.reject(error);
      standin.clickToCall({ user: 7, phone: "+79101112233" });
      await standin.events.settled();
      expect(calls().at(-1)).toMatchObject({ FINISHED, ...(FINISHED && { STATUS_CODE: "OTHER", FAILED_REASON: "the line is busy" }) });
    }
    telephony.startCall = startCall;
    expect(door.received.at(-1)?.answer).toMatchObject({ status: 200, detail: "not called: no answer" });
  });

  it("becomes that call however long they talk, and although the portal did not answer at its end", async () => {
    const callId = standin.clickToCall({ user: 7, phone: "+79101112233", line: "+74951234567" });
    await standin.events.settled();
    const startedAt = new Date();
    clock = () => new Date(startedAt.getTime() + 600_000);
    standin.faults.add({ kind: "html", method: "batch" });
    await expect(save(over({ direction: "out", startedAt, talkSeconds: 590 }))).rejects.toBeInstanceOf(Unavailable);
    await save(over({ direction: "out", startedAt, talkSeconds: 590 }));
    expect(calls()).toMatchObject([{ CALL_ID: callId, FINISHED: true, DURATION: 590 }]);
  });

  it("is not taken for a call that began long after it", async () => {
    standin.clickToCall({ user: 7, phone: "+79101112233", line: "+74951234567" });
    await standin.events.settled();
    await save(over({ direction: "out", startedAt: new Date(Date.now() + 600_000) }));
    expect(calls()).toMatchObject([{ FINISHED: false }, { FINISHED: true }]);
  });

  it("that is told again, by whoever repeats requests, rings once", async () => {
    standin.clickToCall({ user: 7, phone: "+79101112233", line: "+74951234567" });
    await standin.events.settled();
    const { request } = door.received.at(-1) ?? {};
    const again = () => fetch(door.url + hookPath, { method: "POST", body: Buffer.from(request?.bytes ?? []) });
    expect((await Promise.all([again(), again()])).map(({ status }) => status)).toEqual([200, 200]);
    expect(rung.length).toBe(1);
  });

  it("rings nobody who only has the same number in another CRM: whoever clicks is a user of the portal", async () => {
    // Another CRM names people here: its user 9 is Olga, the portal's is not.
    const olga = { id: "9", name: "Ольга", active: true, email: "nobody@example.com" };
    const connection = { ...asApplication(standin, { click_to_call: "vats" }), home: 99 as ConnectionId };
    const elsewhere = await openDoor({ ...connection, directory: { ...connection.directory, users: [olga] } }, kit);
    try {
      for (const binding of standin.state.bindings) Object.assign(binding, { handler: elsewhere.url + hookPath });
      standin.clickToCall({ user: 9, phone: "+79101112233" });
      await standin.events.settled();
      expect(rung).toEqual([]);
      Object.assign(standin.state.users.get(9) ?? {}, { EMAIL: "nobody@example.com" });
      await kit.store.remove("setup", "copy");
      standin.clickToCall({ user: 9, phone: "+79101112233" });
      await standin.events.settled();
      expect(rung.map(({ account }) => account)).toEqual(["olga"]);
    } finally {
      await elsewhere.stop();
    }
  });

  it("of somebody whom the PBX does not know is told in the journal, and rings nobody", async () => {
    standin.clickToCall({ user: 9, phone: "+79101112233" });
    await standin.events.settled();
    expect(rung).toEqual([]);
    expect(door.received.at(-1)?.answer).toMatchObject({ status: 200, detail: expect.stringContaining("not called: nobody of the PBX") });
  });
});

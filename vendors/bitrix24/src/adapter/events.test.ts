import { NotYet, type OutgoingRequest } from "@svyazka/core";
import { memoryKit } from "@svyazka/core/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localFetch } from "../../../../server/testkit/database-kit.ts";
import { type ApplicationBench, openApplicationBench } from "../../testkit/application.ts";
import { openDoor } from "../../testkit/door.ts";
import { asApplication, letApplicationIn } from "../../testkit/portal.ts";
import { bitrix24 } from "../adapter.ts";
import { readWebhook } from "../protocol.ts";
import { connectPortal, listenToPortal, pollPortal } from "./connection.ts";
import { receiveEvent } from "./hooks.ts";
import { appPath } from "./pages.ts";
import { portalOf } from "./portal.ts";
import { hookPath, subscribe } from "./subscribe.ts";

/** What an application hears, and what it finds by asking. */

let bench: ApplicationBench;
let standin: ApplicationBench["standin"];
let kit: ApplicationBench["kit"];
let door: ApplicationBench["door"];
const connection = (values: Parameters<typeof asApplication>[1] = {}) => asApplication(standin, values);

beforeEach(async () => {
  bench = await openApplicationBench();
  ({ standin, kit, door } = bench);
});
afterEach(() => bench.stop());

/** Runs `listen` until `isDone`, and stops it. */
async function listening(values: Parameters<typeof asApplication>[1], isDone: () => boolean): Promise<void> {
  const stop = new AbortController();
  const running = listenToPortal(connection(values), kit, stop.signal);
  for (let tries = 0; !isDone() && tries < 400; tries++) await new Promise((resolve) => setTimeout(resolve, 5));
  stop.abort();
  await running;
  expect(isDone()).toBe(true);
}

describe("events", () => {
  beforeEach(() => letApplicationIn(standin, kit));
  const bound = () => standin.state.bindings.filter(({ offline }) => !offline).map(({ event }) => event.toUpperCase());

  it("are subscribed to once, and again after the application was installed anew", async () => {
    await listening({}, () => bound().includes("ONAPPUNINSTALL"));
    const first = bound();
    expect(new Set(first).size).toBe(first.length);
    expect(first).toContain("ONCRMDEALMOVETOCATEGORY");
    expect(first).not.toContain("ONEXTERNALCALLSTART");
    await listening({}, () => true);
    expect(bound().length).toBe(first.length);
    await standin.install(door.url + hookPath);
    await listening({ click_to_call: "vats", open_lines: true }, () => bound().includes("ONIMCONNECTORMESSAGEADD"));
    expect(bound()).toContain("ONEXTERNALCALLSTART");
  });

  it("come with the line of telephony, which is asked for once for each installation", async () => {
    const subscribed = async (line_number: string) => {
      const to = connection({ line_number });
      await subscribe({ kit, connection: to, portal: portalOf(to, kit, { isPatient: false }) });
      return standin.count("telephony.externalLine.add");
    };
    expect([await subscribed("+74951234567"), await subscribed("+74951234567"), await subscribed("+74957654321")]).toEqual([1, 1, 2]);
    await standin.install(door.url + hookPath);
    expect(await subscribed("+74957654321")).toBe(3);
  });

  it("are heard at once after an installation anew, with nobody listening", async () => {
    await standin.install(door.url + hookPath);
    expect(bound()).toContain("ONCRMDEALMOVETOCATEGORY");
    const first = bound();
    await standin.openFrame(door.url + appPath);
    expect(bound()).toEqual(first);
  });

  it("tell that a record was changed, and the book has what is in it now", async () => {
    await listening({}, () => bound().includes("ONAPPUNINSTALL"));
    const { crm, follower } = connectPortal(connection(), kit);
    const { id } = (await crm?.saveContact({
      key: "1",
      name: "Анна",
      phones: [{ typed: "+79101112233", e164: "+79101112233" }],
      emails: [],
    })) ?? { id: "" };
    await standin.events.settled();
    standin.editByHand(3, Number(id), { name: "Мария" });
    await standin.events.settled();
    const told = door.facts.map(({ data }) => data as { kind: string; id: string; change: string });
    expect(told.map(({ kind, change }) => [kind, change])).toEqual([
      ["contact", "created"],
      ["contact", "changed"],
    ]);
    // Right after our own write it may be an echo, and nobody is asked; what somebody changed at that very moment is found by asking for changes.
    const asked = standin.requests.length;
    for (const one of told) expect(await follower?.follow(one as never)).toEqual({ what: "own" });
    expect(standin.requests.length).toBe(asked);
    const { facts } = await pollPortal(connection(), kit, new Date(Date.now() - 60_000));
    for (const { data } of facts) await follower?.follow(data as never);
    expect((await kit.book.get("contact", id))?.name).toBe("Мария");
    standin.editByHand(3, Number(id), { name: "Ольга" });
    await standin.events.settled();
    bench.wait(20_000);
    expect(await follower?.follow(door.facts.at(-1)?.data as never)).toMatchObject({ what: "kept" });
    expect((await kit.book.get("contact", id))?.name).toBe("Ольга");
    expect(new Set(door.facts.map(({ key }) => key)).size).toBeGreaterThanOrEqual(2);
  });

  it("of another pipeline are told as a move", async () => {
    await listening({}, () => bound().includes("ONAPPUNINSTALL"));
    const { crm } = connectPortal(connection(), kit);
    const { id } = (await crm?.saveDeal({ key: "1", name: "Окна" })) ?? { id: "" };
    await crm?.saveDeal({ key: "2", id, stage: "C1:PREPARATION" });
    await standin.events.settled();
    expect(door.facts.map(({ data }) => (data as { change: string }).change)).toContain("stage_changed");
  });

  it("have an address of their own, which whoever opens the application's page does not see", async () => {
    const body = "event=ONCRMDEALADD&data[FIELDS][ID]=1&ts=1";
    const sent = async (key: string) => (await fetch(`${door.url}/in/${key}${hookPath}`, { method: "POST", body })).status;
    expect([await sent("hooksecret"), await sent("eventsecret")]).toEqual([401, 200]);
    expect(door.facts.length).toBe(1);
    await listening({}, () => standin.state.bindings.length > 0);
    expect(new Set(standin.state.bindings.map(({ handler }) => new URL(handler).pathname))).toEqual(
      new Set([`/in/eventsecret${hookPath}`]),
    );
  });

  it("with another token than a person has entered are no events", async () => {
    const strict = { ...connection(), secrets: { ...connection().secrets, application_token: "another" } as never };
    const strictDoor = await openDoor(strict, kit);
    try {
      const body = "event=ONCRMDEALADD&data[FIELDS][ID]=1&auth[application_token]=";
      expect((await fetch(strictDoor.url + hookPath, { method: "POST", body: `${body}x` })).status).toBe(401);
      expect((await fetch(strictDoor.url + hookPath, { method: "POST", body })).status).toBe(401);
      expect(strictDoor.facts).toEqual([]);
      expect((await fetch(strictDoor.url + hookPath, { method: "POST", body: `${body}another` })).status).toBe(200);
      expect(strictDoor.facts.length).toBe(1);
    } finally {
      await strictDoor.stop();
    }
  });

  it("keep no token in the journal, wherever in a long form it stands", () => {
    const words = Array.from({ length: 1_200 }, (_, place) => `data[MESSAGES][${place}][x]=1`).join("&");
    const text = `event=ONIMCONNECTORMESSAGEADD&${words}&auth%5Baccess_token%5D=a-token&auth[refresh_token]=another-token`;
    // What the hub reads of a form ends after a thousand fields.
    const request = { form: { event: "ONIMCONNECTORMESSAGEADD" }, query: {}, text, bytes: Buffer.from(text) };
    expect(bitrix24.door?.secrets?.(request as never)).toEqual(expect.arrayContaining(["a-token", "another-token"]));
  });

  it("are known by their second, whatever else a form says in its place", () => {
    const body = `event=ONCRMDEALADD&data[FIELDS][ID]=1&ts=${"9".repeat(5_000)}`;
    const received = receiveEvent({ text: body, form: {}, query: {} } as never, connection(), new Date(5_000));
    expect("facts" in received && received.facts[0]?.key).toBe("deal 1 created event 5");
  });

  it("that are none, of any kind, are answered and kept", async () => {
    for (const body of [
      "",
      "{",
      "event=",
      "event[]=1",
      "event=ONCRMDEALADD",
      "event=ONCRMDEALADD&data=1",
      "event=ONCRMDEALADD&data[FIELDS][ID]=x",
      "event=ONX&data[a]=1",
      "%",
      "event=ONIMCONNECTORMESSAGEADD&data[MESSAGES]=1",
      "event=ONEXTERNALCALLSTART&data[USER_ID]=1",
    ])
      expect((await fetch(door.url + hookPath, { method: "POST", body })).status, body).toBe(200);
    expect(door.facts).toEqual([]);
  });
});

describe("what events have lost", () => {
  beforeEach(() => letApplicationIn(standin, kit));

  it("is found by asking, and our own writes are no news", async () => {
    const since = new Date(Date.now() - 60_000);
    const { crm } = connectPortal(connection(), kit);
    const ours = (await crm?.saveContact({ key: "1", name: "Наш", phones: [], emails: [] })) ?? { id: "" };
    await crm?.saveDeal({ key: "2", name: "Наша", contact: ours.id });
    const theirs = standin.state.contacts.size;
    await portalContact("Чужой");
    const { facts } = await pollPortal(connection(), kit, since);
    expect(facts.map(({ data }) => (data as { kind: string }).kind)).toEqual(["contact"]);
    expect(facts.map(({ data }) => (data as { id: string }).id)).not.toContain(ours.id);
    expect(standin.state.contacts.size).toBe(theirs + 1);
  });

  it("is asked for when it is our turn, and whoever is waited for is told at once that it is not", async () => {
    let turns = 0;
    const fetchLater = { ...kit, fetch: (request: OutgoingRequest) => (turns++ === 0 ? Promise.reject(notYet) : localFetch(request)) };
    const notYet = new NotYet("not your turn", { retryAfterSeconds: 0.01 });
    expect((await pollPortal(connection(), fetchLater, new Date())).facts).toEqual([]);
    turns = 0;
    await expect(connectPortal(connection(), fetchLater).check()).rejects.toBe(notYet);
  });

  it("waits in the portal's queue until it is on our disk", async () => {
    const values = { offline_events: true } as const;
    await listening(values, () =>
      standin.state.bindings.some(({ event, offline }) => offline && event.toUpperCase() === "ONCRMDEALMOVETOCATEGORY"),
    );
    const id = await portalContact("Из очереди");
    standin.editByHand(3, id, { name: "Ещё раз" });
    // Whoever dies between fetching and clearing finds it again: here the disk refuses.
    const record = kit.record;
    const broken = { ...kit, record: async () => Promise.reject(new Error("disk full")) };
    await expect(pollPortal(connection(values), broken, new Date())).rejects.toThrow("disk full");
    expect(standin.state.offline.length).toBeGreaterThan(0);
    // The next one finds it among what comes after.
    for (let edits = 0; edits < 60; edits++) standin.editByHand(3, id, { name: `Снова ${edits}` });
    await pollPortal(connection(values), { ...kit, record }, new Date());
    expect(new Set(kit.facts.map(({ data }) => (data as { id: string }).id))).toEqual(new Set([String(id)]));
    expect(standin.state.offline.filter(({ failed }) => !failed)).toEqual([]);
  });

  /** As another program makes one. */
  async function portalContact(name: string): Promise<number> {
    const webhook = readWebhook(standin.webhook);
    const answer = await fetch(`${webhook?.base}crm.item.add`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ entityTypeId: 3, fields: { name } }),
    });
    return ((await answer.json()) as { result: { item: { id: number } } }).result.item.id;
  }
});

describe("the address book", () => {
  it("is filled once, page by page, with phones and the companies' taxpayer numbers", async () => {
    await letApplicationIn(standin, kit);
    const { crm } = connectPortal(connection(), kit);
    for (let made = 0; made < 60; made++)
      await crm?.saveContact({
        key: `c${made}`,
        name: `Человек ${made}`,
        phones: [{ typed: "", e164: `+7910000${String(1000 + made)}` }],
        emails: [],
      });
    await crm?.saveCompany({ key: "firm", name: "ООО Ромашка", inn: "7701234567", phones: [], emails: [] });
    const fresh = memoryKit({ fetch: localFetch, publicUrl: () => door.url, resume: async () => {} });
    await letApplicationIn(standin, fresh);
    const stop = new AbortController();
    const running = listenToPortal(connection(), fresh, stop.signal);
    const { bookState } = connectPortal(connection(), fresh);
    for (let tries = 0; !(await bookState?.())?.isWhole && tries < 400; tries++) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await running;
    expect(await bookState?.()).toEqual({ contacts: 60, companies: 1, isWhole: true });
    expect(await fresh.book.find({ kind: "contact", phones: ["+79100001059"], limit: 1 })).toMatchObject([{ name: "Человек 59" }]);
    expect(await fresh.book.find({ kind: "company", inn: "7701234567", limit: 1 })).toMatchObject([{ name: "ООО Ромашка" }]);
  });
});

import { LoginNeeded, NotYet, type OutgoingRequest, type Received, type Reply } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type OpenDoor, openDoor } from "../../testkit/door.ts";
import { asApplication, byWebhook, letApplicationIn, localFetch } from "../../testkit/portal.ts";
import { bitrix24 } from "../adapter.ts";
import type { Tokens } from "../client.ts";
import { readWebhook } from "../protocol.ts";
import { type Bitrix24Standin, startBitrix24 } from "../standin.ts";
import { connectPortal, listenToPortal, pollPortal } from "./connection.ts";
import { receiveEvent } from "./hooks.ts";
import { appPath, receiveApp, signedInPath } from "./pages.ts";
import { portalOf } from "./portal.ts";
import { hookPath, subscribe } from "./subscribe.ts";

/** How an application gets in, and what it hears. */

let standin: Bitrix24Standin;
let kit: MemoryKit;
let door: OpenDoor;
let resumed: number;
/** Milliseconds that have passed besides. */
let later: number;
const connection = (values: Parameters<typeof asApplication>[1] = {}) => asApplication(standin, values);
const tokens = () => kit.store.get<Tokens>("tokens", "current");

beforeEach(async () => {
  standin = await startBitrix24();
  resumed = 0;
  later = 0;
  kit = memoryKit({
    now: () => new Date(Date.now() + later),
    fetch: localFetch,
    publicUrl: () => door.url,
    resume: async () => void resumed++,
  });
  door = await openDoor(connection(), kit);
});
afterEach(async () => {
  await standin.stop();
  await door.stop();
});

describe("an application is let in", () => {
  it("by its page in a frame of the portal, which finishes the installation", async () => {
    const answer = await standin.openFrame(door.url + appPath);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toContain("Связка подключена");
    expect(text).toContain("installFinish");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors");
    expect(await tokens()).toMatchObject({ base: `${standin.url}/rest/`, server: standin.url, memberId: standin.memberId });
    expect(resumed).toBe(1);
    await connectPortal(connection(), kit).check();
  });

  it("by the event of its installation", async () => {
    expect((await standin.install(door.url + hookPath)).status).toBe(200);
    expect(await tokens()).toMatchObject({ memberId: standin.memberId });
  });

  it("by that event at the address of its page, where it has no page of its own", async () => {
    expect((await standin.install(`${door.url}/in/hooksecret${appPath}`)).status).toBe(200);
    expect(await tokens()).toMatchObject({ memberId: standin.memberId });
  });

  it("by a code, after a person has said yes", async () => {
    const answer = await fetch(
      `${door.url}${signedInPath}?code=${standin.authorize()}&state=1&domain=${standin.host}&member_id=${standin.memberId}`,
    );
    expect(answer.status).toBe(200);
    expect(await tokens()).toMatchObject({ base: `${standin.url}/rest/` });
    const again = await fetch(`${door.url}${signedInPath}?code=never-was`);
    expect(again.status).toBe(400);
    expect(await again.text()).toContain("Портал нас не впустил");
    expect((await fetch(`${door.url}${signedInPath}`)).status).toBe(400);
  });

  it("by nobody else's tokens, and by none of another portal", async () => {
    const other = await startBitrix24();
    try {
      // Its address is what the portal would say: only tokens that work where we are at home count.
      const answer = await other.openFrame(door.url + appPath);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain(other.host);
      expect(await tokens()).toBeUndefined();
      await standin.openFrame(door.url + appPath);
      const before = await tokens();
      expect((await other.openFrame(door.url + appPath)).status).toBe(400);
      expect(await tokens()).toEqual(before);
    } finally {
      await other.stop();
    }
  });

  it("at the server of tokens that the connection names, whatever a form says", async () => {
    const form = new URLSearchParams({
      ...{
        AUTH_ID: standin.tokens().access_token,
        REFRESH_ID: standin.tokens().refresh_token,
        DOMAIN: standin.host,
        member_id: standin.memberId,
      },
      SERVER_ENDPOINT: "https://oauth.evil.example/rest/",
    });
    const body = form.toString();
    await fetch(door.url + appPath, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body });
    expect((await tokens())?.server).toBe(standin.url);
  });

  it("with an administrator's rights as long as those work, whoever else opens its page", async () => {
    const whose = async () => (await fetchAs((await tokens())?.accessToken)).result.ID;
    const frame = (userId: number) => standin.openFrame(door.url + appPath, { userId });
    await frame(1);
    const answer = await frame(7);
    expect([answer.status, (await answer.text()).includes("Связка подключена")]).toEqual([200, true]);
    expect(await whose()).toBe("1");
    // They are too old, and can be renewed: nobody else's are needed.
    standin.expireTokens();
    await frame(7);
    expect(await whose()).toBe("1");
    await kit.store.put("tokens", "current", { ...(await tokens()), accessToken: "never was one" });
    await frame(7);
    expect(await whose()).toBe("7");
  });

  /** Who those tokens make of us. */
  const fetchAs = async (auth = ""): Promise<{ result: { ID: string } }> =>
    (await fetch(`${standin.url}/rest/user.current?${new URLSearchParams({ auth })}`)).json() as never;

  it("by no tokens of another application of the same portal", async () => {
    const other = await openDoor(connection({ client_id: "local.another.one" }), kit);
    try {
      expect((await standin.openFrame(other.url + appPath)).status).toBe(400);
      expect(await tokens()).toBeUndefined();
    } finally {
      await other.stop();
    }
  });

  it("at the address that the portal has now, however old the one is that we know", async () => {
    await letApplicationIn(standin, kit);
    const old = connection();
    const renamed = await openDoor(old, kit);
    try {
      const { url } = await standin.rename();
      expect((await standin.openFrame(renamed.url + appPath)).status).toBe(200);
      expect((await tokens())?.base).toBe(`${url}/rest/`);
      await connectPortal(old, kit).check();
    } finally {
      await renamed.stop();
    }
  });

  it("in a portal whose name is in Cyrillic, too: a header has room for none", () => {
    const { headers, status } = pageOf(receiveApp({ form: {}, query: {} } as never, connection({ domain: "портал.рф" })));
    expect(status).toBe(400);
    expect(headers["content-security-policy"]).toMatch(/^[\x20-\x7e]+ https:\/\/xn--80awhdgm\.xn--p1ai [\x20-\x7e]+$/);
  });

  const pageOf = (received: Received): Reply => ("page" in received ? received.page : { status: 0, headers: {}, body: "" });

  it("and says what it needs while nobody has done so", async () => {
    await expect(connectPortal(connection(), kit).check()).rejects.toBeInstanceOf(LoginNeeded);
    expect((await fetch(door.url + appPath)).status).toBe(400);
  });
});

describe("a check", () => {
  it("names the permissions that are missing", async () => {
    await letApplicationIn(standin, kit);
    standin.setScopes(["crm", "user"]);
    await expect(connectPortal(connection(), kit).check()).rejects.toThrow(/lacks permissions: telephony/);
    await connectPortal(connection({ call_card: false }), kit).check();
    standin.setScopes(["user"]);
    await expect(connectPortal(byWebhook(standin), kit).check()).rejects.toThrow(/lacks permissions: crm/);
  });

  it("of a webhook that is none, or was deleted, asks for a person", async () => {
    const lost = { ...byWebhook(standin), secrets: { hook_secret: "x", webhook: "https://x" } as never };
    await expect(connectPortal(lost, kit).check()).rejects.toBeInstanceOf(LoginNeeded);
    standin.revokeWebhook();
    await expect(connectPortal(byWebhook(standin), kit).check()).rejects.toBeInstanceOf(LoginNeeded);
  });
});

describe("a webhook's connection", () => {
  it("stays with its portal, also after that was renamed, and is none of another portal", async () => {
    const webhook = byWebhook(standin);
    await connectPortal(webhook, kit).check();
    const other = await startBitrix24();
    try {
      await expect(connectPortal(byWebhook(other), kit).check()).rejects.toThrow(/this connection is of the portal/);
      await expect(connectPortal(byWebhook(other), kit).crm?.saveDeal({ key: "1", name: "Чужая" })).rejects.toBeInstanceOf(LoginNeeded);
      expect(other.state.deals.size).toBe(0);
    } finally {
      await other.stop();
    }
    const { url } = await standin.rename();
    const secret = readWebhook(webhook.secrets.webhook ?? "")?.secret ?? "";
    const renamed = byWebhook({ url, webhook: `${url}/rest/1/${secret}/` });
    await connectPortal(renamed, kit).check();
    expect(await connectPortal(renamed, kit).crm?.saveDeal({ key: "2", name: "Своя" })).toMatchObject({ id: expect.any(String) });
  });
});

describe("what it can do", () => {
  it("is less for a webhook, which offers no more than it can keep", () => {
    const webhook = connectPortal(byWebhook(standin, { open_lines: true }), kit);
    const application = connectPortal(connection({ open_lines: true }), kit);
    expect(Object.keys(webhook).sort()).toEqual(["bookState", "check", "crm", "follower", "phoneBook"]);
    expect(Object.keys(application).sort()).toEqual([
      "bookState",
      "callDesk",
      "chatDesk",
      "check",
      "crm",
      "follower",
      "phoneBook",
      "sources",
    ]);
  });
});

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
    later = 20_000;
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

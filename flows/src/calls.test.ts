import type { CallHandling, ConnectionId, Event, EventId, Events, FlowContext, Phone, Ports, ToldCall, WorkspaceId } from "@svyazka/core";
import { loneInbox, type MemoryCrm, memoryCrm } from "@svyazka/core/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import {
  flows,
  hideCallCard,
  keepRecording,
  logCall,
  makeLeadFromUnknownCaller,
  missedCallTask,
  rateCall,
  routeToResponsible,
  showCallCard,
  tellCallFeed,
} from "./index.ts";

const morning = new Date("2026-03-02T10:00:00Z");
const client: Phone = { typed: "79101234567", e164: "+79101234567" };
const handling: CallHandling = { unknownCaller: "deal", responsible: ["1", "2"], missedTaskMinutes: 60, recordingDays: 180 };
const ivan = { account: "ivan", user: "3" };
const users = ["1", "2", "3"].map((id) => ({ id, name: `User ${id}`, active: true }));

let crm: MemoryCrm;
let clock: Date;
let turns: number;
let kept: string[];
beforeEach(() => {
  clock = morning;
  turns = 0;
  kept = [];
  crm = memoryCrm({ directory: { users }, now: () => clock });
});

const context = <P extends keyof Ports>(port: Ports[P]): FlowContext<P> => ({
  port,
  workspace: { id: 1 as WorkspaceId, subdomain: "d", name: "D", country: "RU", timeZone: "Europe/Moscow", language: "en", currency: "RUB" },
  source: "PBX",
  key: (part) => `${++turns}/${part}`,
  turn: async () => turns++,
  now: clock,
  sourceCrm: undefined,
  sourceSettings: {},
  target: 1 as ConnectionId,
  inbox: loneInbox,
  record: async () => {},
  attempt: 1,
  isActiveUser: (id) => users.some((user) => user.id === id),
  hasDealField: () => true,
  async keepFile(url) {
    kept.push(url);
    return { id: `file ${kept.length}`, type: "audio/mpeg", bytes: 2048 };
  },
});

type CallEvent = "call.ringing" | "call.answered" | "call.ended" | "call.finished";
type Told<T extends CallEvent> = Omit<Events[T], "call" | "direction" | "client">;
const event = <T extends keyof Events>(type: T, data: Events[T]): Event<T> => ({
  id: `event ${++turns}` as EventId,
  workspace: 1 as WorkspaceId,
  connection: 2 as ConnectionId,
  type,
  subject: "call 1",
  data,
  receivedAt: clock,
});
const told = <T extends CallEvent>(type: T, data: Told<T>, facts: object = {}): Event<T> =>
  event(type, { call: "1", direction: "in", client, ...data, ...facts } as Events[T]);
const ringing = (facts: object = {}) => told("call.ringing", { employee: ivan }, facts);
const answered = (facts: object = {}) => told("call.answered", { employee: ivan }, facts);
const finished = (facts: object = {}) => told("call.finished", { recordings: [], handling, outcome: "missed" }, facts);

/** Everything that is done in the CRM about one event, in the order of the list. */
async function happen(about: Event): Promise<void> {
  for (const flow of flows) if (flow.needs === "crm" && flow.on.includes(about.type)) await flow.run(about, context<"crm">(crm));
}
const tasks = () => crm.entries.filter((entry) => entry.kind === "task");
const call = (key = "2:1") => crm.phoneCalls.get(key)?.call;

describe("log-call", () => {
  it("makes one record of all that is told, tied to the contact and its open deal", async () => {
    const contact = await crm.saveContact({ key: "c", name: "Anna", phones: [client], emails: [] });
    const deal = await crm.saveDeal({ key: "d", contact: contact.id });
    for (const one of [ringing(), answered(), finished({ outcome: "answered", talkSeconds: 60, employee: ivan }), ringing()])
      await logCall.run(one, context<"crm">(crm));
    expect(crm.phoneCalls.size).toBe(1);
    expect(call()).toMatchObject({ outcome: "answered", talkSeconds: 60, contact: contact.id, deal: deal.id, employee: ivan });
  });

  it("keeps a hidden number's call and looks for nobody", async () => {
    await logCall.run(ringing({ client: { typed: "anonymous" } }), context<"crm">(crm));
    expect(call()).toMatchObject({ client: { typed: "anonymous" } });
    expect(crm.calls).not.toContain("findContact");
  });

  it("adds the client's mark, and waits for a call that is not known yet", async () => {
    const rated = event("call.rated", { call: "1", rating: 5 });
    await expect(rateCall.run(rated, context<"crm">(crm))).rejects.toThrow("not known yet");
    await logCall.run(finished(), context<"crm">(crm));
    await rateCall.run(rated, context<"crm">(crm));
    expect(call()).toMatchObject({ rating: 5, outcome: "missed" });
  });
});

describe("make-lead-from-unknown-caller", () => {
  it("makes a contact and a deal of a stranger, once however often it is told, and logs the call with them", async () => {
    await happen(ringing());
    for (let times = 0; times < 3; times++) await happen(finished({ outcome: "answered", employee: ivan }));
    expect(crm.contacts).toMatchObject([{ phones: [client], responsible: "3" }]);
    expect(crm.deals).toMatchObject([{ contact: crm.contacts[0]?.id, responsible: "3" }]);
    expect(call()).toMatchObject({ contact: crm.contacts[0]?.id, deal: crm.deals[0]?.id });
  });

  it("finishes what an attempt before it began", async () => {
    crm.failNext("saveDeal", new Error("the CRM went away"));
    await expect(happen(finished())).rejects.toThrow();
    await happen(finished());
    expect(crm.contacts).toHaveLength(1);
    expect(crm.deals).toHaveLength(1);
  });

  it.each<[string, object]>([
    ["when the line's owner wants none", { handling: { ...handling, unknownCaller: "nothing" } }],
    ["of somebody we call", { direction: "out" }],
    ["of a hidden number", { client: { typed: "anonymous" } }],
    ["of a free line", { client: { ...client, tollFree: true } }],
  ])("makes nothing %s", async (_, facts) => {
    await makeLeadFromUnknownCaller.run(finished(facts), context<"crm">(crm));
    expect(crm.contacts).toEqual([]);
  });

  it("makes a contact alone when that was chosen, and nothing of somebody who is known", async () => {
    await happen(finished({ handling: { ...handling, unknownCaller: "contact" } }));
    expect([crm.contacts.length, crm.deals.length]).toEqual([1, 0]);
    await happen(finished({ call: "2" }));
    expect([crm.contacts.length, crm.deals.length]).toEqual([1, 0]);
  });

  it("takes turns for calls that nobody answered", async () => {
    await happen(finished({ handling: { ...handling, responsible: ["2"] } }));
    expect(crm.contacts[0]?.responsible).toBe("2");
  });
});

describe("missed-call-task", () => {
  it("asks for a call back within the time that was set, once, and closes when somebody has spoken with them", async () => {
    for (let times = 0; times < 2; times++) await happen(finished({ startedAt: "2026-03-02T09:59:00.000Z" }));
    expect(tasks()).toMatchObject([{ due: "2026-03-02T10:59:00.000Z", title: expect.stringContaining("+79101234567") }]);
    clock = new Date("2026-03-02T10:20:00Z");
    await happen(finished({ call: "2", outcome: "busy", direction: "out" }));
    expect(tasks()[0]).not.toHaveProperty("result");
    await happen(answered({ call: "3", direction: "out" }));
    expect(tasks()).toMatchObject([{ result: "Spoke with them" }]);
  });

  it("is not made for a call that has been returned before it is told of", async () => {
    await happen(finished({ call: "2", outcome: "answered", direction: "out", startedAt: "2026-03-02T09:30:00.000Z" }));
    await happen(finished({ startedAt: "2026-03-02T09:00:00.000Z" }));
    expect(tasks()).toEqual([]);
  });

  it("is not closed by a conversation that was before it", async () => {
    await happen(finished({ startedAt: "2026-03-02T09:00:00.000Z" }));
    await happen(finished({ call: "2", outcome: "answered", startedAt: "2026-03-02T08:00:00.000Z" }));
    expect(tasks()[0]).not.toHaveProperty("result");
  });

  it.each<[string, object]>([
    ["none is wanted", { handling: { ...handling, missedTaskMinutes: 0 } }],
    ["we called and it was busy", { direction: "out", outcome: "busy" }],
    ["the number is hidden", { client: { typed: "" } }],
    ["it was answered", { outcome: "answered" }],
  ])("is not made when %s", async (_, facts) => {
    await happen(finished(facts));
    await missedCallTask.run(finished(facts), context<"crm">(crm));
    expect(tasks()).toEqual([]);
  });
});

describe("keep-recording", () => {
  const recorded = (days = 180) =>
    event("call.recorded", { call: "1", url: "https://records.example/1.mp3", handling: { ...handling, recordingDays: days } });

  it("ties our copy to the call", async () => {
    await happen(finished({ outcome: "answered", recordings: ["https://records.example/1.mp3"] }));
    await keepRecording.run(recorded(), context<"crm">(crm));
    expect(call()?.recordings).toEqual([{ url: "https://records.example/1.mp3", file: "file 1" }]);
  });

  it("leaves recordings where they are when none are to be kept", async () => {
    await keepRecording.run(recorded(0), context<"crm">(crm));
    expect(kept).toEqual([]);
  });
});

describe("the call's card", () => {
  const shown: unknown[] = [];
  const hidden: unknown[] = [];
  const desk: Ports["callDesk"] = {
    show: async (card) => void shown.push(card),
    hide: async (which) => void hidden.push(which),
  };
  beforeEach(() => {
    shown.length = 0;
    hidden.length = 0;
  });

  it("is shown to the person whose phone rings, and to nobody when it is nobody's or late", async () => {
    await showCallCard.run(ringing(), context<"callDesk">(desk));
    expect(shown).toEqual([{ key: "2:1", direction: "in", client, user: "3" }]);
    await showCallCard.run(ringing({ employee: { group: "Sales" } }), context<"callDesk">(desk));
    const late = ringing();
    clock = new Date(morning.getTime() + 31_000);
    await showCallCard.run(late, context<"callDesk">(desk));
    expect(shown).toHaveLength(1);
  });

  it("is taken off everybody's screen when somebody answers or the call is over, and off one when only that phone stopped ringing", async () => {
    for (const one of [
      answered(),
      told("call.ended", { how: "cancelled", employee: ivan }),
      told("call.ended", { how: "completed" }),
      finished(),
    ])
      await hideCallCard.run(one, context<"callDesk">(desk));
    expect(hidden).toEqual([
      { key: "2:1", because: "answered" },
      { key: "2:1", user: "3", because: "ended" },
      { key: "2:1", because: "ended" },
      { key: "2:1", because: "ended" },
    ]);
  });
});

it("an attached program is told of everything, but not late of what has passed", async () => {
  const heard: ToldCall[] = [];
  const feed: Ports["callFeed"] = {
    of: "2",
    ask: async () => undefined,
    tell: async (one) => heard.push(one) > 0,
  };
  const all = [
    ringing(),
    answered(),
    told("call.ended", { how: "completed" }),
    finished(),
    event("call.rated", { call: "1", rating: 4 }),
  ] as const;
  for (const one of all) await tellCallFeed.run(one as never, context<"callFeed">(feed));
  expect(heard.map(({ what }) => what)).toEqual(["ringing", "answered", "ended", "finished", "rated"]);
  clock = new Date(morning.getTime() + 60_000);
  for (const one of all) await tellCallFeed.run(one as never, context<"callFeed">(feed));
  expect(heard.slice(5).map(({ what }) => what)).toEqual(["finished", "rated"]);
});

it("a call goes to the person responsible, if they work here and have a phone", () => {
  const by = { userMapping: { ivan: "3", petr: "4" }, users };
  expect(routeToResponsible({ name: "Anna", contact: "1", responsible: "3" }, by)).toMatchObject({ name: "Anna", account: "ivan" });
  for (const responsible of ["4", "1"])
    expect(routeToResponsible({ name: "Anna", contact: "1", responsible }, by)).not.toHaveProperty("account");
});

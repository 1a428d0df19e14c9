import {
  type AnyFlow,
  Conflict,
  type ConnectionId,
  type Event,
  type EventId,
  type Events,
  type EventType,
  eventTypes,
  type FlowContext,
  type Phone,
  Refused,
  Unavailable,
  type WorkspaceId,
} from "@svyazka/core";
import { loneInbox, type MemoryCrm, memoryCrm, plainPipeline } from "@svyazka/core/testkit";
import { beforeEach, describe, expect, it } from "vitest";
import { addCompany, addContact, addDeal, addTask, flows, takeLead } from "./index.ts";

const now = new Date("2026-03-02T10:00:00Z");
const day = 86_400_000;
const phone: Phone = { typed: "8 910 123-45-67", e164: "+79101234567" };
const active = new Set(["1", "2", "3"]);
const users = ["1", "2", "3", "gone"].map((id) => ({ id, name: `User ${id}`, active: active.has(id) }));
const deal = ["SIZE", "A"].map((code) => ({ id: code, code, name: code, type: "text" as const }));
const directory = {
  users,
  fields: { contact: [], company: [], deal },
  taskTypes: [{ id: "1", name: "Call" }],
  sources: [{ id: "5", name: "Site" }],
};

let crm: MemoryCrm;
let clock: Date;
let turns: number;
beforeEach(() => {
  clock = now;
  turns = 0;
  crm = memoryCrm({ directory, now: () => clock });
});

const context = (key: string): FlowContext<"crm"> => ({
  port: crm,
  workspace: { id: 1 as WorkspaceId, subdomain: "d", name: "D", country: "RU", timeZone: "Europe/Moscow", language: "en", currency: "RUB" },
  source: "example.ru",
  key: (part) => `${key}/${part}`,
  turn: async () => turns++,
  now: clock,
  sourceCrm: undefined,
  sourceSettings: {},
  target: 1 as ConnectionId,
  inbox: loneInbox,
  record: async () => {},
  attempt: 1,
  isActiveUser: (id) => active.has(id),
  hasDealField: (code) => deal.some((field) => field.code === code),
  keepFile: async (url) => ({ id: `file of ${url}`, type: "audio/mpeg", bytes: 2048 }),
});
const eventOf = <T extends EventType>(type: T, data: Events[T]): Event<T> => ({
  id: "e" as EventId,
  workspace: 1 as WorkspaceId,
  connection: 2 as ConnectionId,
  type,
  subject: "s",
  data,
  receivedAt: clock,
});

const lead = (parts: Partial<Events["lead.submitted"]> = {}): Events["lead.submitted"] => ({
  person: { name: "Ivan", phones: [phone], emails: ["ivan@example.ru"] },
  form: {},
  attribution: { tracking: {} },
  fields: {},
  extras: {},
  flags: [],
  sender: {},
  handling: { repeat: "append", days: 30, responsible: [] },
  ...parts,
});
const handling = (parts: Partial<Events["lead.submitted"]["handling"]>) => ({
  handling: { repeat: "append", days: 30, responsible: [], ...parts } as const,
});
let events = 0;
const take = (parts: Partial<Events["lead.submitted"]> = {}, key = `event ${++events}`) =>
  takeLead.run(eventOf("lead.submitted", lead(parts)), context(key));
const notes = () => crm.entries.flatMap((entry) => (entry.kind === "note" ? [entry.text] : []));
const tasks = () => crm.entries.filter((entry) => entry.kind === "task");

describe("a lead of somebody new", () => {
  it("becomes a contact, a deal and a note, in four calls", async () => {
    const outcome = await take({
      text: "Windows",
      sum: { minor: 100, currency: "RUB" },
      fields: { SIZE: "L" },
      extras: { colour: "red" },
      form: { page: "https://shop.ru/x?y" },
    });
    expect(crm.calls).toEqual(["findContact", "saveContact", "saveDeal", "addEntry"]);
    expect(crm.contacts).toMatchObject([{ name: "Ivan", phones: [phone], emails: ["ivan@example.ru"] }]);
    expect(crm.deals).toMatchObject([
      { name: "Lead: shop.ru", contact: crm.contacts[0]?.id, pipeline: "1", stage: "10", sum: { minor: 100 }, fields: { SIZE: "L" } },
    ]);
    expect(notes()[0]).toMatch(/^Lead: example\.ru\nWindows\n/);
    expect(notes()[0]).toContain("colour: red");
    expect(outcome).toEqual({ done: "Made a contact and a deal", records: { contact: crm.contacts[0]?.id, deal: crm.deals[0]?.id } });
  });

  it("is made even when there is nothing to match by, and nobody is matched by it", async () => {
    for (const phones of [[{ typed: "12" }], [{ typed: "8-800-333-72-27", e164: "+78003337227", tollFree: true as const }], []]) {
      await take({ person: { name: "Ivan", phones, emails: [] } });
      await take({ person: { name: "Petr", phones, emails: [] } });
    }
    expect(crm.contacts).toHaveLength(6);
    expect(crm.deals).toHaveLength(6);
    expect(crm.calls).not.toContain("findContact");
    expect(notes().join()).toContain("Phone: 12");
  });

  it("goes to the form's pipeline and stage, and to the one responsible", async () => {
    await take(handling({ pipeline: "1", stage: "12", responsible: ["2"] }));
    expect(crm.deals).toMatchObject([{ stage: "12", responsible: "2" }]);
    expect(crm.contacts).toMatchObject([{ responsible: "2" }]);
    expect(turns).toBe(0);
  });

  it("goes to several responsible in turn, past those who left", async () => {
    for (let each = 0; each < 4; each++)
      await take({ person: { phones: [], emails: [] }, ...handling({ responsible: ["1", "gone", "3"] }) });
    expect(crm.deals.map(({ responsible }) => responsible)).toEqual(["1", "3", "1", "3"]);
    expect(turns).toBe(4);
  });

  it("tells in the note the flags, the consent and the marks", async () => {
    await take({
      flags: ["phone is not valid"],
      consent: { version: "v1", at: now.toISOString(), ip: "1.2.3.4", ticks: { consent: true } },
      attribution: { last: { source: "ya" }, first: { source: "vk" }, tracking: { yclid: "7" } },
    });
    for (const text of ["phone is not valid", "v1", "consent: yes", "1.2.3.4", "utm_source=ya", "utm_source=vk", "yclid: 7"])
      expect(notes()[0]).toContain(text);
  });
});

describe("a lead of somebody known", () => {
  const known = (parts: object = {}) =>
    crm.saveContact({ key: `known ${++events}`, name: "Anna", phones: [phone], emails: [], responsible: "3", ...parts });

  it("is found by phone, keeps the name the contact has, and adds what it lacks", async () => {
    const { id } = await known();
    await take();
    expect(crm.contacts).toMatchObject([{ id, name: "Anna", emails: ["ivan@example.ru"] }]);
  });

  it("costs no write to the contact when it brings nothing new", async () => {
    await known({ emails: ["ivan@example.ru"] });
    crm.calls.length = 0;
    await take();
    expect(crm.calls).toEqual(["findContact", "findDeal", "saveDeal", "addEntry"]);
  });

  it("is found by e-mail, whatever its letters", async () => {
    const { id } = await known({ phones: [], emails: ["ivan@example.ru"] });
    await take({ person: { phones: [], emails: ["IVAN@example.ru"] } });
    expect(crm.deals[0]?.contact).toBe(id);
  });

  it("goes to the contact's owner, and to the form's when that one left", async () => {
    await known({ responsible: "3" });
    await take(handling({ responsible: ["1"], repeat: "new" }));
    expect(crm.deals[0]?.responsible).toBe("3");
    const [contact] = crm.contacts;
    if (contact) contact.responsible = "gone";
    await take(handling({ responsible: ["1"], repeat: "new" }));
    expect(crm.deals[1]?.responsible).toBe("1");
  });

  it("with several hits goes to the most recently active, and says that there may be a duplicate", async () => {
    const first = await known();
    const second = await known({ phones: [] });
    await crm.saveContact({ key: "merge", id: second.id, phones: [phone], emails: [] });
    await take();
    expect(crm.deals[0]?.contact).toBe(second.id);
    expect(notes()[0]).toContain(`possible duplicate contact: Anna (${first.id})`);
  });

  it("whose e-mail is somebody else's goes by the phone, and says so", async () => {
    const other = await known({ name: "Boris", phones: [], emails: ["ivan@example.ru"] });
    const byPhone = await known();
    await take();
    expect(crm.deals[0]?.contact).toBe(byPhone.id);
    expect(notes()[0]).toContain(`the e-mail belongs to another contact: Boris (${other.id})`);
  });

  it("who appeared between looking and writing is found again", async () => {
    crm.afterNextFind(() => void known());
    await take();
    expect(crm.contacts).toMatchObject([{ name: "Anna", emails: ["ivan@example.ru"] }]);
    expect(crm.deals).toHaveLength(1);
  });

  it("passes a conflict on when nobody can be found, to be tried again at once", async () => {
    crm.failNext("saveContact", new Conflict("?"));
    await expect(take()).rejects.toBeInstanceOf(Conflict);
  });
});

describe("a repeated lead", () => {
  it("is a note and a task on the open deal, by default", async () => {
    await take();
    clock = new Date(now.getTime() + day);
    const outcome = await take({ text: "Again", sum: { minor: 500, currency: "RUB" }, fields: { SIZE: "XL" } });
    expect(crm.deals).toHaveLength(1);
    expect(notes()[1]).toMatch(/^Repeated lead: example\.ru\nAgain/);
    expect(notes()[1]).toContain("Sum: 5.00 RUB");
    expect(notes()[1]).toContain("SIZE: XL");
    expect(tasks()).toMatchObject([{ on: { deal: crm.deals[0]?.id }, due: "2026-03-03T11:00:00.000Z" }]);
    expect(outcome.done).toBe("Added a note and a task to the open deal");
  });

  it("is a new deal when the open one is too old, closed, or of another pipeline", async () => {
    await take();
    clock = new Date(now.getTime() + 31 * day);
    await take();
    expect(crm.deals).toHaveLength(2);
    for (const deal of crm.deals) deal.stage = "143";
    await take();
    expect(crm.deals).toHaveLength(3);
  });

  it("is always a new deal, if the form says so", async () => {
    await take(handling({ repeat: "new" }));
    await take(handling({ repeat: "new" }));
    expect(crm.deals).toHaveLength(2);
    expect(crm.calls).not.toContain("findDeal");
  });

  it("reopens the closed deal, if the form says so, at the first stage in work or at the form's own", async () => {
    await take();
    const [deal] = crm.deals;
    if (!deal) throw new Error("no deal");
    deal.stage = "143";
    expect((await take(handling({ repeat: "reopen" }))).done).toBe("Reopened the closed deal");
    expect(deal.stage).toBe("11");
    deal.stage = "142";
    await take(handling({ repeat: "reopen", stage: "12" }));
    expect(deal.stage).toBe("12");
    expect(crm.deals).toHaveLength(1);
    expect(tasks()).toHaveLength(2);
  });

  it("joins the open deal rather than reopening a closed one", async () => {
    await take(handling({ repeat: "new" }));
    await take(handling({ repeat: "new" }));
    const [first, second] = crm.deals;
    if (second) second.stage = "143";
    await take(handling({ repeat: "reopen" }));
    expect(second?.stage).toBe("143");
    expect(tasks()).toMatchObject([{ on: { deal: first?.id } }]);
  });
});

describe("every flow may run twice", () => {
  const writes = ["saveContact", "saveDeal", "addEntry"] as const;
  const snapshot = () =>
    JSON.stringify([crm.contacts.map(({ active: _, ...rest }) => rest), crm.deals, crm.entries.map(({ id: _, ...rest }) => rest)]);

  it.each(writes.flatMap((call) => (["before", "after"] as const).map((when) => [call, when] as const)))(
    "a lead of somebody new that failed at %s, %s it was written, ends as if it had not failed",
    async (call, when) => {
      crm.failNext(call, new Unavailable("down"), when);
      await expect(take({}, "same")).rejects.toBeInstanceOf(Unavailable);
      await take({}, "same");
      expect([crm.contacts.length, crm.deals.length, notes().length, tasks().length]).toEqual([1, 1, 1, 0]);
      expect(notes()[0]).toMatch(/^Lead:/);
    },
  );

  it.each(["before", "after"] as const)("a repeated lead that failed %s its task was written gets one note and one task", async (when) => {
    await take();
    crm.failNext("addEntry", new Unavailable("down"), when);
    await expect(take({ text: "Again" }, "again")).rejects.toBeInstanceOf(Unavailable);
    await take({ text: "Again" }, "again");
    expect([crm.deals.length, notes().length, tasks().length]).toEqual([1, 2, 1]);
  });

  it("the whole of it again changes nothing", async () => {
    await take({}, "same");
    const before = snapshot();
    await take({}, "same");
    expect(snapshot()).toBe(before);
  });

  it("a reopened deal that failed half-way is not opened twice", async () => {
    await take();
    const [deal] = crm.deals;
    if (deal) deal.stage = "143";
    crm.failNext("addEntry", new Unavailable("down"));
    await expect(take(handling({ repeat: "reopen" }), "same")).rejects.toBeInstanceOf(Unavailable);
    await take(handling({ repeat: "reopen" }), "same");
    expect([crm.deals.length, notes().length, tasks().length]).toEqual([1, 2, 1]);
  });
});

describe("a deal another program asked for", () => {
  const asked = (parts: Partial<Events["deal.submitted"]> = {}): Events["deal.submitted"] => ({
    fields: {},
    extras: {},
    attribution: { tracking: {} },
    flags: [],
    sender: {},
    ...parts,
  });
  const run = (parts: Partial<Events["deal.submitted"]> = {}, key = `deal ${++events}`) =>
    addDeal.run(eventOf("deal.submitted", asked(parts)), context(key));

  it("is made as asked, with its contact found or made", async () => {
    await run({
      name: "Windows",
      person: { name: "Ivan", phones: [phone], emails: [] },
      stage: "12",
      pipeline: "1",
      responsible: "2",
      author: "1",
      source: "5",
      sum: { minor: 1, currency: "RUB" },
      fields: { A: "b" },
    });
    expect(crm.deals).toMatchObject([
      { name: "Windows", contact: crm.contacts[0]?.id, stage: "12", responsible: "2", author: "1", source: "5", fields: { A: "b" } },
    ]);
    expect(crm.calls).toEqual(["findContact", "saveContact", "saveDeal"]);
  });

  it("is always a new one, and one call when it has no contact and nothing beside", async () => {
    await run();
    await run();
    expect(crm.deals).toHaveLength(2);
    expect(crm.calls).toEqual(["saveDeal", "saveDeal"]);
    expect(crm.deals[0]?.name).toBe("Deal: example.ru");
  });

  it("has a note of what has no field of its own", async () => {
    await run({ text: "Soon", extras: { comment: "c" }, originalSum: { minor: 500, currency: "RUB" }, responsible: "gone" });
    for (const text of ["Soon", "comment: c", "Original sum: 5.00 RUB", "gone"]) expect(notes()[0]).toContain(text);
    expect(crm.deals[0]?.responsible).toBeUndefined();
  });

  it("is one, though it ran twice", async () => {
    crm.failNext("saveDeal", new Unavailable("down"), "after");
    await expect(run({ text: "x", person: { phones: [phone], emails: [] } }, "same")).rejects.toBeInstanceOf(Unavailable);
    await run({ text: "x", person: { phones: [phone], emails: [] } }, "same");
    expect([crm.contacts.length, crm.deals.length, notes().length]).toEqual([1, 1, 1]);
  });
});

describe("a contact another program asked for", () => {
  const run = (parts: Partial<Events["contact.submitted"]> = {}) =>
    addContact.run(
      eventOf("contact.submitted", {
        person: { name: "Ivan", phones: [phone], emails: [] },
        details: {},
        attribution: { tracking: {} },
        flags: [],
        sender: {},
        ...parts,
      }),
      context(`contact ${++events}`),
    );

  it("is made, and the second time only gets what it lacks", async () => {
    expect((await run({ details: { skype: "i" }, responsible: "2" })).done).toBe("Made a contact");
    expect(
      (
        await run({
          person: { name: "Other", surname: "Petrov", phones: [phone], emails: ["a@b.ru"] },
          details: { skype: "j", city: "Tver" },
        })
      ).done,
    ).toMatch(/known/);
    expect(crm.contacts).toMatchObject([
      { name: "Ivan", surname: "Petrov", emails: ["a@b.ru"], fields: { skype: "i", city: "Tver" }, responsible: "2" },
    ]);
    expect(crm.entries).toEqual([]);
  });

  it("of a company that is not there is made without it, and a note says so", async () => {
    await run({ company: "999999999", details: { skype: "i" } });
    await run({ company: "999999999", details: { city: "Tver" } });
    expect(crm.contacts).toMatchObject([{ name: "Ivan", fields: { skype: "i", city: "Tver" } }]);
    expect(crm.contacts[0]?.company).toBeUndefined();
    expect(notes()).toEqual([expect.stringContaining("999999999"), expect.stringContaining("999999999")]);
  });

  it("is not made when the CRM refuses it for another reason", async () => {
    crm.saveContact = () => Promise.reject(new Refused("no more contacts"));
    await expect(run({ company: "999999999" })).rejects.toThrow("no more contacts");
  });

  it("has a note of what people should know", async () => {
    await run({ flags: ["phone is not valid"], responsible: "gone" });
    expect(notes()[0]).toContain("phone is not valid");
    expect(notes()[0]).toContain("gone");
  });
});

describe("a company another program asked for", () => {
  const run = (parts: Partial<Events["company.submitted"]> = {}) =>
    addCompany.run(
      eventOf("company.submitted", { name: "Daisy Ltd", phones: [], emails: [], sender: {}, ...parts }),
      context(`company ${++events}`),
    );

  it("is made once for its name, and the second time says in a note what was sent", async () => {
    await run({ city: "Tver" });
    await run({ phones: [phone], website: "d.ru" });
    expect(crm.companies).toMatchObject([{ name: "Daisy Ltd", phones: [phone], website: "d.ru", fields: { city: "Tver" } }]);
    expect(notes()[0]).toContain("8 910 123-45-67\nd.ru");
  });

  it("without a name is made all the same", async () => {
    const { name: _, ...nameless } = { name: undefined, phones: [phone], emails: [], sender: {} };
    await addCompany.run(eventOf("company.submitted", nameless), context("nameless"));
    expect(crm.companies).toHaveLength(1);
    expect(crm.calls).toEqual(["saveCompany"]);
  });
});

describe("a task another program asked for", () => {
  it("is one call, with everything in it", async () => {
    await addTask.run(
      eventOf("task.submitted", {
        name: "Call",
        text: "Soon",
        type: "1",
        responsible: "2",
        due: "2026-03-03T12:00:00+03:00",
        estimateMinutes: 30,
        extras: { priority_id: "5" },
        sender: {},
      }),
      context("task"),
    );
    expect(crm.calls).toEqual(["addEntry"]);
    expect(tasks()).toMatchObject([
      { title: "Call", text: "Soon\npriority_id: 5", type: "1", responsible: "2", due: "2026-03-03T12:00:00+03:00", estimateMinutes: 30 },
    ]);
  });

  it("without a name, and for somebody who left, is made and says so", async () => {
    await addTask.run(eventOf("task.submitted", { responsible: "gone", extras: {}, sender: {} }), context("task"));
    expect(tasks()).toMatchObject([{ title: "Task", text: expect.stringContaining("gone") }]);
    expect(tasks()[0]).not.toHaveProperty("responsible");
  });
});

it("the list has every flow once, under a name of its own", () => {
  const list: readonly AnyFlow[] = flows;
  expect(new Set(list.map(({ name }) => name)).size).toBe(list.length);
  expect(new Set(list.flatMap(({ on }) => on))).toEqual(new Set(eventTypes));
  expect(plainPipeline.isDefault).toBe(true);
});

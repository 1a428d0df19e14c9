import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Recordings, startRecordings } from "../../testkit/recordings.ts";
import {
  contactsBy,
  dealsBy,
  isSamePhone,
  nextPhone,
  openStory,
  type Story,
  type StoryHub,
  startStoryHub,
  told,
} from "../../testkit/stories.ts";
import { type Added, addLine } from "../../testkit/telephony.ts";

/** A call of a virtual PBX in whichever CRM the company works: seen while it rings, and one record when it is over. */

let hub: StoryHub;
let recordings: Recordings;
beforeAll(async () => {
  [hub, recordings] = await Promise.all([startStoryHub(), startRecordings()]);
});
afterAll(async () => {
  await hub.stop();
  await recordings.stop();
});

describe.each(told("calls"))("calls, and %s", (_, entry, subdomain) => {
  let story: Story;
  let line: Added;
  beforeAll(async () => {
    story = await openStory(hub, entry, subdomain);
    line = await addLine(hub.now, story.company, { side: "crm", unknown_caller: "deal", missed_task_minutes: "15", recording_days: "0" });
    const { ivan, anna } = story.crm.people;
    const items = [
      { theirs: "ivan", ours: ivan },
      { theirs: "anna", ours: anna },
    ];
    await story.client.send("PUT", `/connections/${line.id}/mappings/user`, { items });
  });
  afterAll(() => story.crm.stop());

  async function tell(phone: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const whole = { user: "ivan", diversion: "74950000000", phone: phone.replace("+", ""), crm_token: line.secrets["crm_token"] ?? "" };
    const answer = await fetch(line.urls["inbound"] ?? "", { method: "POST", body: new URLSearchParams({ ...whole, ...fields }) });
    expect([answer.status, await answer.text()]).toEqual([200, ""]);
  }
  const recording = (call: string) => recordings.of(call);
  const over = (call: string, phone: string, fields: Readonly<Record<string, string>> = {}) =>
    tell(phone, {
      ...{ cmd: "history", type: "in", callid: call, start: "20261125T101500Z", duration: "61", status: "Success" },
      ...{ link: recording(call), ...fields },
    });
  const missed = (call: string, phone: string) => over(call, phone, { duration: "0", status: "missed", link: "" });
  const callsOf = async (phone: string) => (await story.crm.look.calls()).filter((call) => isSamePhone(call.phone, phone));
  const tasksOf = async (phone: string) => {
    const deals = new Set((await dealsBy(story.crm.look, phone)).map(({ id }) => id));
    return (await story.crm.look.tasks()).filter(({ deal }) => deal !== undefined && deals.has(deal));
  };

  it("show a card to the one whose phone rings, and are one record with the recording when they are over", async () => {
    const phone = nextPhone();
    await over("first", phone);
    await story.settled();
    const call = { callid: "second" };
    await tell(phone, { cmd: "event", type: "INCOMING", ...call });
    await story.until(async () => (await story.crm.look.cards()).some((card) => isSamePhone(card.phone, phone)));
    await tell(phone, { cmd: "event", type: "ACCEPTED", ...call });
    await over("second", phone, { duration: "75" });
    await story.settled();
    const one = { direction: "in", isAnswered: true, user: story.crm.people.ivan };
    expect(await callsOf(phone)).toMatchObject([
      { ...one, seconds: 61, recording: recording("first") },
      { ...one, seconds: 75, recording: recording("second") },
    ]);
    expect([(await contactsBy(story.crm.look, phone)).length, (await dealsBy(story.crm.look, phone)).length]).toEqual([1, 1]);
  });

  it("of strangers become a contact and a deal of whoever spoke with them", async () => {
    const phone = nextPhone();
    await over("stranger", phone, { user: "anna" });
    await story.settled();
    const { anna } = story.crm.people;
    expect(await contactsBy(story.crm.look, phone)).toMatchObject([{ responsible: anna }]);
    expect(await dealsBy(story.crm.look, phone)).toMatchObject([{ responsible: anna }]);
    expect(await tasksOf(phone)).toEqual([]);
  });

  it("that nobody took become a task, which closes when somebody has called back", async () => {
    const phone = nextPhone();
    await missed("lost", phone);
    await story.settled();
    expect(await callsOf(phone)).toMatchObject([{ direction: "in", isAnswered: false }]);
    expect(await tasksOf(phone)).toMatchObject([{ isDone: false, text: expect.stringContaining(phone) }]);
    await over("back", phone, { type: "out", start: "20261125T102500Z" });
    await story.settled();
    expect(await callsOf(phone)).toMatchObject([{ isAnswered: false }, { direction: "out", isAnswered: true, seconds: 61 }]);
    expect(await tasksOf(phone)).toMatchObject([{ isDone: true }]);
  });

  it("a hundred at once, each told twice, are each there once", async () => {
    const phones = Array.from({ length: 20 }, nextPhone);
    const calls = phones.flatMap((phone) => Array.from({ length: 5 }, (_, count) => ({ phone, call: `many-${phone}-${count}` })));
    await Promise.all([...calls, ...calls].map(({ phone, call }) => over(call, phone)));
    await story.settled();
    const there = (await story.crm.look.calls()).map((call) => call.recording).filter((link) => link?.includes("many-"));
    expect(there.toSorted()).toEqual(calls.map(({ call }) => recording(call)).toSorted());
    for (const phone of phones)
      expect([(await contactsBy(story.crm.look, phone)).length, (await dealsBy(story.crm.look, phone)).length]).toEqual([1, 1]);
  });

  it.each(entry.troubles)("told of after %s are there, none lost and none twice", async (trouble) => {
    const [known, stranger] = [nextPhone(), nextPhone()];
    const name = (call: string) => `${call}-${known}`;
    await over(name("before"), known);
    await story.settled();
    const end = await story.crm.begin(trouble);
    await tell(known, { cmd: "event", type: "INCOMING", callid: name("during") });
    await over(name("during"), known, { start: "20261125T111500Z" });
    await missed(name("lost"), known);
    await over(name("back"), known, { type: "out", start: "20261125T112500Z" });
    // The hub may get to the second before the first: then there is nobody yet whose call it could be.
    await missed(name("stranger"), stranger);
    await over(name("to-stranger"), stranger, { type: "out", start: "20261125T112500Z" });
    await story.troubled();
    expect([(await callsOf(known)).length, await callsOf(stranger)]).toEqual([1, []]);
    await end();
    await story.settled();
    const there = (await callsOf(known)).map(({ direction, isAnswered, recording: link }) => [direction, isAnswered, link]);
    expect(there).toHaveLength(4);
    for (const call of ["before", "during"]) expect(there).toContainEqual(["in", true, recording(name(call))]);
    expect(there).toContainEqual(["in", false, undefined]);
    expect(there).toContainEqual(["out", true, recording(name("back"))]);
    expect((await tasksOf(known)).filter(({ isDone }) => !isDone)).toEqual([]);
    expect((await callsOf(stranger)).map(({ direction }) => direction).toSorted()).toEqual(["in", "out"]);
    expect((await tasksOf(stranger)).filter(({ isDone }) => !isDone)).toEqual([]);
    for (const phone of [known, stranger])
      expect([(await contactsBy(story.crm.look, phone)).length, (await dealsBy(story.crm.look, phone)).length]).toEqual([1, 1]);
  });
});

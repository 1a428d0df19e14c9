import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addConnection } from "../../testkit/crms/under-test.ts";
import { until } from "../../testkit/hub.ts";
import { type Recordings, startRecordings } from "../../testkit/recordings.ts";
import { isSamePhone, nextPhone, openStory, type Story, type StoryHub, startStoryHub, told } from "../../testkit/stories.ts";
import { addLine } from "../../testkit/telephony.ts";

/** The hub is killed while forms and calls come in for every CRM of the table at once: what was acknowledged is there, once. */

/** A company whose site and whose PBX speak to the hub. */
interface Busy {
  readonly story: Story;
  /** The status that was answered; 0 when nothing was. */
  send(kind: "forms" | "calls", phone: string): Promise<number>;
  /** Phones of what was acknowledged. */
  readonly forms: string[];
  readonly calls: string[];
}

const formPath = "/ctm/form/send";
let hub: StoryHub;
let recordings: Recordings;
const companies = new Map<string, Busy>();
beforeAll(async () => {
  [hub, recordings] = await Promise.all([startStoryHub(), startRecordings()]);
  for (const [name, line, subdomain] of told("killed")) companies.set(name, await open(await openStory(hub, line, subdomain)));
  const all = [...companies.values()];
  const lists = all.flatMap(({ forms, calls }) => [forms, calls]);
  const rest = new AbortController();
  const sending = all.flatMap((busy) => [keepSending(busy, "forms", rest.signal), keepSending(busy, "calls", rest.signal)]);
  await until(async () => lists.every(({ length }) => length >= 10), 30);
  await hub.killAndStart();
  const before = lists.map(({ length }) => length);
  await until(async () => lists.every(({ length }, place) => length >= (before[place] ?? 0) + 3), 30);
  rest.abort();
  await Promise.all(sending);
  // What the dead process held for a CRM elsewhere is let go of after half a minute.
  await Promise.all(all.map(({ story }) => story.settled(90)));
}, 180_000);
afterAll(async () => {
  for (const { story } of companies.values()) await story.crm.stop();
  await hub.stop();
  await recordings.stop();
});

async function open(story: Story): Promise<Busy> {
  const form = await addConnection(hub.now, story.company, "fivecrm", { spam_check: "false" });
  const line = await addLine(hub.now, story.company, { side: "crm", unknown_caller: "deal", recording_days: "0" });
  const callPath = `/in/${line.id}/crm_integration.php`;
  return {
    ...{ story, forms: [], calls: [] },
    async send(kind, phone) {
      const fields =
        kind === "forms"
          ? { public_token: form.secrets["public_token"] ?? "", name: "Анна", phone }
          : callOf(phone, line.secrets["crm_token"] ?? "");
      const body = new URLSearchParams(fields);
      const sent = fetch(hub.now.url + (kind === "forms" ? formPath : callPath), {
        method: "POST",
        body,
        signal: AbortSignal.timeout(5_000),
      });
      return sent.then(({ status }) => status).catch(() => 0);
    },
  };
}

const callOf = (phone: string, token: string) => ({
  ...{ cmd: "history", type: "in", callid: `call-${phone}`, phone: phone.replace("+", ""), user: "ivan", diversion: "74950000000" },
  ...{ duration: "61", status: "Success", link: recordings.of(phone), crm_token: token },
});

/** One after another, each of somebody else, and not again when it was not acknowledged. */
async function keepSending(busy: Busy, kind: "forms" | "calls", rest: AbortSignal): Promise<void> {
  while (!rest.aborted) {
    const phone = nextPhone();
    if ((await busy.send(kind, phone)) === 200) busy[kind].push(phone);
    await sleep(25);
  }
}

describe.each(told("killed"))("a hub that was killed, and %s", (name) => {
  /** How often each of these is a person, a deal and a call. */
  async function times(kind: "forms" | "calls"): Promise<number[][]> {
    const busy = companies.get(name);
    if (!busy) throw new Error(`${name} was not busy`);
    const { look } = busy.story.crm;
    const [people, deals, calls] = [await look.contacts(), await look.deals(), await look.calls()];
    return busy[kind].map((phone) => {
      const ids = people.filter(({ phones }) => phones.some((one) => isSamePhone(one, phone))).map(({ id }) => id);
      const theirs = deals.filter(({ contact }) => contact !== undefined && ids.includes(contact));
      return [ids.length, theirs.length, calls.filter((call) => isSamePhone(call.phone, phone)).length];
    });
  }

  it("each form that was acknowledged is one person and one deal", async () => {
    const all = await times("forms");
    expect(all.length).toBeGreaterThanOrEqual(13);
    expect(all).toEqual(all.map(() => [1, 1, 0]));
  });

  it("each call that was acknowledged is there once, with one person and one deal", async () => {
    const all = await times("calls");
    expect(all.length).toBeGreaterThanOrEqual(13);
    expect(all).toEqual(all.map(() => [1, 1, 1]));
  });

  it("nobody and nothing is there twice of what was not acknowledged either", async () => {
    const { look } = companies.get(name)?.story.crm ?? {};
    const phones = (await look?.contacts())?.map((contact) => contact.phones[0]?.replace(/\D/g, "").slice(-10)) ?? [];
    expect(phones.length).toBeGreaterThan(0);
    expect(phones.toSorted()).toEqual([...new Set(phones)].toSorted());
    expect(await look?.deals()).toHaveLength(phones.length);
    const sounds = (await look?.calls())?.map(({ recording }) => recording) ?? [];
    expect(sounds.toSorted()).toEqual([...new Set(sounds)].toSorted());
  });
});

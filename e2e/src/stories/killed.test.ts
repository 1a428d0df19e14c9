import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addConnection } from "../../testkit/crms/under-test.ts";
import { until } from "../../testkit/hub.ts";
import { FormLoad } from "../../testkit/load.ts";
import { type Recordings, startRecordings } from "../../testkit/recordings.ts";
import { isSamePhone, nextPhone, openStory, type Story, type StoryHub, startStoryHub, told } from "../../testkit/stories.ts";
import { type Added, addLine } from "../../testkit/telephony.ts";

/** The hub is killed while forms and calls come in for every CRM of the table at once: what was acknowledged is there, once. */

interface Load {
  readonly story: Story;
  /** Names of the forms, and phones of the calls, that were acknowledged. */
  readonly forms: () => string[];
  readonly calls: Set<string>;
  stop(): Promise<unknown>;
}

let hub: StoryHub;
let recordings: Recordings;
const loads = new Map<string, Load>();
beforeAll(async () => {
  [hub, recordings] = await Promise.all([startStoryHub(), startRecordings()]);
  for (const [name, line, subdomain] of told("killed")) loads.set(name, await load(await openStory(hub, line, subdomain)));
  const all = [...loads.values()];
  const each = (enough: number) => until(async () => all.every(({ forms, calls }) => Math.min(forms().length, calls.size) >= enough), 30);
  await each(5);
  await hub.killAndStart();
  const before = Math.max(...all.flatMap(({ forms, calls }) => [forms().length, calls.size]));
  await each(before + 2);
  await Promise.all(all.map(({ stop }) => stop()));
  // What the dead process held for a CRM elsewhere is let go of after half a minute.
  await Promise.all(all.map(({ story }) => story.settled(90)));
}, 180_000);
afterAll(async () => {
  for (const { story } of loads.values()) await story.crm.stop();
  await hub.stop();
  await recordings.stop();
});

async function load(story: Story): Promise<Load> {
  const form = await addConnection(hub.now, story.company, "fivecrm", { spam_check: "false" });
  const line = await addLine(hub.now, story.company, { side: "crm", unknown_caller: "deal", recording_days: "0" });
  const sending = new FormLoad(() => hub.now.url, form.secrets["public_token"] ?? "", 1).start();
  const calls = new Set<string>();
  let isCalling = true;
  const calling = (async () => {
    for (let phone = nextPhone(); isCalling; phone = nextPhone()) if (await tell(line, phone)) calls.add(phone);
  })();
  return {
    ...{ story, calls },
    forms: () => sending.answers.filter(({ status }) => status === 200).map(({ name }) => name),
    async stop() {
      isCalling = false;
      await Promise.all([sending.stop(), calling]);
    },
  };
}

/** Whether the hub has acknowledged it; a PBX waits a little between two calls. */
async function tell({ id, secrets }: Added, phone: string): Promise<boolean> {
  const body = new URLSearchParams({
    ...{ cmd: "history", type: "in", callid: `call-${phone}`, phone: phone.replace("+", ""), user: "ivan", duration: "61" },
    ...{ diversion: "74950000000", status: "Success", link: recordings.of(phone), crm_token: secrets["crm_token"] ?? "" },
  });
  const sent = fetch(`${hub.now.url}/in/${id}/crm_integration.php`, { method: "POST", body, signal: AbortSignal.timeout(5_000) });
  const status = await sent.then((answer) => answer.status).catch(() => 0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  return status === 200;
}

describe.each(told("killed"))("a hub that was killed, and %s", (name) => {
  const loaded = (): Load => {
    const found = loads.get(name);
    if (!found) throw new Error(`${name} has not been loaded`);
    return found;
  };

  it("each form that was acknowledged is one person and one deal", async () => {
    const { story, forms } = loaded();
    const people = (await story.crm.look.contacts()).filter((contact) => contact.name.startsWith("Клиент "));
    const names = people.map((contact) => contact.name);
    expect(forms().filter((form) => !names.includes(form))).toEqual([]);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
    const deals = await story.crm.look.deals();
    for (const { id } of people) expect(deals.filter(({ contact }) => contact === id)).toHaveLength(1);
  });

  it("each call that was acknowledged is there once, with one person and one deal", async () => {
    const { story, calls } = loaded();
    const [there, people, deals] = [await story.crm.look.calls(), await story.crm.look.contacts(), await story.crm.look.deals()];
    const times = [...calls].map((phone) => {
      const who = people.filter(({ phones }) => phones.some((one) => isSamePhone(one, phone)));
      const theirs = deals.filter(({ contact }) => who.some(({ id }) => id === contact));
      return [there.filter((call) => isSamePhone(call.phone, phone)).length, who.length, theirs.length];
    });
    expect(times).toEqual([...calls].map(() => [1, 1, 1]));
    const recordings = there.map(({ recording }) => recording);
    expect(recordings.toSorted()).toEqual([...new Set(recordings)].toSorted());
  });
});

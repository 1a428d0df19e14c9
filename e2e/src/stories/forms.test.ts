import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addConnection } from "../../testkit/crms/under-test.ts";
import { contactsBy, dealsBy, nextPhone, openStory, type Story, type StoryHub, startStoryHub, told } from "../../testkit/stories.ts";

/** A form of a site becomes a person and a deal in whichever CRM the company works, once, whatever happens meanwhile. */

let hub: StoryHub;
beforeAll(async () => {
  hub = await startStoryHub();
});
afterAll(() => hub.stop());

describe.each(told("forms"))("forms, and %s", (_, line, subdomain) => {
  let story: Story;
  let token: string;
  beforeAll(async () => {
    story = await openStory(hub, line, subdomain);
    const form = await addConnection(hub.now, story.company, "fivecrm", { spam_check: "false" });
    token = form.secrets["public_token"] ?? "";
  });
  afterAll(() => story.crm.stop());

  async function submit(phone: string, fields: Readonly<Record<string, string>> = {}): Promise<void> {
    const answer = await fetch(`${hub.now.url}/ctm/form/send`, {
      method: "POST",
      body: new URLSearchParams({ public_token: token, name: "Анна", phone, ...fields }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, '{"ans":"true"}']);
  }
  const contactsOf = (phone: string) => contactsBy(story.crm.look, phone);
  const dealsOf = (phone: string) => dealsBy(story.crm.look, phone);
  const notesOf = async (phone: string) =>
    (await Promise.all((await dealsOf(phone)).map(({ id }) => story.crm.look.notes(id)))).flat().filter((text) => text.includes("аявка"));
  /** How often each became a contact, a deal and a note. */
  const times = (phones: readonly string[]) =>
    Promise.all(
      phones.map(async (phone) => [(await contactsOf(phone)).length, (await dealsOf(phone)).length, (await notesOf(phone)).length]),
    );
  const once = (phones: readonly string[]) => phones.map(() => [1, 1, 1]);

  it("become a contact, a deal and a note, with the marks of where they came from", async () => {
    const phone = nextPhone();
    await submit(phone, { utm_source: "yandex", description: "Окна на дачу" });
    await story.settled();
    expect(await times([phone])).toEqual([[1, 1, 1]]);
    const [deal] = await dealsOf(phone);
    expect([(await contactsOf(phone))[0]?.name, deal?.fields, await notesOf(phone)]).toEqual([
      ...["Анна", expect.stringContaining("yandex"), [expect.stringContaining("Окна на дачу")]],
    ]);
  });

  it("of somebody who is known join the deal that is open, with a note and a task", async () => {
    const phone = nextPhone();
    await submit(phone, { description: "Первая" });
    await story.settled();
    await submit(phone.replace("+7", "8"), { description: "Вторая" });
    await story.settled();
    expect([(await contactsOf(phone)).length, (await dealsOf(phone)).length]).toEqual([1, 1]);
    const [deal] = await dealsOf(phone);
    expect(await notesOf(phone)).toEqual([expect.stringContaining("Первая"), expect.stringContaining("Вторая")]);
    expect((await story.crm.look.tasks()).filter((task) => task.deal === deal?.id)).toMatchObject([
      { isDone: false, text: expect.stringContaining("Повторная заявка: свяжитесь с клиентом") },
    ]);
  });

  it("of one person are one contact and one deal, by however many they come at once and however the phone is written", async () => {
    const phone = nextPhone();
    const spellings = [phone, phone.replace("+7", "8"), `8 (910) ${phone.slice(5, 8)}-${phone.slice(8, 10)}-${phone.slice(10)}`];
    const sent = Array.from({ length: 20 }, (_, place) => submit(spellings[place % 3] ?? phone, { description: `Вопрос ${place}` }));
    await Promise.all(sent);
    await story.settled();
    expect([(await contactsOf(phone)).length, (await dealsOf(phone)).length]).toEqual([1, 1]);
    const asked = (await notesOf(phone)).flatMap((text) => /Вопрос \d+/.exec(text) ?? []);
    expect(asked.toSorted()).toEqual(Array.from({ length: 20 }, (_, place) => `Вопрос ${place}`).toSorted());
  });

  it("with a phone that is none keep it, as it was typed", async () => {
    const name = "Без телефона";
    await submit("звоните 12-34", { name });
    await story.settled();
    const made = (await story.crm.look.contacts()).filter((contact) => contact.name === name);
    expect(made).toHaveLength(1);
    const deals = (await story.crm.look.deals()).filter(({ contact }) => contact === made[0]?.id);
    const notes = await Promise.all(deals.map(({ id }) => story.crm.look.notes(id)));
    expect(JSON.stringify([made, notes])).toContain("звоните 12-34");
  });

  it.each(line.troubles)("are all there, and none twice, after %s", async (trouble) => {
    const end = await story.crm.begin(trouble);
    const phones = Array.from({ length: 5 }, nextPhone);
    for (const phone of phones) await submit(phone);
    await story.troubled();
    expect((await Promise.all(phones.map(contactsOf))).flat()).toEqual([]);
    await end();
    await story.settled();
    expect(await times(phones)).toEqual(once(phones));
  });

  it.runIf(line.troubles.length > 0)("are written once although the answers to their writes are lost", async () => {
    const phones = Array.from({ length: 4 }, nextPhone);
    const lost = story.crm.loseAnswers?.(7);
    await Promise.all(phones.map((phone) => submit(phone)));
    await story.settled();
    expect(lost?.()).toBeGreaterThan(5);
    expect(await times(phones)).toEqual(once(phones));
  });
});

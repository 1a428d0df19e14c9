import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../testkit/hub.ts";
import { addMessengers, conversationsOf, type Messengers, messagesOf } from "../../testkit/messengers.ts";
import { contactsBy, dealsBy, openStory, type Story, type StoryHub, startStoryHub, told } from "../../testkit/stories.ts";

/** A conversation from the messenger to the chats of whichever CRM the company works in, and back. */

const key = "whatsapp:79000000001";
let hub: StoryHub;
beforeAll(async () => {
  hub = await startStoryHub();
});
afterAll(() => hub.stop());

describe.each(told("chats"))("a messenger, and %s", (_, entry, subdomain) => {
  let shop: Messengers;
  let story: Story;
  beforeAll(async () => {
    shop = await addMessengers(hub.now, subdomain);
    story = await openStory(hub, entry, subdomain, shop.company);
    shop.touch.add({ source: "whatsapp", login: "79000000001", token: "token", phone: "79000000001" });
  }, 60_000);
  beforeEach(() => Object.assign(shop.touch.switches, { autoStatuses: true, duplicates: false, blocked: false }));
  afterAll(async () => {
    await shop.touch.close();
    await story.crm.stop();
  });

  const say = (from: string, name: string, text: string) => shop.touch.say(key, { from, name, text });
  const chatWith = (name: string) => until(async () => (await story.crm.look.chats()).find((chat) => chat.name === name));
  const said = async (name: string) => (await chatWith(name)).messages.map(({ direction, text }) => `${direction}: ${text}`);
  const stateOf = async (name: string, words: string) => (await chatWith(name)).messages.find(({ text }) => text === words)?.state;
  const sent = (words: string) => shop.touch.sent.filter(({ text }) => text === words);

  it("is connected by one call of POST /crm/connect, made again as often as you like", async () => {
    const request = { touchapi_source: "whatsapp", touchapi_token: "token", touchapi_login: "79000000001", ...story.crm.address(hub.now) };
    const answers = [await shop.ask("POST", "/crm/connect", request), await shop.ask("POST", "/crm/connect", request)];
    for (const { status, body } of answers) {
      expect([status, body.ok]).toEqual([200, true]);
      expect(body.data.result.crm).toMatchObject({ ok: true, state: "working" });
    }
    // The links of the account to the CRM: the second call has nothing to add.
    expect(answers.map(({ body }) => body.data.binds.length)).toEqual([2, 0]);
    const { crm_url, crm_type } = story.crm.address(hub.now);
    const status = await shop.ask("GET", `/crm/status?crm_url=${crm_url}&crm_type=${crm_type}`);
    expect(status.body.data.step.value).toBe(5);
    expect(await shop.client.all("/connections?vendor=touchapi")).toHaveLength(2);
  });

  it("brings whoever writes: a conversation, a contact and a deal, and what they say stands in its pane of chats", async () => {
    await say("79031110001", "Мария", "Здравствуйте!");
    const chat = await until(async () => {
      const found = await chatWith("Мария");
      return found.contact !== undefined && found;
    });
    await story.settled();
    expect(await said("Мария")).toEqual(["in: Здравствуйте!"]);
    expect(await contactsBy(story.crm.look, "+79031110001")).toMatchObject([{ id: chat.contact, name: "Мария" }]);
    const deals = (await story.crm.look.deals()).filter(({ contact }) => contact === chat.contact);
    expect(deals).toMatchObject([{ id: (await chatWith("Мария")).deal ?? expect.any(String) }]);
    // And in our own inbox all the same.
    expect(await conversationsOf(shop.client)).toMatchObject([{ network: "whatsapp", client: { name: "Мария" } }]);
  });

  it("brings what is said once and in order, however often it is told", async () => {
    shop.touch.switches.duplicates = true;
    for (let count = 1; count <= 10; count++) await say("79031110002", "Порядок", `Слово ${count}`);
    await chatWith("Порядок");
    await story.settled();
    expect(await said("Порядок")).toEqual(Array.from({ length: 10 }, (_, index) => `in: Слово ${index + 1}`));
    expect(await contactsBy(story.crm.look, "+79031110002")).toHaveLength(1);
    expect(await dealsBy(story.crm.look, "+79031110002")).toHaveLength(1);
  });

  it("takes what is answered there to the client, once, and tells how far it has come", async () => {
    await story.crm.write((await chatWith("Мария")).id, "Тысяча рублей");
    await until(async () => sent("Тысяча рублей").length === 1);
    await until(async () => ["read", "delivered"].includes((await stateOf("Мария", "Тысяча рублей")) ?? ""));
    await story.settled();
    expect(sent("Тысяча рублей")).toHaveLength(1);
    // Its echo is shown to nobody who wrote it.
    expect(await said("Мария")).toEqual(["in: Здравствуйте!", "out: Тысяча рублей"]);
    const [own] = (await conversationsOf(shop.client)).filter(({ client }) => client.name === "Мария");
    const message = (await messagesOf(shop.client, own?.id ?? 0)).find(({ text }) => text === "Тысяча рублей");
    expect(message).toMatchObject({ direction: "out", state: "read" });
  });

  it("shows what is written on the phone, too", async () => {
    await shop.touch.echo(key, { to: "79031110001", text: "С телефона" });
    await until(async () => (await said("Мария")).includes("out: С телефона"));
    await story.settled();
    expect((await said("Мария")).filter((line) => line === "out: С телефона")).toHaveLength(1);
  });

  it.each(entry.troubles)("brings everything in order and once after %s", async (trouble) => {
    const place = entry.troubles.indexOf(trouble);
    // Bitrix24 keeps letters alone of a name.
    const [from, name, other] = [`7903111001${place}`, `Терпение ${"АБВГД"[place]}`, `Новенький ${"АБВГД"[place]}`];
    await say(from, name, "Ждём 1");
    await chatWith(name);
    await story.settled();
    const end = await story.crm.begin(trouble);
    for (let count = 2; count <= 5; count++) await say(from, name, `Ждём ${count}`);
    await say(`7903111002${place}`, other, "Кто-нибудь?");
    await story.troubled();
    expect(await said(name)).toEqual(["in: Ждём 1"]);
    await end();
    await story.settled();
    expect(await said(name)).toEqual(Array.from({ length: 5 }, (_, index) => `in: Ждём ${index + 1}`));
    expect(await said(other)).toEqual(["in: Кто-нибудь?"]);
    for (const phone of [from, `7903111002${place}`]) expect(await contactsBy(story.crm.look, phone)).toHaveLength(1);
  });
});

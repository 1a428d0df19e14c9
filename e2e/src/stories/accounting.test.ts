import type { BaseStandin } from "@svyazka/onec/standin";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../testkit/hub.ts";
import { type Accounts, addAccounts, approve, startBase } from "../../testkit/onec.ts";
import { openStory, type Story, type StoryHub, startStoryHub, told } from "../../testkit/stories.ts";

/** 1C speaks as it always has, by the number of its account, and what it tells is kept in whichever CRM the company works: also while that is away. */

let hub: StoryHub;
beforeAll(async () => {
  hub = await startStoryHub();
});
afterAll(() => hub.stop());

describe.each(told("onec"))("1C, and %s", (_, entry, subdomain) => {
  let story: Story;
  let accounts: Accounts;
  let base: BaseStandin;
  let paid: string;
  let ivan: string;
  beforeAll(async () => {
    const key = `3091001${subdomain.at(-1)}`;
    accounts = { ...(await addAccounts(hub.now, subdomain, { key })), key };
    story = await openStory(hub, entry, subdomain, accounts);
    ({ ivan } = story.crm.people);
    const { first, second, lost } = await story.crm.stages();
    paid = second;
    const settings = { new_order_stage: first, stage_payment: second, stage_cancel_order: lost };
    await story.client.send("PATCH", `/connections/${accounts.door.id}`, { settings });
    base = await startBase(accounts, { idBase: "1" });
    expect((await base.register(accounts.base)).reply).toMatchObject({ success: true });
    await approve(accounts, "1");
  }, 60_000);
  afterAll(async () => {
    await base.close();
    await story.crm.stop();
  });

  async function counts() {
    const { contacts, companies, deals } = story.crm.look;
    return { companies: (await companies()).length, contacts: (await contacts()).length, deals: (await deals()).length };
  }
  const dealOf = async (id: string | undefined) => (await story.crm.look.deals()).find((deal) => deal.id === id);
  const notesOf = (deal: string | undefined) => story.crm.look.notes(deal ?? "");

  it("is told the fields of it, and who works there", async () => {
    const { rows } = base.state;
    await until(async () => rows.some(({ entity_name, amo_id }) => entity_name === "Сотрудник" && amo_id === ivan));
    await until(async () => rows.some(({ entity_name, amo_name }) => entity_name === "Компания" && amo_name === story.crm.companyField));
  });

  it("tells of a company, a contact and an order: they become one each, however often they are told", async () => {
    base.switches.duplicatePosts = true;
    const firm = await base.tellCompany({ name: "ООО Ромашка", inn: "7707083893", responsible: ivan });
    const who = await base.tellContact({ name: "Анна", phone: "8 910 123-45-67", email: "anna@x.example" });
    const { crmId: companyId = "" } = firm.counterparty;
    const { crmId: contactId = "" } = who.counterparty;
    expect([firm.twin?.body, who.twin?.body]).toEqual([firm.body, who.body]);
    const sale = await base.tellOrder({ sum: "1500.50", companyId, contactId, responsible: ivan });
    expect(sale.twin?.body).toBe(sale.body);
    base.switches.duplicatePosts = false;
    await base.tellCompany({ id_1c: firm.counterparty.id_1c });
    expect(await counts()).toEqual({ companies: 1, contacts: 1, deals: 1 });
    expect(await story.crm.look.companies()).toMatchObject([{ id: companyId, name: "ООО Ромашка", inn: "7707083893", responsible: ivan }]);
    expect(await story.crm.look.contacts()).toMatchObject([{ id: contactId, phones: [expect.stringMatching(/9101234567|910 123-45-67/)] }]);
    expect(await dealOf(sale.order.dealId)).toMatchObject({ responsible: ivan, contact: contactId });
  });

  it("tells of somebody whose phone is known: they are made beside, once", async () => {
    const before = await counts();
    const known = await base.tellContact({ name: "Анна П.", phone: "+79101234567" });
    const again = await base.tellContact({ id_1c: known.counterparty.id_1c });
    expect([known.status, again.body]).toEqual([200, known.body]);
    expect(await counts()).toEqual({ ...before, contacts: before.contacts + 1 });
  });

  it("tells of money: it moves the deal, and is written into it", async () => {
    const { order } = await base.tellOrder({ sum: "100" });
    const reply = await base.tellEvent({ event: "payment", id_1c: order.id_1c, sum: "100", debt: "0", document: "ПКО 1" });
    expect(reply.status).toBe(200);
    await story.settled();
    expect((await dealOf(order.dealId))?.stage).toBe(paid);
    expect((await notesOf(order.dealId)).filter((text) => text.includes("ПКО 1"))).toHaveLength(1);
  });

  it.each(entry.troubles)(
    "is told to come again while %s: no second record appears; an event is taken, and delivered later",
    async (trouble) => {
      const { order } = await base.tellOrder({ sum: "200" });
      const before = await counts();
      const end = await story.crm.begin(trouble);
      const asked = await base.tellCompany({ name: "ООО Лютик", inn: innOf(entry.troubles.indexOf(trouble)) });
      expect([asked.status, asked.reply]).toMatchObject([503, { success: false, code: "busy" }]);
      const { id_1c, name, inn } = asked.counterparty;
      const body = JSON.stringify({ key: accounts.key, id_base: "1", id_1c, name, inn });
      const raw = await fetch(`${accounts.base}/sync/clients_companies`, { method: "POST", body });
      expect([raw.status, Number(raw.headers.get("retry-after")) > 0]).toEqual([503, true]);
      const reply = await base.tellEvent({ event: "payment", id_1c: order.id_1c, sum: "200", debt: "0", document: "ПКО 2" });
      expect([reply.status, reply.reply]).toMatchObject([200, { success: true, data: Number(order.dealId) }]);
      expect(await notesOf(order.dealId)).toEqual([]);
      await end();
      await story.settled();
      expect((await dealOf(order.dealId))?.stage).toBe(paid);
      expect(await notesOf(order.dealId)).toHaveLength(1);
      for (let n = 0; n < 2; n++) await story.until(async () => (await base.tellCompany({ id_1c })).status === 200);
      await story.settled();
      expect(await counts()).toEqual({ ...before, companies: before.companies + 1 });
    },
  );

  it.runIf(entry.troubles.length > 0)("makes no second record when answers to the hub are lost", async () => {
    const before = await counts();
    const lostFirst = story.crm.loseAnswers?.(1);
    const { id_1c } = (await base.tellContact({ name: "Мария", phone: "+79101234599" })).counterparty;
    await until(async () => (await base.tellContact({ id_1c })).status === 200, 60);
    expect(lostFirst?.()).toBe(1);
    const lostThen = story.crm.loseAnswers?.(1);
    const { order } = await base.tellOrder({ sum: "300" });
    await until(async () => (await base.tellOrder({ id_1c: order.id_1c, sum: "301" })).status === 200, 60);
    expect(lostThen?.()).toBe(1);
    expect(await counts()).toEqual({ ...before, contacts: before.contacts + 1, deals: before.deals + 1 });
  });

  it("does not hear back what it has told", async () => {
    await story.settled();
    expect(base.requests.filter(({ type }) => type.startsWith("new_"))).toEqual([]);
  });
});

/** A number of a taxpayer, with its control digit. */
function innOf(place: number): string {
  const digits = String(500_100_800 + place);
  const sum = [2, 4, 10, 3, 5, 9, 4, 6, 8].reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  return digits + ((sum % 11) % 10);
}

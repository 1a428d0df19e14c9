import { readFileSync } from "node:fs";
import { type ConnectionId, type InboundRequest, Refused, type ToldRecord, Unavailable } from "@svyazka/core";
import { writeBrackets } from "@svyazka/wire";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "../../../../server/testkit/database.ts";
import { databaseKit } from "../../../../server/testkit/database-kit.ts";
import { accountAt } from "../../testkit/account.ts";
import { longLived, makeAmo, memoryTokens, overFetch } from "../client.ts";
import { type AmoStandIn, startAmo } from "../standin.ts";
import { connectAccount, listenToAccount, pollAccount } from "./account.ts";
import { followed, receiveHook } from "./hooks.ts";
import { receiveSignedIn, signInLink } from "./sign-in.ts";

/** What is particular to an account at amoCRM, beside the promises of every CRM. */

let database: TestDatabase;
let standin: AmoStandIn;
let connection = 0;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  standin = await startAmo();
  connection++;
});
afterEach(() => standin.stop());

const account = (settings: object = {}, rest: object = {}) => ({
  ...accountAt(standin.url, standin.longLivedToken(), settings as never),
  id: connection as ConnectionId,
  ...rest,
});
const kit = () => databaseKit(database, {}, connection);
const connect = (settings: object = {}, rest: object = {}) => {
  const { crm, ...ports } = connectAccount(account(settings, rest), kit());
  if (!crm) throw new Error("an account is a CRM");
  return { crm, ...ports };
};
const client = () =>
  makeAmo({
    domain: standin.url,
    tokens: memoryTokens(longLived(standin.longLivedToken())),
    send: overFetch(fetch),
    limiter: { take: async () => {} },
  });
const people = (count: number) =>
  client().contacts.createMany(
    Array.from({ length: count }, (_, place) => ({
      name: `Человек ${place}`,
      custom_fields_values: [{ field_code: "PHONE", values: [{ value: `8 910 ${1_000_000 + place}`, enum_code: "MOB" }] }],
    })),
  );
const questions = () => standin.requests.filter(({ method }) => method === "GET").length;

describe("the address book", () => {
  const listen = async (until: () => Promise<boolean>) => {
    const stop = new AbortController();
    const listening = listenToAccount(account(), kit(), stop.signal);
    while (!(await until())) await Promise.race([new Promise((resolve) => setTimeout(resolve, 5)), listening]);
    stop.abort();
    await listening;
  };

  it("is filled page by page, goes on where it was interrupted, and then answers without asking", async () => {
    await people(600);
    const { bookState, crm, phoneBook } = connect();
    expect(await bookState?.()).toEqual({ contacts: 0, companies: 0, isWhole: false });
    await listen(async () => ((await bookState?.())?.contacts ?? 0) > 0);
    const first = (await bookState?.())?.contacts ?? 0;
    await listen(async () => (await bookState?.())?.isWhole === true);
    expect(first).toBeGreaterThan(0);
    expect(await bookState?.()).toEqual({ contacts: 600, companies: 0, isWhole: true });
    const before = questions();
    expect(await phoneBook?.find({ typed: "", e164: "+79101000599" })).toMatchObject({ name: "Человек 599", responsible: "2772376" });
    expect(await crm.findContact({ phones: ["+79101000001"], emails: [] })).toMatchObject([{ name: "Человек 1", matchedBy: "phone" }]);
    expect(await crm.findContact({ phones: ["+79990000000"], emails: [] })).toEqual([]);
    expect(questions()).toBe(before);
  });

  it("asks amoCRM while it is not whole", async () => {
    await people(3);
    const { crm } = connect();
    expect(await crm.findContact({ phones: ["+79101000002"], emails: [] })).toMatchObject([{ name: "Человек 2" }]);
    standin.switches.down = true;
    expect(await crm.findContact({ phones: ["+79101000002"], emails: [] })).toMatchObject([{ name: "Человек 2" }]);
    await expect(crm.findContact({ phones: ["+79101000001"], emails: [] })).rejects.toBeInstanceOf(Unavailable);
  });

  it("lets go of whom amoCRM has not any more: whoever looks again finds better", async () => {
    const { crm, follower } = connect();
    const phone = { typed: "+79101112233", e164: "+79101112233" };
    const { id } = await crm.saveContact({ key: "one", phones: [phone], emails: [] });
    standin.state.contacts.delete(Number(id));
    await expect(crm.saveContact({ key: "two", id, name: "Анна", phones: [], emails: [] })).rejects.toMatchObject({ name: "Conflict" });
    expect(await crm.findContact({ phones: [phone.e164], emails: [] })).toEqual([]);
    expect(await follower?.follow({ kind: "contact", id, change: "changed" })).toEqual({ what: "gone" });
  });

  it("is subscribed to changes once, and again after amoCRM has switched it off", async () => {
    await listen(async () => standin.state.webhooks.length === 1);
    await listen(async () => true);
    const [hook] = standin.state.webhooks;
    expect(hook).toMatchObject({ destination: "https://hub.example/in/hooksecret/amocrm/webhook", settings: [...followed] });
    const subscriptions = () => standin.requests.filter(({ method, path }) => method === "POST" && path === "/api/v4/webhooks").length;
    expect(subscriptions()).toBe(1);
    standin.state.webhooks = standin.state.webhooks.map((one) => ({ ...one, disabled: true }));
    await listen(async () => subscriptions() === 2);
  });
});

describe("what amoCRM tells", () => {
  const sample = JSON.parse(readFileSync(new URL("../../fixtures/seed/webhook.json", import.meta.url), "utf8")) as Record<string, string>;
  const factsOf = (body: string): ToldRecord[] => {
    const received = receiveHook(body);
    return "facts" in received ? received.facts.map(({ data }) => data as ToldRecord) : [];
  };

  it("in the seed's webhook is a deal that has changed its stage", () => {
    expect(factsOf(new URLSearchParams(sample).toString())).toEqual([
      { kind: "deal", id: "11111111", change: "stage_changed", at: new Date(11_111_111_000).toISOString(), by: "11111111" },
    ]);
  });

  it("of people, companies, tasks, notes and deletions are facts; of anything else it is kept and left alone", () => {
    const body = writeBrackets({
      leads: { delete: [{ id: 1, status_id: 142, pipeline_id: 3 }] },
      contacts: {
        add: [{ id: 2, type: "contact", updated_at: 1_700_000_000 }],
        update: [{ id: 3, type: "company", updated_at: 1_700_000_001 }],
      },
      task: { add: [{ id: 4, updated_at: 1_700_000_002 }] },
      account: { id: 5 },
    });
    expect(factsOf(body).map(({ kind, id, change }) => `${kind} ${id} ${change}`)).toEqual([
      "deal 1 deleted",
      "contact 2 created",
      "company 3 changed",
      "task 4 created",
    ]);
    for (const odd of [
      "",
      "x",
      "leads=1",
      "leads[add]=1",
      "leads[add][0]=7&leads[add][0][id]=8",
      "message[add][0][id]=5",
      "contacts[note][0][note]=3&contacts[note][0][note][id]=9",
    ])
      expect("facts" in receiveHook(odd) ? factsOf(odd).every(({ id }) => /^\d+$/.test(id)) : receiveHook(odd)).toBeTruthy();
  });

  it("is the same fact whether a webhook brought it or it was asked for, and our own writes are none", async () => {
    const { crm } = connect();
    await crm.saveContact({ key: "own", name: "Наш", phones: [], emails: [] });
    const [made] = await client().contacts.createMany([{ name: "Чужой" }]);
    if (!made?.isDone) throw new Error("it was not made");
    const { updated_at } = await client().contacts.get(made.value.id);
    const { facts } = await pollAccount(account(), kit(), new Date(0));
    expect(facts.map(({ key }) => key)).toEqual([`contact ${made.value.id} ${new Date(updated_at * 1000).toISOString()}`]);
    const hook = receiveHook(writeBrackets({ contacts: { add: [{ id: made.value.id, type: "contact", updated_at }] } }));
    expect("facts" in hook && hook.facts.map(({ key }) => key)).toEqual(facts.map(({ key }) => key));
  });
});

describe("a write whose answer is not whole", () => {
  const phone = { typed: "+79101112244", e164: "+79101112244" };

  it("is not done again because what belongs to it failed after it", async () => {
    let refusals = 1;
    const lent = kit();
    const { crm } = connectAccount(account(), {
      ...lent,
      fetch: async (request) =>
        request.method === "POST" && request.url.endsWith("/notes") && refusals-- > 0
          ? { status: 429, headers: {}, body: "" }
          : lent.fetch(request),
    });
    const draft = { key: "1", name: "Окна", sum: { minor: 1_000_050, currency: "RUB" } };
    await expect(crm?.saveDeal(draft)).rejects.toBeInstanceOf(Unavailable);
    const saved = await crm?.saveDeal(draft);
    expect([...standin.state.leads.keys()]).toEqual([Number(saved?.id)]);
    expect(standin.state.notes.size).toBe(1);
  });

  it("is known for one's own before it is tried again", async () => {
    const { crm } = connect();
    const { id: contact } = await crm.saveContact({ key: "c", name: "Анна", phones: [phone], emails: [] });
    standin.switches.loseAnswers = 1;
    const draft = { key: "d", name: "Окна", contact };
    await expect(crm.saveDeal(draft)).rejects.toBeInstanceOf(Unavailable);
    expect(await crm.findDeal({ contact, state: "open" })).toMatchObject({ name: "Окна" });
    expect(await crm.findDeal({ contact, state: "open", notMadeBy: "d" })).toBeUndefined();
    const saved = await crm.saveDeal(draft);
    expect([...standin.state.leads.keys()]).toEqual([Number(saved.id)]);
  });

  it("is not taken for another one of the same words", async () => {
    const { crm } = connect();
    const first = await crm.saveDeal({ key: "first", name: "Заказ" });
    await kit().store.put("written", "second", { since: Math.floor(Date.now() / 1000) });
    const second = await crm.saveDeal({ key: "second", name: "Заказ" });
    expect(second.id).not.toBe(first.id);
  });
});

describe("whom amoCRM has deleted without a word", () => {
  it("is looked for anew by whoever writes to them, and a call about them is not lost", async () => {
    const { crm } = connect();
    const e164 = "+79101112255";
    const add = (key: string) => crm.saveContact({ key, name: "Анна", phones: [{ typed: e164, e164 }], emails: [] });
    const { id } = await add("1");
    standin.state.contacts.delete(Number(id));
    await expect(crm.findDeal({ contact: id, state: "open" })).rejects.toMatchObject({ name: "Conflict" });
    const { id: second } = await add("2");
    standin.state.contacts.delete(Number(second));
    await expect(crm.saveDeal({ key: "3", name: "Окна", contact: second })).rejects.toMatchObject({ name: "Conflict" });
    const { id: third } = await add("4");
    standin.state.contacts.delete(Number(third));
    const call = { key: "5", direction: "in", client: { typed: e164, e164 }, state: "over", outcome: "answered", contact: third } as const;
    await expect(crm.saveCall(call)).rejects.toMatchObject({ name: expect.stringMatching(/Conflict|Refused/) });
    expect(await crm.findContact({ phones: [e164], emails: [] })).toEqual([]);
  });

  it("stays in the book when the word of their deletion came too late, and they are back", async () => {
    const { follower, phoneBook, crm } = connect();
    const { id } = await crm.saveContact({ key: "1", name: "Анна", phones: [{ typed: "+79101112266", e164: "+79101112266" }], emails: [] });
    expect(await follower?.follow({ kind: "contact", id, change: "deleted" })).toMatchObject({ what: "kept" });
    expect(await phoneBook?.find({ typed: "", e164: "+79101112266" })).toMatchObject({ contact: id });
  });
});

it("a connection that is led to another account writes nothing into it", async () => {
  await connect().crm.directory();
  const other = await startAmo();
  other.state.info = { ...other.state.info, id: 77 };
  try {
    const moved = { ...accountAt(other.url, other.longLivedToken()), id: connection as ConnectionId };
    const { crm } = connectAccount(moved, kit());
    await expect(crm?.saveDeal({ key: "1", name: "Чужая" })).rejects.toMatchObject({ name: "LoginNeeded" });
    expect(other.state.leads.size).toBe(0);
  } finally {
    await other.stop();
  }
});

describe("what an account cannot hold", () => {
  const notes = () => [...standin.state.notes.values()].map(({ params }) => String(params["text"]));

  it("stands in a note: kopecks, a website of a person, a value that amoCRM refuses", async () => {
    const { crm } = connect();
    const { id } = await crm.saveDeal({ key: "1", name: "Окна", sum: { minor: 1_000_050, currency: "RUB" } });
    expect(standin.state.leads.get(Number(id))?.price).toBe(10_001);
    await crm.saveDeal({ key: "2", name: "Двери", sum: { minor: 100, currency: "USD" } });
    await crm.saveContact({ key: "3", name: "Анна", website: "anna.example", phones: [], emails: [] });
    expect(notes()).toEqual([
      expect.stringContaining("10000.50 RUB"),
      expect.stringContaining("1.00 USD"),
      expect.stringContaining("Сайт: anna.example"),
    ]);
  });

  it("is not the taxpayer's number of a company whose account keeps it among the legal details", async () => {
    standin.state.fields.companies.push({
      ...(standin.state.fields.companies[0] as never as object),
      id: 77,
      name: "Реквизиты",
      code: null,
      type: "legal_entity",
      enums: null,
    } as never);
    const { crm } = connect();
    const saved = await crm.saveCompany({ key: "1", name: "ООО Ромашка", inn: "7701234567", kpp: "770101001", phones: [], emails: [] });
    expect(JSON.stringify(standin.state.companies.get(Number(saved.id))?.custom_fields_values)).toContain('"vat_id":"7701234567"');
    expect(await crm.findCompany({ inn: "7701234567" })).toEqual([saved]);
    expect(notes()).toEqual([]);
  });
});

describe("leads", () => {
  it("wait among the unsorted where they are wanted so, unless somebody says a stage", async () => {
    const { crm } = connect({ leads_as: "unsorted" });
    const contact = (await crm.saveContact({ key: "c", name: "Анна", phones: [], emails: [] })).id;
    const waiting = await crm.saveDeal({ key: "1", name: "Заявка", contact });
    const [unsorted] = standin.state.unsorted.values();
    expect(unsorted).toMatchObject({ category: "forms", _embedded: { leads: [{ id: Number(waiting.id) }] } });
    expect(standin.state.leads.get(Number(waiting.id))?.status_id).toBe(20_000_001);
    const placed = await crm.saveDeal({ key: "2", name: "Сделка", contact, stage: "20000003" });
    expect(standin.state.leads.get(Number(placed.id))?.status_id).toBe(20_000_003);
    expect(standin.state.contacts.size).toBe(1);
  });

  it("of a company that works in another CRM first name people and stages as that one does", async () => {
    const other = { home: 99, userMapping: { "2772377": "5" }, stageMapping: { "20000003": "8" } };
    const { crm } = connect({}, other);
    const mapped = await crm.saveDeal({ key: "1", name: "Одна", responsible: "5", stage: "8" });
    expect(standin.state.leads.get(Number(mapped.id))).toMatchObject({ responsible_user_id: 2_772_377, status_id: 20_000_003 });
    const unknown = await crm.saveDeal({ key: "2", name: "Другая", responsible: "6", stage: "9", pipeline: "3" });
    expect(standin.state.leads.get(Number(unknown.id))).toMatchObject({ responsible_user_id: 2_772_376, status_id: 20_000_002 });
    await expect(connect().crm.saveDeal({ key: "3", name: "Своя", responsible: "5" })).rejects.toBeInstanceOf(Refused);
  });

  it("go on with what was known of the account while amoCRM says nothing of it", async () => {
    const late = { now: () => new Date(Date.now() + 3_600_000) };
    await connect().crm.directory();
    standin.switches.down = true;
    const { crm } = connectAccount(account(), databaseKit(database, late, connection));
    expect((await crm?.directory())?.pipelines.map(({ name }) => name)).toEqual(["Воронка"]);
  });
});

describe("an administrator's consent", () => {
  const oauth = (domain: string) => ({ domain, sign_in: "oauth", integration_id: "11111111-2222-3333-4444-555555555555" });
  const back = (query: Record<string, string>) => ({ query }) as unknown as InboundRequest;
  const nobody = () => {
    throw new Error("nobody is asked");
  };

  it("is asked for where the account is at home", () => {
    const link = (domain: string) => signInLink({ ...account(oauth(domain)) });
    expect(link("romashka.amocrm.ru")).toContain("https://www.amocrm.ru/oauth?client_id=11111111");
    expect(link("romashka.kommo.com")).toContain("https://www.kommo.com/oauth?");
    expect(link("https://hub.example")).toContain("https://hub.example/oauth?");
    expect(signInLink(account())).toBeUndefined();
  });

  it("that was refused, or was given for another account, exchanges nothing", () => {
    const refused = receiveSignedIn(back({ error: "access_denied" }), account(oauth("romashka.amocrm.ru")), nobody);
    expect(refused).toMatchObject({ reply: { status: 400 } });
    const other = receiveSignedIn(back({ code: "x", referer: "evil.example" }), account(oauth("romashka.amocrm.ru")), nobody);
    expect(other).toMatchObject({ reply: { status: 400, body: expect.stringContaining("evil.example") } });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AmoStandIn, startAmo } from "../../vendors/amocrm/src/standin.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Added, addCompany, addLine, type Company } from "../testkit/telephony.ts";

/** An account at amoCRM is the company's CRM: what people do there is known here. What is written there is told in `stories/`. */

const dataDir = makeDataDir();
let hub: HubProcess;
let standin: AmoStandIn;
let company: Company;
let crm: ReturnType<typeof api>;
let form: Added;
let line: Added;
let account: Added;

beforeAll(async () => {
  standin = await startAmo();
  hub = await startHubProcess({ dataDir });
  company = await addCompany(hub, "romashka");
  crm = api(hub, company.token);
  // The company works in amoCRM: our own CRM is not used.
  const [own] = (await crm.all<{ id: number; vendor: string }>("/connections")).filter(({ vendor }) => vendor === "crm");
  await crm.send("DELETE", `/connections/${own?.id}`);
  account = await add("amocrm", {
    side: "account",
    domain: standin.url,
    long_lived_token: standin.longLivedToken(),
    requests_per_second: "0",
  });
  form = await add("fivecrm", {});
  line = await addLine(hub, company, { side: "crm", unknown_caller: "deal", missed_task_minutes: "15", recording_days: "0" });
  await crm.send("PUT", `/connections/${line.id}/mappings/user`, { items: [{ theirs: "ivan", ours: "2772377" }] });
  await until(async () => standin.state.webhooks.length === 1);
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await hub.stop();
  await standin.stop();
  removeDataDir(dataDir);
});
beforeEach(() => {
  Object.assign(standin.switches, {
    down: false,
    loseHooks: 0,
    doubleHooks: false,
    loseAnswers: 0,
  });
});

const add = (vendor: string, settings: Readonly<Record<string, string>>): Promise<Added> =>
  hub.command<Added>(
    ...["connection", "add", vendor, "--workspace", company.subdomain, "--allow-private-addresses"],
    ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  );

let people = 0;
/** A valid number that nobody has had yet. */
const nextPhone = () => `+7910${String(7_000_000 + ++people)}`;

async function submit(phone: string, name = "Анна"): Promise<void> {
  const answer = await fetch(`${hub.url}/in/${form.secrets["public_token"]}/ctm/form/send`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name, phone, utm_source: "yandex" }),
  });
  expect(answer.status).toBe(200);
}

const deliveries = (state: string) =>
  crm.all<{ id: string; flow: string; detail: string | null; records: Record<string, string> | null }>(`/deliveries?state=${state}`);
const settled = () => until(async () => (await deliveries("waiting")).length === 0);
const contactsOf = (phone: string) =>
  [...standin.state.contacts.values()].filter((contact) => JSON.stringify(contact.custom_fields_values).includes(phone.slice(-10)));
const leadsOf = (phone: string) => {
  const ids = new Set(contactsOf(phone).map(({ id }) => id));
  const tied = standin.state.links.filter(
    ({ entity_type, entity_id, to_entity_type, to_entity_id }) =>
      (entity_type === "leads" && to_entity_type === "contacts" && ids.has(to_entity_id)) ||
      (entity_type === "contacts" && to_entity_type === "leads" && ids.has(entity_id)),
  );
  return [...new Set(tied.map((link) => (link.entity_type === "leads" ? link.entity_id : link.to_entity_id)))].flatMap(
    (id) => standin.state.leads.get(id) ?? [],
  );
};

it("an address that leads nowhere is a trouble of its own connection, and of nothing else", async () => {
  const odd = await add("amocrm", { side: "account", domain: "256.1.1.1:99999", long_lived_token: "x" });
  const { ok, message } = await crm.send<{ ok: boolean; message: string }>("POST", `/connections/${odd.id}/check`);
  expect([ok, message]).toEqual([false, expect.stringContaining("URL")]);
  expect((await crm.all<{ id: number }>("/connections")).map(({ id }) => id)).toContain(odd.id);
  await crm.send("DELETE", `/connections/${odd.id}`);
});

describe("what happens over there", () => {
  const whoIs = async (phone: string): Promise<unknown> => {
    const answer = await fetch(line.urls["inbound"] ?? "", {
      method: "POST",
      body: new URLSearchParams({
        cmd: "contact",
        phone: phone.replace("+", ""),
        callid: `q${phone}`,
        diversion: "74950000000",
        crm_token: line.secrets["crm_token"] ?? "",
      }),
    });
    return JSON.parse(await answer.text());
  };
  /** Somebody works in amoCRM, by its API as its own pages do. */
  const person = async (method: string, path: string, body: unknown) => {
    const answer = await fetch(`${standin.url}/api/v4/${path}`, {
      method,
      headers: { authorization: `Bearer ${standin.longLivedToken(2_772_377)}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()) as { _embedded: { contacts: { id: number }[] } };
  };
  const addPerson = async (name: string, phone: string): Promise<number> => {
    const made = await person("POST", "contacts", [
      {
        name,
        responsible_user_id: 2_772_377,
        custom_fields_values: [{ field_code: "PHONE", values: [{ value: phone, enum_code: "WORK" }] }],
      },
    ]);
    return made._embedded.contacts[0]?.id ?? 0;
  };
  const poll = () => crm.send("POST", `/connections/${account.id}/poll`, { since: new Date(Date.now() - 3_600_000).toISOString() });
  const known = { contact_name: expect.any(String) };

  it("is told by a webhook, looked up, and known when the phone rings, while amoCRM is down", async () => {
    const phone = nextPhone();
    await addPerson("Мария Иванова", phone.replace("+7", "8"));
    await until(async () => JSON.stringify(await whoIs(phone)).includes("Мария"));
    standin.switches.down = true;
    expect(await whoIs(phone)).toMatchObject({ contact_name: "Мария Иванова", responsible: "ivan" });
  });

  it("is found by asking when webhooks are lost, and done once when they come twice", async () => {
    Object.assign(standin.switches, { loseHooks: 1 });
    const lost = [nextPhone(), nextPhone(), nextPhone()];
    for (const phone of lost) await addPerson(`Потерян ${phone}`, phone);
    await standin.settled();
    expect(await whoIs(lost[0] ?? "")).not.toMatchObject(known);
    await poll();
    for (const phone of lost) await until(async () => JSON.stringify(await whoIs(phone)).includes(phone));
    Object.assign(standin.switches, { loseHooks: 0, doubleHooks: true });
    const doubled = nextPhone();
    const id = await addPerson("Дважды", doubled);
    await until(async () => JSON.stringify(await whoIs(doubled)).includes("Дважды"));
    await standin.settled();
    await settled();
    const lookedUp = (await deliveries("done")).filter(({ records }) => records?.["contact"] === String(id));
    expect(lookedUp.map(({ flow }) => flow)).toEqual(["look-up-record"]);
  });

  it("forgets whoever is deleted there, and finds them anew by another number", async () => {
    const [first, second] = [nextPhone(), nextPhone()];
    const id = await addPerson("Смена номера", first);
    await until(async () => JSON.stringify(await whoIs(first)).includes("Смена"));
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await person("PATCH", `contacts/${id}`, {
      custom_fields_values: [{ field_code: "PHONE", values: [{ value: second, enum_code: "WORK" }] }],
    });
    await until(async () => JSON.stringify(await whoIs(second)).includes("Смена"));
    expect(JSON.stringify(await whoIs(first))).not.toContain("Смена");
  });

  it("hears its own writes come back, and does nothing about them", async () => {
    const phone = nextPhone();
    await submit(phone, "Эхо");
    await until(async () => leadsOf(phone).length === 1);
    await settled();
    await standin.settled();
    await settled();
    const told = await until(async () => {
      const done = (await deliveries("done")).filter(({ flow }) => flow === "look-up-record");
      return done.some(({ detail }) => detail?.includes("наша собственная")) && done;
    });
    expect(told.length).toBeGreaterThan(0);
    const writes = () => standin.requests.filter(({ method }) => method !== "GET").length;
    const before = writes();
    await poll();
    await settled();
    expect(writes()).toBe(before);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleBody, samplePaths } from "../../vendors/onec/testkit/sample.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Accounts, addAccounts, baseConnection, basicOf, type Reply, send } from "../testkit/onec.ts";

/** Every request of the document, word for word and with its trailing commas, at a real hub: what is answered is what the document shows. */

const dataDir = makeDataDir();
let hub: HubProcess;
let accounts: Accounts;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  accounts = await addAccounts(hub, "romashka", { number_field: "order_number" });
  await accounts.client.send("POST", "/fields", { entity: "deal", name: "Номер заказа", type: "text", code: "order_number" });
});
afterAll(async () => {
  await hub.stop();
  removeDataDir(dataDir);
});

interface Item {
  readonly id: number;
  readonly name: string;
}
interface JournalLine {
  readonly path: string;
  readonly outcome: string;
  readonly status: number;
  readonly detail: string | null;
}

type Values = Readonly<Record<string, unknown>>;
/** The document's own sample with these values, sent to the address that stands above it. */
async function sample(
  name: string,
  values: Values,
  { at = accounts.base, stars = [] as string[], headers = {}, path = "" } = {},
): Promise<Reply> {
  const [, documented = ""] = (samplePaths(name)[0] ?? "").split(" ");
  return send(at + (path || documented), sampleBody(name, { key: Number(accounts.key), id_base: "base-1", ...values }, stars), headers);
}
/** As the sample of an answer reads with these values, printed without its spaces. */
const documented = (name: string, values: Values = {}): string => {
  const text = sampleBody(name, values).replace(/,(\s*[}\]])/g, "$1");
  return JSON.stringify(JSON.parse(text));
};
const base = { web_address: "", url_address: "http://127.0.0.1:9/accounting/", param1: "Обмен", param2: "секрет-1С" };
const ids = { company: "", contact: "", deal: "" };
const idIn = ({ json }: Reply): string => String(json.data);

describe("a base that calls by the secret address, as the document has it", () => {
  it("asks whether the account is connected", async () => {
    for (const at of [accounts.base, accounts.secretBase]) {
      const { status, text, headers } = await send(`${at}/sync/check_active?key=${accounts.key}`);
      expect([status, text]).toEqual([200, documented("check_active.200.txt")]);
      expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    }
  });

  it("registers, and is let in at once", async () => {
    const { status, text } = await sample(
      "base.request.txt",
      { ...base, web_address: "http://127.0.0.1:9/hs/amo" },
      { at: accounts.secretBase },
    );
    expect([status, text]).toEqual([200, documented("base.200.txt")]);
    expect(await baseConnection(accounts, "base-1")).toMatchObject({
      state: "active",
      settings: { web_address: "http://127.0.0.1:9/hs/amo", url_address: base.url_address, login: "Обмен", pending: false },
    });
  });

  it("tells of a person", async () => {
    const values = { id: 0, id_1c: "p-1", link: "e1cib/data/x", name: "Иван Петров", responsible_user_id: 1, email: "ivan@x.example" };
    const reply = await sample("clients_contacts.request.txt", { ...values, phone: "8 (910) 123-45-67, 8 495 111 22 33" });
    ids.contact = idIn(reply);
    expect([reply.status, reply.text]).toEqual([200, documented("clients_contacts.200.txt", { data: Number(ids.contact) })]);
    const contact = await accounts.client.get<Item & { phones: { e164: string }[]; emails: { value: string }[] }>(
      `/contacts/${ids.contact}`,
    );
    expect(contact).toMatchObject({ name: "Иван Петров", emails: [{ value: "ivan@x.example" }] });
    expect(contact.phones.map(({ e164 }) => e164)).toEqual(["+79101234567", "+74951112233"]);
  });

  it("tells of a company, and of an order at the same address", async () => {
    const firm = { id: 0, id_1c: "c-1", link: "e1cib/data/y", name: "ООО Ромашка", inn: "7707083893", responsible_user_id: 1 };
    const company = await sample("clients_companies.request.txt", firm);
    ids.company = idIn(company);
    expect([company.status, company.text]).toEqual([200, documented("clients_companies.200.txt", { data: Number(ids.company) })]);
    expect(await accounts.client.get(`/companies/${ids.company}`)).toMatchObject({ name: "ООО Ромашка", inn: "7707083893" });
    const order = await sample("clients_companies.order.request.txt", {
      ...{ id: 0, id_1c: "o-1", link: "e1cib/data/z", company_id: Number(ids.company), contact_id: Number(ids.contact) },
      ...{ budget: "1 234,50", order_number: "УТ-000001", responsible_user_id: 1 },
    });
    ids.deal = idIn(order);
    expect([order.status, order.text]).toEqual([200, documented("clients_companies.order.200.txt", { data: Number(ids.deal) })]);
    expect(await accounts.client.get(`/deals/${ids.deal}`)).toMatchObject({
      ...{ name: "Заказ УТ-000001", sum: "1234.50", company: Number(ids.company), fields: { order_number: "УТ-000001" } },
      contacts: [{ id: Number(ids.contact) }],
    });
  });

  it("tells the kind of a call at the shared address by its keys, or else by what it has told before", async () => {
    const from = { key: accounts.key, id_base: "base-1" };
    const shared = "/sync/clients_companies";
    for (const [body, id] of [
      [{ ...from, id_1c: "o-1", link: "e1cib/data/new" }, ids.deal],
      [{ ...from, id_1c: "c-1", link: "e1cib/data/new" }, ids.company],
      [{ ...from, id_1c: "o-1", order_number: null }, ids.deal],
      [{ ...from, id_1c: "c-1", inn: null }, ids.company],
    ] as const)
      expect(idIn(await send(accounts.base + shared, body))).toBe(id);
    const stranger = await send(accounts.base + shared, { ...from, id_1c: "c-2" });
    expect(await accounts.client.get(`/companies/${idIn(stranger)}`)).toMatchObject({ name: "Контрагент c-2" });
    expect(idIn(await send(`${accounts.base}/sync/leads`, { ...from, id_1c: "o-1" }))).toBe(ids.deal);
    expect(await accounts.client.all("/deals")).toHaveLength(1);
    expect(await accounts.client.all("/companies")).toHaveLength(2);
  });

  it.each(["part_payment", "payment", "part_shipment", "shipment", "cancel_order"])("tells of %s", async (event_name) => {
    const values = {
      event_name,
      id: Number(ids.deal),
      id_1c: "o-1",
      sum: "100,50",
      debt_sum: 1134,
      document_name: `Документ ${event_name}`,
    };
    const { status, text } = await sample("process_event.request.txt", values);
    expect([status, text]).toEqual([200, documented("process_event.200.txt", { data: Number(ids.deal) })]);
    const notes = () => accounts.client.all<{ text: string }>(`/notes?deal=${ids.deal}`);
    await until(async () => (await notes()).some((note) => note.text.includes(`Документ ${event_name}`)));
  });

  it("declares its fields at three addresses", async () => {
    for (const line of samplePaths("save_fields.request.txt")) {
      const path = line.replace("POST ", "");
      const { status, text } = await sample("save_fields.request.txt", {}, { path, stars: ['"p_12": null, "inn_13": null, "Договор": 1'] });
      expect([path, status, text]).toEqual([path, 200, documented("save_fields.200.txt")]);
    }
  });

  it("publishes a package of handlers, and asks for it", async () => {
    const none = await sample("get_actual_handlers.request.txt", {});
    expect(none.text).toBe('{"success":true,"data":{"version":0,"handlers":null},"error":null}');
    const published = await sample(
      "set_handlers.request.txt",
      { handlers: { a: [1, "б"] } },
      { headers: { authorization: accounts.basic } },
    );
    expect([published.status, published.text]).toEqual([200, documented("set_handlers.200.txt", { version: 1 })]);
    expect((await sample("get_actual_version.request.txt", {})).text).toBe(documented("get_actual_version.200.txt", { version: 1 }));
    const whole = await sample("get_actual_handlers.request.txt", {});
    expect(whole.text).toBe(documented("get_actual_handlers.200.txt", { version: 1, handlers: { a: [1, "б"] } }));
  });
});

describe("at the root and below the secret address alike", () => {
  it("a known record is answered with its own id, whichever of its ids is sent", async () => {
    const told = { key: accounts.key, id_base: "base-1" };
    for (const at of [accounts.base, accounts.secretBase])
      for (const who of [{ id: ids.contact }, { id_1c: "p-1" }, { id: Number(ids.contact), id_1c: "p-1" }, { phone: "+7 910 123-45-67" }])
        expect(idIn(await send(`${at}/sync/clients_contacts`, { ...told, ...who, name: "Иван Петров" }))).toBe(ids.contact);
    expect(await accounts.client.all("/contacts")).toHaveLength(1);
  });

  it("another person with the same phone is another contact, and a branch with the same INN another company", async () => {
    const told = { key: accounts.key, id_base: "base-1" };
    const person = { ...told, id_1c: "p-2", name: "Анна Петрова", phone: "+7 910 123-45-67", email: "ivan@x.example" };
    const anna = await send(`${accounts.base}/sync/clients_contacts`, person);
    expect(anna.status).toBe(200);
    expect(idIn(anna)).not.toBe(ids.contact);
    const contact = await accounts.client.get<{ phones: { e164: string }[] }>(`/contacts/${idIn(anna)}`);
    expect(contact).toMatchObject({ name: "Анна Петрова", phones: [{ e164: "+79101234567" }], emails: [{ value: "ivan@x.example" }] });
    expect(idIn(await send(`${accounts.base}/sync/clients_contacts`, person))).toBe(idIn(anna));
    const branch = await send(`${accounts.base}/sync/clients_companies`, { ...told, id_1c: "c-3", name: "Филиал", inn: "7707083893" });
    expect(await accounts.client.get(`/companies/${idIn(branch)}`)).toMatchObject({ name: "Филиал", inn: "7707083893" });
    expect(await accounts.client.all("/contacts")).toHaveLength(2);
  });

  it("what is wrong is said in the envelope, in Russian, and never answered 200", async () => {
    const from = { key: accounts.key, id_base: "base-1" };
    const wrong: readonly (readonly [path: string, body: unknown, status: number, words: string])[] = [
      ["/sync/check_active?key=99999999", undefined, 404, "key"],
      ["/sync/check_active", undefined, 400, "key"],
      ["/sync/clients_contacts", { id_base: "base-1" }, 400, "key"],
      ["/sync/clients_contacts", { ...from, key: 99999999 }, 404, "key"],
      ["/sync/clients_contacts", { key: accounts.key }, 400, "id_base"],
      ["/sync/clients_contacts", "{", 400, "JSON"],
      ["/sync/process_event", { ...from, event_name: "refund", id: 1 }, 400, "cancel_order"],
      ["/sync/process_event", { ...from, event_name: "payment", id: 999 }, 404, "не найден"],
      ["/sync/process_event", { ...from, event_name: "payment" }, 400, "id"],
      ["/sync/base", { ...from, web_address: "ftp://x", url_address: "x", param1: "a", param2: "b" }, 400, "web_address"],
    ];
    for (const [path, body, status, words] of wrong) {
      const reply = await send(accounts.base + path, body);
      expect([path, reply.status, reply.json?.success]).toEqual([path, status, false]);
      expect(Object.keys(reply.json).slice(0, 3)).toEqual(["success", "data", "error"]);
      expect(reply.json.error).toContain(words);
    }
    const got = await send(`${accounts.base}/sync/base`);
    expect([got.status, got.json.success, got.headers.get("allow")]).toEqual([405, false, "POST"]);
    const elsewhere = await send(`${accounts.base}/sync/nothing`, from);
    expect([elsewhere.status, elsewhere.json.success]).toEqual([404, false]);
  });

  it("by the secret address another key is no key of this account", async () => {
    const reply = await send(`${accounts.secretBase}/sync/clients_contacts`, { key: 99999999, id_base: "base-1" });
    expect([reply.status, reply.json.success]).toEqual([400, false]);
    expect((await send(`${accounts.base}/in/no-such-secret/sync/check_active?key=${accounts.key}`)).status).toBe(404);
  });

  it("every call that was answered stands in the journal with what came of it", async () => {
    const lines = (await accounts.client.all<JournalLine>(`/journal?connection=${accounts.door.id}`)).filter(
      ({ status }) => status === 200,
    );
    const paths = new Set(lines.map(({ path }) => path));
    for (const path of ["base", "clients_contacts", "clients_companies", "process_event", "leads_save_fields"])
      expect(paths).toContain(`/sync/${path}`);
    expect(paths).toContain("/update_handlers/set_handlers");
    expect(lines.find(({ path }) => path === "/sync/clients_contacts")?.detail).toMatch(/^Контакт \d+/);
    expect(lines.some(({ detail }) => detail?.includes("запятые перед закрывающей скобкой"))).toBe(true);
  });
});

it("a door that is switched off says so, and is no error when it is asked whether it is on", async () => {
  const other = await addAccounts(hub, "off");
  await other.client.send("PATCH", `/connections/${other.door.id}`, { state: "disabled" });
  const asked = await send(`${other.base}/sync/check_active?key=${other.key}`);
  expect([asked.status, asked.text]).toEqual([200, '{"success":true,"data":false,"error":null}']);
  expect((await send(`${other.base}/sync/clients_contacts`, { key: other.key, id_base: "1", name: "Я" })).status).toBe(403);
});

it("a door that is not open takes the secret address and the login of the hub, and nothing else", async () => {
  const shut = await addAccounts(hub, "shut", { open: "false" });
  const ask = (at: string, authorization = "") =>
    send(`${at}/sync/check_active?key=${shut.key}`, undefined, authorization ? { authorization } : {});
  expect((await ask(shut.base)).status).toBe(401);
  expect((await ask(shut.secretBase)).status).toBe(200);
  expect((await ask(shut.base, shut.basic)).status).toBe(200);
  expect((await ask(shut.secretBase, basicOf("1c", "wrong"))).status).toBe(401);
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";
import { type Integration, registerIntegration } from "../testkit/integration.ts";
import { addCompany, type Company } from "../testkit/telephony.ts";

/** A company leaves amoCRM with all it has, and could go back: three workspaces, the one in the middle in between. */

interface Finding {
  readonly what: string;
  readonly kind: string;
  readonly record: string | null;
  readonly member: string | null;
  readonly there: string | null;
  readonly here: string | null;
  readonly count: number | null;
}
interface Told {
  readonly move: { readonly id: string; readonly state: string; readonly differences: number };
  readonly report: readonly Finding[];
}

const dataDir = makeDataDir();
let hub: HubProcess;
let old: Company;
let ours: Company;
let next: Company;
let oldApi: Integration;
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  [old, ours, next] = [await addCompany(hub, "old"), await addCompany(hub, "ours"), await addCompany(hub, "next")];
  oldApi = await registerIntegration(hub, "old");
  await fillOld();
}, 120_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await hub.stop();
  removeDataDir(dataDir);
});

/** The demo's half a year, and a field of every type that one may make. */
async function fillOld(): Promise<void> {
  await hub.command("demo", "start", "--workspace", "old");
  await hub.command("demo", "stop", "--workspace", "old");
  const crm = api(hub, old.token);
  const [deal, other] = await crm.all<{ id: number }>("/deals");
  const [contact] = await crm.all<{ id: number }>("/contacts");
  await crm.send("PATCH", `/deals/${deal?.id}`, { tags: ["VIP", "повтор"] });
  await crm.send("PATCH", `/deals/${other?.id}`, { tags: ["VIP"] });
  await crm.send("PATCH", `/contacts/${contact?.id}`, { tags: ["VIP"] });
  const fields = [
    ...["text", "textarea", "numeric", "checkbox", "date", "url", "streetaddress", "birthday", "date_time", "monetary", "price"],
    ...["legal_entity", "tracking_data", "smart_address", "select", "multiselect", "radiobutton", "category"],
  ].map((type, index) => ({
    ...{ name: `Поле ${type}`, type, sort: 600 + index },
    ...(/select|radio|category/.test(type) && {
      enums: [
        { value: "Раз", sort: 1 },
        { value: "Два", sort: 2 },
      ],
    }),
    ...(type === "monetary" && { currency: "RUB" }),
  }));
  const made = (await theirs("POST", "/api/v4/leads/custom_fields", fields))._embedded.custom_fields as {
    id: number;
    type: string;
    enums: { id: number }[] | null;
  }[];
  const values: Record<string, unknown> = {
    ...{
      numeric: "12.5",
      checkbox: true,
      date: 1_735_592_400,
      url: "https://example.com/a",
      birthday: 633_819_600,
      date_time: 1_735_600_000,
    },
    ...{ monetary: "99.5", price: 15, legal_entity: { name: "ООО Пион", vat_id: "7707083893" } },
  };
  await theirs("PATCH", `/api/v4/leads/${deal?.id}`, {
    custom_fields_values: made.map(({ id, type, enums }) => ({
      field_id: id,
      values: enums
        ? enums.slice(0, type === "multiselect" ? 2 : 1).map((one) => ({ enum_id: one.id }))
        : [{ value: values[type] ?? `Значение ${type}` }],
    })),
  });
  const [goods] = (await theirs("POST", "/api/v4/catalogs", [{ name: "Товары", type: "products" }]))._embedded.catalogs as { id: number }[];
  const [price] = (await theirs("POST", `/api/v4/catalogs/${goods?.id}/custom_fields`, [{ name: "Цена", type: "price", code: "PRICE" }]))
    ._embedded.custom_fields as { id: number }[];
  const [window] = (
    await theirs("POST", `/api/v4/catalogs/${goods?.id}/elements`, [
      { name: "Окно", custom_fields_values: [{ field_id: price?.id, values: [{ value: 12_000 }] }] },
    ])
  )._embedded.elements as { id: number }[];
  await theirs("POST", `/api/v4/leads/${deal?.id}/link`, [
    { to_entity_id: window?.id, to_entity_type: "catalog_elements", metadata: { quantity: 3, catalog_id: goods?.id, price_id: price?.id } },
  ]);
  await theirs("POST", "/api/v4/leads/notes", [
    { entity_id: deal?.id, note_type: "sms_in", params: { text: "Спасибо!", phone: "+79101234567" } },
    {
      entity_id: deal?.id,
      note_type: "call_in",
      params: { uniq: "x1", duration: 5, source: "АТС", phone: "+79101234567", link: "https://pbx.example/1.mp3" },
    },
  ]);
}

// biome-ignore lint/suspicious/noExplicitAny: whatever was answered
async function ask(at: Integration, method: string, path: string, body?: unknown): Promise<any> {
  const answer = await fetch(`${at.urls.api}${path}`, {
    method,
    headers: { authorization: `Bearer ${at.long_lived_token}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect([answer.status < 300, `${method} ${path}: ${text.slice(0, 500)}`]).toEqual([true, expect.any(String)]);
  return text === "" ? undefined : JSON.parse(text);
}
const theirs = (method: string, path: string, body?: unknown) => ask(oldApi, method, path, body);

const connect = (company: Company, { urls, long_lived_token }: Integration): Promise<{ id: number }> =>
  hub.command<{ id: number }>(
    ...["connection", "add", "amocrm", "--workspace", company.subdomain, "--allow-private-addresses"],
    ...[
      "--set",
      "side=account",
      "--set",
      `domain=${urls.api}`,
      "--set",
      `long_lived_token=${long_lived_token}`,
      "--set",
      "requests_per_second=0",
    ],
  );

const move = (direction: string, company: Company, id: number): Promise<Told> =>
  hub.command<Told>("move", direction, "--workspace", company.subdomain, "--connection", String(id));

const differences = ({ report }: Told) => report.filter(({ what }) => what !== "left");

/** All there is of a kind, as a program for amoCRM reads it, but for what names the account itself. */
async function all(at: Integration, kind: string): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let page = 1; ; page++) {
    const answer = await ask(at, "GET", `/api/v4/${kind}${kind.includes("?") ? "&" : "?"}limit=250&page=${page}`);
    if (!answer) return items;
    const list = Object.values(answer._embedded)[0] as object[];
    items.push(
      ...list.map((item) =>
        JSON.parse(JSON.stringify(item, (name, value) => (name === "_links" || name === "account_id" ? undefined : value))),
      ),
    );
    if (!answer._links?.next) return items;
  }
}

/** A call here also says whose it is. */
const asThere =
  (there: readonly unknown[]) =>
  (item: unknown, place: number): unknown => {
    const { params } = item as { readonly params?: Readonly<Record<string, unknown>> };
    if (params?.["call_responsible"] === undefined) return item;
    const { call_responsible: _, ...rest } = params;
    const other = there[place] as { readonly params: Readonly<Record<string, unknown>> };
    return "call_responsible" in other.params ? item : { ...(item as object), params: rest };
  };

describe("a whole account", () => {
  let account: { id: number };
  let oursApi: Integration;

  it("moves in, and programs that worked there see the very same here", async () => {
    account = await connect(ours, oldApi);
    const told = await move("in", ours, account.id);
    expect(differences(told)).toEqual([]);
    expect(told.move).toMatchObject({ state: "done", differences: 0 });
    oursApi = await registerIntegration(hub, "ours");
    const kinds = [
      "leads?with=contacts,source,catalog_elements",
      "contacts?with=leads",
      "companies",
      "tasks",
      "leads/notes",
      "contacts/notes",
    ];
    for (const kind of kinds) {
      const [there, here] = [await all(oldApi, kind), await all(oursApi, kind)];
      expect(there.length, kind).toBeGreaterThan(10);
      expect(here.map(asThere(there)), kind).toEqual(there);
    }
    for (const kind of ["leads/pipelines", "leads/custom_fields", "contacts/custom_fields", "companies/custom_fields"])
      expect(await all(oursApi, kind), kind).toEqual(await all(oldApi, kind));
  }, 300_000);

  it("is compared again, and a single change is told", async () => {
    const [lead] = (await theirs("GET", "/api/v4/leads?limit=1"))._embedded.leads as { id: number }[];
    await theirs("PATCH", `/api/v4/leads/${lead?.id}`, { name: "Другая" });
    const told = await move("compare", ours, account.id);
    expect(differences(told).map(({ kind, record, member }) => [kind, record, member])).toContainEqual(["deal", String(lead?.id), "name"]);
    const again = await move("in", ours, account.id);
    expect(differences(again)).toEqual([]);
  }, 300_000);

  it("moves out into an empty account, and nothing differs there, either", async () => {
    const crm = api(hub, ours.token);
    const people = await crm.all<{ name: string; email: string | null; role: string }>("/users");
    const there = api(hub, next.token);
    for (const { name, email, role } of people) if (email !== null) await there.call("POST", "/users", { name, email, role });
    const nextApi = await registerIntegration(hub, "next");
    const { id } = await connect(ours, nextApi);
    const told = await move("out", ours, id);
    expect(differences(told)).toEqual([]);
    for (const kind of ["leads", "contacts", "companies", "tasks"])
      expect((await all(nextApi, kind)).length, kind).toBe((await all(oursApi, kind)).length);
    const refused = await there.call("GET", "/deals");
    expect(refused.status).toBe(200);
  }, 300_000);
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { noLimit, scripted } from "../../testkit/amo.ts";
import { AmoInvalid, listed, makeAmo, memoryTokens } from "../client.ts";

/** What the stand-in has nothing of, by the bodies of the documents and of the seed. */
const over = (answers: Parameters<typeof scripted>[0]) => {
  const { send, asked } = scripted(answers);
  const tokens = memoryTokens({ accessToken: "t", expiresAt: Number.MAX_SAFE_INTEGER });
  const amo = makeAmo({ domain: "sub.amocrm.ru", tokens, send, limiter: noLimit, sleep: async () => {} });
  return {
    amo,
    sent: () => asked.map(({ method, url, body }) => `${method} ${new URL(url).pathname}${new URL(url).search}${body ? ` ${body}` : ""}`),
  };
};
const seed = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../fixtures/seed/${name}.json`, import.meta.url), "utf8"));

describe("lists of goods", () => {
  it("and their elements are read, made and changed", async () => {
    const element = { id: 525439, catalog_id: 4521, name: "Яблоки", custom_fields_values: null };
    const { amo, sent } = over(({ url, method }) =>
      method === "GET" && url.includes("/elements")
        ? { body: { _page: 1, _links: {}, _embedded: { elements: [element] } } }
        : method === "GET"
          ? { body: { _embedded: { catalogs: [{ id: 4521, name: "Товары", type: "products" }] } } }
          : { body: { _embedded: { elements: [{ ...element, request_id: "0" }] } } },
    );
    expect(await listed(amo.catalogs.all())).toMatchObject([{ id: 4521, type: "products" }]);
    const elements = amo.catalogs.elements(4521);
    expect(await listed(elements.all({ filter: { id: 525439 } }))).toMatchObject([element]);
    expect(await elements.create({ name: "Яблоки" })).toMatchObject({ id: 525439 });
    await elements.update(525439, { name: "Груши" });
    expect(sent()).toEqual([
      "GET /api/v4/catalogs?page=1&limit=250",
      "GET /api/v4/catalogs/4521/elements?page=1&limit=250&filter%5Bid%5D=525439",
      'POST /api/v4/catalogs/4521/elements [{"name":"Яблоки","request_id":"0"}]',
      'PATCH /api/v4/catalogs/4521/elements/525439 {"name":"Груши"}',
    ]);
  });
});

describe("customers and talks", () => {
  it("are read, and a talk is closed", async () => {
    const { amo, sent } = over(({ url }) =>
      url.includes("/customers/")
        ? { status: 204 }
        : url.includes("/close")
          ? { status: 202 }
          : { body: { _embedded: { talks: [{ talk_id: 7 }] } } },
    );
    expect(await amo.customers.find(1, [])).toBeUndefined();
    expect(await listed(amo.talks.all())).toEqual([{ talk_id: 7 }]);
    await amo.talks.close(7);
    expect(sent().at(-1)).toBe('POST /api/v4/talks/7/close {"force_close":false}');
  });
});

describe("chats of contacts", () => {
  it("are found from either side, and tied", async () => {
    const link = { chat_id: "6cbab3d5-c4c1-46ff-b710-ad59ad10805f", contact_id: 5, id: 1, request_id: "0" };
    const { amo, sent } = over(() => ({ body: { _total_items: 1, _embedded: { chats: [link] } } }));
    expect(await amo.contacts.chats.ofContacts([5, 6])).toEqual([link]);
    expect(await amo.contacts.chats.create({ contact_id: 5, chat_id: link.chat_id })).toMatchObject({ id: 1 });
    expect(await amo.contacts.chats.ofChats([])).toEqual([]);
    expect(sent()).toEqual([
      "GET /api/v4/contacts/chats?contact_id%5B0%5D=5&contact_id%5B1%5D=6",
      `POST /api/v4/contacts/chats [{"contact_id":5,"chat_id":"${link.chat_id}","request_id":"0"}]`,
    ]);
  });
});

describe("a chat that nobody has taken", () => {
  it("is tied to a lead that is there", async () => {
    const { amo, sent } = over(() => ({ body: { uid: "u" } }));
    await amo.unsorted.link("u", { entity_id: 5, entity_type: "leads", contact_id: 6 }, 7);
    expect(sent()).toEqual([
      'POST /api/v4/leads/unsorted/u/link {"link":{"entity_id":5,"entity_type":"leads","metadata":{"contact_id":6}},"user_id":7}',
    ]);
  });
});

describe("an odd refusal", () => {
  it("of a source that is not there has its place, too", async () => {
    const body = {
      errors: [{ request_id: "0", errors: { code: "EntityNotFound", path: "id", detail: "Entity not found" } }],
      ...{ title: "Bad Request", type: "https://httpstatus.es/400", status: 400, detail: "Invalid request items" },
    };
    const error: unknown = await over(() => ({ status: 400, body }))
      .amo.sources.remove(5)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AmoInvalid);
    expect(error).toMatchObject({ items: [{ request_id: "0", errors: [{ code: "EntityNotFound", path: "id" }] }] });
  });
});

describe("the seed's samples", () => {
  it("of pipelines are read with their statuses in the order people see", async () => {
    const { amo } = over(() => ({ body: seed("pipelines") }));
    const [pipeline] = await amo.old.pipelines();
    expect(pipeline).toMatchObject({ id: 1309792, name: "Воронка", is_main: true });
    expect(pipeline?.statuses.slice(0, 3).map(({ name }) => name)).toEqual(["Неразобранное", "получен лид", "лид в работе"]);
    expect(pipeline?.statuses.slice(-2).map(({ id }) => id)).toEqual([142, 143]);
  });

  it("of contacts are read", async () => {
    const { amo } = over(() => ({ body: seed("contacts") }));
    const [contact] = await listed(amo.old.contacts({ id: [46925315] }));
    expect(contact).toMatchObject({ id: 46925315, company: { name: "Тестовая комания" }, leads: { id: [26331366] }, closest_task_at: 0 });
  });
});

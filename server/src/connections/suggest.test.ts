import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let token: string;
let site: { id: number; secrets: { public_token: string } };
beforeAll(async () => {
  hub = await testHub();
  token = (await hub.addWorkspace("romashka")).api_token;
  site = (await ask("POST", "/connections", { vendor: "fivecrm", name: "Сайт", settings: { repeat: "new" } })).body;
});
afterAll(() => hub.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any; text: string }> =>
  hub.call(method, path, { token, ...(body !== undefined && { body }) });
const send = (fields: object) => hub.call("POST", `/in/${site.secrets.public_token}/generic`, { body: fields });
const suggestions = async (id = site.id, kind = "field") => (await ask("GET", `/connections/${id}/mappings/${kind}/suggestions`)).body;
const newest = async () => (await ask("GET", "/journal?limit=1")).body.items[0].id;
const last = async () => (await ask("GET", `/journal/${await newest()}`)).body.deliveries[0];
const ended = async (state: string) => {
  await vi.waitFor(async () => expect((await last()).state).toBe(state), 15_000);
  return last();
};

describe("suggestions", () => {
  it("of fields name what was sent with samples, what is ours, and pairs with why", async () => {
    await ask("POST", "/fields", { entity: "deal", code: "window_colour", name: "Цвет окна", type: "text" });
    await ask("POST", "/fields", { entity: "deal", code: "SIZE", name: "Размер", type: "text" });
    await send({ "Ваш телефон": "+79101234567", size: "2x3", "Цвет окна": "белый", utm_source: "yandex", odd: "7" });
    await send({ "Ваш телефон": "+79101234568", size: "1x1", "Цвет окна": "белый", token: "secret-of-somebody" });
    const found = await suggestions();
    const their = (id: string) => found.theirs.find((one: { id: string }) => one.id === id);
    expect(their("size")).toMatchObject({ samples: ["1x1", "2x3"], seen: 2, understood: null, ours: null, broken: false });
    expect(their("Ваш телефон")).toMatchObject({ understood: "phone" });
    expect(found.theirs.map(({ id }: { id: string }) => id).toSorted()).toEqual(["odd", "size", "Ваш телефон", "Цвет окна"]);
    expect(JSON.stringify(found)).not.toContain("secret-of-somebody");
    expect(found.ours).toEqual(
      expect.arrayContaining([
        { id: "phone", name: "Телефон", detail: null, label: { ru: "Телефон", en: "Phone" } },
        { id: "window_colour", name: "Цвет окна", detail: "text", label: null },
      ]),
    );
    expect(found.suggestions).toEqual(
      expect.arrayContaining([
        { theirs: "size", ours: "SIZE", why: "code" },
        { theirs: "Цвет окна", ours: "window_colour", why: "name" },
        { theirs: "Ваш телефон", ours: "phone", why: "synonym" },
      ]),
    );
    expect(found.suggestions.length).toBe(3);
  });

  it("of users come from the PBX, by e-mail, phone or name", async () => {
    await ask("POST", "/users", { name: "Пётр Иванов", email: "petr@example.com", role: "manager", password: "password of petr" });
    const { body: pbx } = await ask("POST", "/connections", { vendor: "vats", settings: { side: "pbx", engine: "simulated" } });
    const found = await suggestions(pbx.id, "user");
    expect(found.theirs).toContainEqual(expect.objectContaining({ id: "petr", name: "Пётр Иванов", detail: "103" }));
    expect(found.suggestions).toMatchObject([{ theirs: "petr", why: "name" }]);
    expect((await suggestions(pbx.id, "stage")).ours.length).toBeGreaterThan(2);
    expect((await suggestions(site.id, "user")).theirs).toEqual([]);
  });

  it("of a PBX that does not answer say so", async () => {
    const { body: pbx } = await ask("POST", "/connections", {
      vendor: "asterisk",
      settings: { url: "http://127.0.0.1:1", username: "u", password: "long-random" },
      allow_private_addresses: true,
    });
    const { status, body } = await ask("GET", `/connections/${pbx.id}/mappings/user/suggestions`);
    expect([status, Object.keys(body.errors)]).toEqual([422, ["id"]]);
    await ask("DELETE", `/connections/${pbx.id}`);
  });
});

describe("a mapping", () => {
  it("is honoured; one that points to nothing fails in words, and what failed is replayed when it is mended", async () => {
    const map = (items: object[]) => ask("PUT", `/connections/${site.id}/mappings/field`, { items });
    await map([{ theirs: "odd", ours: "SIZE" }]);
    await send({ phone: "+79105550001", odd: "сто" });
    const done = await ended("done");
    expect((await ask("GET", `/deals/${done.records.deal}`)).body.fields).toMatchObject({ SIZE: "сто" });

    // Somebody deletes the field that it is mapped to.
    const { items } = (await ask("GET", "/fields?entity=deal")).body;
    await ask("DELETE", `/fields/${items.find(({ code }: { code: string }) => code === "SIZE").id}`);
    await vi.waitFor(
      async () =>
        expect((await suggestions()).theirs.find(({ id }: { id: string }) => id === "odd")).toMatchObject({ ours: "SIZE", broken: true }),
      5_000,
    );
    await send({ phone: "+79105550002", odd: "двести" });
    const failed = await ended("failed");
    expect(failed.detail).toContain("«odd» → «SIZE»");
    expect(failed.attempts_made).toMatchObject([{ number: 1, outcome: "failed" }]);
    expect((await ask("GET", "/contacts?phone=79105550002")).body.items).toEqual([]);
    expect((await ask("GET", "/deliveries/causes")).body.items).toMatchObject([{ flow: "take-lead", count: 1 }]);

    // Mended, it is received again, once.
    await map([{ theirs: "odd", ours: "window_colour" }]);
    await ask("POST", `/journal/${await newest()}/replay`);
    const mended = await ended("done");
    expect((await ask("GET", `/deals/${mended.records.deal}`)).body.fields).toMatchObject({ window_colour: "двести" });
    expect((await ask("GET", "/contacts?phone=79105550002")).body.items.length).toBe(1);
    expect((await ask("GET", "/deliveries?state=failed")).body.items).toEqual([]);
  });
});

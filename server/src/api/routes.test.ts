import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let token: string;
let sites: { id: number; secrets: { public_token: string } }[];
let crm: number;
beforeAll(async () => {
  hub = await testHub();
  token = (await hub.addWorkspace("romashka")).api_token;
  const add = async (name: string) => (await ask("POST", "/connections", { vendor: "fivecrm", name })).body;
  sites = [await add("Первый"), await add("Второй")];
  crm = (await ask("GET", "/connections?vendor=crm")).body.items[0].id;
});
afterAll(() => hub.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any }> =>
  hub.call(method, path, { token, ...(body !== undefined && { body }) });
const send = async (site: number, name: string): Promise<void> => {
  const { status } = await hub.call("POST", `/in/${sites[site]?.secrets.public_token}/ctm/form/send`, {
    body: { name, phone: "+79101234567" },
  });
  expect(status).toBe(200);
};
const lastLine = async (site: number) => (await ask("GET", `/journal?connection=${sites[site]?.id}&limit=1`)).body.items[0];

it("shows every route there can be, with flows in words of both languages, and all of them open", async () => {
  const { body } = await ask("GET", "/routes");
  expect(body.sources.map(({ name }: { name: string }) => name)).toEqual(["Встроенная CRM", "Первый", "Второй"]);
  expect(body.targets).toMatchObject([{ id: crm, vendor: "crm" }]);
  expect(body.routes.length).toBe(10);
  expect(body.routes).toContainEqual({ source: sites[0]?.id, flow: "take-lead", target: crm, enabled: true });
  expect(body.routes.every(({ enabled }: { enabled: boolean }) => enabled)).toBe(true);
  for (const { name, title, about } of body.flows)
    expect(
      [title.ru, title.en, about.ru, about.en].every((text) => text.length > 3),
      name,
    ).toBe(true);
  expect(body.events).toContainEqual({ type: "lead.submitted", title: { ru: "Заявка", en: "A lead" } });
});

it("that is switched off takes nothing more, which the journal says; the others go on", async () => {
  const route = { source: sites[0]?.id, flow: "take-lead", target: crm };
  const { body } = await ask("PUT", "/routes", { routes: [{ ...route, enabled: false }] });
  expect(body.routes).toContainEqual({ ...route, enabled: false });
  await send(0, "Никому");
  expect(await lastLine(0)).toMatchObject({ outcome: "accepted", detail: expect.stringContaining("Никто не слушает") });
  await send(1, "Кому-то");
  expect(await lastLine(1)).toMatchObject({ outcome: "accepted", detail: null });
  await vi.waitFor(async () => expect((await ask("GET", "/deliveries?state=done")).body.items.length).toBe(1), 10_000);
  await ask("PUT", "/routes", { routes: [{ ...route, enabled: true }] });
  await send(0, "Снова");
  expect(await lastLine(0)).toMatchObject({ detail: null });
  await vi.waitFor(async () => expect((await ask("GET", "/deliveries?state=done")).body.items.length).toBe(2), 10_000);
  // What was switched on again leaves no trace.
  const { rows } = await hub.test.owner.query("select count(*)::int as n from hub.route");
  expect(rows).toEqual([{ n: 0 }]);
});

it("that cannot be is refused by its place, and nothing is changed", async () => {
  const { status, body } = await ask("PUT", "/routes", {
    routes: [
      { source: sites[0]?.id, flow: "take-lead", target: crm, enabled: false },
      { source: sites[0]?.id, flow: "log-call", target: crm, enabled: false },
    ],
  });
  expect(status).toBe(422);
  expect(Object.keys(body.errors)).toEqual(["routes.1"]);
  expect((await ask("GET", "/routes")).body.routes.every(({ enabled }: { enabled: boolean }) => enabled)).toBe(true);
});

import { type Receiver, startReceiver } from "@svyazka/webhook/standin";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type TestHub, testHub } from "../../server/testkit/hub.ts";

let hub: TestHub;
let token: string;
let receiver: Receiver;
beforeAll(async () => {
  hub = await testHub();
  token = (await hub.addWorkspace("romashka")).api_token;
});
afterAll(() => hub.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
const ask = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: any; text: string }> =>
  hub.call(method, path, { token, ...(body !== undefined && { body }) });
const until = (what: () => void | Promise<void>) => vi.waitFor(what, { timeout: 15_000, interval: 50 });
const types = (of = receiver) => of.taken.map(({ message }) => message.type);
const facts = async (): Promise<number> =>
  (await hub.test.owner.query("select count(*)::int as n from hub.event where type = 'record.changed'")).rows[0].n;

beforeEach(async () => {
  for (const { id } of (await ask("GET", "/connections?vendor=webhook")).body.items) await ask("DELETE", `/connections/${id}`);
});
const subscribe = async (settings: object = {}) => {
  receiver = await startReceiver();
  const { body } = await ask("POST", "/connections", {
    vendor: "webhook",
    name: "Учёт",
    settings: { url: receiver.url, ...settings },
    allow_private_addresses: true,
  });
  receiver.secret = body.secrets.secret;
  // Listening begins when the registry hears of it.
  await until(async () => {
    const [crm] = (await ask("GET", "/connections?vendor=crm")).body.items;
    expect(crm.activity.listening).toBe(true);
  });
  return body;
};

describe("a program that subscribed", () => {
  it("is told what happens from then on, once each, in order of each record, signed; before, nothing is recorded", async () => {
    await ask("POST", "/contacts", { name: "До подписки" });
    expect(await facts()).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await subscribe();
    const { body: contact } = await ask("POST", "/contacts", { name: "Иван", phones: [{ value: "+79101234567" }] });
    await ask("PATCH", `/contacts/${contact.id}`, { name: "Пётр" });
    const { body: deal } = await ask("POST", "/deals", { name: "Окна", contacts: [{ id: contact.id, is_main: true }] });
    await ask("POST", "/tasks", { title: "Позвонить", deal: deal.id });
    await ask("POST", "/notes", { text: "Заметка", deal: deal.id });
    await ask("DELETE", `/deals/${deal.id}`);
    await until(() =>
      expect(types().toSorted()).toEqual([
        "contact.changed",
        "contact.created",
        "deal.created",
        "deal.deleted",
        "note.created",
        "task.created",
      ]),
    );
    const of = (kind: string) => types().filter((type) => type.startsWith(kind));
    expect(of("contact")).toEqual(["contact.created", "contact.changed"]);
    expect(of("deal")).toEqual(["deal.created", "deal.deleted"]);
    expect(receiver.taken.every(({ genuine }) => genuine)).toBe(true);
    const changed = receiver.taken.find(({ message }) => message.type === "contact.changed")?.message;
    const { body: now } = await ask("GET", `/contacts/${contact.id}`);
    expect(changed?.data).toMatchObject({
      id: contact.id,
      kind: "contact",
      by: expect.stringMatching(/^token:/),
      changes: { changes: { name: { new: "Пётр" } } },
      record: now,
    });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(receiver.taken.length).toBe(6);
    await receiver.close();
  });

  it("is told only what it chose", async () => {
    await subscribe({ events: ["deal.created"] });
    await ask("POST", "/contacts", { name: "Не нужен" });
    await ask("POST", "/deals", { name: "Нужна" });
    await until(() => expect(types()).toEqual(["deal.created"]));
    expect(
      (await ask("POST", "/connections", { vendor: "webhook", settings: { url: receiver.url, events: ["deal.sold"] } })).body.errors,
    ).toMatchObject({
      events: [expect.stringContaining("deal.sold")],
    });
    await receiver.close();
  });

  it("and failed is told again, under the same id, as soon as a person says so", async () => {
    await subscribe();
    receiver.answer = { status: 500 };
    await ask("POST", "/deals", { name: "Окна" });
    await until(() => expect(receiver.taken.length).toBe(1));
    await until(async () =>
      expect((await ask("GET", "/deliveries?state=waiting")).body.items).toMatchObject([
        { attempts: 1, detail: expect.stringContaining("500") },
      ]),
    );
    receiver.answer = { status: 200 };
    const [delivery] = (await ask("GET", "/deliveries?state=waiting")).body.items;
    await ask("POST", `/deliveries/${delivery.id}/retry`);
    await until(() => expect(receiver.taken.length).toBe(2));
    expect(new Set(receiver.taken.map(({ id }) => id)).size).toBe(1);
    // The secret stands in no attempt.
    expect((await ask("GET", `/deliveries/${delivery.id}`)).text).not.toContain(receiver.secret);
    await receiver.close();
  });

  it("that answers 410 is switched off, and what happens meanwhile is not kept for it", async () => {
    const { id } = await subscribe();
    receiver.answer = { status: 410 };
    await ask("POST", "/deals", { name: "Последняя" });
    await until(async () =>
      expect((await ask("GET", `/connections/${id}`)).body).toMatchObject({
        state: "disabled",
        health: { ok: false, message: expect.stringContaining("410") },
      }),
    );
    await ask("POST", "/deals", { name: "Неслышная" });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const { body } = await ask("GET", `/deliveries?target=${id}`);
    expect(body.items).toMatchObject([{ state: "failed", detail: expect.stringContaining("410") }]);
    receiver.answer = { status: 200 };
    await ask("PATCH", `/connections/${id}`, { state: "active" });
    await until(async () => expect((await ask("GET", "/connections?vendor=crm")).body.items[0].activity.listening).toBe(true));
    await ask("POST", "/deals", { name: "Слышная" });
    await until(() =>
      expect(receiver.taken.map(({ message }) => (message.data as { record: { name: string } }).record.name)).toEqual([
        "Последняя",
        "Слышная",
      ]),
    );
    await receiver.close();
  });

  it("is signed with both secrets for a while after a rotation", async () => {
    const { id, secrets } = await subscribe();
    const { body } = await ask("POST", `/connections/${id}/secrets/secret/rotate`, {});
    expect(body.secrets.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(body.paste[0].text).toBe(body.secrets.secret);
    const test = async (secret: string) => {
      receiver.secret = secret;
      expect((await ask("POST", `/connections/${id}/test`)).body).toEqual({ ok: true, message: "HTTP 204" });
      return receiver.taken.at(-1)?.genuine;
    };
    expect([await test(secrets.secret), await test(body.secrets.secret)]).toEqual([true, true]);
    await ask("POST", `/connections/${id}/secrets/secret/rotate`, { keep_hours: 0 });
    expect(await test(body.secrets.secret)).toBe(false);
    await receiver.close();
  });

  it("is sent something to try, which says what came back; private addresses and redirects are refused", async () => {
    const { id } = await subscribe();
    receiver.answer = { status: 200, body: "Принято" };
    expect((await ask("POST", `/connections/${id}/test`)).body).toEqual({ ok: true, message: "HTTP 200: Принято" });
    expect(receiver.taken).toMatchObject([{ message: { type: "webhook.test" }, genuine: true }]);
    receiver.answer = { status: 301, headers: { location: "https://elsewhere.example" } };
    expect((await ask("POST", `/connections/${id}/test`)).body).toMatchObject({
      ok: false,
      message: expect.stringContaining("redirects are not followed"),
    });
    await ask("PATCH", `/connections/${id}`, { allow_private_addresses: false });
    expect((await ask("POST", `/connections/${id}/test`)).body).toMatchObject({
      ok: false,
      message: expect.stringContaining("private address"),
    });
    const [crm] = (await ask("GET", "/connections?vendor=crm")).body.items;
    expect((await ask("POST", `/connections/${crm.id}/test`)).status).toBe(422);
    await receiver.close();
  });
});

import { randomBytes } from "node:crypto";
import type { ConnectionId, Kit, Subscriber, Workspace, WorkspaceId } from "@svyazka/core";
import { Unavailable } from "@svyazka/core";
import { memoryKit, subscriberContract } from "@svyazka/core/testkit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { webhook } from "./adapter.ts";
import type { Subscription } from "./settings.ts";
import { type Receiver, startReceiver } from "./standin.ts";

const secret = () => `whsec_${randomBytes(32).toString("base64")}`;
const workspace: Workspace = {
  ...{ id: 1 as WorkspaceId, subdomain: "example", name: "ООО Пример", country: "RU", timeZone: "Europe/Moscow" },
  ...{ language: "ru", currency: "RUB" },
};
/** The network of this machine; redirects are answers, as with the hub's own. */
const kit: Kit = memoryKit({
  async fetch({ method, url, headers = {}, body }) {
    try {
      const answer = await fetch(url, { method, headers, redirect: "manual", ...(body !== undefined && { body }) });
      return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
    } catch (error) {
      throw new Unavailable(String(error));
    }
  },
});
const subscription = (url: string, one: string, rest: Partial<Subscription> & { events?: string[] } = {}): Subscription => ({
  ...{ id: 1 as ConnectionId, name: "Учёт", workspace, settings: { url, events: rest.events ?? [] }, secrets: { secret: one } },
  ...{ directory: { users: [], pipelines: [], fields: { contact: [], company: [], deal: [] }, taskTypes: [], sources: [] } },
  ...{ fieldMapping: {}, userMapping: {}, stageMapping: {} },
  ...(rest.secretsBefore && { secretsBefore: rest.secretsBefore }),
});
const subscriberOf = (of: Subscription): Subscriber => {
  const subscriber = webhook.connect?.(of, kit).subscriber;
  if (!subscriber) throw new Error("it must offer the port");
  return subscriber;
};
const change = { kind: "deal", id: "15", change: "stage_changed", at: "2026-03-02T10:00:00.000Z", by: "user:5" } as const;

subscriberContract("A webhook", async () => {
  const one = secret();
  const receiver = await startReceiver(one);
  return {
    subscriber: subscriberOf(subscription(receiver.url, one)),
    lost: subscriberOf(subscription("http://127.0.0.1:1/hooks", one)),
    heard: () => receiver.taken.map(({ id }) => id),
    be(how) {
      receiver.answer = { status: { well: 204, failing: 500, gone: 410 }[how] };
    },
    close: () => receiver.close(),
  };
});

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver(secret());
});
afterEach(() => receiver.close());

it("is signed, with an id that has no full stop, and says what happened to what", async () => {
  await subscriberOf(subscription(receiver.url, receiver.secret)).tell({
    id: "01a20248-3af9-71ec-a91d-58be96bee4db",
    change: { ...change, changes: { old: { stage: 1 }, new: { stage: 2 } }, record: { id: 15, name: "Окна" } },
  });
  expect(receiver.taken).toMatchObject([
    {
      genuine: true,
      id: "msg_01a20248-3af9-71ec-a91d-58be96bee4db",
      message: {
        type: "deal.stage_changed",
        timestamp: "2026-03-02T10:00:00.000Z",
        data: { id: 15, kind: "deal", by: "user:5", changes: { new: { stage: 2 } }, record: { name: "Окна" } },
      },
    },
  ]);
});

it("is signed with the secret before as well, as long as it overlaps", async () => {
  const [old, fresh] = [receiver.secret, secret()];
  const tell = (until: Date) =>
    subscriberOf(subscription(receiver.url, fresh, { secretsBefore: { secret: { secret: old, until } } })).tell({ id: "a", change });
  await tell(new Date(Date.now() + 3_600_000));
  receiver.secret = fresh;
  await tell(new Date(Date.now() + 3_600_000));
  receiver.secret = old;
  await tell(new Date(Date.now() - 1_000));
  expect(receiver.taken.map(({ genuine }) => genuine)).toEqual([true, true, false]);
});

it("wants what was chosen, or everything", () => {
  const chosen = subscriberOf(subscription(receiver.url, receiver.secret, { events: ["deal.created", "call.changed"] }));
  expect(chosen.wants({ kind: "deal", change: "created" })).toBe(true);
  expect(chosen.wants({ kind: "deal", change: "stage_changed" })).toBe(false);
  expect(chosen.wants({ kind: "contact", change: "created" })).toBe(false);
  expect(subscriberOf(subscription(receiver.url, receiver.secret)).wants({ kind: "note", change: "deleted" })).toBe(true);
});

it("does not follow a redirect, and waits as long as it is asked to", async () => {
  const { tell } = subscriberOf(subscription(receiver.url, receiver.secret));
  receiver.answer = { status: 302, headers: { location: "http://127.0.0.1:1/elsewhere" } };
  await expect(tell({ id: "a", change })).rejects.toThrow("redirects are not followed");
  receiver.answer = { status: 429, headers: { "retry-after": "120" } };
  await expect(tell({ id: "a", change })).rejects.toMatchObject({ retryAfterSeconds: 120 });
});

it("with a secret that is none refuses to send", async () => {
  await expect(subscriberOf(subscription(receiver.url, "my password")).tell({ id: "a", change })).rejects.toThrow("whsec_");
  expect(receiver.taken).toEqual([]);
});

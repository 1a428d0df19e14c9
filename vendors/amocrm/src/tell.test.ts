import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ChangedRecord,
  type Connection,
  type ConnectionId,
  emptyDirectory,
  type OwnCrm,
  type OwnDeal,
  Unavailable,
  type WorkspaceId,
} from "@svyazka/core";
import { memoryKit, subscriberContract } from "@svyazka/core/testkit";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { readHook } from "./index.ts";
import { subscriberOf } from "./served/tell.ts";
import type { Integration, settings } from "./settings.ts";

/** A webhook of a program that was written for amoCRM. */

let server: Server;
let url: string;
let heard: { id: string; body: string }[] = [];
let status = 200;
beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      heard.push({ id: String(request.headers["x-amocrm-requestid"]), body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
beforeEach(() => {
  heard = [];
  status = 200;
});
afterAll(() => server.close());

const at = new Date("2026-03-02T10:00:00Z");
const deal: OwnDeal = {
  ...{
    id: 15,
    version: "1",
    name: "Окна",
    sum: { minor: 1_000_000, currency: "RUB" },
    currency: "RUB",
    pipeline: 3,
    stage: 8,
    state: "open",
  },
  ...{
    company: null,
    contacts: [],
    source: null,
    lossReason: null,
    attribution: null,
    closedAt: null,
    responsible: 5,
    tags: [],
    values: {},
  },
  ...{ nextTask: null, createdBy: 5, updatedBy: 5, createdAt: at, updatedAt: at, deletedAt: null },
};
const stage = (id: number, kind: "open" | "won") => ({ id, pipeline: 3, name: "Этап", kind, colour: null, position: id });
const ownCrm = {
  user: undefined,
  users: { list: async () => [] },
  fields: { list: async () => [], known: async () => [] },
  pipelines: {
    list: async () => [
      {
        id: 3,
        name: "Воронка",
        colour: null,
        position: 1,
        isDefault: true,
        stages: [stage(7, "open"), stage(8, "open"), stage(9, "won")],
        createdAt: at,
        updatedAt: at,
      },
    ],
  },
  deals: { list: async () => ({ items: [deal], isMore: false }) },
} as unknown as OwnCrm;

const fetch = async (request: { url: string; method: string; headers?: Readonly<Record<string, string>>; body?: string }) => {
  try {
    const answer = await globalThis.fetch(request.url, {
      method: request.method,
      ...(request.headers && { headers: request.headers }),
      body: request.body ?? null,
    });
    return { status: answer.status, headers: {}, body: await answer.text() };
  } catch (error) {
    throw new Unavailable(String(error));
  }
};

function hookAt(destination: string, events: readonly string[], kit = memoryKit({ fetch, ownCrm: async () => ownCrm, now: () => at })) {
  const connection: Connection<typeof settings> = {
    ...{ id: 1 as ConnectionId, name: "Вебхук", directory: emptyDirectory, fieldMapping: {}, userMapping: {}, stageMapping: {} },
    workspace: {
      id: 1 as WorkspaceId,
      subdomain: "romashka",
      name: "Ромашка",
      country: "RU",
      timeZone: "Europe/Moscow",
      language: "ru",
      currency: "RUB",
    },
    settings: { side: "hook", destination, events } as unknown as Integration["settings"],
    secrets: {
      client_id: "id",
      client_secret: "secret",
      hook_secret: "",
      channel_id: "",
      chat_channel_secret: undefined,
      channel_secret: "",
      bot_id: "",
      code: undefined,
      integration_secret: undefined,
      long_lived_token: undefined,
    },
  };
  return subscriberOf(connection, kit);
}

const change: ChangedRecord = { kind: "deal", id: "15", change: "changed", at: at.toISOString() };

subscriberContract("a webhook", async () => ({
  subscriber: hookAt(url, ["update_lead"]),
  lost: hookAt("http://127.0.0.1:1/", ["update_lead"]),
  heard: () => heard.map(({ id }) => id),
  be(how) {
    status = { well: 200, failing: 500, gone: 410 }[how];
  },
  close: async () => {},
}));

it("is told of a change of stage twice, as amoCRM does, with what was before", async () => {
  const moved = {
    ...change,
    change: "stage_changed" as const,
    changes: { old: { pipeline: 3, stage: 7 }, new: { pipeline: 3, stage: 8 } },
  };
  await hookAt(url, ["status_lead", "update_lead"]).tell({ id: "a", change: moved });
  const told = heard.map(({ body }) => readHook(body).facts[0]);
  expect(told.map((fact) => [fact?.of, fact?.action, fact?.item["old_status_id"], fact?.item["status_id"]])).toEqual([
    ["leads", "status", "7", "8"],
    ["leads", "update", "7", "8"],
  ]);
});

it("hears only what was subscribed to", async () => {
  const hook = hookAt(url, ["add_lead"]);
  expect(hook.wants({ kind: "deal", change: "created" })).toBe(true);
  expect(hook.wants({ kind: "deal", change: "changed" })).toBe(false);
  expect(hook.wants({ kind: "contact", change: "created" })).toBe(false);
  await hook.tell({ id: "a", change });
  expect(heard).toEqual([]);
});

it("is tried five times at most, by amoCRM's own schedule, and three times when the fault is ours", async () => {
  const hook = hookAt(url, ["update_lead"]);
  const waits = async (code: number) => {
    status = code;
    const found: unknown[] = [];
    for (let attempt = 1; attempt <= 5; attempt++)
      found.push(
        await hook
          .tell({ id: "a", change, attempt })
          .catch((error: Error & { retryAfterSeconds?: number }) => error.retryAfterSeconds ?? error.name),
      );
    return found;
  };
  expect(await waits(500)).toEqual([300, 900, 900, 3_600, "Refused"]);
  expect(await waits(404)).toEqual([300, 900, "Refused", "Refused", "Refused"]);
});

it("is switched off after more than a hundred bad answers in two hours", async () => {
  const hook = hookAt(url, ["update_lead"]);
  status = 500;
  const names: string[] = [];
  for (let time = 0; time < 102; time++) await hook.tell({ id: "a", change }).catch((error: Error) => names.push(error.name));
  expect([names.at(99), names.at(101)]).toEqual(["Unavailable", "Gone"]);
});

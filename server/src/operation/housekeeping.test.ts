import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ConnectionId, WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";
import { readConfig } from "../config.ts";
import { storeOf } from "../connections/store.ts";
import { pathOf } from "../files/keep.ts";
import type { Hub } from "../hub.ts";
import { tidy } from "./housekeeping.ts";

let hub: TestHub;
let workspace: { id: number; api_token: string };
let connection: { id: number; secrets: { public_token: string } };
beforeAll(async () => {
  hub = await testHub();
  workspace = await hub.addWorkspace("house");
  const { body } = await hub.call("POST", "/connections", {
    token: workspace.api_token,
    body: { vendor: "fivecrm", settings: { repeat: "new" } },
  });
  connection = body as typeof connection;
});
afterAll(() => hub.close());

const keepHouse = () => tidy({ pool: hub.test.database, config: { ...readConfig([], {}), FILES_DIR: hub.filesDir } } as unknown as Hub);
const rows = async <T>(text: string): Promise<T[]> => {
  await hub.test.owner.query(`set svyazka.workspace = '${workspace.id}'`);
  return (await hub.test.owner.query(text)).rows as T[];
};
const counts = async () => {
  const [row] = await rows(
    `select (select count(*)::int from hub.journal) as lines, (select count(*)::int from hub.event) as events,
       (select count(*)::int from hub.delivery) as deliveries, (select count(*)::int from hub.attempt) as attempts`,
  );
  return row;
};
const send = (name: string) =>
  hub.call("POST", `/in/${connection.secrets.public_token}/ctm/form/send`, { body: { name, phone: "+79101234567" } });
const settled = async (count: number) => {
  for (let tries = 0; tries < 200; tries++) {
    if ((await rows("select from hub.delivery where state = 'done'")).length === count) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error("the deliveries were not done");
};
/** As if everything had come so many days ago: ids begin with the time they were made. */
const age = async (days: number) => {
  const prefix = (Date.now() - days * 86_400_000).toString(16).padStart(12, "0");
  const aged = (column: string) =>
    `overlay(overlay(${column}::text placing '${prefix.slice(0, 8)}' from 1) placing '${prefix.slice(8)}' from 10)::uuid`;
  await rows(`update hub.attempt set delivery = ${aged("delivery")}`);
  await rows(`update hub.delivery set id = ${aged("id")}, event = ${aged("event")}`);
  await rows(`update hub.event set id = ${aged("id")}, journal = ${aged("journal")}`);
  await rows(
    `update hub.journal set id = ${aged("id")}, received_at = now() - interval '${days} days',
       events = array(select ${aged("one")} from unnest(events) as one)`,
  );
};

it("erases what a request held after its days, and keeps its line", async () => {
  await send("Anna");
  await settled(1);
  await age(91);
  await keepHouse();
  expect(await rows("select body, headers, query, ip, path from hub.journal")).toEqual([
    { body: null, headers: {}, query: "", ip: "", path: "/ctm/form/send" },
  ]);
  expect(await counts()).toEqual({ lines: 1, events: 1, deliveries: 1, attempts: 1 });
});

it("forgets what is long over, and nothing that waits or is recent", async () => {
  await age(366);
  await send("Ivan");
  await settled(2);
  await keepHouse();
  expect(await counts()).toEqual({ lines: 1, events: 1, deliveries: 1, attempts: 1 });
  await rows("update hub.delivery set state = 'parked'");
  await age(400);
  await keepHouse();
  expect(await counts()).toEqual({ lines: 1, events: 1, deliveries: 1, attempts: 1 });
  await rows("update hub.delivery set state = 'skipped'");
  await keepHouse();
  expect(await counts()).toEqual({ lines: 0, events: 0, deliveries: 0, attempts: 0 });
  // What was recorded once is known for as long as its key says.
  expect((await rows("select from hub.seen")).length).toBeGreaterThan(0);
});

it("forgets files with their bytes, and documents, when their days are over", async () => {
  const id = "01940000-0000-7000-8000-000000000001";
  const path = pathOf(hub.filesDir, workspace.id as WorkspaceId, id);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "RIFF");
  await rows(
    `insert into hub.file (workspace, id, connection, source, type, bytes, sha256, expires_at)
     values (${workspace.id}, '${id}', ${connection.id}, 'a', 'audio/wav', 4, 'b', now() - interval '1 hour')`,
  );
  const store = storeOf(hub.test.database, hub.keys, workspace.id as WorkspaceId, connection.id as ConnectionId);
  await store.put("passing", "x", 1, { days: 1 });
  await store.put("lasting", "x", 1);
  await rows("update hub.kept set expires_at = now() - interval '1 second' where kind = 'passing'");
  await keepHouse();
  expect(existsSync(path)).toBe(false);
  expect(await rows("select from hub.file")).toEqual([]);
  expect([await store.get("passing", "x"), await store.get("lasting", "x")]).toEqual([undefined, 1]);
});

it("forgets imports with their rows when nobody has touched them for as long, but none that is at work, and keeps what they made", async () => {
  const states = ["reading", "new", "running", "done", "cancelled", "undoing", "undone"];
  const [contact] = await rows<{ id: number }>(`insert into crm.contact (workspace, name) values (${workspace.id}, 'Anna') returning id`);
  for (const [age, name] of [
    ["366 days", "old"],
    ["364 days", "recent"],
  ]) {
    await rows(
      `with made as (
         insert into crm.import (workspace, name, actor, state, created_at, updated_at)
         select ${workspace.id}, '${name} ' || state, 'operator', state, now() - interval '900 days', now() - interval '${age}'
         from unnest('{${states}}'::text[]) state returning workspace, id)
       insert into crm.import_row (workspace, import, n, cells, outcome, contact)
       select workspace, id, n, '["Anna"]', 'created', ${contact?.id} from made cross join generate_series(1, 3) n`,
    );
  }
  await keepHouse();
  const left = await rows<{ name: string; rows: number }>(
    "select name, (select count(*)::int from crm.import_row r where r.import = i.id) as rows from crm.import i order by name",
  );
  expect(left).toEqual(
    ["old running", "old undoing", ...states.map((state) => `recent ${state}`)].sort().map((name) => ({ name, rows: 3 })),
  );
  expect(await rows(`select name from crm.contact where id = ${contact?.id}`)).toEqual([{ name: "Anna" }]);
});

import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";

let hub: TestHub;
let workspace: { id: number; api_token: string };
let connection: number;
beforeAll(async () => {
  hub = await testHub();
  workspace = await hub.addWorkspace("doctor");
  const { body } = await hub.call("POST", "/connections", { token: workspace.api_token, body: { vendor: "fivecrm", name: "example.ru" } });
  connection = (body as { id: number }).id;
});
afterAll(() => hub.close());

const owner = async (text: string) => {
  await hub.test.owner.query(`set svyazka.workspace = '${workspace.id}'`);
  await hub.test.owner.query(text);
};
const finding = async (check: string) => {
  const { body } = await hub.call("GET", "/doctor", { token: hub.operatorToken });
  return (body as { findings: { check: string; ok: boolean; message: string; advice?: string }[] }).findings.find(
    (one) => one.check === check,
  );
};
/** A request an hour, the last one so many hours ago. */
const heard = (count: number, hoursAgo: number) =>
  owner(
    `insert into hub.journal (workspace, id, connection, received_at, method, path, prefix, query, headers, ip, outcome, status)
     select ${workspace.id}, ('01940000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, ${connection}, now() - (${count} - n + ${hoursAgo}) * interval '1 hour',
       'POST', '/', '', '', '{}', '', 'accepted', 200 from generate_series(1, ${count}) n`,
  );

it("finds nothing wrong with a new hub", async () => {
  const { body } = await hub.call("GET", "/doctor", { token: hub.operatorToken });
  expect((body as { findings: { check: string; ok: boolean }[] }).findings.filter(({ ok, check }) => !ok && check !== "disk")).toEqual([]);
});

it("says which connection is in trouble, in its words", async () => {
  await owner(`update hub.connection set health = '{"ok":false,"message":"the key is worth nothing","at":""}' where id = ${connection}`);
  expect(await finding("connections")).toMatchObject({
    ok: false,
    message: expect.stringContaining(`example.ru (${connection}): the key is worth nothing`),
  });
  await owner(`update hub.connection set state = 'disabled' where id = ${connection}`);
  expect(await finding("connections")).toMatchObject({ ok: true });
  await owner(`update hub.connection set state = 'active', health = null where id = ${connection}`);
});

it("says who has been quiet for longer than ever before, and of nobody whose habits it does not know", async () => {
  await heard(30, 1);
  expect(await finding("silence")).toMatchObject({ ok: true });
  await owner("delete from hub.journal");
  await heard(30, 5);
  expect(await finding("silence")).toMatchObject({
    ok: false,
    message: expect.stringContaining("quiet for 5 h, never longer than 60 min"),
  });
  await owner("delete from hub.journal");
  await heard(5, 500);
  expect(await finding("silence")).toMatchObject({ ok: true });
});

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestHub, testHub } from "../../../testkit/hub.ts";

/** What is written in a conversation goes out by its channel, whatever happened to the process that took it. */

let hub: TestHub;
let token: string;
let workspace: WorkspaceId;
let channel: number;
let conversation: number;
const heard: string[] = [];
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    heard.push(JSON.parse(body).message.message.text);
    response.writeHead(200).end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hub = await testHub();
  const made = await hub.addWorkspace("alpha");
  token = made.api_token;
  workspace = made.id as WorkspaceId;
  const vendor = ((await hub.call("GET", "/vendors", { token })).body as { items: { id: string; abilities: string[] }[] }).items.find(
    ({ abilities }) => abilities.includes("messenger"),
  );
  const { body } = await hub.call("POST", "/connections", {
    token,
    body: {
      ...{ vendor: vendor?.id, name: "Канал", allow_private_addresses: true },
      settings: { side: "channel", hook_uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/:scope_id` },
    },
  });
  channel = (body as { id: number }).id;
  const [row] = await hub.test.database.in(workspace).query<{ id: number }>({
    text: `insert into crm.conversation (workspace, channel, network, external, client)
      values ($1, $2, 'chat', 'c-1', '{"external": "u-1", "name": "Иван"}') returning id`,
    values: [workspace, channel],
  });
  conversation = row?.id ?? 0;
});
afterAll(async () => {
  await hub.close();
  server.close();
});

const messages = async (): Promise<{ id: number; text: string; state: string; error: string | null }[]> =>
  ((await hub.call("GET", `/conversations/${conversation}/messages`, { token })).body as { items: never[] }).items;
async function untilState(text: string, state: string): Promise<void> {
  const is = async () => (await messages()).some((one) => one.text === text && one.state === state);
  for (let tries = 0; tries < 200 && !(await is()); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect((await messages()).find((one) => one.text === text)?.state).toBe(state);
}

it("what waits because nobody had time to tell of it is found by asking, and tried once", async () => {
  // As it is when a process dies between the message and its fact.
  await hub.test.database.in(workspace).query({
    text: `insert into crm.message (workspace, conversation, channel, direction, kind, text, state) values ($1, $2, $3, 'out', 'text', 'Забытое', 'waiting')`,
    values: [workspace, conversation, channel],
  });
  const poll = async () => {
    const { body } = await hub.call("POST", `/connections/${channel}/poll`, { token, body: { since: new Date(0).toISOString() } });
    return (body as { fresh: number }).fresh;
  };
  expect([await poll(), await poll()]).toEqual([1, 0]);
  // Nobody has connected the channel: it is tried, and says so.
  await untilState("Забытое", "failed");
  expect((await messages())[0]?.error).toBe("the channel is not connected to this account");
  const { body } = await hub.call("GET", "/deliveries", { token });
  expect((body as { items: { flow: string }[] }).items.map(({ flow }) => flow)).toEqual(["send-message"]);
  expect(heard).toEqual([]);
});

it("what waits while the route is switched off goes out once it is on; meanwhile nothing is sent again", async () => {
  const route = (enabled: boolean) =>
    hub.call("PUT", "/routes", { token, body: { routes: [{ source: channel, flow: "send-message", target: channel, enabled }] } });
  const poll = () => hub.call("POST", `/connections/${channel}/poll`, { token, body: { since: new Date(0).toISOString() } });
  await route(false);
  const [failed] = (await messages()).filter(({ state }) => state === "failed");
  expect((await hub.call("POST", `/messages/${failed?.id}/again`, { token })).status).toBe(422);
  expect((await messages()).find(({ id }) => id === failed?.id)?.state).toBe("failed");
  await hub.test.database.in(workspace).query({
    text: `insert into crm.message (workspace, conversation, channel, direction, kind, text, state) values ($1, $2, $3, 'out', 'text', 'Терпеливое', 'waiting')`,
    values: [workspace, conversation, channel],
  });
  await poll();
  await route(true);
  await poll();
  await untilState("Терпеливое", "failed");
  await hub.test.database
    .in(workspace)
    .query({ text: "delete from crm.message where workspace = $1 and text = 'Терпеливое'", values: [workspace] });
});

it("nothing is written where nobody carries it any more, and nothing empty", async () => {
  const write = (text: unknown) => hub.call("POST", `/conversations/${conversation}/messages`, { token, body: { text } });
  expect((await write("")).status).toBe(422);
  expect((await write(5)).status).toBe(422);
  expect((await hub.call("PATCH", `/conversations/${conversation}`, { token, body: { deal: 999 } })).status).toBe(422);
  const closed = await hub.call("PATCH", `/conversations/${conversation}`, { token, body: { open: false } });
  expect(closed.body).toMatchObject({ is_open: false, is_read: true });
  expect((await hub.call("GET", "/conversations?open=true", { token })).body).toMatchObject({ items: [] });
  const reason = "nothing carries this conversation: its channel was removed, or the route to it is switched off";
  const route = (enabled: boolean) =>
    hub.call("PUT", "/routes", { token, body: { routes: [{ source: channel, flow: "send-message", target: channel, enabled }] } });
  expect((await route(false)).status).toBe(200);
  expect(await write("Никому")).toMatchObject({ status: 422, body: { errors: { id: [reason] } } });
  await route(true);
  expect((await write("Кому-то")).status).toBe(201);
  await hub.call("DELETE", `/connections/${channel}`, { token });
  expect(await write("Никому")).toMatchObject({ status: 422, body: { errors: { id: [reason] } } });
  expect((await messages()).map(({ text }) => text)).toEqual(["Кому-то", "Забытое"]);
  expect((await hub.call("GET", `/conversations/${conversation}`, { token })).status).toBe(200);
});

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";

/** Programs on libraries that others wrote for amoCRM work with our CRM, over HTTPS as they would with theirs. */

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const run = promisify(execFile);
const dataDir = makeDataDir();
const redirect = "https://example.com/callback";
const picture = join(dataDir, "picture.png");
let hub: HubProcess;
const trusted = process.env["NODE_EXTRA_CA_CERTS"];

beforeAll(async () => {
  writeFileSync(
    picture,
    Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=", "base64"),
  );
  // The certificate is this machine's own; whoever speaks to the hub here is told to trust it.
  process.env["NODE_EXTRA_CA_CERTS"] = fixture("loopback.pem");
  hub = await startHubProcess({ dataDir, environment: { TLS_CERT: fixture("loopback.pem"), TLS_KEY: fixture("loopback.key") } });
  await hub.command(
    ...["workspace", "create", "--name", "Ромашка", "--subdomain", "programs"],
    ...["--admin-email", "admin@programs.example", "--admin-password", "пароль-для-проверки"],
  );
}, 60_000);
afterAll(async () => {
  if (trusted === undefined) delete process.env["NODE_EXTRA_CA_CERTS"];
  else process.env["NODE_EXTRA_CA_CERTS"] = trusted;
  await hub.stop();
  removeDataDir(dataDir);
});

/** What a program saw: its last line. */
async function saw(program: string, told: object): Promise<Record<string, unknown>> {
  const { stdout } = await run(process.execPath, [fileURLToPath(new URL(`../testkit/${program}`, import.meta.url)), JSON.stringify(told)]);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as Record<string, unknown>;
}

it("a program on @shevernitskiy/amo signs in, works and is told of what happens", async () => {
  const { client_id, client_secret, code, urls } = await hub.command<
    Record<"client_id" | "client_secret" | "code", string> & { urls: { api: string } }
  >(
    ...["integration", "create", "--workspace", "programs", "--name", "Программа", "--redirect-uri", redirect, "--picture", picture],
    ...["--set", "requests_per_second=0", "--allow-private-addresses"],
  );
  expect(urls.api).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const told = {
    domain: new URL(urls.api).host,
    auth: { client_id, client_secret, redirect_uri: redirect, grant_type: "authorization_code", code },
  };
  const seen = await saw("amo-program.ts", told);
  expect(seen).toMatchObject({
    ...{ tokens: 1, account: "programs", webhook: ["add_lead", "status_lead", "add_contact"], added: 2, won: ["Из программы"] },
    ...{ found: ["Анна"], notes: 1, done: "number", tags: ["программа"], users: 1, nothing: expect.stringContaining("204") },
    complex: [{ id: expect.any(Number), contact_id: expect.any(Number), company_id: null, request_id: ["0"], merged: false }],
    refusal: { title: "Bad Request", "validation-errors": [{ request_id: "0", errors: [{ code: "InvalidType", path: "price" }] }] },
  });
  expect([...(seen["heard"] as string[])].sort()).toEqual(["contacts[add]", "leads[add]", "leads[add]", "leads[add]", "leads[status]"]);
}, 60_000);

it("a messenger on @mobilon-dev/amotop connects its channel, brings messages and reads what is there", async () => {
  const channel = await hub.command<{ secrets: Record<"channel_id" | "channel_secret" | "bot_id", string> }>(
    ...["connection", "add", "amocrm", "--workspace", "programs", "--set", "side=channel", "--set", "origin=whatsapp"],
    ...["--set", "hook_uri=https://example.com/:scope_id", "--set", "requests_per_second=0"],
  );
  const { client_id, urls, long_lived_token } = await hub.command<
    Record<"client_id" | "long_lived_token", string> & { urls: { api: string } }
  >(
    ...["integration", "create", "--workspace", "programs", "--name", "Мессенджер", "--redirect-uri", redirect, "--long-lived"],
    ...["--picture", picture, "--set", "requests_per_second=0"],
  );
  expect(client_id).toHaveLength(36);
  const { channel_id: channelId, channel_secret: channelSecret, bot_id: botId } = channel.secrets;
  const seen = await saw("amo-chat-program.ts", {
    domain: new URL(urls.api).host,
    token: long_lived_token,
    channelId,
    channelSecret,
    botId,
  });
  expect(seen).toEqual({
    ...{ account: "programs", scope: true, incoming: 36, chats: [true], talk: "lead", work: [true, false], refused: 404 },
    history: ["Bot: Мы работаем до девяти", expect.stringMatching(/: Добрый день$/), "Ольга: ", "Ольга: Здравствуйте"],
  });
}, 60_000);

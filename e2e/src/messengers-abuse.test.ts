import { afterAll, beforeAll, expect, it } from "vitest";
import { nonsenseOf } from "../../vendors/touchapi/testkit/nonsense.ts";
import { type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { addMessengers, conversationsOf, type Messengers, messagesOf } from "../testkit/messengers.ts";
import type { Added } from "../testkit/telephony.ts";

/** Whatever anybody may send in place of a hook, a call of the connect service, or a message of ours: the answer is in shape, soon, and never an error of the server. */

const dataDir = makeDataDir();
let hub: HubProcess;
let shop: Messengers;
let account: Added;
let conversation = 0;
const key = "whatsapp:79000000001";
const phone = "79031110001";
beforeAll(async () => {
  hub = await startHubProcess({ dataDir });
  shop = await addMessengers(hub, "target");
  account = await shop.addAccount({ login: "79000000001", phone: "79000000001" });
  await shop.touch.say(key, { from: phone, name: "Мария", text: "Привет" });
  conversation = await until(async () => (await conversationsOf(shop.client))[0]?.id);
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await shop.touch.close();
  await hub.stop();
  removeDataDir(dataDir);
});

const longestMs = 5_000;
/** Whatever is still to be done but for files at addresses that nobody has. */
const done = (seconds: number) =>
  until(
    async () => (await shop.client.all<{ flow: string }>("/deliveries?state=waiting")).every(({ flow }) => flow === "keep-attachment"),
    seconds,
  );

interface Told {
  readonly status: number;
  readonly text: string;
  readonly ms: number;
}

/** A few at a time; answers how often each status was told. */
async function sendAll<T>(
  cases: readonly T[],
  send: (one: T) => Promise<Told>,
  problemWith: (told: Told) => string | undefined,
): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  const complaints: string[] = [];
  const queue = cases.values();
  const sender = async () => {
    for (const one of queue) {
      const told = await send(one);
      counts[told.status] = (counts[told.status] ?? 0) + 1;
      const problem = told.status >= 500 ? "an error of the server" : told.ms > longestMs ? `${told.ms} ms` : problemWith(told);
      if (problem !== undefined)
        complaints.push(`${problem}: ${told.status} ${told.text.slice(0, 200)} for ${JSON.stringify(one).slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, sender));
  expect(complaints.slice(0, 5)).toEqual([]);
  return counts;
}

async function ask(
  method: string,
  url: string,
  body: string | Uint8Array | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<Told> {
  const started = performance.now();
  const answer = await fetch(url, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body !== undefined && { body }),
  });
  return { status: answer.status, text: await answer.text(), ms: performance.now() - started };
}

/** JSON knows no bigints, symbols or functions. */
const written = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === "bigint" ? String(one) : one)) ?? "null";
const hook = {
  ...{ hook_type: "message", source: "whatsapp", login: "79000000001", thread: `${phone}@c.us`, from: phone, to: "79000000001" },
  ...{
    item: "i",
    time: 1_790_000_000,
    text: "Текст",
    outgoing: false,
    replyTo: "j",
    content: [{ type: "image", src: "https://x.example/1.png" }],
  },
};
const connect = {
  touchapi_source: "whatsapp",
  touchapi_token: "token-of-example",
  touchapi_login: "79000000001",
  crm_url: "x.amocrm.ru",
  crm_type: "amocrm",
  touchapi_main: true,
  touchapi_name: "Имя",
};
const oddBodies: readonly (string | Uint8Array)[] = [
  ...[
    "",
    " ",
    "{",
    "[",
    "null",
    "0",
    '"',
    "{}",
    "[]",
    "[[[[[[]]]]]]",
    "true",
    "\0",
    '{"a":"\\ud800"}',
    "<html>",
    "a=1&b=2",
    "[".repeat(5_000),
    `{"a":`.repeat(3_000),
  ],
  ...[new Uint8Array([0xff, 0xfe, 0x00]), new Uint8Array(1_000).fill(0x80), Buffer.from('{"hook_type":"message"}', "utf16le")],
];

it("hooks: nonsense of every sort, and what is nearly right", async () => {
  const nonsense = nonsenseOf(7);
  const bodies = [
    ...oddBodies,
    ...Array.from({ length: 1_500 }, () => written(nonsense.objectOf(hook))),
    ...Array.from({ length: 300 }, () => written(nonsense.value(4))),
    // Times that cannot be: before anything, ahead of everything, in every unit.
    ...[0, -1, 1, 1e15, 1e18, 1e300, "завтра", "1790000000", 253_402_300_800_000].map((time) =>
      written({ ...hook, item: `t${time}`, time }),
    ),
    ...["message_edited", "presence", "call", "constructor", "__proto__"].map((type) => written({ ...hook, hook_type: type })),
  ];
  const counts = await sendAll(
    bodies,
    (body) => ask("POST", account.urls["webhook"] ?? "", body, {}),
    ({ status, text }) => ([200, 400].includes(status) && text.startsWith("{") ? undefined : "neither taken nor told what to mend"),
  );
  expect(counts[200]).toBeGreaterThan(1_000);
  expect((await ask("POST", account.urls["webhook"] ?? "", "x".repeat(20_000_000), {})).status).toBe(413);
  expect((await ask("POST", `${hub.url}/in/unguessable-and-wrong/touchapi/hook`, written(hook), {})).status).toBe(403);
  await done(120);
  // What could not be read is there to be looked at.
  expect((await shop.client.get<{ items: unknown[] }>("/journal?limit=10")).items.length).toBe(10);
  expect(await shop.client.all("/deliveries?state=failed")).toEqual([]);
}, 180_000);

it("one hook, fifty times at once and again after a restart, is one message", async () => {
  const body = written({ ...hook, item: "fifty", text: "Пятьдесят", content: [] });
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask("POST", account.urls["webhook"] ?? "", body, {})));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const port = Number(new URL(hub.url).port);
  await hub.stop();
  hub = await startHubProcess({ dataDir, port });
  expect((await ask("POST", account.urls["webhook"] ?? "", body, {})).status).toBe(200);
  await done(30);
  expect((await messagesOf(shop.client, conversation)).filter(({ text }) => text === "Пятьдесят")).toHaveLength(1);
}, 60_000);

it("the connect service: fields of every sort, addresses, keys and referers", async () => {
  const nonsense = nonsenseOf(11);
  const right = { "x-api-key": shop.apiKey, referer: "https://example.com" };
  const isInShape = ({ status, text }: Told): string | undefined => {
    if (![200, 400, 403, 404, 405, 413, 429].includes(status)) return "an unexpected status";
    const body = JSON.parse(text) as { ok: boolean; message: string; errors?: unknown };
    if (typeof body.message !== "string" || body.ok !== (status === 200)) return "not the envelope";
    return status === 200 || Array.isArray(body.errors) ? undefined : "no list of errors";
  };
  const hosts = [
    "",
    "x",
    "http://",
    "x.amocrm.ru.",
    "[::1]",
    "127.0.0.1:99999",
    "0x7f.1",
    "a".repeat(3_000),
    "xn--",
    "пример.рф",
    "x.amocrm.ru/../..",
    "x y",
    "\u0000",
    "//x.amocrm.ru",
    "javascript:1",
  ];
  const bodies = [
    ...oddBodies,
    ...Array.from({ length: 60 }, () => written(nonsense.objectOf(connect))),
    ...hosts.map((crm_url) => written({ ...connect, crm_url })),
  ];
  const counts = await sendAll(bodies, (body) => ask("POST", `${hub.url}/crm/connect`, body, right), isInShape);
  expect(counts[400]).toBeGreaterThan(50);
  const strangers = Array.from({ length: 200 }, (_, index) =>
    index % 2
      ? { referer: "https://example.com", "x-api-key": `wrong-${index}` }
      : { "x-api-key": shop.apiKey, referer: `https://evil${index}.example` },
  );
  const refused = await sendAll(strangers, (headers) => ask("POST", `${hub.url}/crm/connect`, written(connect), headers), isInShape);
  expect((refused[403] ?? 0) + (refused[429] ?? 0)).toBe(200);
}, 180_000);

it("messages of ours: bodies of every sort", async () => {
  const nonsense = nonsenseOf(13);
  const message = {
    text: "Текст",
    files: ["00000000-0000-4000-8000-000000000000"],
    reply_to: 1,
    template: { name: "a", language: "ru", values: ["x"] },
  };
  const headers = { authorization: `Bearer ${shop.company.token}` };
  const counts = await sendAll(
    Array.from({ length: 400 }, () => written(nonsense.objectOf(message))),
    (body) => ask("POST", `${hub.url}/hub/v1/conversations/${conversation}/messages`, body, headers),
    ({ status }) => ([201, 400, 413, 415, 422].includes(status) ? undefined : "an unexpected status"),
  );
  expect(counts[422]).toBeGreaterThan(200);
  for (const path of [
    "/conversations/999999/messages",
    "/conversations/abc/messages",
    "/messages/999999/again",
    "/conversations/999999/typing",
  ])
    expect((await ask("POST", `${hub.url}/hub/v1${path}`, written({ text: "x" }), headers)).status).toBeLessThan(500);
  const uploads: [Record<string, string>, string | Uint8Array][] = [
    [{}, "{}"],
    [{ "content-type": "multipart/form-data" }, "x"],
    [{ "content-type": "multipart/form-data; boundary=x" }, "--x--"],
    [{ "content-type": "application/octet-stream" }, new Uint8Array()],
    [{ "content-type": "application/octet-stream" }, new Uint8Array([1, 2, 3])],
  ];
  for (const [more, body] of uploads)
    expect((await ask("POST", `${hub.url}/hub/v1/files`, body, { ...headers, ...more })).status).toBeLessThan(500);
  await done(60);
}, 120_000);

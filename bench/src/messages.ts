import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { command, pssMib, type Server } from "./processes.ts";
import type { Figure } from "./table.ts";

/** Messages: what clients write, from the messenger's hook to an open page; and what we write, to a messenger that takes so many a second. */

interface Channel {
  readonly id: number;
  readonly secrets: Readonly<Record<string, string>>;
}

interface Scale {
  readonly chats: number;
  readonly seconds: number;
  /** Of ours. */
  readonly sent: number;
}

const perSecond = 200;
const admin = { email: "messages@example.com", password: "bench password" };

export async function measureMessages(hub: Server, url: string, scale: Scale): Promise<Figure[]> {
  const workspace = command<{ api_token: string }>(
    hub,
    ...["workspace", "create", "--name", "Messages", "--subdomain", "messages"],
    ...["--admin-email", admin.email, "--admin-password", admin.password],
  );
  const messenger = await startMessenger();
  try {
    const settings = {
      source: "whatsapp",
      login: "bench",
      token: "bench",
      address: `${messenger.url}/api`,
      requests_per_second: String(limitPerSecond),
    };
    const channel = command<Channel>(
      hub,
      ...["connection", "add", "touchapi", "--workspace", "messages", "--allow-private-addresses"],
      ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
    );
    const api = caller(hub, workspace.api_token);
    return [await measureIncoming(hub, url, channel, api, scale), await measureSending(api, messenger, scale)];
  } finally {
    await messenger.close();
  }
}

type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>;

const caller =
  (hub: Server, token: string): Call =>
  async (method, path, body) => {
    const answer = await fetch(`${hub.url}/hub/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as never;
  };

/** Asks for `count` things, each at its moment, whoever is late. */
async function paced(count: number, rate: number, ask: (index: number) => Promise<void>): Promise<void> {
  const started = performance.now();
  const asked: Promise<void>[] = [];
  for (let index = 0; index < count; index++) {
    const wait = started + (index * 1000) / rate - performance.now();
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
    asked.push(ask(index));
  }
  await Promise.all(asked);
}

async function measureIncoming(hub: Server, url: string, { secrets }: Channel, api: Call, { chats, seconds }: Scale): Promise<Figure> {
  const bare = await bareNews(url, seconds);
  const page = await openPage(hub);
  const count = perSecond * seconds;
  const sentAt = new Map<string, number[]>();
  const latencies: number[] = [];
  // News names the conversation: which of its messages it is for, their order tells.
  const chatOf = new Map<number, string>();
  page.listen((conversation, at) => {
    const chat = chatOf.get(conversation);
    const sent = chat === undefined ? undefined : sentAt.get(chat)?.shift();
    if (sent !== undefined) latencies.push(at - sent);
  });
  const tell = async (index: number, chat: number): Promise<void> => {
    const thread = `7900${String(chat).padStart(7, "0")}`;
    const body = {
      hook_type: "message",
      source: "whatsapp",
      login: "bench",
      thread,
      from: thread,
      item: `${thread}-${index}`,
      time: Date.now() * 1000,
      text: `${index}`,
      outgoing: false,
    };
    const queue = sentAt.get(thread);
    if (queue) queue.push(performance.now());
    const answer = await fetch(`${hub.url}/in/${secrets["hook_secret"]}/touchapi/hook`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`a hook was answered ${answer.status}`);
  };
  // Everybody has written once before: contacts and deals are made, and the page knows who is who.
  await paced(chats, perSecond / 2, (index) => tell(-1, index));
  await until(async () => (await all<{ deal: number | null }>(api, "/conversations")).filter(({ deal }) => deal !== null).length === chats);
  for (const { id, client } of await all<{ id: number; client: { phone: string } }>(api, "/conversations")) {
    chatOf.set(id, client.phone.slice(1));
    sentAt.set(client.phone.slice(1), []);
  }
  await paced(count, perSecond, (index) => tell(index, index % chats));
  await until(async () => latencies.length >= count);
  page.close();
  await inOrder(api, chats, count);
  const [mine, theirs] = [p99(latencies), p99(bare)];
  return {
    what: `A message from the messenger's hook to an open page, at ${perSecond}/s over ${chats.toLocaleString("en")} chats, p99`,
    value: `${mine.toFixed(1)} ms (median ${median(latencies).toFixed(1)} ms); ${count.toLocaleString("en")} messages once each and in order, PSS ${pssMib(hub.pid).toFixed(0)} MiB`,
    limit: `${theirs.toFixed(1)} ms for one INSERT and a NOTIFY that is heard, at the same rate`,
    ratio: (mine / theirs).toFixed(1),
    goal: "once each, in order",
  };
}

/** Throws unless every chat has its messages, once each and in order. */
async function inOrder(api: Call, chats: number, count: number): Promise<void> {
  let found = 0;
  for (const { id } of await all<{ id: number }>(api, "/conversations")) {
    const texts = (await all<{ text: string }>(api, `/conversations/${id}/messages`)).map(({ text }) => Number(text)).reverse();
    if (texts.some((text, index) => index > 0 && text <= (texts[index - 1] ?? 0)))
      throw new Error(`conversation ${id} is out of order: ${texts.join()}`);
    found += texts.length;
  }
  if (found !== count + chats) throw new Error(`${found} messages in place of ${count + chats}`);
}

const all = async <T>(api: Call, path: string): Promise<T[]> => {
  const items: T[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const page: { items: T[]; next_cursor: string | null } = await api(
      "GET",
      `${path}?limit=250${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
};

/** A page that a person has open: its news. */
async function openPage(hub: Server) {
  const signedIn = await fetch(`${hub.url}/hub/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(admin),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  const leave = new AbortController();
  const stream = await fetch(`${hub.url}/hub/v1/live`, { headers: { cookie }, signal: leave.signal });
  let hear: (conversation: number, at: number) => void = () => {};
  const read = async (): Promise<void> => {
    let text = "";
    for await (const chunk of stream.body ?? []) {
      const at = performance.now();
      text += Buffer.from(chunk as Uint8Array).toString("utf8");
      const messages = text.split("\n\n");
      text = messages.pop() ?? "";
      for (const message of messages) {
        if (!message.includes("event: conversation.changed")) continue;
        const data = /^data: (.*)$/m.exec(message)?.[1];
        if (data !== undefined) hear((JSON.parse(data) as { conversation: number }).conversation, at);
      }
    }
  };
  read().catch(() => {});
  return {
    listen(listener: typeof hear) {
      hear = listener;
    },
    close: () => leave.abort(),
  };
}

/** One row and a NOTIFY in each commit, heard on another connection: what PostgreSQL alone needs, milliseconds each. */
async function bareNews(url: string, seconds: number): Promise<number[]> {
  const [writer, ear] = [new pg.Pool({ connectionString: url, max: 8 }), new pg.Client({ connectionString: url })];
  await ear.connect();
  await ear.query("listen bench_news");
  await writer.query("create table if not exists public.bare_message (id bigint generated always as identity primary key, body text)");
  const sentAt: number[] = [];
  const latencies: number[] = [];
  ear.on("notification", ({ payload }) => latencies.push(performance.now() - (sentAt[Number(payload)] ?? 0)));
  const count = perSecond * seconds;
  await paced(count, perSecond, async (index) => {
    sentAt[index] = performance.now();
    await writer.query({
      name: "bare-news",
      text: "with made as (insert into public.bare_message (body) values ($1)) select pg_notify('bench_news', $2)",
      values: ["x".repeat(200), String(index)],
    });
  });
  await until(async () => latencies.length === count);
  await writer.query("drop table public.bare_message");
  await Promise.all([writer.end(), ear.end()]);
  return latencies;
}

const p99 = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length * 0.99)] ?? 0;
const median = (values: readonly number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

async function until(look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 300_000;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error("it did not come about within five minutes");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** So many a second, and twice as many at once: whatever comes above is refused. */
const limitPerSecond = 30;

interface MessengerStub {
  readonly url: string;
  readonly taken: string[];
  refused(): number;
  close(): Promise<void>;
}

/** A messenger that takes thirty messages a second, by any clock: what is above is answered 429. */
async function startMessenger(): Promise<MessengerStub> {
  const taken: string[] = [];
  let refused = 0;
  let allowance = limitPerSecond;
  let filledAt = performance.now();
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const now = performance.now();
      allowance = Math.min(limitPerSecond, allowance + ((now - filledAt) * limitPerSecond) / 1000);
      filledAt = now;
      const isSending = request.url?.endsWith("/sendMessage") === true;
      if (isSending && allowance < 1) {
        refused++;
        return void response.writeHead(429, { "retry-after": "1" }).end();
      }
      if (isSending) {
        allowance--;
        const { msg } = JSON.parse(body) as { msg: { text: string; thread: string } };
        taken.push(msg.text);
        response.writeHead(200, { "content-type": "application/json" });
        return void response.end(
          JSON.stringify({
            status: "ok",
            uuid: "u",
            results: [{ result: { item: `sent-${taken.length}`, thread: msg.thread, timestamp: Date.now() } }],
          }),
        );
      }
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ status: "ok", step: { value: 5, message: "Ready" }, webhookUrls: [] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function measureSending(api: Call, messenger: MessengerStub, { sent }: Scale): Promise<Figure> {
  const conversations = (await all<{ id: number }>(api, "/conversations")).slice(0, 100);
  const started = performance.now();
  // Bursts: a hundred people are answered at once, and then the next thing is said to each.
  for (let round = 0; round * conversations.length < sent; round++)
    await Promise.all(conversations.map(({ id }) => api("POST", `/conversations/${id}/messages`, { text: `${id} ${round}` })));
  await until(async () => messenger.taken.length >= sent);
  const seconds = (performance.now() - started) / 1000;
  const twice = messenger.taken.length - new Set(messenger.taken).size;
  for (const { id } of conversations) {
    const rounds = messenger.taken.flatMap((text) => (text.startsWith(`${id} `) ? [Number(text.split(" ")[1])] : []));
    if (rounds.some((round, index) => round !== index)) throw new Error(`conversation ${id} was sent out of order: ${rounds.join()}`);
  }
  const allowed = sent / seconds;
  return {
    what: `${sent.toLocaleString("en")} messages of ours in bursts of a hundred, to a messenger that takes ${limitPerSecond}/s`,
    value: `${allowed.toFixed(1)}/s, ${twice} twice, in order in each chat, ${messenger.refused()} answered 429 on the way`,
    limit: `${limitPerSecond}/s and one second's worth at once`,
    ratio: (allowed / limitPerSecond).toFixed(2),
    goal: "all once, at least 0.95",
  };
}

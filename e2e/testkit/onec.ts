import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type BaseStandin, type BaseStandinOptions, startStandinBase } from "@svyazka/onec/standin";
import { api, type HubProcess, until } from "./hub.ts";
import type { Added } from "./telephony.ts";

/** A company with a door for 1C. */
export interface Accounts {
  readonly subdomain: string;
  readonly token: string;
  /** What 1C calls the account: the number of the workspace. */
  readonly key: string;
  readonly door: Added;
  /** Where 1C calls: the hub itself, and the address with the secret in it. */
  readonly base: string;
  readonly secretBase: string;
  /** Login and password of the hub, as the header carries them. */
  readonly basic: string;
  readonly client: ReturnType<typeof api>;
}

export const basicOf = (login: string, password: string): string => `Basic ${Buffer.from(`${login}:${password}`).toString("base64")}`;

export async function addAccounts(hub: HubProcess, subdomain: string, settings: Readonly<Record<string, string>> = {}): Promise<Accounts> {
  const { id, api_token: token } = await hub.command<{ id: number; api_token: string }>(
    ...["workspace", "create", "--name", subdomain, "--subdomain", subdomain],
    ...["--admin-email", `admin@${subdomain}.example`, "--admin-password", "пароль-для-проверки"],
  );
  const door = await hub.command<Added>(
    ...["connection", "add", "onec", "--workspace", subdomain, "--allow-private-addresses"],
    ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  );
  return {
    ...{ subdomain, token, key: String(id), door, client: api(hub, token) },
    ...{ base: door.urls["base"] ?? "", secretBase: door.urls["secret_base"] ?? "" },
    basic: basicOf(door.secrets["basic_login"] ?? "", door.secrets["basic_password"] ?? ""),
  };
}

export interface Reply {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered; undefined when it was no JSON
  readonly json: any;
}

/** Sends one call as 1C does: JSON as text, or whatever bytes are given. Without a body it is a GET. */
export async function send(url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  const isRaw = typeof body === "string" || body instanceof Uint8Array;
  const answer = await fetch(url, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...(body !== undefined && { "content-type": "application/json; charset=utf-8" }), ...headers },
    ...(body !== undefined && { body: isRaw ? (body as string) : JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  const text = await answer.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  return { status: answer.status, text, headers: answer.headers, json };
}

export interface BaseConnection {
  readonly id: number;
  readonly state: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The connection that a base became when it presented itself. */
export async function baseConnection({ client }: Pick<Accounts, "client">, idBase: string): Promise<BaseConnection | undefined> {
  const all = await client.all<BaseConnection>("/connections?vendor=onec");
  return all.find(({ settings }) => settings["side"] === "base" && settings["id_base"] === idBase);
}

/** As a person lets a base in, and says what is brought there. */
export async function approve(accounts: Accounts, idBase: string, settings: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const base = await baseConnection(accounts, idBase);
  if (!base) throw new Error(`The base ${idBase} has not presented itself`);
  await accounts.client.send("PATCH", `/connections/${base.id}`, { state: "active", settings });
  return base.id;
}

/** A base of 1C that belongs to this company, not registered yet. */
export const startBase = ({ key }: Accounts, options: BaseStandinOptions = {}): Promise<BaseStandin> =>
  startStandinBase({ key, ...options });

/** windows-1251, as old handlers write their bodies without saying so. */
export function inWindows1251(text: string): Buffer {
  const signs = new TextDecoder("windows-1251").decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  return Buffer.from(Uint8Array.from(text, (sign) => Math.max(signs.indexOf(sign), 0)));
}

/** A comma before every closing brace, as in the document's samples. */
export const withTrailingCommas = (json: string): string => json.replace(/([^{[\s])(\s*[}\]])/g, "$1,$2");

export interface Relay {
  readonly url: string;
  close(): Promise<void>;
}

/** Stands between a base and a hub, and writes every body anew. */
export async function startRelay(to: string, rewrite: (body: string) => string | Buffer): Promise<Relay> {
  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { "content-type": type = "", authorization } = request.headers;
    const answer = await fetch(to + (request.url ?? ""), {
      method: request.method ?? "POST",
      headers: { "content-type": type.replace(/;.*/, ""), ...(authorization !== undefined && { authorization }) },
      ...(request.method === "POST" && { body: rewrite(Buffer.concat(chunks).toString("utf8")) as string }),
    });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" }).end(await answer.text());
  }
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface NamedStages {
  readonly [name: string]: number;
}

/** A pipeline whose stages an order goes through, and fields of deals that hold its sums. */
export async function setUpOrders({ client, door }: Accounts): Promise<NamedStages> {
  const { stages } = await client.send<{ stages: { id: number; name: string }[] }>("POST", "/pipelines", {
    name: "Заказы",
    is_default: true,
    stages: [
      ...["new", "order", "advance", "paid", "sent"].map((name) => ({ name, kind: "open" })),
      ...[
        { name: "won", kind: "won" },
        { name: "lost", kind: "lost" },
      ],
    ],
  });
  for (const code of ["paid", "debt", "shipped"])
    await client.send("POST", "/fields", { entity: "deal", name: code, type: "number", code });
  const named = Object.fromEntries(stages.map(({ id, name }) => [name, id]));
  const stage = (name: string) => String(named[name]);
  await client.send("PATCH", `/connections/${door.id}`, {
    settings: {
      ...{ stage_part_payment: stage("advance"), stage_payment: stage("paid"), stage_shipment: stage("sent") },
      ...{ stage_cancel_order: stage("lost"), late_days: 3, paid_field: "paid", debt_field: "debt", shipped_field: "shipped" },
    },
  });
  return named;
}

/** Nothing waits to be done any more. */
export const settled = ({ client }: Pick<Accounts, "client">): Promise<boolean> =>
  until(async () => (await client.get<{ items: unknown[] }>("/deliveries?state=waiting&limit=1")).items.length === 0, 60);

/** As if the pause had passed after which the hub tries again by itself. */
export async function retryNow({ client }: Pick<Accounts, "client">): Promise<void> {
  await client.send("POST", "/deliveries/bulk", { action: "retry", filter: { state: "waiting" } }).catch(() => undefined);
}

import { type BaseStandin, type BaseStandinOptions, startStandinBase } from "@svyazka/onec/standin";
import { api, type HubProcess } from "./hub.ts";
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

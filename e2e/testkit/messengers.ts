import { type NewAccount, startTouchApi, type TouchApiStandin } from "@svyazka/touchapi/standin";
import { api, type HubProcess, until } from "./hub.ts";
import { registerIntegration } from "./integration.ts";
import { type Added, addCompany, type Company } from "./telephony.ts";

/** A company with a key for `POST /crm/connect`, and Touch-API in memory. */
export interface Messengers {
  readonly company: Company;
  readonly client: ReturnType<typeof api>;
  readonly touch: TouchApiStandin;
  readonly apiKey: string;
  /** Asks the connect service, with the key and the domain unless told otherwise. */
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string | undefined>>): Promise<ServiceAnswer>;
  /** An account that is connected to nothing in particular: to every CRM of the company. */
  addAccount(account: NewAccount & { readonly login: string }, settings?: Readonly<Record<string, string>>): Promise<Added>;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly type: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered; undefined when it was no JSON
  readonly body: any;
}

export const domain = "example.com";

export async function addMessengers(hub: HubProcess, subdomain: string): Promise<Messengers> {
  const [company, touch] = await Promise.all([addCompany(hub, subdomain), startTouchApi()]);
  const { api_key: apiKey } = await hub.command<{ api_key: string }>(
    ...["token", "create", "--kind", "connect", "--domain", domain, "--workspace", subdomain],
    ...["--set", `address=${touch.url}`, "--allow-private-addresses"],
  );
  return {
    ...{ company, client: api(hub, company.token), touch, apiKey },
    async ask(method, path, body, headers = {}) {
      const given = { "content-type": "application/json", "x-api-key": apiKey, referer: `https://${domain}/page`, ...headers };
      const answer = await fetch(hub.url + path, {
        method,
        headers: Object.fromEntries(Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
        ...(body !== undefined && { body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, type: answer.headers.get("content-type"), body: parse(text) };
    },
    async addAccount({ source = "whatsapp", token = "token-of-example", ...account }, settings = {}) {
      touch.add({ source, token, ...account });
      const all = { source, login: account.login, token, address: touch.url, ...settings };
      const added = await hub.command<Added>(
        ...["connection", "add", "touchapi", "--workspace", subdomain, "--allow-private-addresses"],
        ...Object.entries(all).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
      );
      const checked = await hub.command<{ ok: boolean; message: string }>(
        "connection",
        "check",
        String(added.id),
        "--workspace",
        subdomain,
      );
      if (!checked.ok) throw new Error(checked.message);
      return added;
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One hub works with another as with amoCRM: a CRM elsewhere that shows chats. */
export interface AmoDesk {
  /** Of the far company. */
  readonly there: ReturnType<typeof api>;
  readonly token: string;
  /** The connection of the near company. */
  readonly account: Added;
  /** Host and port: what `crm_url` is. */
  readonly host: string;
}

export async function addAmoDesk(near: HubProcess, { subdomain, token }: Company, far: HubProcess, farSubdomain: string): Promise<AmoDesk> {
  const other = await addCompany(far, farSubdomain);
  const integration = await registerIntegration(far, farSubdomain);
  const account = await near.command<Added>(
    ...["connection", "add", "amocrm", "--workspace", subdomain, "--allow-private-addresses"],
    ...["--set", "side=account", "--set", `domain=${integration.urls.api}`, "--set", `long_lived_token=${integration.long_lived_token}`],
    ...["--set", "requests_per_second=0", "--set", `chats_host=${far.url}`],
  );
  const hook = `${near.url}/in/${account.secrets["hook_secret"]}/amocrm/chats/:scope_id`;
  const channel = await far.command<Added>(
    ...["connection", "add", "amocrm", "--workspace", farSubdomain, "--allow-private-addresses"],
    ...["--set", "side=channel", "--set", `hook_uri=${hook}`, "--set", "origin=whatsapp", "--set", "requests_per_second=0"],
  );
  const { channel_id: id, channel_secret: secret, bot_id: bot } = channel.secrets;
  await api(near, token).send("PATCH", `/connections/${account.id}`, {
    settings: { chat_channel_id: id, chat_channel_secret: secret, chat_bot_id: bot },
  });
  return { there: api(far, other.token), token: other.token, account, host: new URL(integration.urls.api).host };
}

export interface ShownConversation {
  readonly id: number;
  readonly uid: string;
  readonly network: string;
  readonly client: { readonly name: string; readonly phone: string | null };
  readonly contact: number | null;
  readonly deal: number | null;
  readonly responsible: number | null;
  readonly unread: number;
  readonly is_open: boolean;
}
export interface ShownMessage {
  readonly id: number;
  readonly direction: "in" | "out";
  readonly origin: string;
  readonly kind: string;
  readonly text: string;
  readonly state: string;
  readonly reason: string | null;
  readonly error: string | null;
  readonly reply_to: number | null;
  readonly files: readonly {
    readonly name: string | null;
    readonly type: string | null;
    readonly url: string | null;
    readonly error: string | null;
  }[];
  readonly reactions: Readonly<Record<string, string>>;
}

export const conversationsOf = (client: ReturnType<typeof api>): Promise<ShownConversation[]> => client.all("/conversations");
/** The oldest first. */
export const messagesOf = async (client: ReturnType<typeof api>, conversation: number): Promise<ShownMessage[]> =>
  (await client.all<ShownMessage>(`/conversations/${conversation}/messages`)).reverse();

/** Nothing waits to be done any more. */
export const idle = (client: ReturnType<typeof api>, seconds?: number): Promise<boolean> =>
  until(async () => (await client.all("/deliveries?state=waiting")).length === 0, seconds);

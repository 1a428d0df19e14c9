import type { OutgoingRequest, Send } from "@svyazka/wire";
import {
  type Account,
  apiPath,
  type Group,
  type HistoryLine,
  type Login,
  loginPath,
  readAccounts,
  readGroups,
  readHistoryCsv,
  readHistoryJson,
  readMakeCall,
  readState,
  readToken,
  writeLogin,
} from "./commands.ts";
import { readError } from "./replies.ts";
import { readRestUsers, restPath } from "./rest.ts";
import { type Dialect, spellPhone, writeCompactTime } from "./words.ts";

export type { Send } from "@svyazka/wire";

/** The PBX said no, or something that is no answer of a PBX. */
export class PbxError extends Error {
  override readonly name = "PbxError";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface PbxOptions {
  /** `company.megapbx.ru`, with or without the scheme. */
  readonly domain: string;
  readonly dialect: Dialect;
  readonly send: Send;
}

/** Rings people: long enough for a slow PBX, and never tried twice. */
const callTimeoutSeconds = 8;
const timeoutSeconds = 20;

/** A PBX as its CRM asks it. Every member throws `PbxError` with the PBX's own words, or what `send` throws. */
export function makePbx({ domain, dialect, send }: PbxOptions) {
  const base = (/^https?:\/\//i.test(domain) ? domain : `https://${domain}`).replace(/\/+$/, "");

  async function ask(request: OutgoingRequest): Promise<string> {
    const { status, headers, body } = await send({ timeoutSeconds, ...request });
    // A wrong name of a tenant is answered with a redirect: following it would only hide that.
    if (status >= 300 && status < 400)
      throw new PbxError(status, `there is no such PBX: it sends us on to ${headers["location"] ?? "another address"}`);
    if (status < 200 || status >= 300) throw new PbxError(status, `${status}: ${readError(body)}`);
    return body;
  }

  const post = (
    path: string,
    fields: Readonly<Record<string, string>>,
    more: { readonly timeoutSeconds?: number; readonly secrets?: readonly string[]; readonly hidesReply?: boolean } = {},
  ): Promise<string> =>
    ask({
      ...{
        method: "POST",
        url: base + path,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams(fields).toString(),
      },
      ...more,
    });
  const command = (token: string, cmd: string, fields: Readonly<Record<string, string>> = {}, seconds?: number): Promise<string> =>
    // The seed's token is given by the PBX: it is none of the connection's secrets.
    post(apiPath, { cmd, ...fields, token }, { secrets: [token], ...(seconds !== undefined && { timeoutSeconds: seconds }) });
  const rest = (token: string, method: string, path: string, json?: object, seconds?: number): Promise<string> =>
    ask({
      ...{ method, url: `${base}${restPath}${path}` },
      headers: { "x-api-key": token, ...(json && { "content-type": "application/json" }) },
      ...(json && { body: JSON.stringify(json) }),
      ...(seconds !== undefined && { timeoutSeconds: seconds }),
    });
  const isRest = dialect === "v1";
  const member = (user: string, what: string) => `/users/${encodeURIComponent(user)}/${what}`;

  return {
    /** Gives the token for everything else (seed). */
    async login(login: Login): Promise<string> {
      const token = readToken(await post(loginPath, writeLogin(login), { hidesReply: true }));
      if (token === undefined) throw new PbxError(200, "the PBX let us in and gave no token");
      return token;
    },

    /** Rings the employee, then the client. The id is the PBX's own, if it tells one. Never repeat it by yourself. */
    async makeCall(
      token: string,
      call: { readonly user: string; readonly phone: string; readonly clid?: string },
    ): Promise<string | undefined> {
      const fields = { user: call.user, phone: spellPhone(call.phone), ...(call.clid !== undefined && { clid: spellPhone(call.clid) }) };
      return readMakeCall(
        await (isRest
          ? rest(token, "POST", "/makecall", fields, callTimeoutSeconds)
          : command(token, "makeCall", fields, callTimeoutSeconds)),
      );
    },

    async accounts(token: string): Promise<Account[]> {
      if (!isRest) return must(readAccounts(await command(token, "accounts")), "accounts");
      const all: Account[] = [];
      for (let path: string | undefined = "/users"; path !== undefined; ) {
        const page: ReturnType<typeof readRestUsers> = readRestUsers(await rest(token, "GET", path));
        const { accounts, next } = must(page, "users");
        all.push(...accounts);
        path = next === undefined || accounts.length === 0 ? undefined : `/users?start=${encodeURIComponent(next)}`;
      }
      return all;
    },

    async groups(token: string, user?: string): Promise<Group[]> {
      return readGroups(await (isRest ? rest(token, "GET", "/groups") : command(token, "groups", user === undefined ? {} : { user })));
    },

    /** Calls that began in this time, as far as the PBX keeps them. The seed has no such question. */
    async history(token: string, start: Date, end: Date): Promise<{ readonly lines: HistoryLine[]; readonly raw: string }> {
      const period = { start: writeCompactTime(start), end: writeCompactTime(end), type: "all" };
      if (!isRest) {
        const raw = await command(token, "history", period);
        return { lines: readHistoryCsv(raw), raw };
      }
      const raw = await rest(token, "GET", `/history/json?${new URLSearchParams(period).toString()}`);
      return { lines: must(readHistoryJson(raw), "history"), raw };
    },

    /** Whether calls of a group reach this employee. */
    async subscribe(token: string, user: string, group: string, isOn: boolean): Promise<void> {
      if (isRest) await rest(token, isOn ? "POST" : "DELETE", member(user, `subscription?group_id=${encodeURIComponent(group)}`));
      // The case of this command is not stable among clients; a PBX takes any.
      else await command(token, "subscribeOnCalls", { user, group_id: group, status: isOn ? "on" : "off" });
    },

    async isSubscribed(token: string, user: string, group: string): Promise<boolean> {
      const body = isRest
        ? await rest(token, "GET", member(user, `subscription?group_id=${encodeURIComponent(group)}`))
        : await command(token, "subscriptionStatus", { user, group_id: group });
      return must(readState(body), "subscription");
    },

    async setDnd(token: string, user: string, isOn: boolean): Promise<void> {
      if (isRest) await rest(token, isOn ? "POST" : "DELETE", member(user, "dnd"));
      else await command(token, "set_dnd", { user, state: String(isOn) });
    },

    async hasDnd(token: string, user: string): Promise<boolean> {
      return must(readState(isRest ? await rest(token, "GET", member(user, "dnd")) : await command(token, "get_dnd", { user })), "dnd");
    },
  };
}

export type Pbx = ReturnType<typeof makePbx>;

/** A page of HTML with the status 200, or half an answer: as good as none. */
function must<T>(read: T | undefined, what: string): T {
  if (read === undefined) throw new PbxError(502, `the answer about ${what} is not what a PBX answers`);
  return read;
}

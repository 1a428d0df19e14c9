import {
  type Dialect,
  type Fields,
  isRecord,
  type Outcome,
  readLenientJson,
  readSeconds,
  readStatus,
  readTime,
  spellPhone,
  textOf,
  writeStatus,
} from "./words.ts";

/** What a CRM asks its PBX: `/sys/api_login.wcgp` and `/sys/crm_api.wcgp`. */

export const loginPath = "/sys/api_login.wcgp";
export const apiPath = "/sys/crm_api.wcgp";

export interface Login {
  readonly crmCode: string;
  readonly login?: string;
  readonly password?: string;
  readonly crmToken: string;
  readonly url: string;
  readonly redirectUrl?: string;
  /** Its mere presence counts. */
  readonly selfMap: boolean;
}

export function readLogin(fields: Fields): Login | { readonly wrong: readonly string[] } {
  const given = (name: string): string | undefined => (fields[name]?.trim() ? fields[name].trim() : undefined);
  // The table calls it redirect_url, the prose redirect_uri.
  const redirectUrl = given("redirect_url") ?? given("redirect_uri");
  const [crmCode, crmToken, url, login, password] = ["crm_code", "crm_token", "url", "login", "password"].map(given);
  const isHttp = (address: string) => ["http:", "https:"].includes(URL.parse(address)?.protocol ?? "");
  const wrong = [
    ...(crmCode === undefined || crmCode.length > 100 ? ["crm_code"] : []),
    ...(crmToken === undefined || crmToken.length > 500 ? ["crm_token"] : []),
    ...(url === undefined || url.length > 2000 || !isHttp(url) ? ["url"] : []),
    ...(redirectUrl !== undefined && !isHttp(redirectUrl) ? ["redirect_url"] : []),
    // Without them a person signs in, and must be led back.
    ...(login === undefined && password === undefined && redirectUrl === undefined ? ["redirect_url"] : []),
  ];
  if (wrong.length > 0 || crmCode === undefined || crmToken === undefined || url === undefined) return { wrong };
  return {
    ...{ crmCode, crmToken, url, selfMap: fields["self_map"] !== undefined },
    ...(login !== undefined && { login }),
    ...(password !== undefined && { password }),
    ...(redirectUrl !== undefined && { redirectUrl }),
  };
}

export const writeLogin = ({ crmCode, login, password, crmToken, url, redirectUrl, selfMap }: Login): Record<string, string> => ({
  ...(login !== undefined && { login }),
  ...(password !== undefined && { password }),
  ...{ crm_code: crmCode, crm_token: crmToken, url },
  ...(redirectUrl !== undefined && { redirect_url: redirectUrl }),
  ...(selfMap && { self_map: "true" }),
});

export const writeToken = (token: string): string => JSON.stringify({ token });
export function readToken(body: string): string | undefined {
  const json = readLenientJson(body);
  const token = isRecord(json) ? textOf(json["token"])?.trim() : undefined;
  return token === "" ? undefined : token;
}

/** One name and no other, by dialect: a client throws at any more (§8). The seed answers with nothing but the status. */
export function writeMakeCall(dialect: Dialect, call: string): string {
  if (dialect === "seed") return "";
  return JSON.stringify(dialect === "v1" ? { callid: call } : { uuid: call });
}

/** The call's id in any of its names; a bare text is one, too. Not promised to be the `callid` of later pushes. */
export function readMakeCall(body: string): string | undefined {
  const json = readLenientJson(body);
  if (isRecord(json)) return textOf(json["uuid"] ?? json["CallID"] ?? json["callid"]);
  const bare = textOf(json) ?? body.trim();
  return /^[\w-]{8,100}$/.test(bare) ? bare : undefined;
}

export interface Account {
  readonly name: string;
  readonly realName: string;
  readonly ext?: string;
  readonly telnum?: string;
  readonly email?: string;
}

/** The seed has two names, the later dialects add those that are not empty. Always a bare array. */
export const writeAccounts = (dialect: Dialect, accounts: readonly Account[]): string =>
  JSON.stringify(accounts.map(({ name, realName, ...rest }) => (dialect === "seed" ? { name, realName } : { name, realName, ...rest })));

export function readAccounts(body: string): Account[] | undefined {
  const json = readLenientJson(body);
  if (!Array.isArray(json)) return undefined;
  return json.flatMap((one: unknown) => {
    const name = isRecord(one) ? textOf(one["name"] ?? one["login"])?.trim() : undefined;
    if (!isRecord(one) || !name) return [];
    const optional = (to: string, from: string) => (textOf(one[from])?.trim() ? { [to]: textOf(one[from])?.trim() } : {});
    return [
      {
        name,
        realName: textOf(one["realName"])?.trim() ?? "",
        ...optional("ext", "ext"),
        ...optional("telnum", "telnum"),
        ...optional("email", "email"),
      },
    ];
  });
}

export interface Group {
  readonly id: string;
  readonly realName: string;
  readonly ext?: string;
}
export const writeGroups = (groups: readonly Group[]): string => JSON.stringify(groups);
export function readGroups(body: string): Group[] {
  const json = readLenientJson(body);
  const list = isRecord(json) ? json["items"] : json;
  return (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
    const id = isRecord(one) ? textOf(one["id"]) : undefined;
    if (!isRecord(one) || id === undefined) return [];
    const ext = textOf(one["ext"]);
    return [{ id, realName: textOf(one["realName"] ?? one["name"]) ?? "", ...(ext !== undefined && { ext }) }];
  });
}

export const readSwitch = (text: string | undefined): boolean | undefined => {
  const word = text?.trim().toLowerCase();
  return word === "on" || word === "true" || word === "1" ? true : word === "off" || word === "false" || word === "0" ? false : undefined;
};
export const writeSubscription = (isOn: boolean): string => JSON.stringify({ status: isOn ? "on" : "off" });
export const writeDnd = (isOn: boolean): string => JSON.stringify({ state: isOn });

/** `state` or `status`, a flag or a word. */
export function readState(body: string): boolean | undefined {
  const json = readLenientJson(body);
  const state = isRecord(json) ? (json["state"] ?? json["status"]) : undefined;
  return typeof state === "boolean" ? state : readSwitch(textOf(state));
}

// ── History, pulled ─────────────────────────────────────────────────────────────────────────────────────────────────

/** One call of the PBX's own list. */
export interface HistoryLine {
  readonly uid: string;
  readonly direction: "in" | "out";
  readonly outcome: Outcome;
  readonly client: string;
  /** A login, a group, `ivr`: a login here proves no answer. */
  readonly account: string;
  readonly via: string;
  readonly start: Date;
  readonly waitSeconds: number;
  readonly talkSeconds: number;
  readonly record?: string;
  readonly rating?: number;
}

export const historyPeriods = ["today", "yesterday", "this_week", "last_week", "this_month", "last_month"] as const;

/** CSV without a header, lines ended by CRLF; readers split at commas, so no value may hold one. */
export const writeHistoryCsv = (lines: readonly HistoryLine[]): string =>
  lines
    .map(({ uid, direction, outcome, client, account, via, start, waitSeconds, talkSeconds, record = "" }) =>
      [
        ...[uid, direction === "in" && outcome !== "answered" ? "missed" : direction, spellPhone(client), account, spellPhone(via)],
        ...[start.toISOString().replace(/\.\d{3}/, ""), waitSeconds, talkSeconds, record],
      ]
        .map((value) => String(value).replace(/[,\r\n]/g, " "))
        .join(","),
    )
    .map((line) => `${line}\r\n`)
    .join("");

/** Lines that cannot be read are left out: the rest of a day's calls must not be lost for one. */
export function readHistoryCsv(text: string): HistoryLine[] {
  return text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .flatMap((line): HistoryLine[] => {
      const [uid = "", type = "", client = "", account = "", via = "", startText = "", wait, duration, record, rating] = line
        .split(",")
        .map((value) => value.trim());
      const start = readTime(startText);
      const kind = type.toLowerCase();
      if (uid === "" || !start || !["in", "out", "missed"].includes(kind)) return [];
      const talkSeconds = readSeconds(duration) ?? 0;
      const outcome = kind === "missed" ? "missed" : kind === "in" || talkSeconds > 0 ? "answered" : "unavailable";
      const mark = readSeconds(rating);
      return [
        {
          ...{ uid, direction: kind === "out" ? ("out" as const) : ("in" as const), outcome, client, account, via, start },
          ...{ waitSeconds: readSeconds(wait) ?? 0, talkSeconds: kind === "missed" ? 0 : talkSeconds },
          ...(record && { record }),
          ...(mark !== undefined && rating !== "" && { rating: mark }),
        },
      ];
    });
}

/** `v1`: a bare array of JSON. */
export const writeHistoryJson = (lines: readonly HistoryLine[]): string =>
  JSON.stringify(
    lines.map(({ uid, direction, outcome, client, account, via, start, waitSeconds, talkSeconds, record, rating }) => ({
      ...{
        uid,
        type: direction,
        status: writeStatus(outcome).toLowerCase(),
        client: spellPhone(client),
        user: account,
        diversion: spellPhone(via),
      },
      ...{ start: start.toISOString().replace(/\.\d{3}/, ""), wait: waitSeconds, duration: talkSeconds },
      ...(record !== undefined && { record }),
      ...(rating !== undefined && { rating }),
    })),
  );

export function readHistoryJson(body: string): HistoryLine[] | undefined {
  const json = readLenientJson(body);
  const list = isRecord(json) ? (json["items"] ?? json["data"]) : json;
  if (!Array.isArray(list)) return undefined;
  return list.flatMap((one: unknown): HistoryLine[] => {
    if (!isRecord(one)) return [];
    const text = (name: string) => textOf(one[name]) ?? "";
    const start = readTime(text("start"));
    const type = text("type").toLowerCase();
    if (text("uid") === "" || !start || !["in", "out", "missed"].includes(type)) return [];
    const talkSeconds = readSeconds(text("duration")) ?? 0;
    const outcome =
      readStatus(text("status")) ??
      (type === "missed" ? "missed" : talkSeconds > 0 ? "answered" : type === "in" ? "missed" : "unavailable");
    const rating = readSeconds(text("rating"));
    return [
      {
        ...{
          uid: text("uid"),
          direction: type === "out" ? ("out" as const) : ("in" as const),
          outcome,
          client: text("client"),
          account: text("user") || text("account"),
        },
        ...{ via: text("diversion"), start, waitSeconds: readSeconds(text("wait")) ?? 0, talkSeconds },
        ...(text("record") !== "" && { record: text("record") }),
        ...(rating !== undefined && { rating }),
      },
    ];
  });
}

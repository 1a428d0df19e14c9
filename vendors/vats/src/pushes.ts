import {
  type Dialect,
  type Fields,
  isNobody,
  isRecord,
  type Outcome,
  readAccount,
  readLenientJson,
  readLinks,
  readSeconds,
  readStatus,
  readTime,
  spellPhone,
  textOf,
  writeCompactTime,
  writeStatus,
} from "./words.ts";

/** What a PBX tells its CRM: one address, `cmd` and `crm_token` always. */

export const eventTypes = ["INCOMING", "ACCEPTED", "COMPLETED", "CANCELLED", "OUTGOING", "TRANSFERRED"] as const;
export type EventType = (typeof eventTypes)[number];
export type Direction = "in" | "out" | "internal";

/** Whose phone, as the PBX names them. */
export interface Who {
  /** The account, or the CRM's own user where the PBX maps users. Absent for a group or the PBX itself. */
  readonly user?: string;
  readonly ext?: string;
  readonly group?: string;
}

export interface CallPush {
  readonly phone: string;
  readonly callid: string;
  readonly diversion?: string;
  readonly who: Who;
}

export type Push =
  | { readonly cmd: "users" }
  | { readonly cmd: "contact"; readonly phone: string; readonly callid: string; readonly diversion?: string }
  | ({ readonly cmd: "event"; readonly type: EventType; readonly direction: Direction; readonly secondCallid?: string } & CallPush)
  | ({
      readonly cmd: "history";
      readonly direction: Direction;
      readonly outcome?: Outcome;
      readonly start?: Date;
      /** Seconds: of talk where the sender tells `wait`, of the whole call otherwise. */
      readonly duration: number;
      readonly wait?: number;
      readonly links: readonly string[];
      readonly rating?: number;
      /** False when the sender left it out and one was made of the rest. */
      readonly hasCallid: boolean;
    } & CallPush)
  | ({ readonly cmd: "rating"; readonly rating: number } & CallPush);

/** What could not be read, by the names of the fields. */
export interface Unreadable {
  readonly wrong: readonly string[];
}

const commands: Readonly<Record<string, Push["cmd"]>> = {
  users: "users",
  // The seed's table says `users`, its sample sends `user`.
  user: "users",
  contact: "contact",
  event: "event",
  history: "history",
  rating: "rating",
};

export const commandOf = (fields: Fields): Push["cmd"] | undefined => {
  const name = (fields["cmd"] ?? "").trim().toLowerCase();
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
};

/** Reads a push of any dialect: what the seed's tables mark with a plus must be there, everything else is borne with. */
export function readPush(fields: Fields): Push | Unreadable {
  const cmd = commandOf(fields);
  if (cmd === undefined) return { wrong: ["cmd"] };
  if (cmd === "users") return { cmd };
  const required = {
    contact: ["phone", "callid"],
    event: ["type", "phone", "user", "callid"],
    history: ["type", "phone", "user", "duration"],
    rating: ["callid", "user", "phone", "rating"],
  }[cmd];
  const wrong = required.filter((name) => fields[name] === undefined || (fields[name].trim() === "" && name !== "user"));
  if (wrong.length > 0) return { wrong };
  const phone = (fields["phone"] ?? "").trim();
  const callid = (fields["callid"] ?? "").trim().slice(0, 200);
  const diversion = optional("diversion", fields["diversion"]);
  if (cmd === "contact") return { cmd, phone, callid, ...diversion };
  const call = { phone, callid, ...diversion, who: readWho(fields) };
  if (cmd === "event") return readEvent(fields, call);
  if (cmd === "rating") {
    const rating = readRating(fields["rating"]);
    return rating === undefined ? { wrong: ["rating"] } : { cmd, ...call, rating };
  }
  return readHistory(fields, call);
}

function readEvent(fields: Fields, call: CallPush): Push | Unreadable {
  const type = eventTypes.find((known) => known === fields["type"]?.trim().toUpperCase());
  if (type === undefined) return { wrong: ["type"] };
  const direction = readDirection(fields["direction"]) ?? (type === "OUTGOING" ? "out" : "in");
  return { cmd: "event", type, direction, ...call, ...optional("secondCallid", fields["second_callid"]) };
}

function readHistory(fields: Fields, call: CallPush): Push | Unreadable {
  const direction = readDirection(fields["type"]);
  const duration = readSeconds(fields["duration"]);
  const wrong = [...(direction === undefined ? ["type"] : []), ...(duration === undefined ? ["duration"] : [])];
  if (direction === undefined || duration === undefined) return { wrong };
  const outcome = readStatus(fields["status"] ?? "");
  const start = readTime(fields["start"] ?? "");
  const wait = readSeconds(fields["wait"]);
  const rating = readRating(fields["rating"]);
  return {
    cmd: "history",
    direction,
    duration,
    ...call,
    hasCallid: call.callid !== "",
    links: readLinks(fields["link"]),
    ...(outcome !== undefined && { outcome }),
    ...(start && { start }),
    ...(wait !== undefined && { wait }),
    ...(rating !== undefined && { rating }),
  };
}

function readWho(fields: Fields): Who {
  const user = readAccount(fields["user"] ?? "");
  return {
    ...(!isNobody(user) && { user }),
    ...optional("ext", fields["ext"]),
    ...optional("group", fields["groupRealName"] ?? fields["group"] ?? (isNobody(user) ? user : undefined)),
  };
}

const readDirection = (text: string | undefined): Direction | undefined =>
  (["in", "out", "internal"] as const).find((direction) => direction === text?.trim().toLowerCase());

const readRating = (text: string | undefined): number | undefined => {
  const rating = readSeconds(text);
  return rating === undefined || rating > 100 ? undefined : rating;
};

const optional = <K extends string>(name: K, text: string | undefined): { readonly [P in K]?: string } =>
  (text === undefined || text.trim() === "" ? {} : { [name]: text.trim().slice(0, 200) }) as { readonly [P in K]?: string };

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface WriteOptions {
  readonly dialect: Dialect;
  /** Some receivers take one address only (§8): then the last one is sent. */
  readonly links: "join" | "last";
}

/** The fields of a push, without `crm_token`. Later fields are sent in their dialect only: strict peers refuse what they do not know (§8). */
export function writePush(push: Push, { dialect, links }: WriteOptions): Record<string, string> {
  if (push.cmd === "users") return { cmd: "users" };
  const isSeed = dialect === "seed";
  const diversion = push.diversion === undefined ? undefined : spellPhone(push.diversion);
  const base = { cmd: push.cmd, phone: spellPhone(push.phone), callid: push.callid };
  if (push.cmd === "contact") return { ...base, ...(dialect === "v1" && diversion !== undefined && { diversion }) };
  const { who } = push;
  const whose = {
    user: who.user ?? "pbx",
    ...(!isSeed && { ...(who.ext !== undefined && { ext: who.ext }), ...(who.group !== undefined && { groupRealName: who.group }) }),
  };
  if (push.cmd === "rating") return { ...base, ...whose, rating: String(push.rating) };
  if (push.cmd === "event") {
    return {
      ...{ ...base, ...whose, type: push.type },
      ...(diversion !== undefined && { diversion }),
      ...(dialect === "v1" && { direction: push.direction, ...(push.secondCallid !== undefined && { second_callid: push.secondCallid }) }),
    };
  }
  const link = links === "join" ? push.links.join("|") : (push.links.at(-1) ?? "");
  return {
    ...{ ...base, ...whose, type: push.direction === "out" ? "out" : "in", duration: String(push.duration) },
    // Receivers of the later dialects fail without these, outgoing calls included (§8).
    ...(isSeed ? diversion !== undefined && { diversion } : { diversion: diversion ?? "" }),
    ...(link !== "" && { link }),
    ...(!isSeed && { status: writeStatus(push.outcome ?? "missed"), start: writeCompactTime(push.start ?? new Date(0)) }),
    ...(dialect === "v1" && push.wait !== undefined && { wait: String(push.wait) }),
    ...(!isSeed && push.rating !== undefined && { rating: String(push.rating) }),
  };
}

// ── Replies of the CRM ──────────────────────────────────────────────────────────────────────────────────────────────

export interface ContactReply {
  readonly contact_name?: string;
  /** A user of the CRM, or an account under self_map and in the later dialects. */
  readonly responsible?: string;
}

/** A number where it is one, as in the seed's sample. Nobody known is `{}`: an array would be misread, 404 even more. */
export function writeContact({ contact_name, responsible }: ContactReply): string {
  return JSON.stringify({
    ...(contact_name !== undefined && { contact_name }),
    ...(responsible !== undefined && { responsible: numberIfOne(responsible) }),
  });
}

export function readContact(body: string): ContactReply {
  const json = readLenientJson(body);
  if (!isRecord(json)) return {};
  const name = textOf(json["contact_name"])?.trim();
  const responsible = textOf(json["responsible"])?.trim();
  return { ...(name && { contact_name: name }), ...(responsible && { responsible }) };
}

export interface CrmUser {
  readonly id: string;
  readonly name: string;
}

export const writeUsers = (users: readonly CrmUser[]): string =>
  JSON.stringify({ users: users.map(({ id, name }) => ({ id: numberIfOne(id), name })) });

/** `{users: […]}`, or the bare array. */
export function readUsers(body: string): CrmUser[] {
  const json = readLenientJson(body);
  const list = isRecord(json) ? json["users"] : json;
  return (Array.isArray(list) ? list : []).flatMap((user: unknown) => {
    const id = isRecord(user) ? textOf(user["id"]) : undefined;
    return id === undefined || !isRecord(user) ? [] : [{ id, name: textOf(user["name"])?.trim() ?? "" }];
  });
}

const numberIfOne = (text: string): number | string => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : text);

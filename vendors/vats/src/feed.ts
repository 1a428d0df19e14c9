import { type CallFacts, type CallFeed, type Employee, type Kit, Refused, type Route, type ToldCall, Unavailable } from "@svyazka/core";
import { type AttachedCrm, attachedCrms } from "./attached.ts";
import { engineName, engineOf } from "./engine.ts";
import { type EventType, type HistoryLine, type Push, readContact, readError, readUsers, type Who, writePush } from "./protocol.ts";
import { dialectOf, type Line } from "./settings.ts";

/** The CRMs attached to a PBX that we are, as the hub tells them of calls. */
export function feedOf(line: Line, kit: Kit): CallFeed {
  return {
    of: engineName(line),
    async ask({ call, client, line: diversion }) {
      const [crm] = await listeners(line, kit);
      if (!crm) return undefined;
      const push: Push = {
        cmd: "contact",
        phone: client.e164 ?? client.typed,
        callid: call,
        ...(diversion !== undefined && { diversion }),
      };
      try {
        // Asked once, and not for long: meanwhile somebody hears it ring.
        const { status, body } = await send(push, crm, line, kit, line.settings.route_seconds);
        return status === 200 ? await routeOf(body, crm, line, kit) : {};
      } catch {
        return {};
      }
    },
    async tell(told) {
      if (told.what === "finished")
        await kit.store.put("finished", told.call.call, historyLine(told.call), {
          at: new Date(told.call.startedAt ?? kit.now()),
          days: historyDays,
        });
      const crms = await listeners(line, kit);
      const push = pushOf(told, line);
      if (!push) return crms.length > 0;
      for (const crm of crms) await deliver(push, told, crm, line, kit);
      return crms.length > 0;
    },
  };
}

/** Those who have logged in, and the one whose address a person typed in. */
export async function listeners(line: Line, kit: Kit): Promise<readonly AttachedCrm[]> {
  const { crm_url: url } = line.settings;
  const typed: AttachedCrm[] =
    url === undefined || url === ""
      ? []
      : [{ code: "typed", url, crmToken: line.secrets.crm_key ?? "", token: line.secrets.api_key, selfMap: true, users: {} }];
  return [...(await attachedCrms(kit).all()), ...typed];
}

const send = (push: Push, crm: AttachedCrm, line: Line, kit: Kit, timeoutSeconds: number) =>
  kit.fetch({
    ...{
      method: "POST",
      url: crm.url,
      timeoutSeconds,
      secrets: [crm.crmToken],
      headers: { "content-type": "application/x-www-form-urlencoded" },
    },
    body: new URLSearchParams({
      ...writePush(mapped(push, crm, line), { dialect: dialectOf(line), links: line.settings.links }),
      crm_token: crm.crmToken,
    }).toString(),
  });

/** In the seed, where we map, the CRM hears of its own users. */
function mapped(push: Push, crm: AttachedCrm, line: Line): Push {
  if (!("who" in push) || crm.selfMap || dialectOf(line) !== "seed" || push.who.user === undefined) return push;
  return { ...push, who: { ...push.who, user: crm.users[push.who.user] ?? push.who.user } };
}

const pushSeconds = 10;
/** Longer than the last try of a delivery. */
const toldDays = 7;
/** A CRM may ask for the month before this one. */
const historyDays = 70;

/** At least once, and at most once for each CRM when one of several is away. */
async function deliver(push: Push, told: ToldCall, crm: AttachedCrm, line: Line, kit: Kit): Promise<void> {
  const name = `${told.call.call} ${told.what} ${crm.code}`;
  if (told.what === "finished" && (await kit.store.get("told", name))) return;
  const { status, headers, body } = await send(push, crm, line, kit, pushSeconds);
  if (status >= 200 && status < 300) {
    if (told.what === "finished") await kit.store.put("told", name, true, { days: toldDays });
    return;
  }
  const words = `${crm.code} answered ${status}: ${readError(body)}`;
  if (status < 500 && status !== 408 && status !== 425 && status !== 429) throw new Refused(words);
  const retryAfter = Number(headers["retry-after"]);
  throw new Unavailable(words, Number.isFinite(retryAfter) && retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {});
}

// ── What is told ────────────────────────────────────────────────────────────────────────────────────────────────────

function pushOf(told: ToldCall, line: Line): Push | undefined {
  const dialect = dialectOf(line);
  if (told.what === "rated")
    return dialect === "seed"
      ? undefined
      : { cmd: "rating", ...callOf({ ...told.call, direction: "in", client: { typed: "" } }), rating: told.call.rating };
  if (told.what === "finished") {
    const { durationSeconds, talkSeconds = 0, waitSeconds, outcome, startedAt, recordings, rating } = told.call;
    const isSplit = dialect === "v1" && waitSeconds !== undefined;
    return {
      ...{ cmd: "history", direction: told.call.direction, ...callOf(told.call), links: recordings, hasCallid: true },
      duration: isSplit ? talkSeconds : (durationSeconds ?? talkSeconds + (waitSeconds ?? 0)),
      ...(isSplit && { wait: waitSeconds }),
      ...(outcome !== undefined && { outcome }),
      ...(startedAt !== undefined && { start: new Date(startedAt) }),
      ...(rating !== undefined && { rating }),
    };
  }
  const isIncoming = told.call.direction === "in";
  // The seed tells of incoming calls only, and knows neither OUTGOING nor TRANSFERRED.
  if (dialect === "seed" && !isIncoming) return undefined;
  const type = eventType(told, isIncoming);
  if (dialect === "seed" && type === "TRANSFERRED") return undefined;
  const next = told.what === "ended" ? told.call.next : undefined;
  return { cmd: "event", type, direction: told.call.direction, ...callOf(told.call), ...(next !== undefined && { secondCallid: next }) };
}

function eventType(told: Exclude<ToldCall, { what: "finished" | "rated" }>, isIncoming: boolean): EventType {
  if (told.what === "answered") return "ACCEPTED";
  if (told.what !== "ended") return isIncoming ? "INCOMING" : "OUTGOING";
  return told.call.how === "completed" ? "COMPLETED" : told.call.how === "transferred" ? "TRANSFERRED" : "CANCELLED";
}

const callOf = ({ call, client, line, employee }: Pick<CallFacts, "call" | "client" | "line" | "employee"> & { direction: string }) => ({
  ...{ callid: call, phone: client.e164 ?? client.typed, who: whoOf(employee) },
  ...(line !== undefined && { diversion: line }),
});

const whoOf = ({ account, extension, group }: Employee = {}): Who => ({
  ...(account !== undefined && { user: account }),
  ...(extension !== undefined && { ext: extension }),
  ...(group !== undefined && { group }),
});

/** As the PBX lists it, for CRMs that ask later. */
const historyLine = (call: Extract<ToldCall, { what: "finished" }>["call"]): HistoryLine & { readonly start: Date } => ({
  ...{
    uid: call.call,
    direction: call.direction === "out" ? "out" : "in",
    outcome: call.outcome ?? "missed",
    client: call.client.e164 ?? call.client.typed,
  },
  ...{ account: call.employee?.account ?? call.employee?.group ?? "", via: call.line ?? "", start: new Date(call.startedAt ?? 0) },
  ...{ waitSeconds: call.waitSeconds ?? 0, talkSeconds: call.talkSeconds ?? 0 },
  ...(call.recordings[0] !== undefined && { record: call.recordings[0] }),
  ...(call.rating !== undefined && { rating: call.rating }),
});

// ── Who is calling, and whose users are whose ───────────────────────────────────────────────────────────────────────

async function routeOf(body: string, crm: AttachedCrm, line: Line, kit: Kit): Promise<Route> {
  const { contact_name: name, responsible } = readContact(body);
  if (responsible === undefined) return name === undefined ? {} : { name };
  const isTheirs = !crm.selfMap && dialectOf(line) === "seed";
  const wanted = isTheirs ? Object.keys(crm.users).find((account) => crm.users[account] === responsible) : responsible;
  const users = await engineOf(line, kit).users();
  // An extension is used in the wild, too.
  const found = users.find(({ account, extension }) => account === wanted || (extension !== undefined && extension === wanted));
  return { ...(name !== undefined && { name }), ...(found && { account: found.account }) };
}

/** Asks a CRM for its users and pairs them with our accounts: the same id, or the same words in the name. Nothing, when it does not answer. */
export async function pairUsers(crm: AttachedCrm, line: Line, kit: Kit): Promise<Record<string, string>> {
  const typed = Object.fromEntries(
    line.settings.crm_users.flatMap((text) => (text.includes("=") ? [text.split("=").map((part) => part.trim()) as [string, string]] : [])),
  );
  try {
    const { status, body } = await send({ cmd: "users" }, crm, line, kit, pushSeconds);
    const theirs = status === 200 ? readUsers(body) : [];
    const accounts = await engineOf(line, kit).users();
    const pairs = accounts.flatMap(({ account, name }) => {
      const same = theirs.filter((user) => user.id === account || (wordsOf(name) !== "" && wordsOf(user.name) === wordsOf(name)));
      return same[0] && same.length === 1 ? [[account, same[0].id] as const] : [];
    });
    return { ...Object.fromEntries(pairs), ...typed };
  } catch {
    return typed;
  }
}

const wordsOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll("ё", "е")
    .split(/[\s.,]+/)
    .filter(Boolean)
    .sort()
    .join(" ");

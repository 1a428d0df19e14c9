import { type InboundRequest, type Kit, type Received, Refused, type Reply, Unavailable } from "@svyazka/core";
import { attachedCrms, sameText } from "./attached.ts";
import { reply, sentBy } from "./door.ts";
import { invalid } from "./endpoint.ts";
import { type Engine, engineOf } from "./engine.ts";
import { periodOf } from "./period.ts";
import {
  type Account,
  type Dialect,
  type Fields,
  type HistoryLine,
  invalidToken,
  readAccount,
  readSwitch,
  writeAccounts,
  writeDnd,
  writeGroups,
  writeHistoryCsv,
  writeInvalidParameters,
  writeMakeCall,
  writeSubscription,
} from "./protocol.ts";
import { dialectOf, type Line } from "./settings.ts";

/** `/sys/crm_api.wcgp`: what an attached CRM asks of us. */

export interface Asked {
  readonly line: Line;
  readonly kit: Kit;
  readonly engine: Engine;
  readonly sent: Fields;
  /** Their user → our account, where we map. */
  accountOf(user: string): string;
}

interface Command {
  readonly dialects: readonly Dialect[];
  readonly required: readonly string[];
  answer(asked: Asked): Promise<Reply>;
}

const later: readonly Dialect[] = ["classic", "v1"];
const text = (body: string): Reply => reply(200, body, { "content-type": "text/plain; charset=utf-8" });

/** By name in lower case: documents and clients write them in different ways. */
const commands: Readonly<Record<string, Command>> = {
  makecall: { dialects: ["seed", ...later], required: ["phone", "user"], answer: makeCall },
  accounts: {
    dialects: ["seed", ...later],
    required: [],
    answer: async (asked) => reply(200, writeAccounts(dialectOf(asked.line), await accounts(asked.engine))),
  },
  groups: { dialects: later, required: [], answer: async ({ line }) => reply(200, writeGroups([everybody(line)])) },
  history: { dialects: later, required: [], answer: async (asked) => text(writeHistoryCsv(await history(asked))) },
  subscribeoncalls: {
    dialects: later,
    required: ["user", "status"],
    async answer({ kit, sent, accountOf }) {
      const isOn = readSwitch(sent["status"]);
      if (isOn === undefined) return wrong(["status"]);
      await setDnd(kit, accountOf(sent["user"] ?? ""), !isOn);
      return text("OK");
    },
  },
  subscriptionstatus: {
    dialects: later,
    required: ["user", "group_id"],
    answer: async ({ kit, sent, accountOf }) => reply(200, writeSubscription(!(await hasDnd(kit, accountOf(sent["user"] ?? ""))))),
  },
  set_dnd: {
    dialects: later,
    required: ["user", "state"],
    async answer({ kit, sent, accountOf }) {
      const isOn = readSwitch(sent["state"]);
      if (isOn === undefined) return wrong(["state"]);
      await setDnd(kit, accountOf(sent["user"] ?? ""), isOn);
      return reply(200, writeDnd(isOn));
    },
  },
  get_dnd: {
    dialects: later,
    required: ["user"],
    answer: async ({ kit, sent, accountOf }) => reply(200, writeDnd(await hasDnd(kit, accountOf(sent["user"] ?? "")))),
  },
};

const withinMs = 15_000;

export function receiveCommand(request: InboundRequest, line: Line): Received {
  const sent = sentBy(request);
  const name = (sent["cmd"] ?? "").trim().toLowerCase();
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command?.dialects.includes(dialectOf(line))) throw invalid(["cmd"], line);
  const missing = command.required.filter((field) => !sent[field]?.trim());
  if (missing.length > 0) throw invalid(missing, line);
  return {
    answer: async (kit) => {
      const accountOf = await guest(sent["token"] ?? "", line, kit);
      if (!accountOf) return reply(401, invalidToken);
      return inWords(() => command.answer({ line, kit, engine: engineOf(line, kit), sent, accountOf }));
    },
    otherwise: reply(503, '{"error":"Service unavailable"}', { "retry-after": "5" }),
    withinMs,
  };
}

/** Who asks: a CRM that has logged in, or whoever has the key (later dialects). Answers how to read its users; undefined for anybody else. */
export async function guest(token: string, line: Line, kit: Kit): Promise<((user: string) => string) | undefined> {
  if (sameText(token, line.secrets.api_key)) return dialectOf(line) === "seed" ? undefined : readAccount;
  const crm = await attachedCrms(kit).withToken(token);
  if (!crm) return undefined;
  return (user) => (crm.selfMap ? undefined : Object.keys(crm.users).find((account) => crm.users[account] === user)) ?? readAccount(user);
}

/** Refusals of the engine are wrong parameters for the CRM; trouble is ours. */
export async function inWords(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return reply(400, '{"error":"Invalid parameters"}');
    if (error instanceof Unavailable) return reply(503, '{"error":"Service unavailable"}', { "retry-after": "5" });
    throw error;
  }
}

const wrong = (names: readonly string[]): Reply => reply(400, writeInvalidParameters(names));

async function makeCall({ line, engine, sent, accountOf }: Asked): Promise<Reply> {
  const account = await findAccount(engine, accountOf(sent["user"] ?? ""));
  const phone = sent["phone"] ?? "";
  if (account === undefined || !/\d{2}/.test(phone))
    return dialectOf(line) === "seed" ? reply(400, '{"error":"Invalid parameters"}') : wrong(account === undefined ? ["user"] : ["phone"]);
  const clid = sent["clid"]?.trim();
  const { call = "" } = await engine.startCall({ account, phone, ...(clid && { line: clid }) });
  return reply(200, writeMakeCall(dialectOf(line), call));
}

/** By login; in the later dialects also by extension or direct number. */
export async function findAccount(engine: Engine, user: string): Promise<string | undefined> {
  const users = await engine.users();
  return users.find((one) => one.account === user || one.extension === user || one.phone === user)?.account;
}

export const accounts = async (engine: Engine): Promise<Account[]> =>
  (await engine.users()).map(({ account, name, extension, phone, email }) => ({
    ...{ name: account, realName: name },
    ...(extension !== undefined && { ext: extension }),
    ...(phone !== undefined && { telnum: phone }),
    ...(email !== undefined && { email }),
  }));

/** There is one group: all who have a phone. */
export const everybody = ({ workspace }: Line) => ({ id: "all", realName: workspace.language === "ru" ? "Все сотрудники" : "Everybody" });

export const setDnd = (kit: Kit, account: string, isOn: boolean): Promise<void> =>
  isOn ? kit.store.put("dnd", account, true) : kit.store.remove("dnd", account);
export const hasDnd = async (kit: Kit, account: string): Promise<boolean> => (await kit.store.get("dnd", account)) === true;

const mostLines = 10_000;

/** Finished calls of the period, the oldest first. */
export async function history({ kit, line, sent }: Pick<Asked, "kit" | "line" | "sent">): Promise<HistoryLine[]> {
  const { since, until } = periodOf(sent, kit.now(), line.workspace.timeZone);
  const kind = sent["type"]?.trim().toLowerCase() ?? "all";
  const limit = Number(sent["limit"]);
  const kept = await kit.store.list<HistoryLine & { start: string }>("finished", { since, until, limit: mostLines });
  const lines = kept
    .map(({ value }) => ({ ...value, start: new Date(value.start) }))
    .filter(
      ({ direction, outcome }) => kind === "all" || (kind === "missed" ? direction === "in" && outcome !== "answered" : kind === direction),
    );
  return limit > 0 ? lines.slice(-limit) : lines;
}

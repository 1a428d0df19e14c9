import { randomUUID } from "node:crypto";
import { type Json, type MessageDraft, readDraft, writeMoment } from "../protocol.ts";
import { type Account, keyOf, makeAccount, writeInfo } from "./accounts.ts";
import type { Switches } from "./switches.ts";
import { type Talk, threadOf } from "./talk.ts";

export interface Answered {
  readonly body: Json;
  /** What follows once the answer is out. */
  readonly after?: () => Promise<void>;
}

export interface Scene {
  readonly accounts: Map<string, Account>;
  readonly talk: Talk;
  readonly switches: Switches;
  sleep(seconds: number): Promise<void>;
}

type Method = (account: Account, fields: Json, scene: Scene) => Answered | Promise<Answered>;

const ok = (fields: Json = {}): Answered => ({ body: { status: "ok", ...fields, uuid: randomUUID() } });
/** With HTTP 200, as the real one. */
export const failed = (message: string): Answered => ({ body: { status: "error", error: { message }, uuid: randomUUID() } });
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Calls that change something: their answers can be lost. */
export const isWrite = (method: string): boolean => !/^get/.test(method);

const methods: Readonly<Record<string, Method>> = {
  getInfo: (account) => ok(writeInfo(account)),

  async setState(account, { setState }, { switches, sleep }) {
    if (switches.slowStateSeconds > 0) await sleep(switches.slowStateSeconds);
    if (setState !== true) {
      account.way = "off";
      return ok();
    }
    if (account.way === "ready") return ok();
    account.way = account.authPhone === undefined ? "qr" : "code";
    return failed(account.way === "qr" ? "QR code received" : "Auth code received");
  },

  forceStop(account) {
    account.way = "off";
    return ok();
  },

  getQr: (account) => (account.way === "qr" ? ok({ value: `2@${account.login},${++account.qrs}` }) : failed("False step")),

  enablePhoneAuth(account, { phone }) {
    if (!/^\d{8,15}$/.test(text(phone))) return failed("Phone is invalid");
    account.authPhone = text(phone);
    return ok();
  },

  disablePhoneAuth(account) {
    account.authPhone = undefined;
    return ok();
  },

  getAuthCode: (account) => (account.way === "code" ? ok({ authCode: "ABCD-1234" }) : failed("Auth code is undefined")),

  addWebhook(account, { webhookUrl }) {
    if (!URL.canParse(text(webhookUrl))) return failed("webhookUrl is invalid");
    if (!account.webhooks.includes(text(webhookUrl))) account.webhooks.push(text(webhookUrl));
    return ok();
  },

  deleteWebhook(account, { webhookUrl }) {
    const at = account.webhooks.indexOf(text(webhookUrl));
    if (at < 0) return failed("Webhook not found");
    account.webhooks.splice(at, 1);
    return ok();
  },

  updateAccount(account, { webhookUrls }) {
    if (Array.isArray(webhookUrls))
      account.webhooks.splice(0, account.webhooks.length, ...webhookUrls.filter((one) => typeof one === "string"));
    return ok();
  },

  getChatMessages(account, { to }) {
    const thread = threadOf(account.source, text(to));
    const messages = account.messages.filter((one) => one["thread"] === thread);
    return ok({ messages: messages.map(({ hook_type, login, ...message }) => message) });
  },

  async sendMessage(account, fields, { talk, switches }) {
    const draft = readDraft(fields);
    if (!draft || (draft.to ?? draft.thread) === undefined) return failed("msg is invalid");
    if (account.way !== "ready") return failed("Account is not ready");
    const refused = refusalOf(account, draft, switches);
    if (refused !== undefined) return ok({ results: [{ status: "error", error: refused }] });
    const { taken, echoed, after } = talk.take(account, draft);
    const { item, thread, at } = taken;
    const answer = ok({ results: [{ status: "ok", result: { item, thread, timestamp: writeMoment(at, switches.timeUnit) } }] });
    if (switches.echoFirst) await echoed();
    return {
      ...answer,
      after: async () => {
        if (!switches.echoFirst) await echoed();
        await after();
      },
    };
  },
};

function refusalOf(account: Account, { to, thread, text: words, content }: MessageDraft, switches: Switches): string | undefined {
  if (switches.blocked) return "The account is blocked by the messenger";
  if (words === undefined && content === undefined) return "Empty message";
  const isKnown = thread !== undefined || account.threads.has(threadOf(account.source, to ?? ""));
  return switches.hiddenNumbers && !isKnown ? "Chat not found or created" : undefined;
}

/** Answers a call by its name; undefined when there is none of that name. */
export async function answer(method: string, fields: Json, scene: Scene): Promise<Answered | undefined> {
  const { source, login, token } = { source: text(fields["source"]), login: text(fields["login"]), token: text(fields["token"]) };
  if (method === "getInfoByToken") {
    const clients = [...scene.accounts.values()].filter((one) => one.token === token && one.source === source);
    if (clients.length === 0) return failed("Token not found");
    return ok({ clients: clients.map((one) => writeInfo(one, fields["skipDetails"] !== true)), summary: { total: clients.length } });
  }
  if (method === "addAccount") {
    if (scene.accounts.has(keyOf(source, login))) return failed("Account already exists");
    const account = makeAccount({ source, login, token, isReady: false });
    scene.accounts.set(account.key, account);
    return ok();
  }
  const run = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!run) return undefined;
  const account = scene.accounts.get(keyOf(source, login));
  if (account?.token !== token) return failed("Account not found");
  return run(account, fields, scene);
}

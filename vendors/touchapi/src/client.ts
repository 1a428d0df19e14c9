import type { Send } from "@svyazka/wire";
import { type Call, callOf, doneOf } from "./client/call.ts";
import { TouchApiRefused, TouchApiUnavailable } from "./client/errors.ts";
import {
  type AccountInfo,
  isNothingToShow,
  type Json,
  type MessageDraft,
  type MessageEvent,
  readAccounts,
  readAuthCode,
  readHook,
  readInfo,
  readMessages,
  readQr,
  readSent,
  readStartWords,
  type SendShape,
  type Sent,
  type Step,
  writeDraft,
} from "./protocol.ts";

export type { Answer, Send } from "@svyazka/wire";
export * from "./client/errors.ts";

/** Also without `cloud.`; give one of your own for another. */
export const defaultUrl = "https://cloud.controller.touch-api.com/api";

export interface TouchApiOptions {
  /** `…/api`, without the name of a call. */
  readonly url?: string;
  readonly source: string;
  readonly login: string;
  readonly token: string;
  /** How a text is sent; nested unless told. */
  readonly shape?: SendShape;
  readonly send: Send;
}

/** A call for one account was measured at 15 to 30 seconds, `setState` at 31 and more: a session is started for it. */
const seconds = { quick: 30, send: 60, info: 60, slow: 90 } as const;

/**
 * An account of Touch-API as a hub uses it. Every member throws a `TouchApiError` by what is to be done about it: `TouchApiRefused`, `TouchApiLogin`, `TouchApiUnavailable`; or what
 * `send` refuses by itself, unchanged. Nothing is ever asked twice: the far side knows no key by which it would notice.
 */
export function makeTouchApi({ url = defaultUrl, source, login, token, shape = "nested", send }: TouchApiOptions) {
  const base = url.replace(/\/+$/, "");
  const call = callOf({ url: base, credentials: { source, login, token }, send });
  const callByToken = callOf({ url: base, credentials: { source, token }, send });
  const read = async (method: string, fields: Json = {}, within: number = seconds.quick): Promise<Json> =>
    doneOf(method, await call(method, fields, { isWrite: false, seconds: within }));
  const write = async (method: string, fields: Json = {}, within: number = seconds.quick): Promise<Json> =>
    doneOf(method, await call(method, fields, { isWrite: true, seconds: within }));
  const getInfo = async (): Promise<AccountInfo> => readInfo(await read("getInfo", {}, seconds.info), source);

  return {
    /** This account: what it waits for, its phone, its webhooks. Slow: for many accounts ask `getInfoByToken`. */
    getInfo,

    /** Every account of the token within this messenger; `withSteps` tells what each waits for, within a few seconds. */
    async getInfoByToken({ withSteps = true }: { readonly withSteps?: boolean } = {}): Promise<readonly AccountInfo[]> {
      const method = "getInfoByToken";
      const value = doneOf(method, await callByToken(method, { skipDetails: !withSteps }, { isWrite: false, seconds: seconds.info }));
      return readAccounts(value, source) ?? [];
    },

    /** Text, files and a reply in one. `TouchApiUnavailable.mayHaveHappened` tells whether it may have gone out all the same. */
    async sendMessage(draft: MessageDraft): Promise<Sent> {
      const method = "sendMessage";
      const sent = readSent(await write(method, writeDraft(source, draft, shape), seconds.send));
      if (sent === undefined)
        throw new TouchApiUnavailable("taken, but no id of the message was told", { method, status: 200 }, { mayHaveHappened: true });
      if ("refused" in sent) throw new TouchApiRefused(sent.refused, { method, status: 200 });
      return sent;
    },

    /** Adds this address and leaves the others alone; false when it was there. */
    async addWebhook(webhookUrl: string): Promise<boolean> {
      const { webhooks } = await getInfo();
      if (webhooks?.some((one) => isSameAddress(one, webhookUrl))) return false;
      await write("addWebhook", { webhookUrl });
      return true;
    },

    /** Takes this address away, however it is spelt there, and leaves the others alone; false when it was not there. */
    async deleteWebhook(webhookUrl: string): Promise<boolean> {
      const { webhooks } = await getInfo();
      const ours = webhooks?.filter((one) => isSameAddress(one, webhookUrl)) ?? [webhookUrl];
      for (const one of new Set(ours)) await write("deleteWebhook", { webhookUrl: one });
      return ours.length > 0;
    },

    /** Switches the account on or off, within 90 seconds. What it waits for is no failure: it is answered. */
    async setState(isOn: boolean): Promise<Step> {
      const method = "setState";
      const answer = await call(method, { setState: isOn }, { isWrite: true, seconds: seconds.slow });
      const waits = answer.kind === "failed" ? readStartWords(answer.message) : undefined;
      if (isOn && waits) return waits;
      const code = readAuthCode(doneOf(method, answer));
      // Of SMS the answer to a start is a code to enter.
      if (isOn && code !== undefined) return { state: "needs_code", text: code };
      return { state: isOn ? "ready" : "unknown", text: "" };
    },

    /** The text of the QR code to scan; undefined when there is none at this step. It changes about every 20 seconds. */
    getQr: () => shown(call, "getQr", readQr),

    /** Stops the account at once. */
    async forceStop(): Promise<void> {
      await write("forceStop", {}, seconds.slow);
    },

    /** From now on it signs in by a code on the phone (digits) instead of a QR code; then `setState(true)`. */
    async enablePhoneAuth(phone: string): Promise<void> {
      await write("enablePhoneAuth", { phone: phone.replaceAll(/\D/g, "") });
    },

    /** The code to enter on the phone; undefined as long as there is none. */
    getAuthCode: () => shown(call, "getAuthCode", readAuthCode),

    /** Back to the QR code. */
    async disablePhoneAuth(): Promise<void> {
      await write("disablePhoneAuth");
    },

    /** The latest messages of a conversation, as hooks would have told them. */
    async getChatMessages(to: string): Promise<readonly MessageEvent[]> {
      const messages = readMessages(await read("getChatMessages", { to }, seconds.info));
      const told = readHook(messages.map((one) => ({ source, login, ...one, hook_type: "message" })));
      return told.kind === "events" ? told.events.filter((event) => event.kind === "message") : [];
    },
  };
}

export type TouchApi = ReturnType<typeof makeTouchApi>;

async function shown(call: Call, method: string, readIt: (value: Json) => string | undefined): Promise<string | undefined> {
  const answer = await call(method, {}, { isWrite: false, seconds: seconds.quick });
  if (answer.kind === "failed" && isNothingToShow(answer.message)) return undefined;
  return readIt(doneOf(method, answer));
}

/** `HTTPS://Hub.Example:443/x` is `https://hub.example/x`: lists are kept as people typed them. */
function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [URL.parse(one.trim()), URL.parse(other.trim())];
  return a && b ? a.href === b.href : one.trim() === other.trim();
}

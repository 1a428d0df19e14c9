import { firstText, isObject, type Json, member, present, readBool, readId, readText } from "./json.ts";
import { readMoment } from "./moments.ts";
import { readPhone } from "./sources.ts";
import { readStep, type Step } from "./steps.ts";

/** What calls answer. HTTP 200 says nothing: `error` does. */

export type ReadAnswer =
  | { readonly kind: "done"; readonly value: Json; readonly uuid?: string }
  /** `uuid` is what the vendor's support asks for. */
  | { readonly kind: "failed"; readonly message: string; readonly uuid?: string }
  | { readonly kind: "unreadable"; readonly why: string };

/**
 * Any answer. Failed when there is `error`, a text or an object with `message`; also by `status: "error"`, and by `ok: false`, which the vendor's own proxy writes.
 * What the proxy puts below `data` is found as if it were not.
 */
export function readAnswer(json: unknown): ReadAnswer {
  if (!isObject(json)) return { kind: "unreadable", why: "the answer is not an object" };
  const uuid = readId(member(json, "uuid"));
  const failure = failureOf(json);
  if (failure !== undefined) return { kind: "failed", message: failure, ...present({ uuid }) };
  const data = member(json, "data");
  return { kind: "done", value: isObject(data) ? { ...json, ...data } : json, ...present({ uuid }) };
}

const mostWords = 500;

function failureOf(json: Json): string | undefined {
  const error = member(json, "error");
  const hasError = error !== undefined && error !== null && error !== false && error !== "";
  const isError = readText(member(json, "status"))?.toLowerCase() === "error" || member(json, "ok") === false;
  if (!hasError && !isError) return undefined;
  return (wordsOf(error) ?? firstText(json, ["message", "errorMessage"]) ?? "an error without words").slice(0, mostWords);
}

/** The words of an error: a text, or an object with `message`; of another object, what is plain in it. */
function wordsOf(error: unknown): string | undefined {
  if (!isObject(error)) return readText(error);
  const plain = Object.entries(error).flatMap(([name, value]) => (readText(value) === undefined ? [] : [`${name}: ${readText(value)}`]));
  return firstText(error, ["message", "text", "description"]) ?? (plain.length > 0 ? plain.slice(0, 5).join(", ") : undefined);
}

/** What is known of an account. */
export interface AccountInfo {
  readonly login?: string;
  readonly name?: string;
  /** Digits of the number that is signed in. */
  readonly phone?: string;
  readonly isActivated?: boolean;
  /** Switched on. */
  readonly isOn?: boolean;
  readonly step: Step;
  /** Undefined when the answer does not tell them, which is not the same as none. */
  readonly webhooks?: readonly string[];
}

/** `source` is the messenger that was asked about: a bot of Max has no step by which it could be told, so any at all means that it is ready (cabinet). */
export function readInfo(value: Json, source?: string): AccountInfo {
  const step = readStep(member(value, "step"));
  const isBot = source === "max-bot" && isObject(member(value, "step"));
  return {
    ...present({
      login: readId(member(value, "login")),
      name: firstText(value, ["name"])?.slice(0, 255),
      phone: readPhone(member(value, "connected_phone")) ?? readPhone(member(value, "connectedPhone")),
      isActivated: readBool(member(value, "activated")),
      isOn: readBool(member(value, "state")),
      webhooks: readWebhooks(value),
    }),
    step: isBot ? { ...step, state: "ready" } : step,
  };
}

/** `webhookUrls` is a list; one address by itself, or a list as lines of text, is read as well. */
function readWebhooks(value: Json): string[] | undefined {
  const many = member(value, "webhookUrls");
  if (Array.isArray(many)) return many.flatMap((one) => readText(one) ?? []);
  const text = readText(many) ?? readText(member(value, "webhookUrl"));
  if (text !== undefined) return text.split(/[\s,]+/).filter((one) => one !== "");
  return Object.hasOwn(value, "webhookUrls") ? [] : undefined;
}

/** The accounts of one token; undefined when the answer lists none. */
export function readAccounts(value: Json, source?: string): readonly AccountInfo[] | undefined {
  const clients = member(value, "clients");
  return Array.isArray(clients) ? clients.filter(isObject).map((client) => readInfo(client, source)) : undefined;
}

/** A message that was taken. */
export interface Sent {
  /** Id of the message in the messenger: statuses and echoes carry it. */
  readonly item: string;
  /** The conversation it went to: the one to use from now on. */
  readonly thread?: string;
  readonly at?: Date;
  /** Of every message that it became, the first one included. */
  readonly items: readonly string[];
  /** Of parts that were not taken while others were. */
  readonly failures: readonly string[];
}

/**
 * What became of a message. The verdict stands in `results[]`: with `status: "ok"` above, a part may be refused below, as "Chat not found or created".
 * Undefined when nothing was refused and nothing has an id. Source: a public client, measured on the living service.
 */
export function readSent(value: Json, now: Date = new Date()): Sent | { readonly refused: string } | undefined {
  const results = member(value, "results");
  const rows = Array.isArray(results) ? results.filter(isObject) : [];
  const failures = rows.flatMap((row) => failureOf(row) ?? []);
  const taken = rows.flatMap((row) => (failureOf(row) === undefined ? readResult(row, now) : []));
  const [first] = taken;
  if (first) return { ...first, items: taken.map(({ item }) => item), failures };
  return failures.length > 0 ? { refused: failures.join("; ").slice(0, mostWords) } : undefined;
}

function readResult(row: Json, now: Date): { readonly item: string; readonly thread?: string; readonly at?: Date }[] {
  const result = member(row, "result");
  const item = isObject(result) ? readId(member(result, "item")) : undefined;
  if (!isObject(result) || item === undefined) return [];
  return [{ item, ...present({ thread: readId(member(result, "thread")), at: readMoment(member(result, "timestamp"), now) }) }];
}

/** The text of a QR code. */
export const readQr = (value: Json): string | undefined => readText(member(value, "value"));
/** The code to enter on the phone. */
export const readAuthCode = (value: Json): string | undefined => firstText(value, ["authCode", "auth_code"]);

/** There is nothing to show at this step, which is no failure. Source: the vendor's cabinet. */
export const isNothingToShow = (words: string): boolean => /false step|is undefined/i.test(words);

/** Messages of a conversation, as hooks without `hook_type`: read them with `readHook` after `asHook`. */
export const readMessages = (value: Json): readonly Json[] => {
  const messages = member(value, "messages");
  return Array.isArray(messages) ? messages.filter(isObject) : [];
};

/** The words mean that the account is not known by this token and login. Nobody documents them: this is our reading. */
export const isAboutLogin = (words: string): boolean =>
  /unauthori[sz]ed|forbidden|access denied/i.test(words) ||
  (/\b(?:token|login|account|client)\b/i.test(words) &&
    /not found|not exist|unknown|invalid|incorrect|wrong|not valid|required|missing/i.test(words)) ||
  (/токен|логин|аккаунт/i.test(words) && /не ?найден|неверн|не существует|недейств/i.test(words));

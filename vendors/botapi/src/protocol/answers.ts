import { integerOf, listOf, momentOf, numberOf, objectOf, present, textOf } from "./json.ts";
import { nameOf } from "./people.ts";

/** What the API said. */
export type ReadAnswer =
  | { readonly kind: "result"; readonly result: unknown }
  | {
      readonly kind: "refused";
      /** `error_code`, or the status of the answer. */
      readonly code: number;
      readonly description: string;
      /** Seconds: `parameters.retry_after`. */
      readonly retryAfterSeconds?: number;
      /** The chat has become another one: `parameters.migrate_to_chat_id`. */
      readonly migrateToChatId?: string;
    }
  /** It is no answer of this API: a page of a proxy, half of it. */
  | { readonly kind: "unreadable" };

/** The body of an answer. Never throws. Source: https://core.telegram.org/bots/api#making-requests */
export function readAnswer(status: number, body: string): ReadAnswer {
  const answer = objectOf(parse(body));
  if (answer?.["ok"] === true && "result" in answer) return { kind: "result", result: answer["result"] };
  if (answer?.["ok"] !== false) return { kind: "unreadable" };
  const parameters = objectOf(answer["parameters"]);
  const wait = numberOf(parameters?.["retry_after"]);
  const migrated = integerOf(parameters?.["migrate_to_chat_id"]);
  return present({
    kind: "refused" as const,
    code: integerOf(answer["error_code"]) ?? status,
    description: (textOf(answer["description"]) ?? `HTTP ${status}`).slice(0, 500),
    retryAfterSeconds: wait === undefined || wait < 0 ? undefined : Math.ceil(wait),
    migrateToChatId: migrated === undefined ? undefined : String(migrated),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The bot itself. */
export interface Me {
  readonly id: string;
  readonly name: string;
  /** `t.me/<username>` leads to it. */
  readonly username: string;
}
export function readMe(result: unknown): Me | undefined {
  const user = objectOf(result);
  const [id, username] = [integerOf(user?.["id"]), textOf(user?.["username"])];
  return user && id !== undefined && username !== undefined ? { id: String(id), username, name: nameOf(user) ?? username } : undefined;
}

export interface WebhookState {
  /** Empty when none is set. */
  readonly url: string;
  /** Updates that wait. */
  readonly pending: number;
  readonly lastError?: { readonly at: Date; readonly words: string };
  /** Empty means all but the rare ones. */
  readonly allowedUpdates: readonly string[];
}
export function readWebhookState(result: unknown): WebhookState | undefined {
  const info = objectOf(result);
  if (!info || typeof info["url"] !== "string") return undefined;
  const at = momentOf(info["last_error_date"]);
  return present({
    url: info["url"],
    pending: integerOf(info["pending_update_count"]) ?? 0,
    lastError: at ? { at, words: textOf(info["last_error_message"]) ?? "" } : undefined,
    allowedUpdates: listOf(info["allowed_updates"]).flatMap((name) => textOf(name) ?? []),
  });
}

/** A message that went out. */
export interface Sent {
  readonly chat: string;
  readonly messageId: number;
  readonly at: Date;
}
export function readSent(result: unknown): Sent | undefined {
  const message = objectOf(result);
  const [chat, messageId] = [integerOf(objectOf(message?.["chat"])?.["id"]), integerOf(message?.["message_id"])];
  const at = momentOf(message?.["date"]);
  return chat !== undefined && messageId !== undefined && at ? { chat: String(chat), messageId, at } : undefined;
}

export interface FileInfo {
  readonly fileId: string;
  readonly uniqueId?: string;
  readonly bytes?: number;
  /** "Guaranteed to be valid for at least 1 hour". Absent when the file cannot be fetched. */
  readonly path?: string;
}
export function readFileInfo(result: unknown): FileInfo | undefined {
  const file = objectOf(result);
  const fileId = textOf(file?.["file_id"]);
  if (!file || fileId === undefined) return undefined;
  return present({
    fileId,
    uniqueId: textOf(file["file_unique_id"]),
    bytes: integerOf(file["file_size"]),
    path: textOf(file["file_path"]),
  });
}

import type { Opts } from "@grammyjs/types";
import { mayHaveArrived, neverLeft, type OutgoingRequest, type Send } from "@svyazka/wire";
import { readAnswer, reasonOf } from "../protocol.ts";
import { TelegramLogin, TelegramRefused, TelegramUnavailable } from "./errors.ts";

/** What stands in a parameter for a file that is uploaded: `attach://<name>` (Bot API, "Sending files"). */
export type FilePart = `attach://${string}`;
export type Method = keyof Opts<FilePart>;
export type Parameters<M extends Method> = Opts<FilePart>[M];

/** Bytes of ours that go out. */
export interface Upload {
  readonly bytes: Uint8Array;
  readonly name: string;
  /** MIME. */
  readonly type?: string;
}

export interface AskOptions {
  readonly timeoutSeconds?: number;
  readonly secrets?: readonly string[];
  /** By the name behind `attach://`. */
  readonly uploads?: Readonly<Record<string, Upload>>;
}

export type Ask = <M extends Method>(method: M, parameters: Parameters<M>, options?: AskOptions) => Promise<unknown>;

/** How long an answer is waited for; longer for files, which travel first. */
const timeoutSeconds = 30;
const uploadTimeoutSeconds = 120;

/** Calls a method and answers its `result`. Throws a `TelegramError` by what is to be done about it; what `send` itself refuses passes through unchanged. */
export function askOf({ token, url, send }: { readonly token: string; readonly url: string; readonly send: Send }): Ask {
  return async (method, parameters, options = {}) => {
    const request = {
      ...{ method: "POST", url: `${url}/bot${token}/${method}` },
      ...(await bodyOf(parameters, options.uploads)),
      ...{ timeoutSeconds: options.timeoutSeconds ?? (options.uploads ? uploadTimeoutSeconds : timeoutSeconds) },
      // The address holds it.
      secrets: [token, ...(options.secrets ?? [])],
    };
    const { status, body } = await sent(request, send, token);
    const answer = readAnswer(status, body);
    if (answer.kind === "result") return answer.result;
    if (answer.kind === "unreadable") {
      // A wrong address of a server: nothing of ours was done by it.
      if (status >= 300 && status < 500)
        throw new TelegramUnavailable(`this is no Telegram Bot API: it answers ${status}`, { mayHaveHappened: false });
      throw new TelegramUnavailable(`Telegram answers ${status}, and nothing that can be read`, { mayHaveHappened: true });
    }
    const reason = reasonOf(answer.code, answer.description);
    if (reason === "needs_auth")
      throw new TelegramLogin(`Telegram does not take the token (${answer.code}: ${answer.description})`, reason);
    if (answer.code === 429 || answer.code === 409 || answer.code >= 500)
      throw new TelegramUnavailable(`Telegram answers ${answer.code}: ${answer.description}`, {
        ...{ reason, mayHaveHappened: answer.code >= 500 },
        ...(answer.retryAfterSeconds !== undefined && { retryAfterSeconds: answer.retryAfterSeconds }),
      });
    throw new TelegramRefused(reason, answer);
  };
}

/** Throws `TelegramUnavailable` when no answer came. */
async function sent(request: OutgoingRequest, send: Send, token: string): ReturnType<Send> {
  try {
    return await send(request);
  } catch (error) {
    if (error instanceof Error && neverLeft.has(error.name)) throw error;
    const words = (error instanceof Error ? error.message : String(error)).replaceAll(token, "…").slice(0, 300);
    throw new TelegramUnavailable(`Telegram did not answer: ${words}`, { mayHaveHappened: mayHaveArrived(error), cause: error });
  }
}

/** JSON, or a form with files: the platform writes that one. */
async function bodyOf(
  parameters: object,
  uploads: AskOptions["uploads"],
): Promise<{ headers: Record<string, string>; body: string } | { headers: Record<string, string>; bytes: Uint8Array }> {
  if (!uploads) return { headers: { "content-type": "application/json" }, body: JSON.stringify(parameters) };
  const form = new FormData();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) form.append(name, typeof value === "string" ? value : JSON.stringify(value));
  for (const [name, { bytes, name: fileName, type }] of Object.entries(uploads))
    form.append(name, new Blob([Uint8Array.from(bytes)], { type: type ?? "application/octet-stream" }), fileName);
  const written = new Response(form);
  return { headers: { "content-type": written.headers.get("content-type") ?? "" }, bytes: new Uint8Array(await written.arrayBuffer()) };
}

import { mayHaveArrived, neverLeft, type OutgoingRequest, type Send } from "@svyazka/wire";
import { readAnswer, readWait, reasonOf } from "../protocol.ts";
import { saidIn, WhatsAppLogin, WhatsAppRefused, WhatsAppUnavailable } from "./errors.ts";

export interface GraphRequest {
  readonly method: "GET" | "POST";
  /** Behind the version, with its query. */
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  readonly form?: FormData;
}
export type Ask = (request: GraphRequest) => Promise<unknown>;

/** How long an answer is waited for; longer for files, which travel first. */
const timeoutSeconds = 30;
const uploadTimeoutSeconds = 120;

/** Asks the Graph API. Throws a `WhatsAppError` by what is to be done about it; what `send` itself refuses passes through unchanged. */
export function askOf({ token, base, send }: { readonly token: string; readonly base: string; readonly send: Send }): Ask {
  return async ({ method, path, body, form }) => {
    const content = form
      ? await written(form)
      : body === undefined
        ? { headers: {} }
        : { headers: { "content-type": "application/json" }, body };
    const request = {
      ...{ method, url: `${base}/${path}`, ...content },
      headers: { ...content.headers, authorization: `Bearer ${token}` },
      ...{ timeoutSeconds: form ? uploadTimeoutSeconds : timeoutSeconds, secrets: [token] },
    };
    const { status, headers, body: reply } = await sent(request, send, token);
    const answer = readAnswer(reply);
    if (answer.kind === "result" && status >= 200 && status < 300) return answer.result;
    if (answer.kind !== "refused") {
      if (status === 401) throw new WhatsAppLogin("WhatsApp does not take the token (401)", "needs_auth");
      // A wrong address, or too many requests: nothing of ours was done by it.
      if (status >= 300 && status < 500)
        throw new WhatsAppUnavailable(`WhatsApp answers ${status}, and nothing that can be read`, {
          ...{ mayHaveHappened: false, reason: status === 429 ? "rate_limited" : "channel_down" },
          ...waitIn(headers),
        });
      throw new WhatsAppUnavailable(`WhatsApp answers ${status}, and nothing that can be read`, { mayHaveHappened: true });
    }
    const reason = reasonOf(answer.code, `${answer.message} ${answer.details}`);
    if (status === 401 || reason === "needs_auth")
      throw new WhatsAppLogin(`WhatsApp does not take the token: ${saidIn(answer)}`, "needs_auth");
    if (status === 429 || reason === "rate_limited")
      throw new WhatsAppUnavailable(`too much for WhatsApp: ${saidIn(answer)}`, {
        mayHaveHappened: false,
        reason: "rate_limited",
        ...waitIn(headers),
      });
    // 1, 2, 131000 and 131016 are its own mistakes, whatever the status says.
    if (status >= 500 || [1, 2, 131000, 131016].includes(answer.code))
      throw new WhatsAppUnavailable(`WhatsApp is in trouble: ${saidIn(answer)}`, { mayHaveHappened: true, reason, ...waitIn(headers) });
    if (answer.code === 131057)
      throw new WhatsAppUnavailable(`the account is under maintenance: ${saidIn(answer)}`, { mayHaveHappened: false });
    throw new WhatsAppRefused(reason, answer);
  };
}

/** Throws `WhatsAppUnavailable` when no answer came. */
async function sent(request: OutgoingRequest, send: Send, token: string): ReturnType<Send> {
  try {
    return await send(request);
  } catch (error) {
    if (error instanceof Error && neverLeft.has(error.name)) throw error;
    const words = (error instanceof Error ? error.message : String(error)).replaceAll(token, "…").slice(0, 300);
    throw new WhatsAppUnavailable(`WhatsApp did not answer: ${words}`, { mayHaveHappened: mayHaveArrived(error), cause: error });
  }
}

/** A form with files: the platform writes it. */
async function written(form: FormData): Promise<{ headers: Record<string, string>; bytes: Uint8Array }> {
  const response = new Response(form);
  return { headers: { "content-type": response.headers.get("content-type") ?? "" }, bytes: new Uint8Array(await response.arrayBuffer()) };
}

function waitIn(headers: Readonly<Record<string, string>>): { retryAfterSeconds?: number } {
  const retryAfterSeconds = readWait(headers);
  return retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
}

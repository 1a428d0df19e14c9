import type { Send } from "../src/client.ts";

/** The way out to this machine: redirects are answers, and it fails after so many seconds. */
export const sendReally: Send = async ({ method, url, headers = {}, body, timeoutSeconds = 10 }) => {
  const answer = await fetch(url, {
    ...{ method, headers: { ...headers }, redirect: "manual", signal: AbortSignal.timeout(timeoutSeconds * 1000) },
    ...(body !== undefined && { body }),
  });
  // `text()` of fetch would drop a byte order mark, which ours must read by itself.
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: bytes.toString("utf8") };
};

/** The way to somebody who gives these answers, one after the other, the last one for ever. */
export function sendTo(
  ...answers: readonly { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }[]
) {
  const sent: Parameters<Send>[0][] = [];
  const send: Send = async (request) => {
    const answer = answers[Math.min(sent.length, answers.length - 1)];
    sent.push(request);
    return { status: answer?.status ?? 0, headers: answer?.headers ?? {}, body: answer?.body ?? "" };
  };
  return { send, sent };
}

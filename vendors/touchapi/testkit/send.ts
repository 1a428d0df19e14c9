import type { Send } from "../src/client.ts";

/** The way out to this machine: redirects are answers, and it fails after so many seconds. */
export const sendReally: Send = async ({ method, url, headers = {}, body, timeoutSeconds = 10 }) => {
  const answer = await fetch(url, {
    ...{ method, headers: { ...headers }, redirect: "manual", signal: AbortSignal.timeout(timeoutSeconds * 1000) },
    ...(body !== undefined && { body }),
  });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
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

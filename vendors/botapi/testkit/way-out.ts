import type { Send } from "../src/client.ts";

/** The network of this machine. Throws what the platform throws. */
export const localSend: Send = async ({ method, url, headers, body, bytes, timeoutSeconds = 5 }) => {
  const answer = await fetch(url, {
    ...{ method, redirect: "manual", signal: AbortSignal.timeout(timeoutSeconds * 1000) },
    ...(headers && { headers }),
    ...(body !== undefined && { body }),
    ...(bytes && { body: Uint8Array.from(bytes) }),
  });
  return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
};

import { sign, signatureHeader } from "../protocol.ts";

/** Between two tries; Meta itself waits longer every time, for days. */
const retryMs = 20;
/** However often it was tried. */
const longestRetryMs = 400;
const mostTries = 100;
const timeoutMs = 10_000;
/** Hooks that wait at most; the oldest goes first. */
const mostWaiting = 10_000;

/** As Meta writes it: JSON with everything but ASCII escaped. It is what is signed, so its bytes are what is sent. */
export const writeHook = (hook: object): Buffer =>
  Buffer.from(
    JSON.stringify(hook).replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
    "latin1",
  );

/** Brings hooks to one address, one after another, each again until it is taken with 200. */
export function delivererOf({ appSecret, isClosed }: { readonly appSecret: string; isClosed(): boolean }) {
  const waiting: Buffer[] = [];
  let url: string | undefined;
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    let tries = 0;
    while (url !== undefined && waiting[0] && !isClosed()) {
      const body = waiting[0];
      if (!(await post(url, body, appSecret)) && ++tries < mostTries) {
        await new Promise((resolve) => setTimeout(resolve, Math.min(retryMs * tries, longestRetryMs)));
        continue;
      }
      tries = 0;
      if (waiting[0] === body) waiting.shift();
    }
  }
  function wake(): void {
    if (running || url === undefined || waiting.length === 0 || isClosed()) return;
    running = run().finally(() => {
      running = undefined;
      // Something may have come while it was ending.
      wake();
    });
  }

  return {
    /** What waits is brought there. */
    setUrl(to: string): void {
      url = to;
      wake();
    },
    push(hook: object): void {
      waiting.push(writeHook(hook));
      if (waiting.length > mostWaiting) waiting.shift();
      wake();
    },
    async settled(): Promise<void> {
      while (running) await running;
    },
  };
}

async function post(url: string, body: Buffer, appSecret: string): Promise<boolean> {
  try {
    const answer = await globalThis.fetch(url, {
      ...{ method: "POST", body: new Uint8Array(body), redirect: "manual", signal: AbortSignal.timeout(timeoutMs) },
      headers: { "content-type": "application/json", "user-agent": "facebookexternalua", [signatureHeader]: sign(body, appSecret) },
    });
    await answer.arrayBuffer();
    return answer.status === 200;
  } catch {
    return false;
  }
}

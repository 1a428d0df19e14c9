import type { Json } from "../protocol.ts";

export interface HookLine {
  readonly url: string;
  readonly body: Json;
  /** Of each try, in order; 0 when nobody answered. */
  readonly statuses: number[];
}

/** Answers the status of HTTP. */
export type Post = (url: string, body: string) => Promise<number>;

export interface Hooks {
  readonly lines: readonly HookLine[];
  /** Tells every address, each in its order; resolves when all have heard it or were given up. */
  tell(urls: readonly string[], body: Json): Promise<void>;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  stop(): void;
}

/** Waits between tries. Nobody documents how often the real one tries, or whether it does. */
const waitsMs = [20, 60, 180] as const;
const mostLines = 10_000;

/** Posts hooks: one after another for each address, again when the answer is not 2xx, and given up after four tries. */
export function makeHooks(post: Post, isDoubled: () => boolean): Hooks {
  const lines: HookLine[] = [];
  const queues = new Map<string, Promise<void>>();
  const pauses = new Map<NodeJS.Timeout, () => void>();
  let isStopped = false;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(() => {
        pauses.delete(timer);
        resolve();
      }, ms);
      pauses.set(timer, resolve);
    });

  async function deliver(line: HookLine): Promise<void> {
    const body = JSON.stringify(line.body);
    for (const wait of [0, ...waitsMs]) {
      if (isStopped) return;
      if (wait > 0) await pause(wait);
      const status = isStopped ? 0 : await post(line.url, body).catch(() => 0);
      line.statuses.push(status);
      if (status >= 200 && status < 300) return;
    }
  }

  function queue(url: string, body: Json): Promise<void> {
    const line: HookLine = { url, body, statuses: [] };
    if (lines.push(line) > mostLines) lines.shift();
    const done = (queues.get(url) ?? Promise.resolve()).then(() => deliver(line));
    queues.set(url, done);
    return done;
  }

  return {
    lines,
    async tell(urls, body) {
      await Promise.all(urls.flatMap((url) => (isDoubled() ? [queue(url, body), queue(url, body)] : [queue(url, body)])));
    },
    async settled() {
      for (let before = -1; before !== lines.length; ) {
        before = lines.length;
        await Promise.all(queues.values());
      }
    },
    stop() {
      isStopped = true;
      for (const [timer, resolve] of pauses) {
        clearTimeout(timer);
        resolve();
      }
      pauses.clear();
    },
  };
}

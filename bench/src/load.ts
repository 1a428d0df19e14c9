import { connect, type Socket } from "node:net";

export interface LoadResult {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
  /** Answers by status; 0 for a lost connection. */
  readonly statuses: ReadonlyMap<number, number>;
}

export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  readonly seconds?: number;
  /** Stops after so many, if that comes first. */
  readonly requests?: number;
  /** Each connection begins no more than one request in so many milliseconds. */
  readonly everyMs?: number;
  /** A whole HTTP/1.1 request, with its head. */
  request(index: number): string;
}

/**
 * One request after the other on each of several kept-alive connections. Plain sockets and as little work as can be:
 * the generator shares two cores with what it measures.
 */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const { hostname, port } = new URL(options.url);
  const latencies: number[] = [];
  const statuses = new Map<number, number>();
  const started = performance.now();
  const deadline = started + (options.seconds ?? 3600) * 1000;
  const most = options.requests ?? Number.POSITIVE_INFINITY;
  let sent = 0;

  const one = (): Promise<void> =>
    new Promise((resolve) => {
      const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
      let at = 0;
      let received = "";
      const next = () => {
        if (sent >= most || performance.now() >= deadline) {
          socket.end();
          resolve();
          return;
        }
        at = performance.now();
        socket.write(options.request(sent++));
      };
      socket.setEncoding("latin1");
      socket.on("connect", next);
      socket.on("data", (chunk: string) => {
        received += chunk;
        const head = received.indexOf("\r\n\r\n");
        if (head === -1) return;
        const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
        if (received.length < head + 4 + length) return;
        const status = Number(received.slice(9, 12));
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        latencies.push(performance.now() - at);
        received = "";
        const rest = (options.everyMs ?? 0) - (performance.now() - at);
        if (rest > 0) setTimeout(next, rest);
        else next();
      });
      socket.on("error", () => {
        statuses.set(0, (statuses.get(0) ?? 0) + 1);
        resolve();
      });
    });

  await Promise.all(Array.from({ length: options.connections }, one));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  return { perSecond: latencies.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), requests: latencies.length, statuses };
}

export function post(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const get = (path: string, token?: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${token === undefined ? "" : `Authorization: Bearer ${token}\r\n`}\r\n`;

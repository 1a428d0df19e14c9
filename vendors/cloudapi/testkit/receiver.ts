import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readChallenge, readHook, signatureHeader, verifySignature, type WhatsAppEvent } from "../src/index.ts";

export interface Receiver {
  readonly url: string;
  /** Every hook that came, taken or not. */
  readonly bodies: readonly string[];
  /** What stood in those that were taken. */
  readonly events: readonly WhatsAppEvent[];
  /** What is answered to the next ones, in turn; 200 after them. */
  readonly statuses: number[];
  close(): Promise<void>;
}

/** An address of ours that takes hooks, as they are to be taken: challenged, verified, read. */
export async function startReceiver(appSecret: string, verifyToken: string): Promise<Receiver> {
  const bodies: string[] = [];
  const events: WhatsAppEvent[] = [];
  const statuses: number[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://receiver");
    if (request.method === "GET") {
      const read = readChallenge(Object.fromEntries(url.searchParams), verifyToken);
      response.writeHead(read.kind === "challenge" ? 200 : 403).end(read.kind === "challenge" ? read.answer : "");
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      bodies.push(body.toString("utf8"));
      const isGenuine = verifySignature(body, request.headers[signatureHeader] as string | undefined, appSecret);
      const status = statuses.shift() ?? (isGenuine ? 200 : 401);
      if (status === 200) {
        const read = readHook(JSON.parse(body.toString("utf8")));
        if (read.kind === "events") events.push(...read.events);
      }
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, bodies, events, statuses },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

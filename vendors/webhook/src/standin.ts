import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isGenuine, type Message } from "./protocol.ts";

/** One request as the receiver took it. */
export interface Taken {
  readonly id: string;
  readonly message: Message;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether its signature is right for the secret of the receiver. */
  readonly genuine: boolean;
}

export interface Receiver {
  readonly url: string;
  readonly taken: readonly Taken[];
  /** What it verifies with from now on. */
  secret: string;
  /** What it answers from now on. */
  answer: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };
  close(): Promise<void>;
}

/** The far side in memory: a receiver of Standard Webhooks on this machine, for tests and the demo. */
export async function startReceiver(secret = ""): Promise<Receiver> {
  const taken: Taken[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      taken.push({
        id: headers["webhook-id"] ?? "",
        message: JSON.parse(body) as Message,
        body,
        headers,
        genuine: receiver.secret !== "" && isGenuine(body, headers, receiver.secret, new Date()),
      });
      response.writeHead(receiver.answer.status, receiver.answer.headers).end(receiver.answer.body ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    taken,
    secret,
    answer: { status: 204 },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

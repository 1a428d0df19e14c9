import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readBrackets, type Tree } from "@svyazka/wire";

/** A handler of events that keeps each form it was sent. */
export interface Handler {
  readonly url: string;
  readonly forms: Tree[];
  readonly queries: Tree[];
  /** The status of every answer from now on. */
  answerWith(status: number): void;
  stop(): Promise<void>;
}

export async function startHandler(): Promise<Handler> {
  const forms: Tree[] = [];
  const queries: Tree[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      forms.push(readBrackets(Buffer.concat(chunks).toString()));
      queries.push(readBrackets(new URL(request.url ?? "/", "http://x").search.slice(1)));
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`, forms, queries },
    answerWith(given) {
      status = given;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

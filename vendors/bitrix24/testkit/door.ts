import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, type EventDraft, type InboundRequest, Intruder, type Kit, type Received, type Reply } from "@svyazka/core";
import { bitrix24 } from "../src/adapter.ts";
import type { PortalConnection } from "../src/settings.ts";

/** The hub's door, as far as a portal sees it: what comes in is received by the vendor, and answered. */
export interface OpenDoor {
  readonly url: string;
  readonly facts: EventDraft[];
  /** Everything that came, with what it meant. */
  readonly received: { readonly request: InboundRequest; readonly received: Received; readonly answer: Answer | Reply }[];
  stop(): Promise<void>;
}

export async function openDoor(connection: PortalConnection, kit: Kit): Promise<OpenDoor> {
  const facts: EventDraft[] = [];
  const all: OpenDoor["received"][number][] = [];
  const take = async (asked: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const at = new URL(asked.url ?? "/", "http://door");
    // A path without a key in front is one that has come by that of the events.
    const [, key = connection.secrets.event_secret, path = at.pathname] = /^\/in\/([^/]+)(\/.*)$/.exec(at.pathname) ?? [];
    const request: InboundRequest = {
      ...{
        method: asked.method ?? "GET",
        path,
        origin: `http://door/in/${key}`,
        headers: {},
        query: Object.fromEntries(at.searchParams),
        files: [],
        ip: "127.0.0.1",
      },
      ...{ form: Object.fromEntries(new URLSearchParams(bytes.toString("utf8"))), text: bytes.toString("latin1"), bytes },
    };
    let received: Received;
    try {
      received = bitrix24.receive?.(request, connection, new Date()) as Received;
    } catch (error) {
      reply.writeHead(error instanceof Intruder ? 401 : 500).end();
      return;
    }
    const answer = "answer" in received ? await received.answer(kit) : "page" in received ? received.page : received.reply;
    if ("facts" in received) facts.push(...received.facts);
    all.push({ request, received, answer });
    reply.writeHead(answer.status, { ...answer.headers }).end(answer.body);
  };
  const server = createServer((asked, reply) => void take(asked, reply));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...{ facts, received: all, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The address of the portal: it may go down, come up again on the same port, and move to another. */
export interface Gate {
  url(): string;
  /** The old address answers 302 with the new one from then on. */
  move(): Promise<void>;
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export async function openGate(port: number, handler: Handler): Promise<Gate> {
  let server = await listen(port, handler);
  let at = portOf(server);
  const old: Server[] = [];
  const url = (): string => `http://127.0.0.1:${at}`;
  const leave: Handler = (request, response) => {
    request.resume();
    response.writeHead(302, { location: `${url()}${request.url ?? "/"}` });
    response.end();
  };
  return {
    url,
    async move() {
      const before = server;
      const from = at;
      server = await listen(0, handler);
      at = portOf(server);
      await close(before);
      old.push(await listen(from, leave));
    },
    down: () => close(server),
    async up() {
      server = await listen(at, handler);
    },
    async stop() {
      await Promise.all([server, ...old].map(close));
    },
  };
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function listen(port: number, handler: Handler): Promise<Server> {
  const server = createServer(handler);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

/** A server that is closed already stays so. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

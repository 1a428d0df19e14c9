import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Where a PBX keeps its recordings. Each sound is its own address, so that whoever has copied it still tells which it is. */
export interface Recordings {
  of(call: string): string;
  stop(): Promise<void>;
}

export async function startRecordings(): Promise<Recordings> {
  const server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "audio/mpeg" }).end(`${origin}${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    of: (call) => `${origin}/${encodeURIComponent(call)}.mp3`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

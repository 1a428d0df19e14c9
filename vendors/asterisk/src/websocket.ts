import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** The server's side of a WebSocket, as far as a stand-in needs it: text out, and the end of it (RFC 6455). */
export interface Outgoing {
  send(text: string): void;
  /** As a machine that loses its power: without a word. */
  drop(): void;
}

export function acceptSocket(request: IncomingMessage, socket: Duplex, closed: () => void): Outgoing {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on("data", (chunk: Buffer) => {
    // Nothing but the end is ever sent to us.
    if (((chunk[0] ?? 0) & 0x0f) === 8) socket.end(Buffer.from([0x88, 0]));
  });
  // A process that is killed ends its side without a word.
  socket.on("end", () => void socket.end());
  socket.on("error", () => {});
  socket.on("close", closed);
  return {
    send: (text) => void socket.write(frame(Buffer.from(text))),
    drop: () => void socket.destroy(),
  };
}

function frame(payload: Buffer): Buffer {
  const isShort = payload.length < 126;
  const head = Buffer.alloc(isShort ? 2 : 4);
  head[0] = 0x81;
  head[1] = isShort ? payload.length : 126;
  if (!isShort) head.writeUInt16BE(payload.length, 2);
  return Buffer.concat([head, payload]);
}

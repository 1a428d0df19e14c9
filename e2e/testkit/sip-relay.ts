import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

/**
 * An exchange for phones in browsers, as far as two of them need one: registers who knows the password (digest, RFC 3261 §22), and carries what they
 * say from one to the other. Sound goes between them directly.
 */
export interface SipRelay {
  readonly url: string;
  /** Everything that was asked, newest last: `INVITE sip:102@…`. */
  readonly requests: string[];
  /** Whom calls were handed over to. */
  readonly transfers: string[];
  close(): Promise<void>;
}

const realm = "relay.example";

export async function startSipRelay(passwords: Readonly<Record<string, string>>): Promise<SipRelay> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, handleProtocols: () => "sip" });
  /** By the name they registered with, and by the name in their Contact: requests within a call go there. */
  const phones = new Map<string, WebSocket>();
  const askedBy = new Map<string, WebSocket>();
  const requests: string[] = [];
  const transfers: string[] = [];

  sockets.on("connection", (socket) =>
    socket.on("message", (data) => {
      const text = String(data);
      if (text.trim() === "") return;
      const first = text.slice(0, text.indexOf("\r\n"));
      const branch = /^Via:.*?branch=([^;\r\n]+)/im.exec(text)?.[1] ?? "";
      if (first.startsWith("SIP/2.0")) {
        askedBy.get(branch)?.send(text);
        return;
      }
      requests.push(first.replace(" SIP/2.0", ""));
      const [method = "", uri = ""] = first.split(" ");
      if (method === "REGISTER") return register(socket, text, uri);
      if (method === "REFER") {
        transfers.push(/^Refer-To:\s*<?([^>\r\n]+)/im.exec(text)?.[1] ?? "");
        socket.send(reply(text, "202 Accepted"));
        return;
      }
      const target = phones.get(userOf(uri));
      if (!target) {
        if (method !== "ACK") socket.send(reply(text, "404 Not Found"));
        return;
      }
      if (method !== "ACK") askedBy.set(branch, socket);
      target.send(text);
    }),
  );

  function register(socket: WebSocket, text: string, uri: string): void {
    const user = userOf(/^To:\s*<?([^>\r\n;]+)/im.exec(text)?.[1] ?? "");
    const given = /^Authorization:\s*Digest\s+(.+)$/im.exec(text)?.[1];
    if (given === undefined || !fits(given, user, uri)) {
      const nonce = randomBytes(8).toString("hex");
      socket.send(
        reply(text, "401 Unauthorized", `WWW-Authenticate: Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"\r\n`),
      );
      return;
    }
    const contact = /^Contact:\s*(.+)$/im.exec(text)?.[1] ?? "";
    phones.set(user, socket);
    phones.set(userOf(/<([^>]+)>/.exec(contact)?.[1] ?? ""), socket);
    socket.send(reply(text, "200 OK", `Contact: ${contact}\r\n`));
  }

  function fits(given: string, user: string, uri: string): boolean {
    const part = (name: string): string => new RegExp(`\\b${name}="?([^",]+)"?`).exec(given)?.[1] ?? "";
    const ha1 = md5(`${part("username")}:${realm}:${passwords[user] ?? randomBytes(8).toString("hex")}`);
    const ha2 = md5(`REGISTER:${uri}`);
    return part("response") === md5(`${ha1}:${part("nonce")}:${part("nc")}:${part("cnonce")}:${part("qop")}:${ha2}`);
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    transfers,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      await once(server, "close");
    },
  };
}

const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
const userOf = (uri: string): string => /^sips?:([^@;]+)@/.exec(uri)?.[1] ?? "";

function reply(request: string, status: string, more = ""): string {
  const kept = request
    .split("\r\n")
    .filter((line) => /^(Via|From|To|Call-ID|CSeq):/i.test(line))
    .map((line) => (/^To:/i.test(line) && !line.includes(";tag=") ? `${line};tag=${randomBytes(4).toString("hex")}` : line));
  return `${[`SIP/2.0 ${status}`, ...kept].join("\r\n")}\r\n${more}Content-Length: 0\r\n\r\n`;
}

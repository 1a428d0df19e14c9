import type { Kit, Socket, SocketEar } from "@svyazka/core";
import { WebSocket } from "undici";
import { agents, allowedUrl, type Limits, noAnswer } from "./fetch.ts";

const openWithinMs = 10_000;

/** A WebSocket through the same guard as every request. Resolves when it is open; throws as `guardedFetch` does. */
export function guardedSocket(request: Parameters<Kit["openSocket"]>[0], ear: SocketEar, limits: Limits): Promise<Socket> {
  const url = allowedUrl(request.url, ["ws:", "wss:"], limits);
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      dispatcher: limits.allowPrivateAddresses ? agents.open : agents.guarded,
      ...(request.headers && { headers: request.headers }),
    });
    let isOpen = false;
    let trouble: unknown = new Error("it was closed");
    const late = setTimeout(() => {
      trouble = new Error(`it did not open within ${openWithinMs / 1000} s`);
      socket.close();
      reject(noAnswer(trouble, url));
    }, openWithinMs);
    socket.addEventListener("open", () => {
      isOpen = true;
      clearTimeout(late);
      resolve({ send: (text) => socket.send(text), close: () => socket.close() });
    });
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") ear.text(data);
    });
    socket.addEventListener("error", (event) => {
      trouble = event.error ?? new Error(event.message || "the connection failed");
    });
    socket.addEventListener("close", ({ code, reason }) => {
      clearTimeout(late);
      if (isOpen) ear.closed(reason || `code ${code}`);
      else reject(noAnswer(trouble, url));
    });
  });
}

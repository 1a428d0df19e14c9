import { type ConnectionId, emptyDirectory, type Fetch, type Kit, LoginNeeded, Unavailable, type WorkspaceId } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { type Exchange, settings } from "../src/settings.ts";

export function exchangeAt(url: string, rest: { settings?: Partial<Exchange["settings"]>; password?: string } = {}): Exchange {
  const defaults = Object.fromEntries(
    Object.entries(settings).flatMap(([name, setting]) => ("default" in setting ? [[name, setting.default]] : [])),
  );
  return {
    id: 5 as ConnectionId,
    name: "Asterisk",
    workspace: {
      id: 1 as WorkspaceId,
      subdomain: "demo",
      name: "Demo",
      country: "RU",
      timeZone: "Europe/Moscow",
      language: "ru",
      currency: "RUB",
    },
    settings: { ...(defaults as unknown as Exchange["settings"]), url, username: "svyazka", ...rest.settings },
    secrets: { password: rest.password ?? "secret" },
    directory: emptyDirectory,
    fieldMapping: {},
    stageMapping: {},
    userMapping: { "101": "1", "102": "2" },
  };
}

const localFetch: Fetch = async ({ method, url, headers, body, timeoutSeconds = 5 }) => {
  try {
    const answer = await fetch(url, {
      method,
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  } catch (error) {
    throw new Unavailable(String(error));
  }
};

/** Node's own WebSocket takes headers, which the types of browsers do not know. */
const HeaderSocket = WebSocket as unknown as new (url: string, options: { headers?: Readonly<Record<string, string>> }) => WebSocket;

const openSocket: Kit["openSocket"] = ({ url, headers }, ear) =>
  new Promise((resolve, reject) => {
    const socket = new HeaderSocket(url, { ...(headers && { headers }) });
    let isOpen = false;
    socket.addEventListener("open", () => {
      isOpen = true;
      resolve({ send: (text) => socket.send(text), close: () => socket.close() });
    });
    socket.addEventListener("message", ({ data }) => ear.text(String(data)));
    socket.addEventListener("close", () => (isOpen ? ear.closed("closed") : reject(new LoginNeeded("it did not open"))));
  });

/** The network of this machine. */
export const localKit = (rest: Parameters<typeof memoryKit>[0] = {}): MemoryKit =>
  memoryKit({ fetch: localFetch, openSocket, now: () => new Date(), ...rest });

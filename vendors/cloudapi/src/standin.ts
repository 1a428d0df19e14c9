import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { delivererOf } from "./standin/delivery.ts";
import { answerGraph } from "./standin/graph.ts";
import { messageHook, type Said } from "./standin/hooks.ts";
import { keep, newId, type SentMessage, type State, type StoredTemplate, type Switches } from "./standin/state.ts";
import { type Answer, readBytes, refuse } from "./standin/wire.ts";

export { writeHook } from "./standin/delivery.ts";
export type { Said } from "./standin/hooks.ts";
export type { SentMessage, Someone, StoredTemplate, Switches } from "./standin/state.ts";

export interface WhatsAppStandin {
  readonly url: string;
  readonly phoneNumberId: string;
  readonly wabaId: string;
  readonly token: string;
  readonly appSecret: string;
  readonly switches: Switches;
  /** What the number sent, in order. */
  readonly sent: readonly SentMessage[];
  /** What was marked as read. */
  readonly read: readonly { readonly id: string; readonly isTyping: boolean }[];
  /** Requests as they came, whatever became of them: `POST /v25.0/…/messages`. */
  readonly asked: readonly string[];
  /** Numbers that nobody has in WhatsApp. */
  readonly strangers: Set<string>;
  readonly templates: StoredTemplate[];
  /** Sets the address of the hooks, as a person does in the app's dashboard: it is asked the challenge first. False when it did not answer as it must. */
  subscribe(url: string, verifyToken: string): Promise<boolean>;
  /** Somebody writes to the number: a hook. Answers the id of the message. */
  say(said: Said): string;
  /** Any other hook, signed. */
  tell(hook: object): void;
  /** Every hook was taken, or given up. */
  settled(): Promise<void>;
  /** Its clock goes on: windows close, links and files get too old. */
  advance(seconds: number): void;
  /** A file dies before its time. */
  forgetMedia(id: string): void;
  /** Nobody listens at its address until it is back; what is kept stays, and hooks go on. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

export interface WhatsAppStandinOptions {
  readonly token?: string;
  readonly appSecret?: string;
  /** Digits. */
  readonly phone?: string;
}

/** WhatsApp over real HTTP, in memory: one number of a company, people who write to it, signed hooks. */
export async function startWhatsApp(options: WhatsAppStandinOptions = {}): Promise<WhatsAppStandin> {
  const { token = "EAAJB-token", appSecret = "app-secret", phone = "15550783881" } = options;
  const state: State = {
    ...{ token, appSecret, phone, phoneNumberId: newId(), wabaId: newId(), ahead: 0 },
    ...{
      people: new Map(),
      strangers: new Set(),
      received: new Set(),
      read: [],
      sent: [],
      media: new Map(),
      links: new Map(),
      templates: [],
    },
    switches: {
      ...{ lostAnswers: false, down: false, floodSeconds: undefined, expired: false, ladder: ["sent", "delivered", "read"] },
      ...{ shuffledStatuses: false, duplicatedHooks: false, windowToldBy: "status" },
    },
  };
  const asked: string[] = [];
  let isClosed = false;
  let origin = "";
  const deliverer = delivererOf({ appSecret, isClosed: () => isClosed });
  const tell = (hook: object): void => {
    deliverer.push(hook);
    if (state.switches.duplicatedHooks) deliverer.push(hook);
  };

  async function answer(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://whatsapp");
    keep(asked, `${request.method} ${pathname}`);
    const bytes = await readBytes(request);
    if (!bytes) return refuse(413, 100, "(#100) Invalid parameter", "the body is too large");
    if (state.switches.down) return { status: 503, type: "text/html", body: "<html><title>Service Unavailable</title></html>" };
    const { authorization, "content-type": type = "" } = request.headers;
    return answerGraph(
      state,
      { method: request.method ?? "GET", path: pathname, query: searchParams, authorization, type, bytes },
      origin,
      tell,
    );
  }
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, type, body, headers } = await answer(request);
    if (state.switches.lostAnswers) response.destroy();
    else response.writeHead(status, { "content-type": type, "x-fb-request-id": newId(), ...headers }).end(body);
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  async function away(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  return {
    ...{ url: origin, phoneNumberId: state.phoneNumberId, wabaId: state.wabaId, token, appSecret, asked, tell },
    ...{ switches: state.switches, sent: state.sent, read: state.read, strangers: state.strangers, templates: state.templates },
    async subscribe(url, verifyToken) {
      const isTaken = await challenge(url, verifyToken);
      if (isTaken) deliverer.setUrl(url);
      return isTaken;
    },
    say(said) {
      const { id, hook } = messageHook(state, said);
      tell(hook);
      return id;
    },
    settled: () => deliverer.settled(),
    advance(seconds) {
      state.ahead += seconds;
    },
    forgetMedia: (id) => void state.media.delete(id),
    away,
    back: () => listen(port),
    async close() {
      isClosed = true;
      if (server.listening) await away();
      await deliverer.settled();
    },
  };
}

/** The address must answer what it is asked, and nothing else. */
async function challenge(url: string, verifyToken: string): Promise<boolean> {
  const value = newId();
  const asking = new URL(url);
  for (const [name, text] of Object.entries({ "hub.mode": "subscribe", "hub.challenge": value, "hub.verify_token": verifyToken }))
    asking.searchParams.set(name, text);
  try {
    const answer = await globalThis.fetch(asking, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
    return answer.status === 200 && (await answer.text()) === value;
  } catch {
    return false;
  }
}

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Answer, answer, type Published } from "./standin/serve.ts";
import { type BaseState, emptyState } from "./standin/state.ts";
import { noTrouble, type Switches } from "./standin/switches.ts";
import { type Credentials, type Post, type Told, tellingOf } from "./standin/tell.ts";

export type { BaseState, Counterparty, Order, Payment } from "./standin/state.ts";
export type { Switches } from "./standin/switches.ts";
export type { Credentials, TellCounterparty, TellEvent, TellOrder, Told } from "./standin/tell.ts";

export interface BaseStandinOptions {
  /** Account of the CRM. */
  readonly key?: string;
  readonly idBase?: string;
  readonly login?: string;
  readonly password?: string;
  /** Of the handlers. */
  readonly version?: number | string;
  readonly port?: number;
}

export interface BaseStandin extends Omit<ReturnType<typeof tellingOf>, "register"> {
  /** `web_address`: where its handlers answer. */
  readonly url: string;
  /** `url_address`. */
  readonly serverUrl: string;
  readonly key: string;
  readonly idBase: string;
  readonly login: string;
  readonly password: string;
  readonly state: BaseState;
  readonly switches: Switches;
  /** What was asked of it, in order; status 0 when the answer was lost. */
  readonly requests: readonly { readonly type: string; readonly body: string; readonly status: number }[];
  /** Tells a hub of itself (2.2). Every other call goes there from now on; `hubUrl` may have a path. `basic` goes with each call. */
  register(hubUrl: string, basic?: Credentials): Promise<Told>;
  close(): Promise<void>;
}

const path = "/accounting/hs/amo";

/** A base of 1C with the handlers of the document, in memory and over real HTTP on 127.0.0.1: for tests and for trying a hub without one. */
export async function startStandinBase(options: BaseStandinOptions = {}): Promise<BaseStandin> {
  const { key = "12345678", idBase = "1", login = "Обмен", password = "секрет", version = 1, port = 0 } = options;
  const state = emptyState(version);
  const switches = noTrouble();
  const requests: { type: string; body: string; status: number }[] = [];
  const underWay = new Set<NodeJS.Timeout>();
  let done = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    const count = requests.length + 1;
    const line = { type: typeOf(body), body, status: 0 };
    requests.push(line);
    if (switches.down) return void response.destroy();
    if (switches.slowMs > 0) await pause(switches.slowMs, underWay);
    const { method = "", url = "", headers } = request;
    const given = answer({ method, path: url, body, authorization: headers.authorization }, count, published, state, switches);
    // The work is done, and the line breaks before anybody hears of it.
    if (given.status === 200 && switches.failRate > 0 && ++done % switches.failRate === 0) return void response.destroy();
    line.status = given.status;
    write(response, given, switches.bom);
  };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const serverUrl = `${origin}/accounting/`;
  const published: Published = { key, idBase, login, password, path, address: serverUrl };

  let hub: { readonly url: string; readonly basic?: Credentials } | undefined;
  const post: Post = async ({ method, path: where, body, basic = hub?.basic }) => {
    if (!hub) throw new Error("register(hubUrl) first: this base knows no hub");
    const reply = await fetch(hub.url + where, {
      method,
      headers: {
        ...(body !== undefined && { "content-type": "application/json; charset=utf-8" }),
        ...(basic && { authorization: `Basic ${Buffer.from(`${basic.login}:${basic.password}`).toString("base64")}` }),
      },
      ...(body !== undefined && { body }),
    });
    return { status: reply.status, body: await reply.text() };
  };
  const telling = tellingOf(
    { key, id_base: idBase },
    { webAddress: origin + path, serverAddress: serverUrl, login, password },
    state,
    switches,
    post,
  );

  return {
    ...telling,
    ...{ url: origin + path, serverUrl, key, idBase, login, password, state, switches, requests },
    register(hubUrl, basic) {
      hub = { url: hubUrl.replace(/\/+$/, ""), ...(basic && { basic }) };
      return telling.register();
    },
    close: () =>
      new Promise((resolve) => {
        for (const timer of underWay) clearTimeout(timer);
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function write(response: ServerResponse, { status, type, body, headers = {} }: Answer, bom: boolean): void {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8`, ...headers });
  response.end(bom && status === 200 ? `\ufeff${body}` : body);
}

const typeOf = (body: string): string => /"type"\s*:\s*"(\w+)"/.exec(body)?.[1] ?? "";

const pause = (milliseconds: number, underWay: Set<NodeJS.Timeout>): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(() => {
      underWay.delete(timer);
      resolve();
    }, milliseconds);
    underWay.add(timer);
  });

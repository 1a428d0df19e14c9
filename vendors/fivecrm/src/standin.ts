import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type CustomField,
  cleanText,
  cutText,
  done,
  type EndpointName,
  endpoints,
  type Funnel,
  isCallbackName,
  type Manager,
  pathsOf,
  readStrictly,
  type Sent,
  writeCustomFields,
  writeError,
  writeFunnels,
  writeJsonp,
  writeManagers,
} from "./protocol.ts";

export interface StandinOptions {
  readonly publicToken?: string;
  readonly secretToken?: string;
  readonly managers?: readonly Manager[];
  readonly funnels?: readonly Funnel[];
  readonly customFields?: readonly CustomField[];
}

export interface Standin {
  /** Where it listens, without a slash at the end. */
  readonly url: string;
  /** What has been sent and accepted, in order. */
  readonly received: readonly { readonly endpoint: EndpointName; readonly fields: Readonly<Record<string, string>> }[];
  close(): Promise<void>;
}

const nameAt = new Map((Object.keys(endpoints) as EndpointName[]).flatMap((name) => pathsOf(name).map((path) => [path, name] as const)));

/** 5CRM in memory, over real HTTP: for tests of the client, and for the demo. It takes queries and urlencoded bodies. */
export async function startStandin(options: StandinOptions = {}): Promise<Standin> {
  const received: { endpoint: EndpointName; fields: Record<string, string> }[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? "/", "http://standin");
    const params = new URLSearchParams([...url.searchParams, ...new URLSearchParams(await bodyOf(request))]);
    const { status, body } = answer(request.method ?? "GET", url.pathname, params, options, (endpoint, fields) =>
      received.push({ endpoint, fields }),
    );
    const callback = params.get("callback");
    const isJsonp = callback !== null && isCallbackName(callback);
    response.writeHead(isJsonp ? 200 : status, {
      "content-type": isJsonp ? "application/javascript; charset=utf-8" : "application/json; charset=utf-8",
    });
    response.end(isJsonp ? writeJsonp(callback, body) : body);
  };
  const server = createServer((request, response) => void respond(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, close: () => stop(server) };
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function answer(
  method: string,
  path: string,
  params: URLSearchParams,
  options: StandinOptions,
  keep: (endpoint: EndpointName, fields: Record<string, string>) => void,
): Answer {
  const endpoint = nameAt.get(path);
  if (endpoint === undefined) return { status: 404, body: writeError("not_found", "Такого адреса нет.") };
  const { methods, rules } = endpoints[endpoint];
  if (!(methods as readonly string[]).includes(method))
    return { status: 405, body: writeError("method_not_allowed", "Метод не подходит.") };
  if (params.get("public_token") !== (options.publicToken ?? "public")) {
    return { status: 401, body: writeError("public_token_invalid", "Такого public_token нет.") };
  }
  const isSecretKnown = [params.get("secret_token"), params.get("private_token")].includes(options.secretToken ?? "secret");
  switch (endpoint) {
    case "public/managers/get":
      if (!isSecretKnown) return { status: 401, body: writeError("secret_token_invalid", "Нужен верный secret_token.") };
      return { status: 200, body: writeManagers(options.managers ?? []) };
    case "public/funnels/get":
      return { status: 200, body: writeFunnels(options.funnels ?? []) };
    case "public/deal/get-custom-fields":
      return { status: 200, body: writeCustomFields(options.customFields ?? []) };
  }
  const sent: Sent = {
    values: new Map([...params].flatMap(([name, value]) => (cleanText(value) === "" ? [] : [[name, cleanText(value)]]))),
    nested: new Set(),
  };
  const errors = endpoint === "ctm/form/send" ? {} : readStrictly(sent, rules);
  if (Object.keys(errors).length > 0) return { status: 422, body: writeError("validation_failed", "Проверьте поля.", errors) };
  keep(
    endpoint,
    Object.fromEntries(
      [...sent.values].filter(([name]) => rules.has(name)).map(([name, value]) => [name, cutText(value, rules.get(name) ?? {})]),
    ),
  );
  return { status: 200, body: done };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

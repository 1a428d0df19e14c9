import { writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "./hub.ts";

/** A hub that answers as amoCRM, and programs that use it. */

export interface Integration {
  readonly id: number;
  readonly client_id: string;
  readonly client_secret: string;
  readonly code: string;
  readonly long_lived_token: string;
  readonly urls: { readonly api: string; readonly authorize: string; readonly token: string };
}

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was answered
  readonly body: any;
}

export interface Workspace {
  readonly hub: ReturnType<typeof api>;
  readonly integration: Integration;
  /** Asks the API, by the long-lived token unless told; `host` is what the request says it is for. */
  call(method: string, path: string, body?: unknown, options?: { readonly token?: string; readonly host?: string }): Promise<Answer>;
  /** Makes many, and answers their ids. */
  made(path: string, items: unknown): Promise<number[]>;
}

export interface AmoHub {
  readonly hub: HubProcess;
  /** A company with one program that is let in for good. */
  workspace(subdomain: string, ...more: string[]): Promise<Workspace>;
  stop(): Promise<void>;
}

export const redirectUri = "https://example.com/callback";
export const adminPassword = "пароль-для-проверки";

export async function startAmoHub(environment: Readonly<Record<string, string>> = {}): Promise<AmoHub> {
  const dataDir = makeDataDir();
  const picture = join(dataDir, "picture.png");
  const hub = await startHubProcess({ dataDir, environment });
  writeFileSync(
    picture,
    Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=", "base64"),
  );
  return {
    hub,
    async workspace(subdomain, ...more) {
      const { api_token } = await hub.command<{ api_token: string }>(
        ...["workspace", "create", "--name", "Ромашка", "--subdomain", subdomain],
        ...["--admin-email", `admin@${subdomain}.example`, "--admin-password", adminPassword],
      );
      const integration = await hub.command<Integration>(
        ...["integration", "create", "--workspace", subdomain, "--name", "Программа", "--redirect-uri", redirectUri, "--picture", picture],
        ...["--long-lived", "--set", "requests_per_second=0", ...more],
      );
      const call: Workspace["call"] = (method, path, body, { token = integration.long_lived_token, host } = {}) =>
        send(`${hub.url}${path}`, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body !== undefined && { "content-type": "application/json" }),
            ...(host !== undefined && { host }),
          },
          body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
        });
      return {
        hub: api(hub, api_token),
        integration,
        call,
        async made(path, items) {
          const { body, status } = await call("POST", path, items);
          if (status > 201) throw new Error(`POST ${path}: ${status} ${JSON.stringify(body)}`);
          return (Object.values(body._embedded)[0] as { id: number }[]).map(({ id }) => id);
        },
      };
    },
    async stop() {
      if (process.env["SHOW"]) console.log(hub.output());
      await hub.stop();
      removeDataDir(dataDir);
    },
  };
}

/** By node:http, since `fetch` writes the Host itself. */
export const send = (
  url: string,
  {
    method,
    headers,
    body,
  }: { readonly method: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | undefined },
): Promise<Answer & { readonly headers: Readonly<Record<string, unknown>> }> =>
  new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...headers, "content-length": Buffer.byteLength(body ?? "") } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        const type = answer.headers["content-type"];
        resolve({
          status: answer.statusCode ?? 0,
          type,
          headers: answer.headers,
          body: text === "" ? undefined : type?.includes("json") ? JSON.parse(text) : text,
        });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** Somebody's server, which writes down what it is told. */
export async function startEar(): Promise<{ url: string; heard: Heard[]; status: number; stop(): Promise<void> }> {
  const heard: Heard[] = [];
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      const { method = "", url: path = "", headers } = incoming;
      heard.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
      answer.writeHead(ear.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const ear = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    status: 200,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return ear;
}

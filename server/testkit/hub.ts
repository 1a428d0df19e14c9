import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../src/config.ts";
import { type KeyRing, loadKeyRing } from "../src/connections/secrets.ts";
import { type RunningHub, startHub } from "../src/start.ts";
import { type TestDatabase, testDatabase } from "./database.ts";

export interface TestHub {
  readonly url: string;
  readonly hub: RunningHub;
  readonly test: TestDatabase;
  readonly operatorToken: string;
  readonly keys: KeyRing;
  readonly filesDir: string;
  call(method: string, path: string, options?: CallOptions): Promise<{ status: number; body: unknown; text: string; headers: Headers }>;
  /** A workspace of this subdomain; answers its token with all scopes. */
  addWorkspace(subdomain: string): Promise<{ id: number; api_token: string }>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The whole hub in this process, on a database of its own. */
export async function testHub(environment: Readonly<Record<string, string>> = {}): Promise<TestHub> {
  const test = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-hub-"));
  chmodSync(dataDir, 0o711);
  const config = readConfig([], {
    DATA_DIR: dataDir,
    DATABASE_URL: test.url,
    PORT: "0",
    LOG_LEVEL: "silent",
    DATABASE_CONNECTIONS: "6",
    ...environment,
  });
  const hub = await startHub(config);
  const { token: operatorToken } = JSON.parse(readFileSync(join(dataDir, "access.json"), "utf8")) as { token: string };
  const call: TestHub["call"] = async (method, path, { token, body, headers = {} } = {}) => {
    const answer = await fetch(
      path.startsWith("/in/") || path.startsWith("/ctm") || path.startsWith("/public")
        ? hub.address + path
        : `${hub.address}/hub/v1${path}`,
      {
        method,
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      },
    );
    const text = await answer.text();
    return { status: answer.status, text, body: parse(text), headers: answer.headers };
  };
  return {
    url: hub.address,
    hub,
    test,
    operatorToken,
    keys: loadKeyRing(config),
    filesDir: config.FILES_DIR,
    call,
    async addWorkspace(subdomain) {
      const { body } = await call("POST", "/workspaces", {
        token: operatorToken,
        body: {
          name: `Company ${subdomain}`,
          subdomain,
          admin_email: `admin@${subdomain}.example`,
          admin_password: `password of ${subdomain}`,
        },
      });
      return body as { id: number; api_token: string };
    },
    async close() {
      await hub.stop();
      await test.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

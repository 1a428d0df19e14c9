import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmbeddedPostgres } from "@svyazka/server/db/embedded.ts";
import pg from "pg";

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Server {
  readonly url: string;
  readonly pid: number;
  readonly dataDir: string;
  stop(): Promise<void>;
}

const startScript = (JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: { start: string } }).scripts.start
  .replace("exec node ", "")
  .split(" ");

export function makeDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-bench-"));
  chmodSync(dataDir, 0o711);
  return dataDir;
}

/** The hub as `npm start` starts it. */
export function startHub(dataDir: string, environment: Readonly<Record<string, string>> = {}): Promise<Server> {
  const { DATABASE_URL: _, ...inherited } = process.env;
  return serve(
    startScript,
    { ...inherited, NODE_ENV: "production", LOG_LEVEL: "warn", PORT: "0", DATA_DIR: dataDir, ...environment },
    dataDir,
  );
}

/** The limit: the same machine and database with nothing in between. */
export const startBare = (...args: string[]): Promise<Server> => serve(["bench/src/bare.ts", ...args], process.env, "");

/** The same for a list: one SELECT. */
export const startBareList = (...args: string[]): Promise<Server> => serve(["bench/src/bare-list.ts", ...args], process.env, "");

async function serve(args: readonly string[], env: NodeJS.ProcessEnv, dataDir: string): Promise<Server> {
  const child: ChildProcess = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  // A bench that fails or is stopped leaves nothing behind.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const found = /Svyazka listens on (\S+)/.exec(output)?.[1];
      if (found) resolve(found);
    });
    child.once("exit", () => reject(new Error(`It ended at its start: ${output}`)));
  });
  return {
    url,
    pid: child.pid ?? 0,
    dataDir,
    async stop() {
      process.off("exit", kill);
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

export function command<T>(hub: Server, ...args: string[]): T {
  return JSON.parse(
    execFileSync(process.execPath, ["server/src/cli/hub.ts", ...args, "--json", "--data", hub.dataDir], { cwd: root, encoding: "utf8" }),
  ) as T;
}

export interface Site {
  readonly workspace: { readonly id: number; readonly api_token: string };
  readonly token: string;
}

/** A workspace with a form connection for which every form is a person and a deal of its own. */
export function addSite(hub: Server, subdomain: string): Site {
  const workspace = command<Site["workspace"]>(
    hub,
    "workspace",
    "create",
    "--name",
    "Bench",
    "--subdomain",
    subdomain,
    "--admin-email",
    "a@example.com",
    "--admin-password",
    "password-of-bench",
  );
  const { secrets } = command<{ secrets: { public_token: string } }>(
    hub,
    "connection",
    "add",
    "fivecrm",
    "-w",
    subdomain,
    "--set",
    "repeat=new",
  );
  return { workspace, token: secrets.public_token };
}

/** One PostgreSQL for everything that is compared. */
export async function startDatabase(): Promise<{ url: string; client: pg.Client; stop(): Promise<void> }> {
  const dataDir = makeDataDir();
  const server = await startEmbeddedPostgres(dataDir, console.error);
  const client = new pg.Client({ host: server.socketDirectory, user: "postgres", database: "postgres" });
  await client.connect();
  await client.query("create database bench");
  await client.end();
  const inside = new pg.Client({ host: server.socketDirectory, user: "postgres", database: "bench" });
  await inside.connect();
  return {
    url: `postgres://postgres@${encodeURIComponent(server.socketDirectory)}/bench`,
    client: inside,
    async stop() {
      await inside.end();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Proportional set size of a process, in MiB: its own memory, and its share of what it shares. */
export function pssMib(pid: number): number {
  const kib = Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  return kib / 1024;
}

/** How the command line reaches a hub: the address, and the token of its operator. */
export const access = (hub: Server): { url: string; token: string } =>
  JSON.parse(readFileSync(join(hub.dataDir, "access.json"), "utf8")) as { url: string; token: string };

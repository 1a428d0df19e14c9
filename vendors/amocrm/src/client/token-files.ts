import { mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { sleepReally } from "@svyazka/wire";
import type { TokenStore, Tokens } from "./tokens.ts";

const lookAgainMs = 20;

/**
 * Tokens in a file that only its owner can read, for all processes of one machine, in whatever containers; not for a network drive. What `save` has resolved for
 * is on the disk. `<path>.lock` beside it is an empty SQLite database: its lock is the operating system's, and ends with the process that holds it.
 */
export function fileTokens(path: string): TokenStore {
  const read = (): Promise<Tokens | undefined> => readTokens(path);
  return {
    read,
    async exclusively(work) {
      await mkdir(dirname(path), { recursive: true });
      const lock = await takeLock(`${path}.lock`);
      try {
        return await work(await read(), (tokens) => replace(path, JSON.stringify(tokens)));
      } finally {
        lock.close();
      }
    },
  };
}

async function readTokens(path: string): Promise<Tokens | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Tokens;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The whole new text or the whole old one, whenever the power goes. Only who holds the lock comes here. */
async function replace(path: string, text: string): Promise<void> {
  const file = await open(`${path}.draft`, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.draft`, path);
  await syncFolder(dirname(path));
}

/** A name is on the disk when its folder is. Windows has no such thing, and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whoever closes it lets go. */
async function takeLock(path: string): Promise<DatabaseSync> {
  const { DatabaseSync } = await import("node:sqlite");
  const lock = new DatabaseSync(path, { timeout: 0 });
  try {
    while (!begin(lock)) await sleepReally(lookAgainMs * (0.5 + Math.random()));
    return lock;
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** SQLITE_BUSY: somebody else holds it. */
const busy = 5;

function begin(lock: DatabaseSync): boolean {
  try {
    lock.exec("begin immediate");
    return true;
  } catch (error) {
    if ((error as { readonly errcode?: number }).errcode === busy) return false;
    throw error;
  }
}

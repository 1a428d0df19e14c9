import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WrongConfiguration } from "../config.ts";

/**
 * One hub per data directory. Held by a listening socket, so that the operating system lets go of it when the process dies, however it dies.
 * Throws `WrongConfiguration` when another hub is there.
 */
export async function lockDataDirectory(dataDir: string): Promise<{ release(): void }> {
  const near = join(dataDir, "hub.lock");
  const path =
    Buffer.byteLength(near) <= 90
      ? near
      : join(tmpdir(), `svyazka-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}.lock`);
  for (let tries = 0; tries < 5; tries++) {
    const server = await listen(path);
    if (server) return { release: () => server.close() };
    if (await answers(path))
      throw new WrongConfiguration(`Another hub is running on ${dataDir}: stop it, or give this one another directory with --data.`);
    rmSync(path, { force: true });
  }
  throw new WrongConfiguration(`Cannot lock ${dataDir}: is it writable?`);
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(new WrongConfiguration(`Cannot lock the data directory (${error.message}).`));
    });
    server.listen(path, () => resolve(server));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ConnectionId, type KeptFile, type OutgoingRequest, Refused, Unavailable, type WorkspaceId } from "@svyazka/core";
import { newId } from "../db/new-id.ts";
import type { Pool } from "../db/pool.ts";
import { guardedDownload, type Limits } from "../net/fetch.ts";
import type { FileKind } from "./kinds.ts";

const downloadSeconds = 100;
/** Enough to tell what nearly every kind of file is. */
const headBytes = 4_100;

/** Where the bytes of a file lie. */
export const pathOf = (directory: string, workspace: WorkspaceId, id: string): string =>
  join(directory, String(workspace), id.slice(-2), id);

/** Where files lie, and what knows of them. */
export interface Files {
  readonly pool: Pool;
  readonly directory: string;
}

/** Whose file it is, and what it is known by: the same one is kept once. */
export interface Owner {
  readonly workspace: WorkspaceId;
  readonly connection: ConnectionId;
  readonly source: string;
}

export interface KeepOptions {
  readonly days: number;
  readonly limits: Limits;
  readonly kind: FileKind;
  readonly name?: string | undefined;
}

/**
 * Copies a file into our storage, once: asked again, answers with the copy there is. Throws `Unavailable` while there is none to be had (a PBX tells of a recording before it is ready), `Refused` when
 * it is larger than we take.
 */
export async function keepFile(
  files: Files,
  owner: Owner,
  request: () => Promise<OutgoingRequest>,
  options: KeepOptions,
): Promise<KeptFile> {
  const known = await findFile(files, owner);
  if (known) return known;
  const asked = await request();
  const answer = await guardedDownload(asked, { ...options.limits, timeoutSeconds: downloadSeconds });
  if (answer.status !== 200) throw options.kind.notThere(answer.status);
  return storeFile(files, owner, answer.body, options);
}

/** As `keepFile`, of bytes that come by themselves. */
export async function storeFile(
  files: Files,
  owner: Owner,
  body: AsyncIterable<Buffer>,
  { days, kind, name }: Omit<KeepOptions, "limits">,
): Promise<KeptFile> {
  const { workspace, connection } = owner;
  const id = newId<string>();
  const path = pathOf(files.directory, workspace, id);
  const partial = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const { type, bytes, sha256 } = await write(body, partial, kind);
    await rename(partial, path);
    const made = await files.pool.in(workspace).query({
      text: `insert into hub.file (workspace, id, connection, source, type, bytes, sha256, name, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9 * interval '1 day') on conflict (workspace, connection, source) do nothing returning id`,
      values: [workspace, id, connection, hashOf(owner.source), type, bytes, sha256, name?.slice(0, 200) ?? null, days],
    });
    if (made.length > 0) return { id, type, bytes };
    // Another process was faster.
    await rm(path, { force: true });
    const theirs = await findFile(files, owner);
    if (!theirs) throw new Unavailable("the copy that another process made is gone again");
    return theirs;
  } finally {
    await rm(partial, { force: true });
  }
}

async function findFile({ pool }: Files, { workspace, connection, source }: Owner): Promise<KeptFile | undefined> {
  const [row] = await pool.in(workspace).query<KeptFile>({
    name: "file-of",
    text: "select id, type, bytes from hub.file where workspace = $1 and connection = $2 and source = $3",
    values: [workspace, connection, hashOf(source)],
  });
  return row;
}

/** An address may hold a secret. */
const hashOf = (source: string): Buffer => createHash("sha256").update(source).digest();

async function write(body: AsyncIterable<Buffer>, path: string, kind: FileKind): Promise<{ type: string; bytes: number; sha256: Buffer }> {
  const hash = createHash("sha256");
  let bytes = 0;
  let head = Buffer.alloc(0);
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > kind.largestBytes) throw new Refused(`the file is larger than ${kind.largestBytes} bytes`);
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes)]);
      hash.update(chunk);
      await file.write(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { type: await kind.typeOf(head, bytes), bytes, sha256: hash.digest() };
}

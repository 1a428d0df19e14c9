import { createHash, randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ConnectionId, type KeptFile, type OutgoingRequest, Refused, Unavailable, type WorkspaceId } from "@svyazka/core";
import { newId } from "../db/new-id.ts";
import type { Pool } from "../db/pool.ts";
import { guardedDownload, type Limits } from "../net/fetch.ts";
import { audioType } from "./audio-type.ts";

/** An hour of WAV from a PBX is 55 MB. */
const largestBytes = 209_715_200;
const downloadSeconds = 100;

/** Where the bytes of a file lie. */
export const pathOf = (directory: string, workspace: WorkspaceId, id: string): string =>
  join(directory, String(workspace), id.slice(-2), id);

/**
 * Copies a recording into our storage, once: asked again, answers with the copy there is. Throws `Unavailable` while there is no recording
 * to be had (a PBX tells of one before it is ready), `Refused` when it is larger than we take.
 */
export async function keepRecording(
  { pool, directory }: { readonly pool: Pool; readonly directory: string },
  { workspace, connection }: { readonly workspace: WorkspaceId; readonly connection: ConnectionId },
  request: OutgoingRequest,
  { days, limits }: { readonly days: number; readonly limits: Limits },
): Promise<KeptFile> {
  const sql = pool.in(workspace);
  const source = createHash("sha256").update(request.url).digest();
  const find = async (): Promise<KeptFile | undefined> => {
    const [row] = await sql.query<KeptFile>({
      name: "file-of",
      text: "select id, type, bytes from hub.file where workspace = $1 and connection = $2 and source = $3",
      values: [workspace, connection, source],
    });
    return row;
  };
  const known = await find();
  if (known) return known;
  const id = newId<string>();
  const path = pathOf(directory, workspace, id);
  const partial = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const { type, bytes, sha256 } = await download(request, partial, limits);
    await rename(partial, path);
    const made = await sql.query({
      text: `insert into hub.file (workspace, id, connection, source, type, bytes, sha256, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7, now() + $8 * interval '1 day') on conflict (workspace, connection, source) do nothing returning id`,
      values: [workspace, id, connection, source, type, bytes, sha256, days],
    });
    if (made.length > 0) return { id, type, bytes };
    // Another process was faster.
    await rm(path, { force: true });
    const theirs = await find();
    if (!theirs) throw new Unavailable("the copy that another process made is gone again");
    return theirs;
  } finally {
    await rm(partial, { force: true });
  }
}

async function download(request: OutgoingRequest, path: string, limits: Limits): Promise<{ type: string; bytes: number; sha256: Buffer }> {
  const hash = createHash("sha256");
  let bytes = 0;
  let head = Buffer.alloc(0);
  const answer = await guardedDownload(request, { ...limits, timeoutSeconds: downloadSeconds });
  // Whatever the far side says is a matter of time here: it must not park the CRM that the call is for.
  if (answer.status !== 200) throw new Unavailable(`there is no recording yet: the answer was ${answer.status}`);
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      if (bytes > largestBytes) throw new Refused(`the recording is larger than ${largestBytes} bytes`);
      if (head.length < 64) head = Buffer.concat([head, chunk.subarray(0, 64)]);
      hash.update(chunk);
      await file.write(chunk);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const type = audioType(head);
  if (type === undefined) throw new Unavailable("there is no recording yet: what came is not a sound file");
  return { type, bytes, sha256: hash.digest() };
}

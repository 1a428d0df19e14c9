import { createHash } from "node:crypto";
import type { Sql } from "@svyazka/crm";
import type { KeyRing } from "../connections/secrets.ts";
import { ApiError } from "./problems.ts";

export interface StoredAnswer {
  readonly status: number;
  readonly answer: unknown;
}

/** A request that never came back within this time has died; its key is free again. */
const abandonedSeconds = 60;

/**
 * The same `Idempotency-Key`, sent again with the same request, gets the same answer, and nothing is done twice.
 * With another request it is refused; while the first is still being worked on, the caller is asked to wait.
 */
export async function once(
  sql: Sql,
  keys: KeyRing,
  key: string,
  request: { route: string; body: unknown },
  act: () => Promise<StoredAnswer>,
): Promise<StoredAnswer> {
  const print = createHash("sha256")
    .update(JSON.stringify([request.route, request.body]))
    .digest("hex");
  const place = `answer ${sql.workspace}/${key}`;
  const [mine] = await sql.query({
    text: `insert into hub.idempotent_answer as a (workspace, key, request) values ($1, $2, $3)
           on conflict (workspace, key) do update set request = excluded.request, at = now()
           where a.status is null and a.at < now() - $4 * interval '1 second'
           returning key`,
    values: [sql.workspace, key, print, abandonedSeconds],
  });
  if (!mine) return answerAgain(sql, keys, key, print, place);
  try {
    const result = await act();
    await sql.query({
      text: "update hub.idempotent_answer set status = $3, answer = $4 where workspace = $1 and key = $2",
      values: [sql.workspace, key, result.status, keys.seal({ answer: JSON.stringify(result.answer ?? null) }, place)],
    });
    return result;
  } catch (error) {
    // Nothing was done: the key may be used for the mended request.
    await sql
      .query({ text: "delete from hub.idempotent_answer where workspace = $1 and key = $2", values: [sql.workspace, key] })
      .catch(() => {});
    throw error;
  }
}

async function answerAgain(sql: Sql, keys: KeyRing, key: string, print: string, place: string): Promise<StoredAnswer> {
  const [stored] = await sql.query<{ request: string; status: number | null; answer: string | null }>({
    text: "select request, status, answer from hub.idempotent_answer where workspace = $1 and key = $2",
    values: [sql.workspace, key],
  });
  if (!stored || stored.status === null)
    throw new ApiError(409, "A request with this Idempotency-Key is still being worked on; try again in a moment");
  if (stored.request !== print) throw new ApiError(422, "This Idempotency-Key was used for another request");
  return { status: stored.status, answer: JSON.parse(keys.open(stored.answer ?? "", place)["answer"] ?? "null") };
}

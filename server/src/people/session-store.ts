import { createHash } from "node:crypto";
import type { SessionStore } from "@fastify/session";
import type { Session } from "fastify";
import type { Pool } from "../db/pool.ts";

declare module "fastify" {
  interface Session {
    /** Who signed in; a session without one is nobody's. */
    person?: { readonly workspace: number; readonly user: number };
  }
}

export const sessionDays = 30;
const hashOf = (id: string): string => createHash("sha256").update(id).digest("hex");

/** Sessions in the database, under the hash of their id: a copy of the database lets nobody in. */
export class DatabaseSessions implements SessionStore {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  set(id: string, session: Session, done: (error?: unknown) => void): void {
    const { person } = session;
    this.#pool.reference
      .query({
        text: `insert into hub.session (id_hash, workspace, user_id, data, expires_at) values ($1, $2, $3, $4, now() + $5 * interval '1 day')
               on conflict (id_hash) do update set workspace = excluded.workspace, user_id = excluded.user_id, data = excluded.data, expires_at = excluded.expires_at`,
        values: [hashOf(id), person?.workspace ?? null, person?.user ?? null, JSON.stringify(session), sessionDays],
      })
      .then(() => done(), done);
  }

  get(id: string, done: (error: unknown, session?: Session | null) => void): void {
    this.#pool.reference
      .query<{ data: Session }>({
        name: "session",
        text: "select data from hub.session where id_hash = $1 and expires_at > now()",
        values: [hashOf(id)],
      })
      .then(([row]) => done(null, row?.data ?? null), done);
  }

  destroy(id: string, done: (error?: unknown) => void): void {
    this.#pool.reference.query({ text: "delete from hub.session where id_hash = $1", values: [hashOf(id)] }).then(() => done(), done);
  }

  /** Every session of a person but, if given, one. */
  async endAll(workspace: number, user: number, butId?: string): Promise<void> {
    await this.#pool.reference.query({
      text: "delete from hub.session where workspace = $1 and user_id = $2 and id_hash <> $3",
      values: [workspace, user, butId === undefined ? "" : hashOf(butId)],
    });
  }
}

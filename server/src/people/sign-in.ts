import { createHash } from "node:crypto";
import type { WorkspaceId } from "@svyazka/core";
import { findSignIn, type Sql, type User } from "@svyazka/crm";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import type { Pool } from "../db/pool.ts";
import { passwordFits } from "./passwords.ts";

/** Too many wrong tries. */
export class TooManyTries extends Error {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super("Too many tries to sign in; wait a little");
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export const emailHash = (email: string): string => createHash("sha256").update(email.trim().toLowerCase()).digest("hex");

/** Lets the hub find the workspace of somebody who signs in. Call it in the transaction that makes or renames the user. */
export async function rememberLogin(sql: Sql, user: Pick<User, "id" | "email">): Promise<void> {
  await sql.query({ text: "delete from hub.login where workspace = $1 and user_id = $2", values: [sql.workspace, user.id] });
  if (user.email === null) return;
  await sql.query({
    text: "insert into hub.login (email_hash, workspace, user_id) values ($1, $2, $3)",
    values: [emailHash(user.email), sql.workspace, user.id],
  });
}

export class SignIn {
  readonly #pool: Pool;
  /** Ten wrong tries for one person in a quarter of an hour, a hundred from one address. */
  readonly #perPerson = new RateLimiterMemory({ points: 10, duration: 900 });
  readonly #perAddress = new RateLimiterMemory({ points: 100, duration: 900 });

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** The person with this e-mail and password; undefined when there is none. Throws `TooManyTries`. */
  async find(email: string, password: string, ip: string, subdomain?: string): Promise<{ workspace: WorkspaceId; user: User } | undefined> {
    await this.#spend(email, ip);
    const places = await this.places(email, subdomain);
    if (places.length === 0) await passwordFits(undefined, password);
    for (const { workspace } of places) {
      const found = await findSignIn(this.#pool.in(workspace), email);
      if ((await passwordFits(found?.passwordHash, password)) && found?.active) {
        await this.#perPerson.delete(emailHash(email));
        const { passwordHash: _, ...user } = found;
        return { workspace, user };
      }
    }
    return undefined;
  }

  /** Where somebody of this e-mail works. */
  places(email: string, subdomain?: string): Promise<{ workspace: WorkspaceId; user: number }[]> {
    return this.#pool.reference.query({
      text: `select l.workspace, l.user_id as user from hub.login l join hub.workspace w on w.id = l.workspace
             where l.email_hash = $1 and ($2::text is null or w.subdomain = $2) order by l.workspace limit 20`,
      values: [emailHash(email), subdomain ?? null],
    });
  }

  async #spend(email: string, ip: string): Promise<void> {
    try {
      await this.#perAddress.consume(ip);
      await this.#perPerson.consume(emailHash(email));
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) throw new TooManyTries(Math.ceil(refusal.msBeforeNext / 1000));
      throw refusal;
    }
  }
}

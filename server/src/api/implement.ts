import type { AnswerOf, BodyOf, ParamsOf, QueryOf, Route, Scope } from "@svyazka/contract";
import type { Workspace } from "@svyazka/core";
import type { Sql } from "@svyazka/crm";
import type { FastifyRequest } from "fastify";

/** Who is calling: a token or a person, always in one workspace. */
export interface Caller {
  readonly workspace: Workspace;
  readonly scopes: ReadonlySet<Scope>;
  /** The person behind the call; a token has none. */
  readonly userId?: number;
  /** Of a limited manager: the users whose records they may see and change, themselves among them. */
  readonly sees?: readonly number[] | undefined;
  /** For the history of changes: `user:5`, `token:12`, `operator`. */
  readonly name: string;
}

export interface Call<R extends Route> {
  readonly params: ParamsOf<R>;
  readonly query: QueryOf<R>;
  readonly body: BodyOf<R>;
  readonly caller: Caller;
  /** The database in the caller's workspace. */
  readonly sql: Sql;
  /** The `Idempotency-Key` header: the same key, sent again, must change nothing and answer the same. */
  readonly idempotencyKey?: string;
  /** Versions of the `If-Match` header: the record is changed only while it is at one of them. */
  readonly ifMatch?: readonly string[] | undefined;
  readonly ip: string;
  /** For the few routes that work on the session. */
  readonly request: FastifyRequest;
}

export interface Implementation {
  readonly route: Route;
  handle(call: Call<Route>): Promise<unknown>;
}

/** Ties a route of the contract to what answers it. */
export const implement = <R extends Route>(route: R, handle: (call: Call<R>) => Promise<AnswerOf<R>>): Implementation => ({
  route,
  // The route's own schemas have been checked by the time it is called.
  handle: handle as unknown as Implementation["handle"],
});

import { type Scope, scopes } from "@svyazka/contract";
import type { Workspace, WorkspaceId } from "@svyazka/core";
import { getUser, recordsSeenBy, type User } from "@svyazka/crm";
import type { FastifyRequest } from "fastify";
import { hashToken, sameSecret } from "../connections/secrets.ts";
import type { Hub } from "../hub.ts";
import type { Caller } from "./implement.ts";
import { ApiError } from "./problems.ts";

const workspaceScopes: readonly Scope[] = scopes.filter((scope) => scope !== "operator");

const roleScopes: Readonly<Record<User["role"], readonly Scope[]>> = {
  administrator: workspaceScopes,
  manager: ["crm:read", "crm:write"],
  "read-only": ["crm:read"],
};

/** What somebody of this role may do. */
export const scopesOf = (role: User["role"]): ReadonlySet<Scope> => new Set(roleScopes[role]);

/** The operator without a workspace: may make and list them, and sees no rows of any. */
const nowhere: Workspace = {
  id: 0 as WorkspaceId,
  subdomain: "",
  name: "",
  country: "RU",
  timeZone: "UTC",
  language: "en",
  currency: "RUB",
};

/** How long a token that was good stays good without asking again; a revocation is told to every process at once. */
const rememberMs = 10_000;
const lastUsedMs = 60_000;
const maxRemembered = 10_000;

export const tokenPrefix = (workspace: WorkspaceId): string => `svz_${workspace}_`;

/** Finds out who is calling: the operator's token, an API token of a workspace, or the session of a person. */
export class Authentication {
  readonly #hub: Hub;
  readonly #remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();
  readonly #operatorToken: string;
  readonly #used = new Map<string, number>();

  constructor(hub: Hub) {
    this.#hub = hub;
    this.#operatorToken = hub.keys.operatorToken;
    hub.bus.on((message) => {
      if (message.kind === "tokens" || message.kind === "directory") this.#remembered.clear();
    });
    hub.bus.onReconnect(() => this.#remembered.clear());
  }

  /** For routes that are open to all. */
  readonly nobody: Caller = { workspace: nowhere, scopes: new Set(), name: "nobody" };

  /** Undefined when nobody is. Throws `ApiError` when the credentials are wrong. */
  async callerOf(request: FastifyRequest): Promise<Caller | undefined> {
    const header = request.headers.authorization;
    if (header === undefined) return this.#person(request);
    const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
    if (token === undefined) throw new ApiError(401, "The Authorization header must be: Bearer <token>");
    const known = this.#remembered.get(token);
    if (known && known.until > Date.now()) return known.caller;
    if (token.startsWith("svo_") && sameSecret(token, this.#operatorToken)) return this.#operator(request);
    const caller = await this.#token(token);
    if (!caller) throw new ApiError(401, "This token is unknown or revoked");
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.set(token, { caller, until: Date.now() + rememberMs });
    return caller;
  }

  /** As `callerOf`, for a request that is still open: a session that has ended since is nobody's. */
  async again(request: FastifyRequest): Promise<Caller | undefined> {
    const { authorization } = request.headers;
    if (authorization === undefined) await request.session.reload();
    else this.#remembered.delete(/^Bearer\s+(\S+)$/i.exec(authorization)?.[1] ?? "");
    return this.callerOf(request);
  }

  async #token(token: string): Promise<Caller | undefined> {
    const workspace = Number(/^svz_(\d{1,15})_/.exec(token)?.[1] ?? Number.NaN) as WorkspaceId;
    if (Number.isNaN(workspace)) return undefined;
    const hash = hashToken(token);
    const sql = this.#hub.pool.in(workspace);
    const [row] = await sql.query<{ id: number; scopes: Scope[] }>({
      name: "token",
      text: "select id, scopes from hub.api_token where workspace = $1 and hash = $2 and revoked_at is null",
      values: [workspace, hash],
    });
    if (!row) return undefined;
    if ((this.#used.get(hash) ?? 0) < Date.now() - lastUsedMs) {
      this.#used.set(hash, Date.now());
      await sql.query({
        text: "update hub.api_token set last_used_at = now() where workspace = $1 and id = $2",
        values: [workspace, row.id],
      });
    }
    const view = await this.#hub.registry.view(workspace);
    return { workspace: view.workspace, scopes: new Set(row.scopes), name: `token:${row.id}` };
  }

  async #operator(request: FastifyRequest): Promise<Caller> {
    const named = request.headers["svyazka-workspace"];
    if (named === undefined) return { workspace: nowhere, scopes: new Set(["operator"]), name: "operator" };
    const [row] = await this.#hub.pool.reference.query<{ id: WorkspaceId }>({
      text: "select id from hub.workspace where subdomain = $1 or id::text = $1",
      values: [String(named)],
    });
    if (!row) throw new ApiError(404, `There is no workspace "${String(named)}"`);
    return { workspace: (await this.#hub.registry.view(row.id)).workspace, scopes: new Set(scopes), name: "operator" };
  }

  async #person(request: FastifyRequest): Promise<Caller | undefined> {
    const { person } = request.session;
    if (!person) return undefined;
    // Cookies go along with requests that other sites make a browser send: those that change something must come from our own pages.
    const { origin } = request.headers;
    if (request.method !== "GET" && request.method !== "HEAD" && origin !== undefined && URL.parse(origin)?.host !== request.host) {
      throw new ApiError(403, "A request with a session must come from the hub's own pages");
    }
    const workspace = person.workspace as WorkspaceId;
    const view = await this.#hub.registry.view(workspace);
    const sql = this.#hub.pool.in(workspace);
    const user = await getUser(sql, person.user).catch(() => undefined);
    if (!user?.active) return undefined;
    return {
      workspace: view.workspace,
      scopes: scopesOf(user.role),
      userId: user.id,
      sees: await recordsSeenBy(sql, user),
      name: `user:${user.id}`,
    };
  }
}

import type { Route } from "@svyazka/contract";
import type { Sql } from "@svyazka/crm";
import { newId } from "../db/new-id.ts";
import { storableJson } from "../db/storable.ts";
import type { Call } from "./implement.ts";
import { problemOf } from "./problems.ts";

/** One thing that somebody did, or tried to do, about the workspace itself. */
export interface AuditEntry {
  readonly actor: string;
  readonly user: number | undefined;
  readonly ip: string;
  readonly action: string;
  readonly params?: unknown;
  readonly body?: unknown;
  readonly status: number;
  readonly detail?: string | undefined;
}

/** Records have a history of their own. */
const recordTags: ReadonlySet<string> = new Set([
  "Contacts, companies, deals",
  "Tasks and notes",
  "Calls",
  "Conversations",
  "Many at once",
  "Saved views",
]);
/** They change nothing, or tell of it themselves, since nobody is signed in before. */
const otherwise: ReadonlySet<string> = new Set(["previewJournal", "signIn", "acceptInvitation", "acceptReset", "setUp", "createWorkspace"]);

/** Whether what this route does is written down: every change but to records; exports and merges, too. */
export const isAudited = ({ id, method, tag }: Route): boolean =>
  !otherwise.has(id) && (id.startsWith("export") || (method !== "GET" && !recordTags.has(tag)));

/** Members whose values say what was done and are never secret. */
const told: ReadonlySet<string> = new Set([
  ...["name", "email", "role", "active", "record_access", "group", "state", "scopes", "action", "vendor", "kind", "subdomain"],
  ...["enabled", "type", "format", "entity", "allow_private_addresses", "keep_hours", "url", "from", "into", "direction", "into_filled"],
  ...["choice", "version"],
]);
const longestValue = 200;

export async function writeAudit(sql: Sql, { actor, user, ip, action, params, body, status, detail }: AuditEntry): Promise<void> {
  const given = isTree(body) ? body : {};
  await sql.query({
    text: `insert into hub.audit (workspace, id, actor, user_id, ip, action, params, members, given, status, detail)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    values: [
      sql.workspace,
      newId(),
      actor,
      user ?? null,
      ip,
      action,
      storableJson(params ?? {}),
      membersOf(given).map((member) => member.replaceAll("\0", "").toWellFormed()),
      storableJson(valuesOf(given)),
      status,
      detail?.slice(0, 500).replaceAll("\0", "") ?? null,
    ],
  });
}

/** Writes down what a route did, in the same request; a preference of one's own is nobody's business. */
export function audited(route: Route, status: number, handle: (call: Call<Route>) => Promise<unknown>): typeof handle {
  if (!isAudited(route)) return handle;
  return async (call) => {
    const { caller, sql, ip, params, body } = call;
    const write = (status: number, detail?: string) =>
      // The operator without a workspace leaves no trace in any.
      (sql.workspace as number) === 0 || isOwnTaste(route, body)
        ? Promise.resolve()
        : writeAudit(sql, { actor: caller.name, user: caller.userId, ip, action: route.id, params, body, status, detail });
    try {
      const answer = await handle(call);
      await write(status);
      return answer;
    } catch (error) {
      const { status, detail } = problemOf(error);
      // Whatever it was matters more than that it could not be written down.
      await write(status, detail).catch(() => {});
      throw error;
    }
  };
}

const isOwnTaste = ({ id }: Route, body: unknown): boolean =>
  id === "changeProfile" && isTree(body) && Object.keys(body).every((name) => name === "preferences");

/** Names two levels deep: `role`, `settings.url`. */
const membersOf = (body: Record<string, unknown>): string[] =>
  Object.entries(body)
    .flatMap(([name, value]) => (isTree(value) ? Object.keys(value).map((inner) => `${name}.${inner}`) : [name]))
    .slice(0, 100);

const valuesOf = (body: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(body).filter(([name, value]) => told.has(name) && JSON.stringify(value ?? null).length <= longestValue),
  );

const isTree = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

import { type NewWorkspace, scopes } from "@svyazka/contract";
import { isCountry, type Workspace, type WorkspaceId } from "@svyazka/core";
import { createDefaults, createUser, Invalid, type Sql } from "@svyazka/crm";
import { addConnection } from "../connections/manage.ts";
import { readWorkspace, type WorkspaceRow } from "../connections/registry.ts";
import { hashToken, newToken } from "../connections/secrets.ts";
import { tell } from "../db/bus.ts";
import type { Hub } from "../hub.ts";
import { hashPassword } from "./passwords.ts";
import { rememberLogin } from "./sign-in.ts";

const allScopes = scopes.filter((scope) => scope !== "operator");

/** A workspace with its first administrator, its built-in CRM and a token with all scopes. Throws `Invalid` when the subdomain is taken. */
export async function createWorkspace(hub: Hub, draft: NewWorkspace): Promise<{ id: WorkspaceId; subdomain: string; api_token: string }> {
  const { country = "RU", time_zone: timeZone = "Europe/Moscow", language = "ru", currency = "RUB" } = draft;
  checkPlace(country, timeZone);
  const passwordHash = await hashPassword(draft.admin_password);
  const [row] = await hub.pool.reference.query<WorkspaceRow>({
    text: `insert into hub.workspace (subdomain, name, country, time_zone, language, currency) values ($1, $2, $3, $4, $5, $6)
           on conflict (subdomain) do nothing returning *`,
    values: [draft.subdomain, draft.name, country, timeZone, language, currency],
  });
  if (!row) throw new Invalid({ subdomain: [`"${draft.subdomain}" is taken`] });
  const workspace = readWorkspace(row);
  const sql = hub.pool.in(workspace.id);
  try {
    return await sql.transaction(async (sql) => {
      await createDefaults(sql, { language, currency });
      const admin = await createUser(sql, {
        name: draft.admin_name ?? draft.admin_email,
        email: draft.admin_email,
        role: "administrator",
        language,
        passwordHash,
      });
      await rememberLogin(sql, admin);
      await addConnection(hub, sql, workspace, { vendor: "crm" });
      const { token } = await createToken(sql, "First token", allScopes);
      return { id: workspace.id, subdomain: workspace.subdomain, api_token: token };
    });
  } catch (error) {
    await hub.pool.reference.query({ text: "delete from hub.workspace where id = $1", values: [workspace.id] });
    throw error;
  }
}

export async function changeWorkspace(
  hub: Hub,
  workspace: Workspace,
  changes: Partial<Pick<NewWorkspace, "name" | "country" | "time_zone" | "language" | "currency">>,
): Promise<WorkspaceRow> {
  checkPlace(changes.country ?? workspace.country, changes.time_zone ?? workspace.timeZone);
  const [row] = await hub.pool.reference.query<WorkspaceRow>({
    text: `update hub.workspace set name = coalesce($2, name), country = coalesce($3, country), time_zone = coalesce($4, time_zone),
             language = coalesce($5, language), currency = coalesce($6, currency) where id = $1 returning *`,
    values: [
      workspace.id,
      changes.name ?? null,
      changes.country ?? null,
      changes.time_zone ?? null,
      changes.language ?? null,
      changes.currency ?? null,
    ],
  });
  if (!row) throw new Error("a workspace cannot vanish");
  await tell(hub.pool.in(workspace.id), { kind: "connections", workspace: workspace.id });
  hub.registry.forget(workspace.id);
  return row;
}

/** The token itself is not kept. */
export async function createToken(
  sql: Sql,
  name: string,
  tokenScopes: readonly string[],
): Promise<{ id: number; token: string; createdAt: Date }> {
  const token = newToken(`svz_${sql.workspace}_`);
  const [row] = await sql.query<{ id: number; created_at: Date }>({
    text: "insert into hub.api_token (workspace, name, hash, scopes) values ($1, $2, $3, $4) returning id, created_at",
    values: [sql.workspace, name, hashToken(token), tokenScopes],
  });
  if (!row) throw new Error("an inserted token must come back");
  return { id: row.id, token, createdAt: row.created_at };
}

function checkPlace(country: string, timeZone: string): void {
  const errors: Record<string, string[]> = {};
  if (!isCountry(country)) errors["country"] = [`"${country}" is not a country code`];
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    errors["time_zone"] = [`"${timeZone}" is not a time zone`];
  }
  if (Object.keys(errors).length > 0) throw new Invalid(errors);
}

import type { WorkspaceId } from "@svyazka/core";
import { getUser, Invalid, NotFound, type Sql, type User, updateUser } from "@svyazka/crm";
import { hashToken, newToken } from "../connections/secrets.ts";

export type InvitationKind = "invitation" | "reset";

/** How long a link is good: a newcomer may be away, whoever lost a password is waiting. */
const days: Readonly<Record<InvitationKind, number>> = { invitation: 7, reset: 1 };

export interface InvitationRow {
  readonly id: number;
  readonly kind: InvitationKind;
  readonly user: number;
  readonly user_name: string;
  readonly email: string | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date;
  readonly expired: boolean;
}

/** A code to choose a password with; those from before are worth nothing. Only its hash is kept. Throws `Invalid` for somebody who is switched off. */
export async function invite(
  sql: Sql,
  user: number,
  kind: InvitationKind,
  by: string,
): Promise<{ readonly code: string; readonly expiresAt: Date }> {
  const { active, name, email } = await getUser(sql, user);
  if (!active) throw new Invalid({ id: [`${name} is switched off`] });
  if (email === null) throw new Invalid({ id: [`${name} has no e-mail to sign in with`] });
  const code = newToken(`svi_${sql.workspace}_`);
  return sql.transaction(async (sql) => {
    await withdrawAll(sql, user);
    const [row] = await sql.query<{ expires_at: Date }>({
      text: `insert into hub.invitation (workspace, hash, user_id, kind, created_by, expires_at)
             values ($1, $2, $3, $4, $5, now() + $6 * interval '1 day') returning expires_at`,
      values: [sql.workspace, hashToken(code), user, kind, by, days[kind]],
    });
    if (!row) throw new Error("an inserted invitation must come back");
    return { code, expiresAt: row.expires_at };
  });
}

/** Uses a code up and sets the password; undefined when it is used, withdrawn, out of date, or its user switched off. */
export async function useInvitation(sql: Sql, code: string, passwordHash: string): Promise<User | undefined> {
  return sql.transaction(async (sql) => {
    const [used] = await sql.query<{ user_id: number }>({
      text: `update hub.invitation i set used_at = now() where workspace = $1 and hash = $2 and used_at is null and expires_at > now()
               and exists (select from crm.user_account u where u.workspace = $1 and u.id = i.user_id and u.active) returning user_id`,
      values: [sql.workspace, hashToken(code)],
    });
    if (!used) return undefined;
    await withdrawAll(sql, used.user_id);
    return updateUser(sql, used.user_id, { passwordHash });
  });
}

/** The workspace that a code names; nobody's when it names none. */
export const workspaceOfCode = (code: string): WorkspaceId => Number(/^svi_(\d{1,15})_/.exec(code)?.[1] ?? 0) as WorkspaceId;

/** Those nobody has used, newest first, behind `before`. */
export const openInvitations = (sql: Sql, { before, limit }: { before: number | null; limit: number }): Promise<InvitationRow[]> =>
  sql.query({
    text: `select i.id, i.kind, i.user_id as user, u.name as user_name, u.email, i.created_at, i.created_by, i.expires_at, i.expires_at <= now() as expired
           from hub.invitation i join crm.user_account u on u.workspace = i.workspace and u.id = i.user_id
           where i.workspace = $1 and i.used_at is null and ($2::bigint is null or i.id < $2) order by i.id desc limit $3`,
    values: [sql.workspace, before, limit],
  });

/** Throws `NotFound` when it is used or withdrawn. */
export async function getInvitation(sql: Sql, id: number): Promise<{ readonly user: number; readonly kind: InvitationKind }> {
  const [row] = await sql.query<{ user: number; kind: InvitationKind }>({
    text: "select user_id as user, kind from hub.invitation where workspace = $1 and id = $2 and used_at is null",
    values: [sql.workspace, id],
  });
  if (!row) throw new NotFound("invitation", id);
  return row;
}

export async function withdraw(sql: Sql, id: number): Promise<void> {
  const rows = await sql.query({
    text: "delete from hub.invitation where workspace = $1 and id = $2 and used_at is null returning id",
    values: [sql.workspace, id],
  });
  if (rows.length === 0) throw new NotFound("invitation", id);
}

/** Every link of a person that nobody has used. */
export async function withdrawAll(sql: Sql, user: number): Promise<void> {
  await sql.query({
    text: "delete from hub.invitation where workspace = $1 and user_id = $2 and used_at is null",
    values: [sql.workspace, user],
  });
}

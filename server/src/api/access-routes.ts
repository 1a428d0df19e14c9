import * as contract from "@svyazka/contract";
import { scopes } from "@svyazka/contract";
import {
  createUser,
  getUser,
  Invalid,
  listUsers,
  NotFound,
  type RecordAccess,
  type User,
  type UserChanges,
  updateUser,
} from "@svyazka/crm";
import { tell } from "../db/bus.ts";
import type { Hub } from "../hub.ts";
import { getInvitation, invite, openInvitations, withdraw, withdrawAll } from "../people/invitations.ts";
import { hashPassword } from "../people/passwords.ts";
import { userPhone } from "../people/phone.ts";
import type { DatabaseSessions } from "../people/session-store.ts";
import { rememberLogin } from "../people/sign-in.ts";
import { createToken } from "../people/workspaces.ts";
import { type Implementation, implement } from "./implement.ts";
import { limitOf, numberCursor, page } from "./pages.ts";

export function accessRoutes(hub: Hub, sessions: DatabaseSessions): readonly Implementation[] {
  return [
    implement(contract.listUsers, async ({ query, sql }) => {
      const users = await listUsers(sql, {
        after: numberCursor(query),
        limit: limitOf(query) + 1,
        ...(query.active !== undefined && { active: query.active }),
      });
      return page(users, query, (user) => user.id, presentUser);
    }),

    implement(contract.getUser, async ({ params, sql }) => presentUser(await getUser(sql, params.id))),

    implement(contract.addUser, async ({ body, sql, caller }) => {
      const { password, own_records_only, record_access, ...rest } = body;
      const passwordHash = password === undefined ? null : await hashPassword(password);
      return sql.transaction(async (sql) => {
        const user = await createUser(sql, {
          ...rest,
          ...(rest.phone !== undefined && { phone: userPhone(rest.phone, caller.workspace) }),
          ...recordAccess(record_access, own_records_only),
          passwordHash,
        });
        await rememberLogin(sql, user);
        const made = password === undefined ? await invite(sql, user.id, "invitation", caller.name) : undefined;
        return { ...presentUser(user), invitation_url: made ? linkOf(hub, made.code) : null };
      });
    }),

    implement(contract.changeUser, async ({ params, body, sql, caller }) => {
      if (caller.userId === params.id && (body.active === false || (body.role !== undefined && body.role !== "administrator"))) {
        throw new Invalid({ [body.active === false ? "active" : "role"]: ["you cannot take your own access away"] });
      }
      const { own_records_only, record_access, ...rest } = body;
      const changes: UserChanges = {
        ...rest,
        ...(rest.phone !== undefined && { phone: userPhone(rest.phone, caller.workspace) }),
        ...recordAccess(record_access, own_records_only),
      };
      const user = await sql.transaction(async (sql) => {
        const changed = await updateUser(sql, params.id, changes);
        if (body.email !== undefined) await rememberLogin(sql, changed);
        if (!changed.active) await withdrawAll(sql, changed.id);
        return changed;
      });
      if (!user.active) await sessions.endAll(sql.workspace, user.id);
      return presentUser(user);
    }),

    implement(contract.listInvitations, async ({ query, sql }) => {
      const before = query.cursor === undefined ? null : numberCursor(query);
      const rows = await openInvitations(sql, { before, limit: limitOf(query) + 1 });
      return page(
        rows,
        query,
        (row) => row.id,
        (row) => ({ ...row, created_at: row.created_at.toISOString(), expires_at: row.expires_at.toISOString() }),
      );
    }),

    implement(contract.renewInvitation, async ({ params, caller, sql }) => {
      const { user, kind } = await getInvitation(sql, params.id);
      return presentLink(hub, await invite(sql, user, kind, caller.name));
    }),

    implement(contract.withdrawInvitation, async ({ params, sql }) => {
      await withdraw(sql, params.id);
      return undefined;
    }),

    implement(contract.resetPassword, async ({ params, caller, sql }) =>
      presentLink(hub, await invite(sql, params.id, "reset", caller.name)),
    ),

    implement(contract.listTokens, async ({ query, sql }) => {
      const rows = await sql.query<TokenRow>({
        text: "select id, name, scopes, created_at, last_used_at, revoked_at from hub.api_token where workspace = $1 and id > $2 order by id limit $3",
        values: [sql.workspace, numberCursor(query), limitOf(query) + 1],
      });
      return page(rows, query, (row) => row.id, presentToken);
    }),

    implement(contract.createToken, async ({ body, sql, caller }) => {
      const wanted = body.scopes ?? scopes.filter((scope) => scope !== "operator");
      const beyond = wanted.filter((scope) => !caller.scopes.has(scope));
      if (beyond.length > 0 && caller.name !== "operator")
        throw new Invalid({ scopes: [`you cannot give what you do not have: ${beyond.join(", ")}`] });
      const made = await createToken(sql, body.name, wanted);
      return {
        id: made.id,
        name: body.name,
        scopes: [...wanted],
        created_at: made.createdAt.toISOString(),
        last_used_at: null,
        revoked_at: null,
        api_token: made.token,
      };
    }),

    implement(contract.revokeToken, async ({ params, sql }) => {
      const rows = await sql.query({
        text: "update hub.api_token set revoked_at = coalesce(revoked_at, now()) where workspace = $1 and id = $2 returning id",
        values: [sql.workspace, params.id],
      });
      if (rows.length === 0) throw new NotFound("token", params.id);
      await tell(sql, { kind: "tokens", workspace: sql.workspace });
      return undefined;
    }),
  ];
}

/** The code stands behind "#": it is never sent in an address. */
const linkOf = (hub: Hub, code: string): string => `${hub.publicUrl()}/invitation#${code}`;

const presentLink = (hub: Hub, { code, expiresAt }: { readonly code: string; readonly expiresAt: Date }) => ({
  url: linkOf(hub, code),
  expires_at: expiresAt.toISOString(),
});

interface TokenRow {
  readonly id: number;
  readonly name: string;
  readonly scopes: string[];
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
}

const presentToken = (row: TokenRow) => ({
  ...row,
  created_at: row.created_at.toISOString(),
  last_used_at: row.last_used_at?.toISOString() ?? null,
  revoked_at: row.revoked_at?.toISOString() ?? null,
});

/** The older member says less; where both are given, the newer one holds. */
function recordAccess(given: RecordAccess | undefined, ownOnly: boolean | undefined): { readonly recordAccess?: RecordAccess } {
  if (given !== undefined) return { recordAccess: given };
  return ownOnly === undefined ? {} : { recordAccess: ownOnly ? "own" : "all" };
}

export const presentUser = (user: User): contract.UserShape => ({
  id: user.id,
  name: user.name,
  email: user.email,
  phone: user.phone,
  avatar: user.avatar,
  role: user.role,
  record_access: user.recordAccess,
  own_records_only: user.recordAccess === "own",
  group: user.group,
  active: user.active,
  language: user.language,
  created_at: user.createdAt.toISOString(),
  updated_at: user.updatedAt.toISOString(),
});

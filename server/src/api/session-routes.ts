import * as contract from "@svyazka/contract";
import type { Workspace, WorkspaceId } from "@svyazka/core";
import { findSignIn, getUser, Invalid, type Sql, type UserChanges, updateUser } from "@svyazka/crm";
import type { FastifyRequest } from "fastify";
import type { Hub } from "../hub.ts";
import { useInvitation, workspaceOfCode } from "../people/invitations.ts";
import { hashPassword, passwordFits } from "../people/passwords.ts";
import { userPhone } from "../people/phone.ts";
import { changePreferences, readPreferences } from "../people/preferences.ts";
import type { DatabaseSessions } from "../people/session-store.ts";
import type { SignIn } from "../people/sign-in.ts";
import { version } from "../version.ts";
import { presentUser } from "./access-routes.ts";
import { writeAudit } from "./audit.ts";
import { scopesOf } from "./authenticate.ts";
import { type Caller, type Implementation, implement } from "./implement.ts";
import { ApiError } from "./problems.ts";

/** Signing in and out, and what people set up for themselves. */
export function sessionRoutes(hub: Hub, signIn: SignIn, sessions: DatabaseSessions): readonly Implementation[] {
  const present = async (sql: Sql, { name, userId, workspace, scopes }: Pick<Caller, "name" | "userId" | "workspace" | "scopes">) => ({
    name,
    user: userId === undefined ? null : { ...presentUser(await getUser(sql, userId)), preferences: await readPreferences(sql, userId) },
    workspace: presentWorkspace(workspace),
    hub: { version, public_url: hub.publicUrl() },
    scopes: [...scopes],
  });
  /** A new session id for every sign-in: an id somebody planted before is worth nothing. */
  const enter = async (request: FastifyRequest, workspace: WorkspaceId, userId: number, action: string) => {
    await request.session.regenerate();
    request.session.person = { workspace, user: userId };
    await request.session.save();
    const sql = hub.pool.in(workspace);
    await writeAudit(sql, { actor: `user:${userId}`, user: userId, ip: request.ip, action, status: 200 });
    const view = await hub.registry.view(workspace);
    const scopes = scopesOf((await getUser(sql, userId)).role);
    return present(sql, { name: `user:${userId}`, userId, workspace: view.workspace, scopes });
  };

  return [
    implement(contract.signIn, async ({ body, ip, request }) => {
      const found = await signIn.find(body.email, body.password, ip, body.workspace);
      if (found) return enter(request, found.workspace, found.user.id, "signIn");
      for (const { workspace, user } of await signIn.places(body.email, body.workspace))
        await writeAudit(hub.pool.in(workspace), { actor: "nobody", user, ip, action: "signIn", status: 401 });
      throw new ApiError(401, "The e-mail or the password is wrong");
    }),

    implement(contract.signOut, async ({ request }) => {
      await request.session.destroy();
      return undefined;
    }),

    implement(contract.whoAmI, ({ caller, sql }) => present(sql, caller)),

    implement(contract.changeProfile, async ({ body, caller, sql }) => {
      const user = personOf(caller, "profile");
      const { preferences, phone, ...rest } = body;
      const changes: UserChanges = { ...rest, ...(phone !== undefined && { phone: userPhone(phone, caller.workspace) }) };
      await sql.transaction(async (sql) => {
        if (preferences) await changePreferences(sql, user, preferences);
        if (Object.keys(changes).length > 0) await updateUser(sql, user, changes);
      });
      return present(sql, caller);
    }),

    implement(contract.changePassword, async ({ body, caller, sql, request }) => {
      const user = personOf(caller, "password");
      const { email } = await getUser(sql, user);
      const stored = email === null ? undefined : await findSignIn(sql, email);
      if (!(await passwordFits(stored?.passwordHash, body.current))) throw new Invalid({ current: ["is not your password"] });
      await updateUser(sql, user, { passwordHash: await hashPassword(body.password) });
      await sessions.endAll(sql.workspace, user, request.session.sessionId);
      return undefined;
    }),

    implement(contract.acceptInvitation, async ({ body, request }) => {
      const workspace = workspaceOfCode(body.code);
      const user = await useInvitation(hub.pool.in(workspace), body.code, await hashPassword(body.password));
      if (!user) throw new ApiError(403, "This invitation is used, withdrawn or out of date; ask for a new one");
      await sessions.endAll(workspace, user.id);
      return enter(request, workspace, user.id, "acceptInvitation");
    }),
  ];
}

/** The person who calls. Throws `ApiError` for a program: it has none of `what`. */
export function personOf({ userId }: Caller, what: string): number {
  if (userId === undefined) throw new ApiError(403, `A token has no ${what}: sign in as a person`);
  return userId;
}

const presentWorkspace = ({ id, subdomain, name, country, timeZone, language, currency }: Workspace) => ({
  id,
  subdomain,
  name,
  country,
  time_zone: timeZone,
  language,
  currency,
});

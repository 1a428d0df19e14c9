import { idFor } from "./brought-id.ts";
import { directoryChanged } from "./directory-changed.ts";
import { Invalid, NotFound } from "./errors.ts";
import type { Sql } from "./sql.ts";

export const roles = ["administrator", "manager", "read-only"] as const;
export type Role = (typeof roles)[number];

export const recordAccesses = ["own", "group", "all"] as const;
export type RecordAccess = (typeof recordAccesses)[number];

/** A person who works here. How they sign in is not part of it. */
export interface User {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  /** E.164. */
  readonly phone: string | null;
  readonly avatar: string | null;
  readonly role: Role;
  /** Sees and changes only the deals of their own, or of their group, with what belongs to them. Administrators see all of them. */
  readonly recordAccess: RecordAccess;
  readonly group: number | null;
  readonly active: boolean;
  readonly language: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface UserDraft {
  /** When they are made: an id that is free here. */
  readonly id?: number | undefined;
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly phone?: string | null | undefined;
  readonly avatar?: string | null | undefined;
  readonly role: Role;
  readonly recordAccess?: RecordAccess | undefined;
  readonly group?: number | null | undefined;
  readonly active?: boolean | undefined;
  readonly language?: string | undefined;
  readonly passwordHash?: string | null | undefined;
}
export type UserChanges = Partial<Omit<UserDraft, "id">>;

const columns = `id, name, email, phone, avatar, role, record_access as "recordAccess", user_group as "group", active, language,
  created_at as "createdAt", updated_at as "updatedAt"`;
const columnOf: Readonly<Record<keyof UserChanges, string>> = {
  name: "name",
  email: "email",
  phone: "phone",
  avatar: "avatar",
  role: "role",
  recordAccess: "record_access",
  group: "user_group",
  active: "active",
  language: "language",
  passwordHash: "password_hash",
};

/** Everyone who works or worked here, by name; `after` continues behind that id, ordered by id. */
export const listUsers = (
  sql: Sql,
  { after = 0, limit = 1000, active }: { after?: number; limit?: number; active?: boolean } = {},
): Promise<User[]> =>
  sql.query<User>({
    text: `select ${columns} from crm.user_account where workspace = $1 and id > $2 and ($3::boolean is null or active = $3) order by id limit $4`,
    values: [sql.workspace, after, active ?? null, limit],
  });

/** Throws `NotFound`. */
export async function getUser(sql: Sql, id: number): Promise<User> {
  const [user] = await sql.query<User>({
    text: `select ${columns} from crm.user_account where workspace = $1 and id = $2`,
    values: [sql.workspace, id],
  });
  if (!user) throw new NotFound("user", id);
  return user;
}

/**
 * The users whose records this one sees, as `Reader.sees`; undefined for all. Somebody without a group is a group of one; those who have left
 * stay in theirs, so that their records do too.
 */
export async function recordsSeenBy(sql: Sql, { id, role, recordAccess, group }: User): Promise<readonly number[] | undefined> {
  if (role === "administrator" || recordAccess === "all") return undefined;
  if (recordAccess === "own" || group === null) return [id];
  const rows = await sql.query<{ id: number }>({
    name: "crm-group",
    text: "select id from crm.user_account where workspace = $1 and user_group = $2 order by id",
    values: [sql.workspace, group],
  });
  return rows.map((row) => row.id);
}

/** Who signs in by this e-mail, in any case, with the hash to check the password against. For sign-in only. */
export async function findSignIn(sql: Sql, email: string): Promise<(User & { readonly passwordHash: string | null }) | undefined> {
  const [user] = await sql.query<User & { passwordHash: string | null }>({
    text: `select ${columns}, password_hash as "passwordHash" from crm.user_account where workspace = $1 and lower(email) = lower($2)`,
    values: [sql.workspace, email],
  });
  return user;
}

/** Throws `Invalid` when somebody else has this e-mail or id, or there is no such group. */
export async function createUser(sql: Sql, draft: UserDraft): Promise<User> {
  return inDirectory(sql, async (sql) => {
    const said = given(draft);
    const names = ["id", ...said.names];
    const values = [await idFor(sql, "user_account", draft.id), ...said.values];
    const [user] = await sql.query<User>({
      text: `insert into crm.user_account (workspace, ${names.join(", ")}) values ($1, ${names.map((_, index) => `$${index + 2}`).join(", ")}) returning ${columns}`,
      values: [sql.workspace, ...values],
    });
    if (!user) throw new Error("an inserted user must come back");
    return user;
  });
}

/** Changes only what is given. Throws `NotFound`, and `Invalid` as `createUser` does. */
export async function updateUser(sql: Sql, id: number, changes: UserChanges): Promise<User> {
  const { names, values } = given(changes);
  if (names.length === 0) return getUser(sql, id);
  return inDirectory(sql, async (sql) => {
    const [user] = await sql.query<User>({
      text: `update crm.user_account set ${names.map((name, index) => `${name} = $${index + 3}`).join(", ")}, updated_at = statement_timestamp()
        where workspace = $1 and id = $2 returning ${columns}`,
      values: [sql.workspace, id, ...values],
    });
    if (!user) throw new NotFound("user", id);
    return user;
  });
}

function given(draft: UserChanges): { names: string[]; values: unknown[] } {
  const members = Object.keys(columnOf).filter((name): name is keyof UserChanges => draft[name as keyof UserChanges] !== undefined);
  return { names: members.map((name) => columnOf[name]), values: members.map((name) => draft[name]) };
}

async function inDirectory(sql: Sql, write: (sql: Sql) => Promise<User>): Promise<User> {
  try {
    return await sql.transaction(async (sql) => {
      const user = await write(sql);
      await directoryChanged(sql);
      return user;
    });
  } catch (error) {
    const { constraint } = error as { constraint?: string };
    if (constraint === "user_account_email") throw new Invalid({ email: ["somebody else has this e-mail"] });
    if (constraint === "user_account_workspace_user_group_fkey") throw new Invalid({ group: ["there is no such group"] });
    throw error;
  }
}

import type { Call, Methods, Params } from "./call.ts";
import { matches, pageOf, readKey, sorted } from "./crm/filters.ts";
import { isYes, mapOf, paramOf, textOf, textParam } from "./params.ts";
import type { User } from "./portal.ts";

export const userMethods: Methods = {
  "user.current": { scope: "user", run: ({ user }) => ({ ...shown(user), LAST_ACTIVITY_DATE: "2026-11-01 09:00:00" }) },
  // Source: api-reference/common/users/user-admin
  "user.admin": { scope: "", run: ({ user }) => user.isAdmin },
  "user.get": { scope: "user", run: list },
  profile: { scope: "", run: ({ user, portal }) => profile(user, portal.url()) },
};

const shown = ({ isAdmin: _, ...rest }: User): Params => rest;

const profile = (user: User, url: string): Params => ({
  ...{ ID: user.ID, ADMIN: user.isAdmin, NAME: user.NAME, LAST_NAME: user.LAST_NAME, PERSONAL_GENDER: "", TIME_ZONE: "" },
  PERSONAL_PHOTO: `${url}/upload/main/photo.png`,
});

/** Fields may be asked for in FILTER, or beside it. */
function list(call: Call) {
  const plain = Object.entries(call.params).filter(
    ([key]) => /^[A-Z_]+$/.test(readKey(key).field) && !/^(FILTER|SORT|ORDER|START|ADMIN_MODE|SELECT)$/.test(key),
  );
  const filter = { ...Object.fromEntries(plain), ...mapOf(paramOf(call, "filter")) };
  const value = (user: User, field: string): unknown => {
    const found = user[field.toUpperCase()];
    return typeof found === "boolean" ? (found ? "Y" : "N") : found;
  };
  const asked = Object.fromEntries(Object.entries(filter).map(([key, want]) => asKept(key, want)));
  const found = [...call.portal.state.users.values()].filter((user) => matches(user, asked, { nested: false, value }));
  const sort = textParam(call, "sort") || "ID";
  const rows = sorted(found, { [sort]: textOf(paramOf(call, "order")) || "ASC" }, value, "ID");
  return pageOf(rows, paramOf(call, "start"), (page) => page.map(shown));
}

/** ACTIVE is kept as yes or no; a value with a percent sign in it is a pattern, without any prefix. */
function asKept(key: string, want: unknown): [string, unknown] {
  if (key.toUpperCase() === "ACTIVE") return [key, isYes(want) ? "Y" : "N"];
  return typeof want === "string" && want.includes("%") && readKey(key).prefix === "=" ? [`=%${readKey(key).field}`, want] : [key, want];
}

import type { AccountInfo } from "../protocol.ts";
import { type At, type Handler, idAt, type Route, route } from "./http.ts";
import { linked, pagingOf, Query, selfOf, wholeAnswer, withOf } from "./query.ts";

/** The account, its users and their roles. Sources: crm_platform/account-info, crm_platform/users-api */

export const accountRoutes: readonly Route[] = [
  route("GET", "/api/v4/account", account),
  route("GET", "/api/v4/users", listUsers),
  route("GET", "/api/v4/users/{id}", oneUser),
  route("GET", "/api/v4/roles", listRoles),
  route("GET", "/api/v4/roles/{id}", oneRole),
];

async function account(at: At): ReturnType<Handler> {
  const bring = withOf(new Query(at.query));
  const { timezone, language, amojo_id, uuid, ...info } = await at.account.info();
  const embedded = {
    ...(bring.has("amojo_rights") && { amojo_rights: { can_direct: true, can_create_groups: true } }),
    ...(bring.has("users_groups") && { users_groups: await at.account.groups() }),
    ...(bring.has("task_types") && { task_types: await at.account.taskTypes() }),
    ...(bring.has("entity_names") && { entity_names }),
    ...(bring.has("datetime_settings") && { datetime_settings: dateSettings(timezone, at.now) }),
    ...(bring.has("invoices_settings") && { invoices_settings: { lang: language, currency: info.currency } }),
  };
  return {
    body: {
      ...info,
      ...(bring.has("amojo_id") && { amojo_id }),
      ...(bring.has("uuid") && { uuid }),
      ...(bring.has("version") && { version: 1 }),
      ...(bring.has("is_api_filter_enabled") && { is_api_filter_enabled: true }),
      _links: selfOf(at),
      ...(Object.keys(embedded).length > 0 && { _embedded: embedded }),
    },
  };
}

const entity_names = {
  leads: {
    ru: {
      gender: "f",
      plural_form: {
        dative: "сделкам",
        default: "сделки",
        genitive: "сделок",
        accusative: "сделки",
        instrumental: "сделками",
        prepositional: "сделках",
      },
      singular_form: {
        dative: "сделке",
        default: "сделка",
        genitive: "сделки",
        accusative: "сделку",
        instrumental: "сделкой",
        prepositional: "сделке",
      },
    },
    en: { singular_form: { default: "lead" }, plural_form: { default: "leads" }, gender: "unknown" },
  },
};

export function dateSettings(timezone: AccountInfo["timezone"], now: number) {
  return {
    date_pattern: "d.m.Y H:i",
    short_date_pattern: "d.m.Y",
    short_time_pattern: "H:i",
    // The documents spell it with one letter wrong; clients read either.
    date_formant: "d.m.Y",
    date_format: "d.m.Y",
    time_format: "H:i:s",
    timezone,
    timezone_offset: offsetOf(timezone, now),
  };
}

/** `+03:00`. */
export function offsetOf(timezone: string, now: number): string {
  const part = new Intl.DateTimeFormat("en", { timeZone: timezone, timeZoneName: "longOffset" })
    .formatToParts(new Date(now * 1000))
    .find(({ type }) => type === "timeZoneName");
  return (part?.value ?? "GMT").slice(3) || "+00:00";
}

async function listUsers(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const paging = pagingOf(query);
  const bring = withOf(query);
  query.done();
  const users = await at.account.users();
  return wholeAnswer(at, "users", await Promise.all(users.map((user) => written(at, user, bring))), paging);
}

async function oneUser(at: At): ReturnType<Handler> {
  const user = (await at.account.users()).find(({ id }) => id === idAt(at));
  return user && { body: await written(at, user, withOf(new Query(at.query))) };
}

type User = Awaited<ReturnType<At["account"]["users"]>>[number];

async function written(at: At, { phone_number, uuid, amojo_id, ...user }: User, bring: ReadonlySet<string>) {
  const group = user.rights.group_id ?? 0;
  const embedded = {
    ...(bring.has("role") && { roles: (await at.account.roles()).filter(({ id }) => id === user.rights.role_id) }),
    ...(bring.has("group") && { groups: (await at.account.groups()).filter(({ id }) => id === group) }),
  };
  return {
    ...linked(at, "users", user, user.id),
    ...(bring.has("phone_number") && { phone_number: phone_number ?? null }),
    ...(bring.has("uuid") && { uuid: uuid ?? null }),
    ...(bring.has("amojo_id") && { amojo_id: amojo_id ?? null }),
    ...(bring.has("user_rank") && { user_rank: null }),
    ...(Object.keys(embedded).length > 0 && { _embedded: embedded }),
  };
}

async function listRoles(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const paging = pagingOf(query);
  query.done();
  const roles = await at.account.roles();
  return wholeAnswer(
    at,
    "roles",
    roles.map((role) => linked(at, "roles", role, role.id)),
    paging,
  );
}

async function oneRole(at: At): ReturnType<Handler> {
  const role = (await at.account.roles()).find(({ id }) => id === idAt(at));
  return role && { body: linked(at, "roles", role, role.id) };
}

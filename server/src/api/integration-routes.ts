import * as contract from "@svyazka/contract";
import type { Grants } from "@svyazka/core";
import { Invalid, listUsers, type Sql } from "@svyazka/crm";
import { copiesOf } from "../connections/copies.ts";
import { sayFarewell } from "../connections/farewell.ts";
import { addConnection } from "../connections/manage.ts";
import type { LiveConnection } from "../connections/registry.ts";
import type { Hub } from "../hub.ts";
import { type Implementation, implement } from "./implement.ts";
import { findLive } from "./live-connection.ts";

/** Programs that use the hub through a served API. */
export function integrationRoutes(hub: Hub): readonly Implementation[] {
  const serving = [...hub.vendors.values()].filter(({ integration }) => integration !== undefined);

  async function findIntegration(sql: Sql, id: number): Promise<{ live: LiveConnection; grants: Grants }> {
    const live = await findLive(hub, sql, id);
    const { grants } = live.connected();
    if (!grants) throw new Invalid({ id: [`${live.row.name} is no integration`] });
    return { live, grants };
  }
  const grantsOf = async (sql: Sql, id: number): Promise<Grants> => (await findIntegration(sql, id)).grants;

  /** In whose name a program is let in. Throws `Invalid`. */
  async function personOf(sql: Sql, user: number | undefined): Promise<string> {
    const users = await listUsers(sql);
    const who =
      user === undefined ? users.find(({ active, role }) => active && role === "administrator") : users.find((one) => one.id === user);
    if (!who?.active) throw new Invalid({ user: ["there is no such active user"] });
    return String(who.id);
  }

  const issue = async (sql: Sql, id: number, person: string, days: number | undefined) =>
    (await grantsOf(sql, id)).issue(person, { ...(days !== undefined && { longLivedDays: days }) });

  return [
    implement(contract.addIntegration, async ({ body, sql, caller }) => {
      const vendor = body.vendor === undefined && serving.length === 1 ? serving[0] : serving.find(({ id }) => id === body.vendor);
      if (!vendor) throw new Invalid({ vendor: [`must be one of ${serving.map(({ id }) => id).join(", ")}`] });
      const person = await personOf(sql, body.user);
      const { row, secrets } = await addConnection(hub, sql, caller.workspace, {
        vendor: vendor.id,
        name: body.name,
        settings: { ...body.settings, ...vendor.integration },
        ...(body.allow_private_addresses !== undefined && { allowPrivateAddresses: body.allow_private_addresses }),
      });
      const issued = await issue(sql, row.id, person, body.long_lived_days);
      return { id: row.id, name: row.name, secrets, issued, urls: { ...copiesOf(hub, row, caller.workspace, secrets).urls } };
    }),

    implement(contract.issueGrant, async ({ params, body, sql }) => ({
      issued: await issue(sql, params.id, await personOf(sql, body.user), body.long_lived_days),
    })),

    implement(contract.listGrants, async ({ params, sql }) => {
      const users = new Map((await listUsers(sql)).map((user) => [user.id, user]));
      const grants = await (await grantsOf(sql, params.id)).list();
      return {
        items: grants.map(({ id, user, at }) => {
          const known = users.get(Number(user));
          return { id, user: known ? { id: known.id, name: known.name } : null, at };
        }),
        next_cursor: null,
      };
    }),

    implement(contract.revokeGrant, async ({ params, sql }) => {
      const { live, grants } = await findIntegration(sql, params.id);
      if ((await grants.revoke(params.grant)) && live.row.state === "active") await sayFarewell(hub, live);
      return undefined;
    }),
  ];
}

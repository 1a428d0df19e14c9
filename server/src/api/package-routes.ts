import * as contract from "@svyazka/contract";
import type { Packages } from "@svyazka/core";
import { Invalid, NotFound, type Sql } from "@svyazka/crm";
import type { Hub } from "../hub.ts";
import { type Implementation, implement } from "./implement.ts";
import { findLive } from "./live-connection.ts";

/** Software that the other side of a connection fetches from us. */
export function packageRoutes(hub: Hub): readonly Implementation[] {
  async function packagesOf(sql: Sql, id: number): Promise<Packages> {
    const live = await findLive(hub, sql, id);
    const { packages } = live.connected();
    if (!packages) throw new Invalid({ id: [`${live.row.name} has no packages`] });
    return packages;
  }
  return [
    implement(contract.listPackages, async ({ params, sql }) => {
      const packages = await packagesOf(sql, params.id);
      const [all, installed] = await Promise.all([packages.list(), packages.installed()]);
      return {
        items: all.map(({ version, sha256, bytes, at, author, note = null }) => ({ version, sha256, bytes, at, author, note })),
        next_cursor: null,
        installed: installed.map(({ where, name, version = null, pinned = null, due = null, isCurrent }) => ({
          ...{ where, name, version, pinned, due, is_current: isCurrent },
        })),
      };
    }),

    implement(contract.publishPackage, async ({ params, sql }) => ({
      version: await (await packagesOf(sql, params.id)).publish(params.version),
    })),

    implement(contract.pinPackage, async ({ params, body, sql }) => {
      const packages = await packagesOf(sql, params.id);
      // A pin for somebody who is not there would wait for whoever takes that name later.
      if (!(await packages.installed()).some(({ where }) => where === params.where)) throw new NotFound("installation", params.where);
      await packages.pin(params.where, body.version ?? undefined);
      return undefined;
    }),
  ];
}

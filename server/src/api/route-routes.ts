import * as contract from "@svyazka/contract";
import { type ConnectionId, type EventType, eventTitles } from "@svyazka/core";
import { Invalid } from "@svyazka/crm";
import type { LiveConnection, WorkspaceView } from "../connections/registry.ts";
import { tell } from "../db/bus.ts";
import type { Hub } from "../hub.ts";
import { type Implementation, implement } from "./implement.ts";

/** Who tells whom. */
export function routeRoutes(hub: Hub): readonly Implementation[] {
  const matrix = (view: WorkspaceView) => {
    const flows = [...hub.flows.values()];
    const routes = routesOf(hub, view);
    const sources = sourcesOf(view);
    const types = new Set(sources.flatMap(({ vendor }) => vendor.tells ?? []));
    const targets = [...view.connections.values()].filter(({ row }) => routes.some(({ target }) => target === row.id));
    return {
      sources: sources.map((live) => ({ ...end(live), events: [...(live.vendor.tells ?? [])] })),
      events: [...types].map((type: EventType) => ({ type, title: { ...eventTitles[type] } })),
      flows: flows.map(({ name, title, about, on, needs }) => ({
        ...{ name, title: { ...title }, about: { ...about }, on: [...on] },
        needs: String(needs).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      })),
      targets: targets.map(end),
      routes: routes.map((route) => ({ ...route, enabled: view.isRouteOn(route) })),
    };
  };

  return [
    implement(contract.listRoutes, async ({ sql }) => matrix(await hub.registry.view(sql.workspace))),

    implement(contract.changeRoutes, async ({ body, sql }) => {
      const known = new Set(routesOf(hub, await hub.registry.view(sql.workspace)).map(nameOf));
      const wrong = body.routes.flatMap((route, index) =>
        known.has(nameOf(route))
          ? []
          : [[`routes.${index}`, [`there is no route from ${route.source} by ${route.flow} to ${route.target}`]] as const],
      );
      if (wrong.length > 0) throw new Invalid(Object.fromEntries(wrong));
      await sql.transaction(async (sql) => {
        await sql.query({
          // The last word holds where a route is named twice.
          text: `insert into hub.route (workspace, source, flow, target, enabled)
                 select distinct on (source, flow, target) $1, source, flow, target, enabled
                 from rows from (json_to_recordset($2::json) as (source bigint, flow text, target bigint, enabled boolean))
                   with ordinality as x (source, flow, target, enabled, place) order by source, flow, target, place desc
                 on conflict (workspace, source, flow, target) do update set enabled = excluded.enabled, updated_at = now()`,
          values: [sql.workspace, JSON.stringify(body.routes)],
        });
        await sql.query({ text: "delete from hub.route where workspace = $1 and enabled", values: [sql.workspace] });
        await tell(sql, { kind: "connections", workspace: sql.workspace });
      });
      hub.registry.forget(sql.workspace);
      return matrix(await hub.registry.view(sql.workspace));
    }),
  ];
}

interface Route {
  readonly source: ConnectionId;
  readonly flow: string;
  readonly target: ConnectionId;
}

const nameOf = ({ source, flow, target }: { source: number; flow: string; target: number }): string => `${source} ${flow} ${target}`;

const sourcesOf = (view: WorkspaceView): LiveConnection[] =>
  [...view.connections.values()].filter(({ vendor }) => (vendor.tells ?? []).length > 0);

/** Every route there can be: a flow takes what this source may bring, and this target can do what the flow needs. */
const routesOf = (hub: Hub, view: WorkspaceView): Route[] =>
  sourcesOf(view).flatMap(({ row: { id: source }, vendor }) =>
    [...hub.flows.values()]
      .filter(({ on }) => on.some((type: EventType) => vendor.tells?.includes(type)))
      .flatMap((flow) => view.targets(flow.needs, source).map(({ row }) => ({ source, flow: flow.name, target: row.id }))),
  );

const end = ({ row: { id, name, vendor, state } }: LiveConnection) => ({ id, name, vendor, state });

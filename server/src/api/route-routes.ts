import * as contract from "@svyazka/contract";
import { type ConnectionId, type EventType, eventTitles } from "@svyazka/core";
import { Invalid } from "@svyazka/crm";
import { setRoutes } from "../connections/crms.ts";
import type { LiveConnection, WorkspaceView } from "../connections/registry.ts";
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
      await setRoutes(
        hub,
        sql.workspace,
        body.routes.map((route) => ({ ...route, source: route.source as ConnectionId, target: route.target as ConnectionId })),
      );
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

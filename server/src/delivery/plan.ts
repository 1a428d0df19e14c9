import type { AnyFlow, ChangedRecord, ConnectionId, EventDraft, EventType } from "@svyazka/core";
import type { LiveConnection, WorkspaceView } from "../connections/registry.ts";
import type { PlannedEvent } from "./ledger.ts";

/** What is to be done about each fact of `source`: every flow that listens, for every connection that can do what it needs, where the route is open. */
export const plan = (facts: readonly EventDraft[], view: WorkspaceView, flows: readonly AnyFlow[], source: ConnectionId): PlannedEvent[] =>
  facts.map((draft) => ({
    draft,
    deliveries: flows
      .filter((flow) => flow.on.includes(draft.type))
      .flatMap((flow) =>
        listeners(flow, view, source)
          .filter((target) => wants(target, flow, draft))
          .map((target) => ({ flow: flow.name, target: target.row.id, ...laneOf(target, draft.subject) })),
      ),
  }));

/** Where only so many may be under way at once, subjects share so many lanes: what is in one lane goes one after another. */
function laneOf({ vendor, connection }: LiveConnection, subject: string): { readonly lane?: string } {
  const lanes = vendor.lanes?.(connection.settings);
  if (lanes === undefined) return {};
  let hash = 0;
  for (const letter of subject) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return { lane: `of ${lanes}: ${hash % lanes}` };
}

/** Whether anybody would be told of a fact of this type from `source`. */
export const isHeard =
  (view: WorkspaceView, flows: readonly AnyFlow[], source: ConnectionId) =>
  (type: EventType): boolean =>
    flows.some((flow) => flow.on.includes(type) && listeners(flow, view, source).length > 0);

const listeners = (flow: AnyFlow, view: WorkspaceView, source: ConnectionId): LiveConnection[] =>
  view
    .targets(flow.needs, source)
    .filter((target) => flow.unless === undefined || target.connected()[flow.unless] === undefined)
    .filter(({ row }) => (!flow.onlyWhileActive || row.state === "active") && view.isRouteOn({ source, flow: flow.name, target: row.id }));

/** A port may choose what it is told. */
function wants(target: LiveConnection, flow: AnyFlow, { data }: EventDraft): boolean {
  const port = target.connected()[flow.needs as "subscriber"];
  return !(port && "wants" in port) || port.wants(data as ChangedRecord);
}

/** For the line of the journal: facts about which nobody does anything must not look like any other. */
export function nobodyListens(events: readonly PlannedEvent[], { workspace }: WorkspaceView): { readonly detail?: string } {
  if (events.length === 0 || events.some(({ deliveries }) => deliveries.length > 0)) return {};
  return {
    detail:
      workspace.language === "ru"
        ? "Никто не слушает: нет подключения, которое умеет нужное, или маршруты выключены"
        : "Nobody listens: no connection can do what is needed, or the routes are switched off",
  };
}

import type { AnyFlow, ConnectionId, EventDraft } from "@svyazka/core";
import type { WorkspaceView } from "../connections/registry.ts";
import type { PlannedEvent } from "./ledger.ts";

/** What is to be done about each fact of `source`: every flow that listens, for every connection that can do what it needs, where the route is open. */
export const plan = (facts: readonly EventDraft[], view: WorkspaceView, flows: readonly AnyFlow[], source: ConnectionId): PlannedEvent[] =>
  facts.map((draft) => ({
    draft,
    deliveries: flows
      .filter((flow) => flow.on.includes(draft.type))
      .flatMap((flow) =>
        view
          .targets(flow.needs, source)
          .map((target) => ({ flow: flow.name, target: target.row.id }))
          .filter(({ target }) => view.isRouteOn({ source, flow: flow.name, target })),
      ),
  }));

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

import type { AnyFlow, ConnectionId, EventDraft } from "@svyazka/core";
import type { WorkspaceView } from "../connections/registry.ts";
import type { PlannedEvent } from "./ledger.ts";

/** What is to be done about each fact of `source`: every flow that listens, for every connection that can do what it needs. */
export const plan = (facts: readonly EventDraft[], view: WorkspaceView, flows: readonly AnyFlow[], source: ConnectionId): PlannedEvent[] =>
  facts.map((draft) => ({
    draft,
    deliveries: flows
      .filter((flow) => flow.on.includes(draft.type))
      .flatMap((flow) => view.targets(flow.needs, source).map((target) => ({ flow: flow.name, target: target.row.id }))),
  }));

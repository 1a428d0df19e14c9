import { Badge } from "@mantine/core";
import type { ItemOf } from "../../data/client.ts";
import { useText } from "../../text/text.tsx";

export type Line = ItemOf<"listJournal">;
export type DeliveryState = ItemOf<"listDeliveries">["state"];

const outcomeColours = {
  accepted: "teal",
  repeated: "gray",
  answered: "teal",
  ignored: "gray",
  malformed: "orange",
  failed: "red",
} as const;
export const stateColours = { waiting: "link", held: "orange", parked: "orange", done: "teal", failed: "red", skipped: "gray" } as const;

export function OutcomeBadge({ outcome }: { readonly outcome: Line["outcome"] }) {
  const words = useText().journal.outcomes;
  return (
    <Badge variant="light" color={outcomeColours[outcome]} tt="none">
      {words[outcome]}
    </Badge>
  );
}

export function StateBadge({ state, count }: { readonly state: DeliveryState; readonly count?: number }) {
  const words = useText().journal.states;
  return (
    <Badge variant="light" color={stateColours[state]} tt="none">
      {words[state]}
      {count !== undefined && count > 1 ? ` × ${count}` : ""}
    </Badge>
  );
}

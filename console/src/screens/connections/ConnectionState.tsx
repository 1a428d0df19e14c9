import { Badge, Group, Stack, Text } from "@mantine/core";
import type { Connection } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useFormat, When } from "../../ui/format.tsx";

export function StateBadge({ connection }: { readonly connection: Pick<Connection, "state" | "parked_because" | "health"> }) {
  const { states } = useText().connections;
  const [colour, label] =
    connection.parked_because !== null
      ? ["orange", states.parked]
      : connection.state !== "active"
        ? ["gray", states[connection.state]]
        : connection.health && !connection.health.ok
          ? ["red", states.trouble]
          : ["teal", states.active];
  return (
    <Badge color={colour} variant="light" tt="none" style={{ flexShrink: 0 }}>
      {label}
    </Badge>
  );
}

/** When it spoke last, what waits for how long, and what is wrong, in words; `withoutParked` where that it is parked stands already. */
export function ActivityLines({
  connection,
  withoutParked = false,
}: {
  readonly connection: Connection;
  readonly withoutParked?: boolean;
}) {
  const words = useText().connections.activity;
  const format = useFormat();
  const { activity, parked_because, health } = connection;
  const trouble =
    parked_because === null
      ? (activity.last_error ?? (health && !health.ok ? health.message : null))
      : withoutParked
        ? null
        : parked_because;
  const counts = (["waiting", "held", "parked", "failed"] as const).filter((name) => activity[name] > 0);
  return (
    <Stack gap={4}>
      {(connection.abilities.includes("receives") || activity.last_request_at !== null) && (
        <Text size="sm">
          {words.lastRequest}: {activity.last_request_at ? <When at={activity.last_request_at} /> : words.never} · {words.today}:{" "}
          {format.number(activity.requests_today)}
        </Text>
      )}
      {counts.length > 0 && (
        <Group gap={6}>
          {counts.map((name) => (
            <Badge
              key={name}
              size="sm"
              variant="light"
              color={name === "waiting" ? "link" : name === "failed" ? "red" : "orange"}
              tt="none"
            >
              {words[name]}: {format.number(activity[name])}
            </Badge>
          ))}
          {activity.oldest_waiting_at && (
            <Text size="xs" c="dimmed">
              {words.oldest} {format.span((Date.now() - Date.parse(activity.oldest_waiting_at)) / 1000)}
            </Text>
          )}
        </Group>
      )}
      {activity.listening !== null && connection.state === "active" && (
        <Text size="xs" c={activity.listening ? "dimmed" : "red"}>
          {activity.listening ? words.listening : words.notListening}
        </Text>
      )}
      {activity.address_book && (
        <Text size="xs" c="dimmed">
          {words.addressBook(format.number(activity.address_book.contacts), format.number(activity.address_book.companies))}
          {!activity.address_book.whole && ` · ${words.bookFilling}`}
        </Text>
      )}
      {trouble && (
        <Text size="sm" c="red" style={{ overflowWrap: "anywhere" }}>
          {trouble}
        </Text>
      )}
    </Stack>
  );
}

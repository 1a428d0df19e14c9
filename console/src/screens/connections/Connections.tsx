import { Badge, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ItemOf } from "../../data/client.ts";
import { useAsk } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { useFormat, When } from "../../ui/format.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered, Empty } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";

export type Connection = ItemOf<"listConnections">;
export type Vendor = ItemOf<"listVendors">;

/** What is connected, and how it is doing. */
export function Connections() {
  const text = useText();
  const words = text.connections;
  const may = useMay();
  const language = useLanguage();
  const connections = useAsk("listConnections", { query: { limit: 250 } }, { refetchInterval: 15_000 });
  const vendors = useAsk("listVendors", { query: { limit: 250 } }, { staleTime: 300_000 });
  const add = may("hub:write") && (
    <LinkButton to="/connections/new" leftSection={<IconPlus size={16} />}>
      {words.add}
    </LinkButton>
  );
  return (
    <Screen title={words.title} actions={add}>
      <Answered of={connections}>
        {({ items }) => {
          const shown = items.filter(({ state }) => state !== "removed");
          return shown.length === 0 ? (
            <Empty title={words.empty} action={add}>
              {words.emptyText}
            </Empty>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              {shown.map((connection) => (
                <ConnectionCard
                  key={connection.id}
                  connection={connection}
                  vendor={vendors.data?.items.find(({ id }) => id === connection.vendor)?.title[language] ?? connection.vendor}
                />
              ))}
            </SimpleGrid>
          );
        }}
      </Answered>
    </Screen>
  );
}

function ConnectionCard({ connection, vendor }: { readonly connection: Connection; readonly vendor: string }) {
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Text fw={600} truncate>
              <Link to="/connections/$id" params={{ id: String(connection.id) }}>
                {connection.name}
              </Link>
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {vendor} · #{connection.id}
            </Text>
          </div>
          <StateBadge connection={connection} />
        </Group>
        <ActivityLines connection={connection} />
      </Stack>
    </Paper>
  );
}

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

/** When it spoke last, what waits for how long, and what is wrong, in words. */
export function ActivityLines({ connection: { activity, parked_because, health } }: { readonly connection: Connection }) {
  const words = useText().connections.activity;
  const format = useFormat();
  const trouble = parked_because ?? activity.last_error ?? (health && !health.ok ? health.message : null);
  const counts = (["waiting", "held", "parked", "failed"] as const).filter((name) => activity[name] > 0);
  return (
    <Stack gap={4}>
      <Text size="sm">
        {words.lastRequest}: {activity.last_request_at ? <When at={activity.last_request_at} /> : words.never} · {words.today}:{" "}
        {format.number(activity.requests_today)}
      </Text>
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
      {activity.listening !== null && (
        <Text size="xs" c={activity.listening ? "dimmed" : "red"}>
          {activity.listening ? words.listening : words.notListening}
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

import { Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useAsk } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Connection } from "../../data/shapes.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered, Empty } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { ActivityLines, StateBadge } from "./ConnectionState.tsx";
import { DecisionsLink } from "./Decisions.tsx";

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
        {connection.abilities.includes("decides") && <DecisionsLink connection={connection.id} />}
        <ActivityLines connection={connection} />
      </Stack>
    </Paper>
  );
}

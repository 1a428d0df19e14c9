import { Badge, Button, Paper, Stack, Table, Text } from "@mantine/core";
import { usePages } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { Empty, ProblemNote, Waiting } from "../../ui/problem.tsx";
import { useActor } from "../activity/changes.tsx";

const colours = { done: "teal", refused: "orange", failed: "red" } as const;

/** Who did what about the company itself: sign-ins, people, tokens, connections, settings. */
export function Audit() {
  const text = useText();
  const words = text.audit;
  const actor = useActor();
  const pages = usePages("listAudit", { query: { limit: 50 } });
  if (pages.error) return <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Waiting />;
  if (pages.items.length === 0) return <Empty title={words.empty} />;
  return (
    <Stack>
      <Paper withBorder radius="md">
        <Table.ScrollContainer minWidth={620}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.when}</Table.Th>
                <Table.Th>{words.who}</Table.Th>
                <Table.Th>{words.what}</Table.Th>
                <Table.Th>{words.outcome}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {pages.items.map((entry) => (
                <Table.Tr key={entry.id}>
                  <Table.Td>
                    <When at={entry.at} long />
                  </Table.Td>
                  <Table.Td>
                    {entry.user_name ?? (entry.actor === "nobody" ? words.nobody : actor(entry.actor))}
                    <Text size="xs" c="dimmed">
                      {entry.ip}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    {words.actions[entry.action] ?? entry.action} {Object.values(entry.params).map(String).join(" ")}
                    <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                      {entry.members
                        .map((member) => (member in entry.given ? `${member} = ${JSON.stringify(entry.given[member])}` : member))
                        .join(", ")}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Badge variant="light" color={colours[entry.outcome]} tt="none" miw="max-content">
                      {words.outcomes[entry.outcome]}
                    </Badge>
                    {entry.detail && (
                      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                        {entry.detail}
                      </Text>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      {pages.hasNextPage && (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {text.common.loadMore}
        </Button>
      )}
    </Stack>
  );
}

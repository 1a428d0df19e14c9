import { Badge, Button, Collapse, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMessages } from "@tabler/icons-react";
import { useAsk } from "../../data/queries.ts";
import { useChannelsText } from "../../text/with-screens.ts";
import { useFormat, When } from "../../ui/format.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered } from "../../ui/problem.tsx";

const everyMs = 15_000;
const counts = ["incoming", "sent", "waiting", "failed", "unknown"] as const;

/** How a channel of messages has been doing: when something came and went last, how much in a day, and when its state changed. */
export function ChannelHealth({ connection }: { readonly connection: number }) {
  const words = useChannelsText();
  const format = useFormat();
  const health = useAsk("getChannelHealth", { path: { id: connection } }, { refetchInterval: everyMs });
  const [isOpen, { toggle }] = useDisclosure();
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-label={words.health}>
      <Group justify="space-between" mb="xs">
        <Text fw={600} component="h2">
          {words.health}
        </Text>
        <LinkButton
          size="compact-sm"
          variant="subtle"
          leftSection={<IconMessages size={15} />}
          to="/inbox"
          search={{ channel: connection, state: "any" }}
        >
          {words.toInbox}
        </LinkButton>
      </Group>
      <Answered of={health}>
        {({ last_incoming_at, last_sent_at, day, states }) => (
          <Stack gap="sm">
            <Text size="sm">
              {words.lastIncoming}: {last_incoming_at === null ? words.never : <When at={last_incoming_at} />} · {words.lastSent}:{" "}
              {last_sent_at === null ? words.never : <When at={last_sent_at} />}
            </Text>
            <div>
              <Text size="xs" c="dimmed" mb={4}>
                {words.day}
              </Text>
              <SimpleGrid cols={{ base: 2, xs: 3, sm: 5 }} spacing="xs">
                {counts.map((name) => (
                  <div key={name}>
                    <Text fw={650} size="lg" lh={1.2} {...((name === "failed" || name === "unknown") && day[name] > 0 && { c: "red" })}>
                      {format.number(day[name])}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {words.counts[name]}
                    </Text>
                  </div>
                ))}
              </SimpleGrid>
            </div>
            {states.length === 0 ? (
              <Text size="xs" c="dimmed">
                {words.noHistory}
              </Text>
            ) : (
              <div>
                <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={isOpen}>
                  {words.history} ({states.length})
                </Button>
                <Collapse expanded={isOpen}>
                  <Stack gap={6} mt="xs">
                    {states.map((one) => (
                      <Group key={`${one.at} ${one.message}`} gap="xs" wrap="nowrap" align="flex-start">
                        <Text size="xs" c="dimmed" w={110} style={{ flex: "none" }}>
                          <When at={one.at} long />
                        </Text>
                        <Badge size="sm" variant="light" color={one.ok ? "teal" : "red"} tt="none" style={{ flex: "none" }}>
                          {one.ok ? words.ok : words.notOk}
                        </Badge>
                        <Text size="xs" style={{ overflowWrap: "anywhere" }}>
                          {one.message}
                        </Text>
                      </Group>
                    ))}
                  </Stack>
                </Collapse>
              </div>
            )}
          </Stack>
        )}
      </Answered>
    </Paper>
  );
}

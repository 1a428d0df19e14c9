import { Accordion, Anchor, Button, Group, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { IconPlayerSkipForward, IconRefresh } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { JournalEntry } from "../../data/shapes.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { tellProblem } from "../../ui/problem.tsx";
import { StateBadge } from "./badges.tsx";
import { Json } from "./Json.tsx";
import { refresh } from "./refresh.ts";

type Delivery = JournalEntry["deliveries"][number];

const recordPages = { deal: "/deals/$id", contact: "/contacts/$id", company: "/companies/$id" } as const;

/** Where a fact went, each try with what was sent and answered, and what can be done about it. */
export function DeliveryCard({ delivery }: { readonly delivery: Delivery }) {
  const text = useText();
  const words = text.journal.entry;
  const language = useLanguage();
  const may = useMay();
  const retry = useSend("retryDelivery", { refresh });
  const skip = useSend("skipDelivery", { refresh });
  const onError = (error: Error): void => tellProblem(error, text);
  const path = { id: delivery.id };
  const open = delivery.state !== "done" && delivery.state !== "skipped";
  return (
    <Paper withBorder p="sm" radius="md" data-delivery={delivery.flow}>
      <Group justify="space-between" wrap="wrap">
        <Group gap="xs">
          <StateBadge state={delivery.state} />
          <Text size="sm" fw={600}>
            {delivery.flow_title?.[language] ?? delivery.flow} → {delivery.target_name ?? `#${delivery.target}`}
          </Text>
        </Group>
        {may("hub:write") && (
          <Group gap={6}>
            {delivery.state !== "done" && (
              <Button
                size="compact-xs"
                variant="light"
                leftSection={<IconRefresh size={13} />}
                loading={retry.isPending}
                onClick={() => retry.mutate({ path }, { onError })}
              >
                {words.retry}
              </Button>
            )}
            {open && (
              <Tooltip label={words.skipHint}>
                <Button
                  size="compact-xs"
                  variant="default"
                  leftSection={<IconPlayerSkipForward size={13} />}
                  loading={skip.isPending}
                  onClick={() => skip.mutate({ path }, { onError })}
                >
                  {words.skip}
                </Button>
              </Tooltip>
            )}
          </Group>
        )}
      </Group>
      {delivery.detail && (
        <Text size="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
          {delivery.detail}
        </Text>
      )}
      {delivery.next_attempt_at && open && (
        <Text size="xs" c="dimmed">
          {words.next}: <When at={delivery.next_attempt_at} long />
        </Text>
      )}
      {delivery.records && Object.keys(delivery.records).length > 0 && (
        <Group gap="xs" mt={4}>
          {Object.entries(delivery.records).map(([kind, id]) =>
            kind in recordPages ? (
              <Anchor
                key={kind}
                size="sm"
                component={Link}
                {...({ to: recordPages[kind as keyof typeof recordPages], params: { id } } as object)}
              >
                {text.common.entities[kind as keyof typeof recordPages]} #{id}
              </Anchor>
            ) : (
              <Text key={kind} size="sm" c="dimmed">
                {kind} {id}
              </Text>
            ),
          )}
        </Group>
      )}
      {delivery.attempts_made.length > 0 && (
        <Accordion variant="contained" mt="xs">
          <Accordion.Item value="attempts">
            <Accordion.Control>
              {words.attempts}: {delivery.attempts_made.length}
            </Accordion.Control>
            <Accordion.Panel>
              <Stack gap="sm">
                {delivery.attempts_made.map((attempt) => (
                  <div key={attempt.number}>
                    <Group gap="xs">
                      <Text size="sm" fw={600}>
                        {words.tryNumber(attempt.number)}
                      </Text>
                      <Text size="xs" c="dimmed">
                        <When at={attempt.started_at} long /> · {attempt.ms} ms · {attempt.outcome}
                      </Text>
                    </Group>
                    {attempt.error && (
                      <Text size="sm" c="red" style={{ overflowWrap: "anywhere" }}>
                        {attempt.error}
                      </Text>
                    )}
                    {attempt.calls.length === 0 ? (
                      <Text size="xs" c="dimmed">
                        {words.noCalls}
                      </Text>
                    ) : (
                      <Json value={attempt.calls} label={words.requestSent} />
                    )}
                  </div>
                ))}
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </Paper>
  );
}

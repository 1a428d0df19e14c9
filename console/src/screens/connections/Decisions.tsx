import { Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconHelpCircle } from "@tabler/icons-react";
import type { ItemOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { useAccountingText } from "../../text/with-screens.ts";
import { useFormat, When } from "../../ui/format.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered, Empty, tellProblem } from "../../ui/problem.tsx";

type Decision = ItemOf<"listDecisions">;

const useDecisions = (connection: number) => useAsk("listDecisions", { path: { id: connection } }, { refetchInterval: 15_000 });

/** What a connection cannot settle by itself: each as a card, with its answers as buttons. */
export function Decisions({ connection }: { readonly connection: number }) {
  const words = useAccountingText().decisions;
  return (
    <Answered of={useDecisions(connection)}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty title={words.none}>{words.noneText}</Empty>
        ) : (
          <Stack>
            {items.map((decision) => (
              <OneDecision key={decision.id} connection={connection} decision={decision} />
            ))}
          </Stack>
        )
      }
    </Answered>
  );
}

function OneDecision({ connection, decision }: { readonly connection: number; readonly decision: Decision }) {
  const text = useText();
  const { decided } = useAccountingText().decisions;
  const may = useMay();
  const refresh = ["listDecisions", "listConnections", "getConnection", "listPackages"] as const;
  const decide = useSend("decide", {
    refresh,
    onDone: () => notifications.show({ message: decided, color: "teal" }),
  });
  const chosen = decide.isPending ? decide.variables.body?.choice : undefined;
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-label={decision.title}>
      <Stack gap="xs">
        <Group justify="space-between" gap="xs" align="baseline">
          <Text fw={600} component="h2" style={{ overflowWrap: "anywhere" }}>
            {decision.title}
          </Text>
          <Text size="xs" c="dimmed">
            <When at={decision.at} />
          </Text>
        </Group>
        <Text size="sm" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
          {decision.text}
        </Text>
        {may("hub:write") && (
          <Group gap="xs" mt={4}>
            {decision.choices.map(({ id, title }, at) => (
              <Button
                key={id}
                size="sm"
                variant={at === 0 ? "filled" : "default"}
                h="auto"
                mih={36}
                py={6}
                maw="100%"
                styles={{ label: { whiteSpace: "normal", overflowWrap: "anywhere" } }}
                loading={chosen === id}
                disabled={chosen !== undefined && chosen !== id}
                onClick={() =>
                  decide.mutate(
                    { path: { id: connection, decision: decision.id }, body: { choice: id } },
                    { onError: (error) => tellProblem(error, text) },
                  )
                }
              >
                {title}
              </Button>
            ))}
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

/** How many wait; nothing when none does. */
export function DecisionCount({ connection }: { readonly connection: number }) {
  const format = useFormat();
  const count = useDecisions(connection).data?.items.length ?? 0;
  return count === 0 ? null : (
    <Badge size="sm" color="orange" variant="light">
      {format.number(count)}
    </Badge>
  );
}

/** Leads to them from the list of connections. */
export function DecisionsLink({ connection }: { readonly connection: number }) {
  const words = useAccountingText().decisions;
  const format = useFormat();
  const count = useDecisions(connection).data?.items.length ?? 0;
  return count === 0 ? null : (
    <LinkButton
      to="/connections/$id"
      params={{ id: String(connection) }}
      search={{ tab: "decisions" }}
      size="compact-sm"
      variant="light"
      color="orange"
      leftSection={<IconHelpCircle size={15} />}
      style={{ alignSelf: "flex-start" }}
    >
      {words.waiting}: {format.number(count)}
    </LinkButton>
  );
}

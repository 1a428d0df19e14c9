import { Alert, Badge, Button, Group, Paper, Stack, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRotateClockwise } from "@tabler/icons-react";
import { useParams } from "@tanstack/react-router";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { JournalEntry as Entry } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { OutcomeBadge } from "./badges.tsx";
import { Came } from "./Came.tsx";
import { DeliveryCard } from "./DeliveryCard.tsx";
import { subjectText } from "./Journal.tsx";
import { Json } from "./Json.tsx";
import { Preview } from "./Preview.tsx";
import { refresh } from "./refresh.ts";

/** One request: as it came, what it became, where it went, and each try with what was sent and answered. */
export function JournalEntry() {
  const { id } = useParams({ strict: false });
  const entry = useAsk("getJournal", { path: { id: String(id) } });
  return <Answered of={entry}>{(found) => <EntryPage key={found.id} entry={found} />}</Answered>;
}

function EntryPage({ entry }: { readonly entry: Entry }) {
  const text = useText();
  const words = text.journal.entry;
  const may = useMay();
  const replay = useSend("replayJournal", {
    refresh,
    onDone: ({ outcome, detail }) =>
      notifications.show({
        message: detail ?? "",
        title: words.replayed(text.journal.outcomes[outcome as keyof typeof text.journal.outcomes] ?? outcome),
      }),
  });
  const preview = useSend("previewJournal");
  const path = { id: entry.id };
  return (
    <Screen
      title={`${entry.method} ${entry.path}`}
      actions={
        <>
          <OutcomeBadge outcome={entry.outcome} />
          <Button
            size="xs"
            variant="default"
            loading={preview.isPending}
            onClick={() => preview.mutate({ path }, { onError: (error) => tellProblem(error, text) })}
          >
            {words.preview}
          </Button>
          {may("hub:write") && (
            <Tooltip label={words.replayHint} multiline w={280}>
              <Button
                size="xs"
                leftSection={<IconRotateClockwise size={14} />}
                loading={replay.isPending}
                onClick={() => replay.mutate({ path }, { onError: (error) => tellProblem(error, text) })}
              >
                {words.replay}
              </Button>
            </Tooltip>
          )}
        </>
      }
    >
      <Stack>
        <Group gap="xs">
          <Text size="sm" c="dimmed">
            <When at={entry.received_at} long /> · {entry.connection_name ?? `#${entry.connection}`} · HTTP {entry.status} · {words.from}{" "}
            {entry.ip}
          </Text>
        </Group>
        {entry.detail && <Alert color={entry.outcome === "failed" || entry.outcome === "malformed" ? "red" : "gray"}>{entry.detail}</Alert>}
        {preview.data && <Preview of={preview.data} />}
        <Came entry={entry} />
        <Paper withBorder p="md" radius="md">
          <Text fw={600} component="h2" mb="xs">
            {words.became}
          </Text>
          {entry.facts.length === 0 && <Text c="dimmed">{words.nothing}</Text>}
          <Stack>
            {entry.facts.map((fact) => (
              <div key={fact.id}>
                <Group gap="xs" mb={4}>
                  <Badge variant="light" tt="none">
                    {fact.type}
                  </Badge>
                  <Text size="sm">{subjectText(fact.subject)}</Text>
                </Group>
                <Json value={fact.data} label={fact.type} />
              </div>
            ))}
          </Stack>
        </Paper>
        <Paper withBorder p="md" radius="md">
          <Text fw={600} component="h2" mb="xs">
            {words.deliveries}
          </Text>
          {entry.deliveries.length === 0 && <Text c="dimmed">{words.noDeliveries}</Text>}
          <Stack>
            {entry.deliveries.map((delivery) => (
              <DeliveryCard key={delivery.id} delivery={delivery} />
            ))}
          </Stack>
        </Paper>
        <Related entry={entry} />
      </Stack>
    </Screen>
  );
}

function Related({ entry }: { readonly entry: Entry }) {
  const words = useText().journal.entry;
  const list = (label: string, lines: Entry["earlier"]) =>
    lines.length > 0 && (
      <div>
        <Text size="sm" fw={600} mb={4}>
          {label}
        </Text>
        <Group gap={6}>
          {lines.map((line) => (
            <LinkButton key={line.id} size="compact-xs" variant="default" to="/journal/$id" params={{ id: line.id }}>
              {line.type} · <When at={line.received_at} />
            </LinkButton>
          ))}
        </Group>
      </div>
    );
  return (
    <>
      {list(words.earlier, entry.earlier)}
      {list(words.later, entry.later)}
    </>
  );
}

import { Accordion, Alert, Anchor, Badge, Button, Code, Group, Paper, Stack, Table, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconPlayerSkipForward, IconRefresh, IconRotateClockwise } from "@tabler/icons-react";
import { Link, useParams } from "@tanstack/react-router";
import type { AnswerOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Answered, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { OutcomeBadge, StateBadge } from "./badges.tsx";
import { subjectText } from "./Journal.tsx";

type Entry = AnswerOf<"getJournal">;
type Delivery = Entry["deliveries"][number];

/** One request: as it came, what it became, where it went, and each try with what was sent and answered. */
export function JournalEntry() {
  const { id } = useParams({ strict: false });
  const entry = useAsk("getJournal", { path: { id: String(id) } });
  return <Answered of={entry}>{(found) => <EntryPage entry={found} />}</Answered>;
}

const refresh = ["getJournal", "listJournal", "listDeliveries", "listDeliveryCauses", "listConnections"] as const;

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

const Json = ({ value, label }: { readonly value: unknown; readonly label: string }) => (
  <Code
    block
    tabIndex={0}
    role="region"
    aria-label={label}
    style={{ maxHeight: 360, overflow: "auto", whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
  >
    {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
  </Code>
);

function Came({ entry }: { readonly entry: Entry }) {
  const words = useText().journal.entry;
  const headers = Object.entries(entry.headers);
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} component="h2" mb="xs">
        {words.came}
      </Text>
      <Code block mb="xs" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
        {entry.method} {entry.prefix}
        {entry.path}
        {entry.query === "" ? "" : `?${entry.query}`}
      </Code>
      <Text size="sm" c="dimmed">
        {words.body}
      </Text>
      {entry.body === null || entry.body === "" ? (
        <Text size="sm">{entry.body_base64 ? <Json value={entry.body_base64} label={words.body} /> : words.noBody}</Text>
      ) : (
        <Json value={entry.body} label={words.body} />
      )}
      <FormFields entry={entry} />
      {headers.length > 0 && (
        <Accordion variant="contained" mt="sm">
          <Accordion.Item value="headers">
            <Accordion.Control>
              {words.headers} ({headers.length})
            </Accordion.Control>
            <Accordion.Panel>
              <Table>
                <Table.Tbody>
                  {headers.map(([name, value]) => (
                    <Table.Tr key={name}>
                      <Table.Td w={200}>
                        <code>{name}</code>
                      </Table.Td>
                      <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
    </Paper>
  );
}

/** A form as people read it. */
function FormFields({ entry }: { readonly entry: Entry }) {
  const isForm = entry.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const pairs = [...new URLSearchParams(entry.query), ...(isForm && entry.body ? new URLSearchParams(entry.body) : [])];
  if (pairs.length === 0) return null;
  return (
    <Table mt="xs">
      <Table.Tbody>
        {pairs.map(([name, value]) => (
          <Table.Tr key={`${name} ${value}`}>
            <Table.Td w={200}>
              <code>{name}</code>
            </Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const recordPages = { deal: "/deals/$id", contact: "/contacts/$id", company: "/companies/$id" } as const;

function DeliveryCard({ delivery }: { readonly delivery: Delivery }) {
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

/** What the stored request would become with today's settings, beside what it became. */
function Preview({ of }: { readonly of: AnswerOf<"previewJournal"> }) {
  const text = useText();
  const words = text.journal.entry;
  if (of.changes.length === 0 && of.now.length === of.before.length) {
    return <Alert color="teal">{words.same}</Alert>;
  }
  return (
    <Alert
      color="link"
      title={`${words.differs}: ${text.journal.outcomes[of.outcome as keyof typeof text.journal.outcomes] ?? of.outcome}`}
    >
      {of.detail && <Text size="sm">{of.detail}</Text>}
      <Table>
        <Table.Tbody>
          {of.changes.map((change) => (
            <Table.Tr key={change.path}>
              <Table.Td>
                <code>{change.path}</code>
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {words.before}: {JSON.stringify(change.before)}
              </Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                {words.now}: {JSON.stringify(change.now)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {of.now.map((fact) => fact.hold && <Text key={`${fact.type} ${fact.subject}`} size="sm">{`${words.hold}: ${fact.hold}`}</Text>)}
    </Alert>
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

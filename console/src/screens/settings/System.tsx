import { Alert, Button, Group, Paper, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { useFormat, When } from "../../ui/format.tsx";
import { Answered } from "../../ui/problem.tsx";

/** What this hub is and how it is doing. */
export function System() {
  const text = useText();
  const words = text.system;
  const format = useFormat();
  const system = useAsk("getSystem", {}, { refetchInterval: 15_000 });
  return (
    <Answered of={system}>
      {(hub) => (
        <Stack>
          {hub.ok && <Alert color="teal" icon={<IconCheck size={18} />} title={words.well} />}
          {hub.findings
            .filter(({ ok }) => !ok)
            .map((finding) => (
              <Alert key={finding.check} color="red" icon={<IconAlertTriangle size={18} />} title={finding.message}>
                {finding.advice}
              </Alert>
            ))}
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Card title={words.version}>
              <Line label={words.version}>{hub.version}</Line>
              <Line label="Node">{hub.node}</Line>
              <Line label={words.postgres}>
                {hub.postgres.version} ({words.kinds[hub.postgres.kind] ?? hub.postgres.kind})
              </Line>
              <Line label={words.address}>{hub.public_url}</Line>
            </Card>
            <Card title={words.queue}>
              {(["waiting", "held", "parked", "failed"] as const).map((state) => (
                <Line key={state} label={text.journal.states[state]}>
                  {format.number(hub.queue[state])}
                </Line>
              ))}
              {hub.queue.oldest_waiting_at && (
                <Line label={words.oldest}>{format.span((Date.now() - Date.parse(hub.queue.oldest_waiting_at)) / 1000)}</Line>
              )}
            </Card>
            <Card title={words.journal}>
              <Line label={words.lines}>{format.number(hub.journal.lines)}</Line>
              {hub.journal.oldest_at && (
                <Line label={words.since}>
                  <When at={hub.journal.oldest_at} long />
                </Line>
              )}
              <Text size="sm" c="dimmed">
                {words.raw(text.common.units.days(hub.journal.raw_days))}. {words.history(text.common.units.days(hub.journal.history_days))}
                .
              </Text>
            </Card>
            <Card title={words.storage}>
              {hub.postgres.bytes !== null && <Line label={words.database}>{bytes(hub.postgres.bytes, format)}</Line>}
              <Line label={words.files}>
                {format.number(hub.files.count)} · {bytes(hub.files.bytes, format)}
              </Line>
              {hub.housekeeping && (
                <Line label={words.housekeeping}>
                  <When at={hub.housekeeping.at} />
                </Line>
              )}
            </Card>
          </SimpleGrid>
          <Card title={words.processes}>
            <Table.ScrollContainer minWidth={480}>
              <Table>
                <Table.Tbody>
                  {hub.processes.map((process) => (
                    <Table.Tr key={process.id}>
                      <Table.Td>{process.role}</Table.Td>
                      <Table.Td>{process.version}</Table.Td>
                      <Table.Td>
                        {words.started} <When at={process.started_at} />
                      </Table.Td>
                      <Table.Td>
                        {words.seen} <When at={process.seen_at} />
                      </Table.Td>
                      <Table.Td>{process.is_this ? words.thisOne : ""}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </Card>
          <DemoLife />
        </Stack>
      )}
    </Answered>
  );
}

function DemoLife() {
  const words = useText().system;
  const format = useFormat();
  const may = useMay();
  const demo = useAsk("getDemo");
  const stop = useSend("stopDemo", { refresh: ["getDemo"] });
  const until = demo.data?.lives_until;
  if (!until) return null;
  return (
    <Card title={words.demo}>
      <Group justify="space-between">
        <Text size="sm">{words.demoRuns(format.moment(until))}</Text>
        {may("hub:write") && (
          <Button size="xs" variant="default" loading={stop.isPending} onClick={() => stop.mutate({})}>
            {words.stopDemo}
          </Button>
        )}
      </Group>
    </Card>
  );
}

const Card = ({ title, children }: { readonly title: string; readonly children: ReactNode }) => (
  <Paper withBorder p="md" radius="md">
    <Text fw={600} component="h2" mb="xs">
      {title}
    </Text>
    {children}
  </Paper>
);

const Line = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <Group justify="space-between" wrap="nowrap" gap="xs">
    <Text size="sm" c="dimmed">
      {label}
    </Text>
    <Text size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
      {children}
    </Text>
  </Group>
);

const units = ["B", "KB", "MB", "GB", "TB"] as const;
function bytes(count: number, format: ReturnType<typeof useFormat>): string {
  const power = count === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(count) / Math.log(1000)));
  return `${format.number(Math.round((count / 1000 ** power) * 10) / 10)} ${units[power]}`;
}

import { Group, Paper, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useUsers } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { Answered } from "../../ui/problem.tsx";
import { Figure } from "./Bar.tsx";
import type { ReportQuery } from "./report-query.ts";

/** How long clients wait for a person. */
export function ResponseTime({ query }: { readonly query: ReportQuery }) {
  const text = useText();
  const words = text.reports.response;
  const format = useFormat();
  const { nameOf } = useUsers();
  const [since, setSince] = useState<"deals" | "missed_calls">("deals");
  const report = useAsk("reportResponseTime", { query: { ...query, since } }, { keep: true });
  const span = (seconds: number | null): string => (seconds === null ? "—" : format.span(seconds));
  return (
    <Stack>
      <Group>
        <SegmentedControl
          size="xs"
          value={since}
          aria-label={words.since}
          onChange={(value) => setSince(value as "deals" | "missed_calls")}
          data={(["deals", "missed_calls"] as const).map((value) => ({ value, label: words.sinces[value] }))}
        />
        <Text size="sm" c="dimmed">
          {words.text}
        </Text>
      </Group>
      <Answered of={report}>
        {(found) => (
          <>
            <Paper withBorder p="md" radius="md">
              <Group gap="xl">
                <Figure label={words.median}>{span(found.median_seconds)}</Figure>
                <Figure label={words.p90}>{span(found.p90_seconds)}</Figure>
                <Figure label={words.asked}>{format.number(found.asked)}</Figure>
                <Figure label={words.unanswered}>{format.number(found.unanswered)}</Figure>
              </Group>
            </Paper>
            <Paper withBorder radius="md">
              <Table.ScrollContainer minWidth={560}>
                <Table verticalSpacing="xs">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{text.reports.calls.person}</Table.Th>
                      <Table.Th>{words.asked}</Table.Th>
                      <Table.Th>{words.unanswered}</Table.Th>
                      <Table.Th>{words.median}</Table.Th>
                      <Table.Th>{words.p90}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {found.people.map((person) => (
                      <Table.Tr key={person.user ?? 0}>
                        <Table.Td>{person.user === null ? text.reports.calls.nobody : nameOf(person.user)}</Table.Td>
                        <Table.Td>{format.number(person.asked)}</Table.Td>
                        <Table.Td>{format.number(person.unanswered)}</Table.Td>
                        <Table.Td>{span(person.median_seconds)}</Table.Td>
                        <Table.Td>{span(person.p90_seconds)}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Paper>
          </>
        )}
      </Answered>
    </Stack>
  );
}

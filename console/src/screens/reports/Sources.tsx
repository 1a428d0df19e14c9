import { Group, Paper, SegmentedControl, Table, Text } from "@mantine/core";
import { useState } from "react";
import { useAsk } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { Answered, Empty } from "../../ui/problem.tsx";
import { Bar } from "./Bar.tsx";
import type { ReportQuery } from "./report-query.ts";

type By = "source" | "utm_source" | "utm_medium" | "utm_campaign";

export function Sources({ query }: { readonly query: ReportQuery }) {
  const text = useText();
  const words = text.reports.sources;
  const format = useFormat();
  const [by, setBy] = useState<By>("source");
  const [touch, setTouch] = useState<"first" | "last">("last");
  const report = useAsk("reportSources", { query: { ...query, by, touch } }, { keep: true });
  return (
    <>
      <Group mb="sm" gap="xs">
        <SegmentedControl
          size="xs"
          value={by}
          aria-label={words.by}
          onChange={(value) => setBy(value as By)}
          data={(Object.keys(words.bys) as By[]).map((value) => ({ value, label: words.bys[value] }))}
        />
        {by !== "source" && (
          <SegmentedControl
            size="xs"
            value={touch}
            aria-label={words.touch}
            onChange={(value) => setTouch(value as "first" | "last")}
            data={(["first", "last"] as const).map((value) => ({ value, label: words.touches[value] }))}
          />
        )}
      </Group>
      <Answered of={report}>
        {({ lines }) => {
          const most = Math.max(1, ...lines.map(({ deals }) => deals));
          if (lines.length === 0) return <Empty title={text.reports.nothing} />;
          return (
            <Paper withBorder radius="md">
              <Table.ScrollContainer minWidth={620}>
                <Table verticalSpacing="xs">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{words.bys[by]}</Table.Th>
                      <Table.Th w={220}>{words.deals}</Table.Th>
                      <Table.Th>{words.won}</Table.Th>
                      <Table.Th>{words.lost}</Table.Th>
                      <Table.Th>{words.conversion}</Table.Th>
                      <Table.Th>{words.sums}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {lines.map((line) => (
                      <Table.Tr key={`${line.source} ${line.value}`}>
                        <Table.Td>{line.value ?? <Text c="dimmed">{words.none}</Text>}</Table.Td>
                        <Table.Td>
                          <Bar share={line.deals / most}>{format.number(line.deals)}</Bar>
                        </Table.Td>
                        <Table.Td>{format.number(line.won)}</Table.Td>
                        <Table.Td>{format.number(line.lost)}</Table.Td>
                        <Table.Td>{line.conversion === null ? "—" : format.percent(line.conversion)}</Table.Td>
                        <Table.Td>{line.sums_won.map(({ sum, currency }) => format.money(sum, currency)).join(" + ")}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Paper>
          );
        }}
      </Answered>
    </>
  );
}

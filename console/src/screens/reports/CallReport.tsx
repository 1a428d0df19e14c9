import { Group, Paper, Stack, Table, Text } from "@mantine/core";
import { useUsers } from "../../data/directory.ts";
import { useAsk } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { Answered } from "../../ui/problem.tsx";
import { Figure } from "./Bar.tsx";
import classes from "./heat.module.css";
import type { ReportQuery } from "./report-query.ts";

const hours = Array.from({ length: 24 }, (_, hour) => hour);

/** When people call, and who takes it. */
export function CallReport({ query }: { readonly query: ReportQuery }) {
  const text = useText();
  const words = text.reports.calls;
  const format = useFormat();
  const { nameOf } = useUsers();
  const report = useAsk("reportCalls", { query }, { keep: true });
  return (
    <Answered of={report}>
      {({ total, hours: cells, people }) => {
        const countAt = new Map(cells.map((cell) => [`${cell.weekday} ${cell.hour}`, cell.in + cell.out]));
        const most = Math.max(1, ...countAt.values());
        return (
          <Stack>
            <Paper withBorder p="md" radius="md">
              <Group gap="xl">
                <Figure label={words.incoming}>{format.number(total.in)}</Figure>
                <Figure label={words.outgoing}>{format.number(total.out)}</Figure>
                <Figure label={words.answered}>{format.number(total.answered)}</Figure>
                <Figure label={words.missed}>{format.number(total.missed)}</Figure>
                <Figure label={words.talk}>{format.span(total.talk_seconds)}</Figure>
              </Group>
            </Paper>
            <Paper withBorder p="md" radius="md">
              <Text fw={600} component="h2" mb="xs">
                {words.hours}
              </Text>
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
              <div style={{ overflowX: "auto" }} tabIndex={0}>
                <table className={classes["heat"]}>
                  <thead>
                    <tr>
                      <td />
                      {hours.map((hour) => (
                        <th key={hour} scope="col">
                          {hour}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {words.weekdays.map((weekday, index) => (
                      <tr key={weekday}>
                        <th scope="row">{weekday}</th>
                        {hours.map((hour) => {
                          const count = countAt.get(`${index + 1} ${hour}`) ?? 0;
                          return (
                            <td
                              key={hour}
                              title={words.cell(weekday, hour, text.calls.count(count))}
                              style={{ "--heat": `${Math.round((count / most) * 100)}%` } as React.CSSProperties}
                            >
                              {count === 0 ? "" : count}
                            </td>
                          );
                        })}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </Paper>
            <Paper withBorder radius="md">
              <Table.ScrollContainer minWidth={560}>
                <Table verticalSpacing="xs">
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>{words.person}</Table.Th>
                      <Table.Th>{words.incoming}</Table.Th>
                      <Table.Th>{words.outgoing}</Table.Th>
                      <Table.Th>{words.answered}</Table.Th>
                      <Table.Th>{words.missed}</Table.Th>
                      <Table.Th>{words.talk}</Table.Th>
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {people.map((person) => (
                      <Table.Tr key={person.user ?? 0}>
                        <Table.Td>{person.user === null ? words.nobody : nameOf(person.user)}</Table.Td>
                        <Table.Td>{format.number(person.in)}</Table.Td>
                        <Table.Td>{format.number(person.out)}</Table.Td>
                        <Table.Td>{format.number(person.answered)}</Table.Td>
                        <Table.Td>{format.number(person.missed)}</Table.Td>
                        <Table.Td>{format.span(person.talk_seconds)}</Table.Td>
                      </Table.Tr>
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
            </Paper>
          </Stack>
        );
      }}
    </Answered>
  );
}

import { Group, Paper, Stack, Switch, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { Answered, Empty, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { WholeWay } from "./WholeWay.tsx";

/** Which facts of which connection are told to which other, by which flow. */
export function Routes() {
  const text = useText();
  const words = text.routes;
  const language = useLanguage();
  const may = useMay();
  const matrix = useAsk("listRoutes");
  const change = useSend("changeRoutes", { refresh: ["listRoutes"] });
  return (
    <Screen title={words.title}>
      <Answered of={matrix}>
        {({ sources, flows, targets, routes, ...rest }) => {
          const nameOf = (id: number): string => targets.find((target) => target.id === id)?.name ?? `#${id}`;
          const shown = sources.filter((source) => routes.some((route) => route.source === source.id));
          if (shown.length === 0) return <Empty title={words.empty}>{words.emptyText}</Empty>;
          return (
            <Stack>
              <Text c="dimmed">{words.text}</Text>
              {shown.map((source) => (
                <Paper key={source.id} withBorder radius="md" p="md">
                  <Group justify="space-between" align="flex-start" mb="xs">
                    <Text fw={600} component="h2">
                      <Link to="/connections/$id" params={{ id: String(source.id) }}>
                        {source.name}
                      </Link>
                    </Text>
                    <WholeWay source={source} matrix={{ sources, flows, targets, routes, ...rest }} disabled={!may("hub:write")} />
                  </Group>
                  <Table.ScrollContainer minWidth={560}>
                    <Table verticalSpacing="xs">
                      <Table.Thead>
                        <Table.Tr>
                          <Table.Th>{words.flow}</Table.Th>
                          <Table.Th w={280}>{words.targets}</Table.Th>
                        </Table.Tr>
                      </Table.Thead>
                      <Table.Tbody>
                        {flows
                          .filter((flow) => routes.some((route) => route.source === source.id && route.flow === flow.name))
                          .map((flow) => (
                            <Table.Tr key={flow.name}>
                              <Table.Td>
                                <Text size="sm">{flow.title[language]}</Text>
                                <Text size="xs" c="dimmed">
                                  {flow.about[language]}
                                </Text>
                              </Table.Td>
                              <Table.Td>
                                <Stack gap={6}>
                                  {routes
                                    .filter((route) => route.source === source.id && route.flow === flow.name)
                                    .map((route) => (
                                      <Switch
                                        key={route.target}
                                        size="sm"
                                        label={nameOf(route.target)}
                                        aria-label={`${source.name}, ${flow.title[language]}, ${nameOf(route.target)}`}
                                        checked={route.enabled}
                                        disabled={!may("hub:write") || change.isPending}
                                        onChange={({ currentTarget }) =>
                                          change.mutate(
                                            { body: { routes: [{ ...route, enabled: currentTarget.checked }] } },
                                            { onError: (error) => tellProblem(error, text) },
                                          )
                                        }
                                      />
                                    ))}
                                </Stack>
                              </Table.Td>
                            </Table.Tr>
                          ))}
                      </Table.Tbody>
                    </Table>
                  </Table.ScrollContainer>
                </Paper>
              ))}
            </Stack>
          );
        }}
      </Answered>
    </Screen>
  );
}

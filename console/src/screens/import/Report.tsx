import { Badge, Button, Group, Paper, SegmentedControl, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { usePages } from "../../data/queries.ts";
import type { Import } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";

type Outcome = NonNullable<ItemOf<"listImportRows">["outcome"]>;
const pagesOf = { contact: "/contacts/$id", company: "/companies/$id", deal: "/deals/$id" } as const;

/** What became of each row, in words. */
export function Report({ one }: { readonly one: Import }) {
  const text = useText();
  const words = text.imports;
  const [outcome, setOutcome] = useState<Outcome>();
  const pages = usePages("listImportRows", { path: { id: one.id }, query: { limit: 50, ...(outcome && { outcome }) } }, { keep: true });
  const { refetch } = pages;
  // What is shown follows how far it is.
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again whenever rows were done
  useEffect(() => void refetch(), [refetch, one.state, one.progress.done]);
  const there = (Object.keys(words.outcomes) as Outcome[]).filter((each) => one.progress[each] > 0);
  return (
    <Paper withBorder p="md" radius="md">
      <Group justify="space-between" mb="xs">
        <Text fw={600} component="h2">
          {words.report}
        </Text>
        <SegmentedControl
          size="xs"
          value={outcome ?? ""}
          aria-label={words.report}
          onChange={(value) => setOutcome(value === "" ? undefined : (value as Outcome))}
          data={[{ value: "", label: text.common.all }, ...there.map((value) => ({ value, label: words.outcomes[value] }))]}
        />
      </Group>
      <Table.ScrollContainer minWidth={560}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={70}>{words.row}</Table.Th>
              <Table.Th>{words.column}</Table.Th>
              <Table.Th w={120} aria-label={words.report} />
              <Table.Th>{words.result}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pages.items.map((row) => (
              <Table.Tr key={row.n}>
                <Table.Td>{row.n}</Table.Td>
                <Table.Td>
                  <Text size="xs" lineClamp={2}>
                    {row.cells.filter(Boolean).join(" · ")}
                  </Text>
                </Table.Td>
                <Table.Td>
                  {row.outcome && (
                    <Badge variant="light" color={row.outcome === "failed" ? "red" : row.outcome === "created" ? "teal" : "gray"} tt="none">
                      {words.outcomes[row.outcome]}
                    </Badge>
                  )}
                </Table.Td>
                <Table.Td>
                  <Group gap="xs">
                    {(["contact", "company", "deal"] as const).map(
                      (entity) =>
                        row[entity] !== null && (
                          <Link key={entity} to={pagesOf[entity]} params={{ id: String(row[entity]) }}>
                            {text.common.entities[entity]} #{row[entity]}
                          </Link>
                        ),
                    )}
                  </Group>
                  {row.detail && (
                    <Text size="xs" c={row.outcome === "failed" ? "red" : "dimmed"}>
                      {row.detail}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {pages.hasNextPage && (
        <Button mt="xs" variant="default" size="xs" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {text.common.loadMore}
        </Button>
      )}
    </Paper>
  );
}

import { Badge, Button, Group, Paper, Select, Table, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { usePages } from "../../data/queries.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { useMovesText } from "../../text/with-screens.ts";
import { useFormat } from "../../ui/format.tsx";

type Move = ItemOf<"listMoves">;
type Finding = ItemOf<"listMoveFindings">;
const colours = { differs: "yellow", only_there: "orange", only_here: "orange", refused: "red", left: "gray" } as const;

/** What a move has found: every difference, and what could not be carried over. */
export function MoveReport({ connection, move }: { readonly connection: number; readonly move: Move }) {
  const text = useText();
  const words = useMovesText();
  const [what, setWhat] = useState<Finding["what"]>();
  const pages = usePages(
    "listMoveFindings",
    { path: { id: connection, move: move.id }, query: { limit: 50, ...(what && { what }) } },
    { keep: true },
  );
  const { refetch } = pages;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again whenever more was found
  useEffect(() => void refetch(), [refetch, move.findings]);
  return (
    <Paper withBorder p="md" radius="md">
      <Group justify="space-between" mb="xs">
        <Text fw={600} component="h2">
          {words.report}
        </Text>
        <Select
          size="xs"
          w={180}
          clearable
          aria-label={words.columns.what}
          placeholder={text.common.all}
          value={what ?? null}
          onChange={(value) => setWhat((value as Finding["what"] | null) ?? undefined)}
          data={Object.entries(words.findings).map(([value, label]) => ({ value, label }))}
        />
      </Group>
      <Table.ScrollContainer minWidth={640}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={130}>{words.columns.what}</Table.Th>
              <Table.Th w={170}>{words.columns.record}</Table.Th>
              <Table.Th w={170}>{words.columns.member}</Table.Th>
              <Table.Th>{words.columns.there}</Table.Th>
              <Table.Th>{words.columns.here}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pages.items.map((one) => (
              <Row key={[one.kind, one.record, one.what, one.member].join(" ")} one={one} />
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

function Row({ one }: { readonly one: Finding }) {
  const words = useMovesText();
  const format = useFormat();
  const language = useLanguage();
  const said = one.words?.[language];
  return (
    <Table.Tr>
      <Table.Td>
        <Badge variant="light" color={colours[one.what]} tt="none">
          {words.findings[one.what]}
        </Badge>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{words.kinds[one.kind]}</Text>
        <Text size="xs" c="dimmed">
          {one.count !== null ? format.number(one.count) : one.record}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="xs" style={{ overflowWrap: "anywhere" }}>
          {one.member}
        </Text>
      </Table.Td>
      {said !== undefined ? (
        <Table.Td colSpan={2}>
          <Text size="sm">{said}</Text>
          {one.there && (
            <Text size="xs" c="dimmed" lineClamp={3}>
              {one.there}
            </Text>
          )}
        </Table.Td>
      ) : (
        [one.there, one.here].map((value, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two sides, always in this order
          <Table.Td key={index}>
            <Text size="sm" lineClamp={3} style={{ overflowWrap: "anywhere" }}>
              {value}
            </Text>
          </Table.Td>
        ))
      )}
    </Table.Tr>
  );
}

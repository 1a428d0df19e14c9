import { Badge, Button, Group, Paper, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { useUsers } from "../../data/directory.ts";
import { usePages, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Mergeable } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { formatPhone } from "../../ui/phone.tsx";
import { Empty, ProblemNote, tellProblem, Waiting } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { MergeForm } from "./MergeForm.tsx";
import { Merges } from "./Merges.tsx";

type DuplicateGroup = ItemOf<"listDuplicates">;

/** Records that may be one: a person decides, and may think better of it. */
export function Duplicates() {
  const text = useText();
  const words = text.duplicates;
  const { entity = "contact" } = useSearch({ strict: false }) as { entity?: Mergeable };
  const navigate = useNavigate();
  const pages = usePages("listDuplicates", { query: { entity, limit: 20 } });
  return (
    <Screen
      title={words.title}
      actions={
        <SegmentedControl
          size="xs"
          value={entity}
          aria-label={words.title}
          onChange={(value) => void navigate({ to: "/duplicates", search: { entity: value }, replace: true })}
          data={[
            { value: "contact", label: words.contacts },
            { value: "company", label: words.companies },
          ]}
        />
      }
    >
      <Stack>
        {pages.error && <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />}
        {pages.isPending && <Waiting />}
        {pages.data && pages.items.length === 0 && <Empty title={words.empty}>{words.emptyText}</Empty>}
        {pages.items.map((group) => (
          <GroupCard key={`${group.why} ${group.value}`} entity={entity} group={group} />
        ))}
        {pages.hasNextPage && (
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {text.common.loadMore}
          </Button>
        )}
        <Merges entity={entity} />
      </Stack>
    </Screen>
  );
}

function GroupCard({ entity, group }: { readonly entity: Mergeable; readonly group: DuplicateGroup }) {
  const text = useText();
  const words = text.duplicates;
  const may = useMay();
  const { nameOf } = useUsers();
  const [merging, setMerging] = useState(false);
  const dismiss = useSend("dismissDuplicate", { refresh: ["listDuplicates"] });
  const page = entity === "contact" ? "/contacts/$id" : "/companies/$id";
  return (
    <Paper withBorder p="md" radius="md" data-testid="duplicates">
      <Group justify="space-between" mb="xs">
        <Group gap="xs">
          <Badge variant="light" tt="none">
            {words.why[group.why]}
          </Badge>
          <Text size="sm">{group.value}</Text>
        </Group>
        {may("crm:write") && (
          <Group gap="xs">
            <Button size="xs" onClick={() => setMerging(true)}>
              {words.merge}
            </Button>
            <Button
              size="xs"
              variant="default"
              loading={dismiss.isPending}
              onClick={() =>
                dismiss.mutate(
                  { body: { entity, ids: group.records.map(({ id }) => id) } },
                  { onError: (error) => tellProblem(error, text) },
                )
              }
            >
              {words.dismiss}
            </Button>
          </Group>
        )}
      </Group>
      <Table.ScrollContainer minWidth={480}>
        <Table>
          <Table.Tbody>
            {group.records.map((record) => (
              <Table.Tr key={record.id}>
                <Table.Td>
                  <Link to={page} params={{ id: String(record.id) }}>
                    {record.name || `#${record.id}`}
                  </Link>
                </Table.Td>
                <Table.Td>{record.phone && formatPhone(record.phone)}</Table.Td>
                <Table.Td>{record.email}</Table.Td>
                <Table.Td>{nameOf(record.responsible)}</Table.Td>
                <Table.Td>
                  <When at={record.created_at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <MergeForm entity={entity} ids={group.records.map(({ id }) => id)} opened={merging} onClose={() => setMerging(false)} />
    </Paper>
  );
}

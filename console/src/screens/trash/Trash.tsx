import { Button, Group, Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { OperationId } from "../../data/client.ts";
import { usePages, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Entity } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { Empty, ProblemNote, tellProblem, Waiting } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";

const operations = {
  deal: ["listDeals", "restoreDeal", "/deals/$id"],
  contact: ["listContacts", "restoreContact", "/contacts/$id"],
  company: ["listCompanies", "restoreCompany", "/companies/$id"],
} as const;

/** What was put away, and can be brought back. */
export function Trash() {
  const text = useText();
  const words = text.trash;
  const { entity = "deal" } = useSearch({ strict: false }) as { entity?: Entity };
  const navigate = useNavigate();
  return (
    <Screen
      title={words.title}
      actions={
        <SegmentedControl
          size="xs"
          value={entity}
          aria-label={words.title}
          onChange={(value) => void navigate({ to: "/trash", search: { entity: value }, replace: true })}
          data={[
            { value: "deal", label: text.deals.title },
            { value: "contact", label: text.contacts.title },
            { value: "company", label: text.contacts.companies },
          ]}
        />
      }
    >
      <List key={entity} entity={entity} />
    </Screen>
  );
}

function List({ entity }: { readonly entity: Entity }) {
  const text = useText();
  const words = text.trash;
  const may = useMay();
  const [list, restoreOne, page] = operations[entity];
  const pages = usePages(list, { query: { deleted: "only", sort: "-updated_at", limit: 50 } as never });
  const restore = useSend(restoreOne, {
    refresh: [list, "listDealCards", "boardTotals", "getDeal", "getContact", "getCompany"] as readonly OperationId[],
  });
  const items = pages.items as readonly { id: number; name: string; full_name?: string; deleted_at: string | null }[];
  if (pages.error) return <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Waiting />;
  if (items.length === 0) return <Empty title={words.empty} />;
  return (
    <Stack gap="xs">
      {items.map((record) => (
        <Paper key={record.id} withBorder p="sm" radius="md">
          <Group justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" truncate>
                <Link to={page} params={{ id: String(record.id) }}>
                  {record.full_name || record.name || `#${record.id}`}
                </Link>
              </Text>
              {record.deleted_at && (
                <Text size="xs" c="dimmed">
                  {words.deletedAt} <When at={record.deleted_at} long />
                </Text>
              )}
            </div>
            {may("crm:write") && (
              <Button
                size="xs"
                variant="default"
                onClick={() => restore.mutate({ path: { id: record.id } }, { onError: (error) => tellProblem(error, text) })}
              >
                {text.common.actions.restore}
              </Button>
            )}
          </Group>
        </Paper>
      ))}
      {pages.hasNextPage && (
        <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {text.common.loadMore}
        </Button>
      )}
    </Stack>
  );
}

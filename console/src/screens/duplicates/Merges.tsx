import { Button, Group, Paper, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { Link } from "@tanstack/react-router";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Mergeable } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { tellProblem } from "../../ui/problem.tsx";
import { useActor } from "../activity/changes.tsx";

/** What was made one, the latest first, each with its way back. */
export function Merges({ entity }: { readonly entity: Mergeable }) {
  const text = useText();
  const words = text.duplicates;
  const may = useMay();
  const actor = useActor();
  const merges = useAsk("listMerges", { query: { entity, limit: 20 } });
  const undo = useSend("undoMerge", {
    refresh: ["listMerges", "listDuplicates", "listContacts", "listCompanies", "getContact", "getCompany", "listDealCards"],
    onDone: ({ left }) =>
      notifications.show({
        title: words.undone,
        message: left.length === 0 ? "" : `${words.left} ${left.map(({ detail }) => detail).join("; ")}`,
        color: left.length === 0 ? "teal" : "orange",
        autoClose: left.length === 0 ? 4000 : false,
      }),
  });
  const items = merges.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} component="h2" mb="xs">
        {words.history}
      </Text>
      <Stack gap="xs">
        {items.map((merge) => (
          <Group key={merge.id} justify="space-between" wrap="nowrap">
            <Text size="sm">
              {merge.merged.map(({ name, id }) => name || `#${id}`).join(", ")} {words.into}{" "}
              <Link to={entity === "contact" ? "/contacts/$id" : "/companies/$id"} params={{ id: String(merge.kept.id) }}>
                {merge.kept.name || `#${merge.kept.id}`}
              </Link>{" "}
              <Text span c="dimmed" size="xs">
                {actor(merge.actor)} · <When at={merge.at} />
              </Text>
            </Text>
            {merge.undone_at ? (
              <Text size="xs" c="dimmed">
                {words.undoneAt}
              </Text>
            ) : (
              may("crm:write") && (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={undo.isPending}
                  onClick={() => undo.mutate({ path: { id: merge.id } }, { onError: (error) => tellProblem(error, text) })}
                >
                  {words.undo}
                </Button>
              )
            )}
          </Group>
        ))}
      </Stack>
    </Paper>
  );
}

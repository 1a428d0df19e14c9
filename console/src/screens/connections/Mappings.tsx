import { ActionIcon, Alert, Badge, Button, Group, Paper, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconX } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import type { AnswerOf } from "../../data/client.ts";
import { useAsk, usePages, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { Answered, ProblemNote } from "../../ui/problem.tsx";

type Kind = "user" | "field" | "stage";
type Known = AnswerOf<"suggestMappings">;
type Theirs = Known["theirs"][number];

/** Theirs and ours: people, fields or stages, with what the hub would suggest. */
export function Mappings({ connection, kind }: { readonly connection: number; readonly kind: Kind }) {
  const known = useAsk("suggestMappings", { path: { id: connection, kind } });
  const pages = usePages("listMappings", { path: { id: connection, kind }, query: { limit: 250 } });
  const { hasNextPage, isFetchingNextPage, isError, fetchNextPage } = pages;
  // All of them, since saving writes the whole list: a pair that was not read would be gone.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && !isError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);
  const saved = { data: hasNextPage ? undefined : pages.data && pages.items, error: pages.error, refetch: () => pages.refetch() };
  return (
    <Answered of={saved}>
      {(items) => (
        <Answered of={known}>
          {(found) => <MappingTable key={JSON.stringify(items)} connection={connection} kind={kind} saved={items} known={found} />}
        </Answered>
      )}
    </Answered>
  );
}

interface TableProps {
  readonly connection: number;
  readonly kind: Kind;
  readonly saved: readonly { readonly theirs: string; readonly ours: string }[];
  readonly known: Known;
}

function MappingTable({ connection, kind, saved, known }: TableProps) {
  const text = useText();
  const words = text.connections.mapping;
  const may = useMay();
  const ours = useOurs(known);
  const [pairs, setPairs] = useState<ReadonlyMap<string, string>>(() => new Map(saved.map((pair) => [pair.theirs, pair.ours])));
  const save = useSend("setMappings", {
    refresh: ["listMappings", "suggestMappings", "getConnection"],
    onDone: () => notifications.show({ message: text.common.saved, color: "teal" }),
  });
  const set = (theirs: string, value: string | null): void => {
    const next = new Map(pairs);
    if (value === null) next.delete(theirs);
    else next.set(theirs, value);
    setPairs(next);
  };
  const unseen = [...pairs.keys()].filter((theirs) => !known.theirs.some(({ id }) => id === theirs));
  const suggestions = known.suggestions.filter(({ theirs }) => !pairs.has(theirs));
  const changed = JSON.stringify([...pairs].sort()) !== JSON.stringify(saved.map((pair) => [pair.theirs, pair.ours]).sort());
  const row = (theirs: Pick<Theirs, "id" | "name" | "detail" | "samples" | "understood">) => {
    const suggestion = suggestions.find((each) => each.theirs === theirs.id);
    const value = pairs.get(theirs.id);
    const isBroken = value !== undefined && !ours.some((choice) => choice.value === value);
    return (
      <Table.Tr key={theirs.id}>
        <Table.Td>
          <Text size="sm">{theirs.name}</Text>
          <Text size="xs" c="dimmed" lineClamp={2}>
            {[theirs.name === theirs.id ? null : theirs.id, theirs.detail].filter(Boolean).join(" · ")}
            {theirs.samples.length > 0 && ` ${words.sample}: ${theirs.samples.join(", ")}`}
          </Text>
        </Table.Td>
        <Table.Td>
          <Select
            size="xs"
            aria-label={`${words.ours}: ${theirs.name}`}
            searchable
            clearable
            disabled={!may("hub:write")}
            // A pair may lead to what is not there any more: it is shown, so that it can be mended.
            data={isBroken ? [...ours, { value, label: `? ${value}` }] : [...ours]}
            value={value ?? null}
            error={isBroken ? words.broken : undefined}
            placeholder={
              theirs.understood ??
              ours.find((choice) => choice.value === suggestion?.ours)?.label ??
              (kind === "field" ? words.ignored : undefined)
            }
            onChange={(next) => set(theirs.id, next)}
          />
          {suggestion && (
            <Badge size="sm" variant="light" tt="none" mt={4}>
              {words.suggested}: {words.because[suggestion.why]}
            </Badge>
          )}
        </Table.Td>
        <Table.Td w={40}>
          {value !== undefined && may("hub:write") && (
            <ActionIcon
              size={24}
              color="gray"
              aria-label={`${text.common.actions.remove}: ${theirs.name}`}
              onClick={() => set(theirs.id, null)}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </Table.Td>
      </Table.Tr>
    );
  };
  return (
    <Paper withBorder p="md" radius="md">
      <Stack>
        <Text size="sm" c="dimmed">
          {kind === "user" ? words.users : kind === "field" ? words.fields : words.stages}
        </Text>
        {known.theirs.length + unseen.length === 0 && <Text c="dimmed">{words.empty}</Text>}
        {suggestions.length > 0 && may("hub:write") && (
          <Group>
            <Button
              size="xs"
              variant="light"
              onClick={() => setPairs(new Map([...pairs, ...suggestions.map(({ theirs, ours: value }) => [theirs, value] as const)]))}
            >
              {words.takeAll} ({suggestions.length})
            </Button>
          </Group>
        )}
        {known.theirs.length + unseen.length > 0 && (
          <Table.ScrollContainer minWidth={480}>
            <Table verticalSpacing="xs">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{words.theirs}</Table.Th>
                  <Table.Th w={280}>{words.ours}</Table.Th>
                  <Table.Th aria-label={text.common.actions.actions} />
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {known.theirs.map(row)}
                {unseen.map((theirs) => row({ id: theirs, name: theirs, detail: null, samples: [], understood: null }))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
        {may("hub:write") && (
          <Group align="flex-end" gap="xs">
            <AddPair label={words.add} disabled={ours.length === 0} onAdd={(theirs) => set(theirs, ours[0]?.value ?? "")} />
            <Button
              size="xs"
              disabled={!changed}
              loading={save.isPending}
              onClick={() =>
                save.mutate({
                  path: { id: connection, kind },
                  body: { items: [...pairs].map(([theirs, value]) => ({ theirs, ours: value })) },
                })
              }
            >
              {words.save}
            </Button>
          </Group>
        )}
        {save.error && (
          <Alert color="red">
            <ProblemNote error={save.error} />
          </Alert>
        )}
      </Stack>
    </Paper>
  );
}

/** What nobody has sent yet can be mapped beforehand. */
function AddPair({
  label,
  disabled,
  onAdd,
}: {
  readonly label: string;
  readonly disabled: boolean;
  readonly onAdd: (theirs: string) => void;
}) {
  const text = useText();
  const [fresh, setFresh] = useState("");
  return (
    <>
      <TextInput size="xs" label={label} value={fresh} onChange={({ currentTarget }) => setFresh(currentTarget.value)} maxLength={255} />
      <Button
        size="xs"
        variant="default"
        disabled={fresh.trim() === "" || disabled}
        onClick={() => {
          onAdd(fresh.trim());
          setFresh("");
        }}
      >
        {text.common.actions.add}
      </Button>
    </>
  );
}

function useOurs(known: Known): readonly { readonly value: string; readonly label: string }[] {
  const language = useLanguage();
  return known.ours.map(({ id, name, label, detail }) => ({
    value: id,
    label: `${label?.[language] ?? name}${detail ? ` · ${detail}` : ""}`,
  }));
}

import { ActionIcon, Alert, Badge, Button, Group, Paper, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconX } from "@tabler/icons-react";
import { useState } from "react";
import type { ItemOf } from "../../data/client.ts";
import { useFields, usePipelines, useUsers } from "../../data/directory.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { Answered, ProblemNote } from "../../ui/problem.tsx";

type Kind = "user" | "field" | "stage";
type Pair = ItemOf<"listMappings">;

/** Theirs and ours: people, fields or stages, with what the hub would suggest. */
export function Mappings({ connection, kind }: { readonly connection: number; readonly kind: Kind }) {
  const pairs = useAsk("listMappings", { path: { id: connection, kind }, query: { limit: 250 } });
  return (
    <Answered of={pairs}>
      {({ items }) => <MappingTable key={JSON.stringify(items)} connection={connection} kind={kind} saved={items} />}
    </Answered>
  );
}

interface Theirs {
  readonly theirs: string;
  readonly label: string;
  readonly detail: string;
  readonly suggestion?: { readonly ours: string; readonly why: string };
}

function MappingTable({ connection, kind, saved }: { readonly connection: number; readonly kind: Kind; readonly saved: readonly Pair[] }) {
  const text = useText();
  const words = text.connections.mapping;
  const may = useMay();
  const known = useTheirs(connection, kind);
  const ours = useOurs(kind);
  const [pairs, setPairs] = useState<ReadonlyMap<string, string>>(() => new Map(saved.map((pair) => [pair.theirs, pair.ours])));
  const [fresh, setFresh] = useState("");
  const save = useSend("setMappings", {
    refresh: ["listMappings", "listTelephonyUsers", "getConnection"],
    onDone: () => notifications.show({ message: text.common.saved, color: "teal" }),
  });
  const set = (theirs: string, value: string | null): void => {
    const next = new Map(pairs);
    if (value === null) next.delete(theirs);
    else next.set(theirs, value);
    setPairs(next);
  };
  const rows: readonly Theirs[] = [
    ...known.items,
    ...[...pairs.keys()]
      .filter((theirs) => !known.items.some((item) => item.theirs === theirs))
      .map((theirs) => ({ theirs, label: theirs, detail: "" })),
  ];
  const suggestions = known.items.filter(({ theirs, suggestion }) => suggestion && !pairs.has(theirs));
  const changed = JSON.stringify([...pairs].sort()) !== JSON.stringify(saved.map((pair) => [pair.theirs, pair.ours]).sort());
  return (
    <Paper withBorder p="md" radius="md">
      <Stack>
        <Text size="sm" c="dimmed">
          {kind === "user" ? words.users : kind === "field" ? words.fields : words.stages}
        </Text>
        <ProblemNote error={known.error} />
        {rows.length === 0 && !known.error && <Text c="dimmed">{words.empty}</Text>}
        {suggestions.length > 0 && may("hub:write") && (
          <Group>
            <Button
              size="xs"
              variant="light"
              onClick={() =>
                setPairs(new Map([...pairs, ...suggestions.map((item) => [item.theirs, item.suggestion?.ours ?? ""] as const)]))
              }
            >
              {words.takeAll} ({suggestions.length})
            </Button>
          </Group>
        )}
        {rows.length > 0 && (
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.theirs}</Table.Th>
                <Table.Th>{words.ours}</Table.Th>
                <Table.Th aria-label={text.common.actions.actions} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <Table.Tr key={row.theirs}>
                  <Table.Td>
                    <Text size="sm">{row.label}</Text>
                    {row.detail && (
                      <Text size="xs" c="dimmed">
                        {row.detail}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Select
                      size="xs"
                      aria-label={`${words.ours}: ${row.label}`}
                      searchable
                      clearable
                      disabled={!may("hub:write")}
                      data={withUnknown(ours, pairs.get(row.theirs))}
                      value={pairs.get(row.theirs) ?? null}
                      placeholder={
                        row.suggestion
                          ? ours.find(({ value }) => value === row.suggestion?.ours)?.label
                          : kind === "field"
                            ? words.ignored
                            : undefined
                      }
                      onChange={(value) => set(row.theirs, value)}
                    />
                    {row.suggestion && !pairs.has(row.theirs) && (
                      <Badge size="xs" variant="light" tt="none" mt={4}>
                        {words.suggested}: {row.suggestion.why}
                      </Badge>
                    )}
                  </Table.Td>
                  <Table.Td w={40}>
                    {pairs.has(row.theirs) && may("hub:write") && (
                      <ActionIcon
                        size="sm"
                        color="gray"
                        aria-label={`${text.common.actions.remove}: ${row.label}`}
                        onClick={() => set(row.theirs, null)}
                      >
                        <IconX size={14} />
                      </ActionIcon>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        {may("hub:write") && (
          <Group align="flex-end" gap="xs">
            <TextInput
              size="xs"
              label={words.add}
              value={fresh}
              onChange={({ currentTarget }) => setFresh(currentTarget.value)}
              maxLength={255}
            />
            <Button
              size="xs"
              variant="default"
              disabled={fresh.trim() === "" || ours.length === 0}
              onClick={() => {
                set(fresh.trim(), ours[0]?.value ?? "");
                setFresh("");
              }}
            >
              {text.common.actions.add}
            </Button>
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

interface Choice {
  readonly value: string;
  readonly label: string;
}
/** A pair may lead to what is not there any more: it is shown, so that it can be mended. */
const withUnknown = (choices: readonly Choice[], value: string | undefined): Choice[] =>
  value === undefined || choices.some((choice) => choice.value === value) ? [...choices] : [...choices, { value, label: `? ${value}` }];

function useOurs(kind: Kind): readonly Choice[] {
  const { active } = useUsers();
  const { pipelines } = usePipelines();
  const text = useText();
  const deal = useFields("deal");
  const contact = useFields("contact");
  if (kind === "user") return active.map(({ id, name }) => ({ value: String(id), label: name }));
  if (kind === "stage")
    return pipelines.flatMap((pipeline) =>
      pipeline.stages.map((stage) => ({ value: String(stage.id), label: `${pipeline.name}: ${stage.name}` })),
    );
  const seen = new Set<string>();
  return [
    ...contact.map(({ code, name }) => ({ value: code, label: `${text.common.entities.contact}: ${name}` })),
    ...deal.map(({ code, name }) => ({ value: code, label: `${text.common.entities.deal}: ${name}` })),
  ].filter(({ value }) => !seen.has(value) && seen.add(value));
}

function useTheirs(connection: number, kind: Kind): { readonly items: readonly Theirs[]; readonly error: Error | null } {
  const users = useAsk("listTelephonyUsers", { path: { id: connection }, query: { limit: 250 } }, { enabled: kind === "user" });
  if (kind !== "user") return { items: [], error: null };
  return {
    items: (users.data?.items ?? []).map(({ account, name, extension, phone, email, suggestion }) => ({
      theirs: account,
      label: name || account,
      detail: [account, extension, phone, email].filter(Boolean).join(" · "),
      ...(suggestion && { suggestion: { ours: suggestion.id, why: suggestion.by } }),
    })),
    error: users.error,
  };
}

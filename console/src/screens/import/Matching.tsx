import { Grid, Paper, Select, Table, TagsInput, Text } from "@mantine/core";
import { useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import type { Import } from "../../data/shapes.ts";
import { useLanguage, useText } from "../../text/text.tsx";
import { StagePicker, UserPicker } from "../../ui/pickers.tsx";
import { ProblemNote } from "../../ui/problem.tsx";

/** What each column is, and what is done about records that are there already. Each choice is kept at once. */
export function Matching({ one }: { readonly one: Import }) {
  const text = useText();
  const words = text.imports;
  const language = useLanguage();
  const targets = useAsk("listImportTargets", {}, { staleTime: 60_000 });
  const update = useSend("updateImport", { refresh: ["getImport", "previewImport"] });
  // As chosen here: the next choice is made upon the one before it, whether the hub has answered that or not.
  const [settings, setSettings] = useState(one.settings);
  const isExternal = (to: string | null): boolean => to?.endsWith(".external") === true;
  const connections = useAsk(
    "listConnections",
    { query: { limit: 250 } },
    { staleTime: 60_000, enabled: settings.columns.some(isExternal) },
  );
  const choices = (["contact", "company", "deal"] as const).map((entity) => ({
    group: text.common.entities[entity],
    items: (targets.data?.items ?? [])
      .filter(({ to }) => to.startsWith(`${entity}.`))
      .map(({ to, label }) => ({ value: to, label: label[language] ?? to })),
  }));
  const put = (body: NonNullable<Parameters<typeof update.mutate>[0]["body"]>): void => {
    setSettings({ ...settings, ...(body as Partial<Import["settings"]>) });
    update.mutate({ path: { id: one.id }, body }, { onError: () => setSettings(one.settings) });
  };
  return (
    <Paper withBorder p="md" radius="md">
      <Text fw={600} component="h2" mb="xs">
        {words.columns}
      </Text>
      <Table.ScrollContainer minWidth={560}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.column}</Table.Th>
              <Table.Th>{words.samples}</Table.Th>
              <Table.Th w={260}>{words.becomes}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {one.columns.map((column, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their places, and two may have one name
              <Table.Tr key={`${index} ${column.name}`}>
                <Table.Td>{column.name || `#${index + 1}`}</Table.Td>
                <Table.Td>
                  <Text size="xs" c="dimmed" lineClamp={2}>
                    {column.samples.join(", ")}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Select
                    size="xs"
                    searchable
                    clearable
                    aria-label={`${words.becomes}: ${column.name || index + 1}`}
                    placeholder={words.leaveOut}
                    data={choices}
                    value={settings.columns[index] ?? null}
                    onChange={(to) =>
                      put({ columns: one.columns.map((_, place) => (place === index ? to : (settings.columns[place] ?? null))) })
                    }
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Grid mt="sm">
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <Select
            label={words.duplicates}
            allowDeselect={false}
            data={(Object.keys(words.policies) as Import["settings"]["duplicates"][]).map((value) => ({
              value,
              label: words.policies[value],
            }))}
            value={settings.duplicates}
            onChange={(value) => put({ duplicates: (value ?? "skip") as Import["settings"]["duplicates"] })}
          />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <StagePicker label={words.stage} value={settings.stage} onChange={(stage) => put({ stage })} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <UserPicker label={words.responsible} value={settings.responsible} onChange={(responsible) => put({ responsible })} />
        </Grid.Col>
        {settings.columns.some(isExternal) && (
          <Grid.Col span={{ base: 12, sm: 6 }}>
            <Select
              label={words.connection}
              description={words.connectionHint}
              clearable
              data={(connections.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
              value={settings.connection === null ? null : String(settings.connection)}
              onChange={(id) => put({ connection: id === null ? null : Number(id) })}
            />
          </Grid.Col>
        )}
        <Grid.Col span={{ base: 12, sm: 6 }}>
          <TagsInput label={words.tags} value={settings.tags} onChange={(tags) => put({ tags })} />
        </Grid.Col>
      </Grid>
      <ProblemNote error={update.error} />
    </Paper>
  );
}

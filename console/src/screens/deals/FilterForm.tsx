import { Button, Group, MultiSelect, Select, Stack, TextInput } from "@mantine/core";
import { useSources, useTags, useUsers } from "../../data/directory.ts";
import { useText } from "../../text/text.tsx";
import type { DealFilters } from "./filters.ts";

const nothing: Partial<DealFilters> = {
  responsible: undefined,
  source: undefined,
  tag: undefined,
  state: undefined,
  task: undefined,
  created_from: undefined,
  created_to: undefined,
};

export function FilterForm({
  filters,
  onChange,
}: {
  readonly filters: DealFilters;
  readonly onChange: (changes: Partial<DealFilters>) => void;
}) {
  const text = useText();
  const words = text.deals;
  const { active } = useUsers();
  const sources = useSources();
  const tags = useTags("deal");
  // Lists inside a popover open within it, so that choosing does not close it.
  const inside = { comboboxProps: { withinPortal: false }, size: "xs", clearable: true } as const;
  return (
    <Stack gap="xs" w={280}>
      <MultiSelect
        {...inside}
        label={words.fields.responsible}
        searchable
        data={active.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={filters.responsible ? String(filters.responsible).split(",") : []}
        onChange={(value) => onChange({ responsible: value.length > 0 ? value.join(",") : undefined })}
      />
      <Select
        {...inside}
        label={words.fields.state}
        data={[
          { value: "open", label: text.common.states.open },
          { value: "closed", label: `${text.common.states.won}, ${text.common.states.lost.toLowerCase()}` },
        ]}
        value={filters.state ?? null}
        onChange={(value) => onChange({ state: (value ?? undefined) as DealFilters["state"] })}
      />
      <Select
        {...inside}
        label={words.taskFilter.label}
        data={[
          { value: "none", label: words.taskFilter.none },
          { value: "overdue", label: words.taskFilter.overdue },
        ]}
        value={filters.task ?? null}
        onChange={(value) => onChange({ task: (value ?? undefined) as DealFilters["task"] })}
      />
      <Select
        {...inside}
        label={words.fields.source}
        searchable
        data={sources.map(({ id, name }) => ({ value: String(id), label: name }))}
        value={filters.source === undefined ? null : String(filters.source)}
        onChange={(value) => onChange({ source: value === null ? undefined : Number(value) })}
      />
      <Select
        {...inside}
        label={words.fields.tags}
        searchable
        data={[...tags]}
        value={filters.tag ?? null}
        onChange={(value) => onChange({ tag: value ?? undefined })}
      />
      <Group grow gap="xs">
        <TextInput
          size="xs"
          type="date"
          label={words.createdFrom}
          value={filters.created_from ?? ""}
          onChange={({ currentTarget }) => onChange({ created_from: currentTarget.value || undefined })}
        />
        <TextInput
          size="xs"
          type="date"
          label={words.createdTo}
          value={filters.created_to ?? ""}
          onChange={({ currentTarget }) => onChange({ created_to: currentTarget.value || undefined })}
        />
      </Group>
      <Button size="xs" variant="subtle" onClick={() => onChange(nothing)}>
        {text.common.actions.reset}
      </Button>
    </Stack>
  );
}

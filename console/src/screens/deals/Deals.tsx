import { ActionIcon, Button, Group, Indicator, Menu, Popover, SegmentedControl, Select, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconDots, IconFilter, IconLayoutKanban, IconList, IconSearch } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useState } from "react";
import { addressOf } from "../../data/client.ts";
import { usePipelines } from "../../data/directory.ts";
import { useText } from "../../text/text.tsx";
import { LinkItem } from "../../ui/links.tsx";
import { Empty, Waiting } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { Board } from "./Board.tsx";
import { cardQuery, countFilters, type DealFilters } from "./filters.ts";
import { Views } from "./Views.tsx";

const DealList = lazy(async () => ({ default: (await import("./DealList.tsx")).DealList }));
const FilterForm = lazy(async () => ({ default: (await import("./FilterForm.tsx")).FilterForm }));

const lastKey = "svyazka.deals";

/** The deals: as a board or as a list, filtered, in saved views. */
export function Deals() {
  const text = useText();
  const words = text.deals;
  const search = useSearch({ strict: false }) as DealFilters;
  const navigate = useNavigate();
  const { pipelines, standard, pipelineOf } = usePipelines();
  const set = (changes: Partial<DealFilters>): void =>
    void navigate({ to: "/deals", search: cleared({ ...search, ...changes }), replace: true });
  const [typed, setTyped] = useState(search.q ?? "");
  const find = useDebouncedCallback((q: string) => set({ q: q.trim() === "" ? undefined : q }), 250);
  useEffect(() => remember(search), [search]);

  const layout = search.layout ?? recalled().layout ?? "board";
  const pipeline = pipelineOf(search.pipeline) ?? pipelineOf(recalled().pipeline) ?? standard;
  if (!pipeline) return <Waiting />;
  const filters = { ...search, ...(layout === "board" && { pipeline: undefined }) };
  const filterCount = countFilters(search);
  const query = cardQuery(layout === "board" ? filters : { ...filters, pipeline: search.pipeline });

  return (
    <Screen
      title={words.title}
      wide
      actions={
        <>
          <SegmentedControl
            size="xs"
            value={layout}
            onChange={(value) => set({ layout: value as "board" | "list" })}
            aria-label={`${words.board}, ${words.list}`}
            data={[
              { value: "board", label: <Iconed icon={<IconLayoutKanban size={15} />} label={words.board} /> },
              { value: "list", label: <Iconed icon={<IconList size={15} />} label={words.list} /> },
            ]}
          />
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="default" size="lg" aria-label={text.common.actions.more}>
                <IconDots size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item component="a" href={addressOf("exportDeals", { query })} download>
                {words.export}
              </Menu.Item>
              <LinkItem to="/import">{words.import}</LinkItem>
              <LinkItem to="/trash">{text.contacts.bin}</LinkItem>
            </Menu.Dropdown>
          </Menu>
        </>
      }
    >
      <Group gap="xs" mb="sm" wrap="wrap">
        <Select
          aria-label={words.pipeline}
          size="xs"
          w={180}
          data={[
            ...(layout === "list" ? [{ value: "", label: text.common.all }] : []),
            ...pipelines.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
          value={layout === "list" && search.pipeline === undefined ? "" : String(pipeline.id)}
          allowDeselect={false}
          onChange={(value) => set({ pipeline: value === "" || value === null ? undefined : Number(value) })}
        />
        <TextInput
          size="xs"
          w={220}
          type="search"
          aria-label={words.find}
          placeholder={words.find}
          leftSection={<IconSearch size={14} />}
          value={typed}
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            find(currentTarget.value);
          }}
        />
        <Popover position="bottom-start" withArrow trapFocus>
          <Indicator label={filterCount} size={16} disabled={filterCount === 0} color="link">
            <Popover.Target>
              <Button size="xs" variant="default" leftSection={<IconFilter size={14} />}>
                {words.filters}
              </Button>
            </Popover.Target>
          </Indicator>
          <Popover.Dropdown>
            <Suspense fallback={<Waiting />}>
              <FilterForm filters={search} onChange={set} />
            </Suspense>
          </Popover.Dropdown>
        </Popover>
        <Views
          filters={{ ...search, layout, pipeline: search.pipeline ?? (layout === "board" ? pipeline.id : undefined) }}
          onChoose={(next) => void navigate({ to: "/deals", search: cleared(next) })}
        />
      </Group>
      {layout === "board" ? (
        <Board key={pipeline.id} pipeline={pipeline} query={query} />
      ) : (
        <Suspense fallback={<Waiting />}>
          <DealList
            query={query}
            sort={search.sort ?? "-created_at"}
            columns={search.columns}
            onChange={set}
            empty={<Empty title={words.empty}>{words.emptyText}</Empty>}
          />
        </Suspense>
      )}
    </Screen>
  );
}

const Iconed = ({ icon, label }: { readonly icon: React.ReactNode; readonly label: string }) => (
  <Group gap={6} wrap="nowrap">
    {icon}
    {label}
  </Group>
);

const cleared = (filters: DealFilters): Record<string, string | number | boolean | undefined> =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined && value !== "")) as Record<string, string | number>;

/** The next time one comes here, it looks as one left it. */
function remember({ pipeline, layout }: DealFilters): void {
  if (pipeline === undefined && layout === undefined) return;
  try {
    localStorage.setItem(
      lastKey,
      JSON.stringify({ ...recalled(), ...(pipeline !== undefined && { pipeline }), ...(layout !== undefined && { layout }) }),
    );
  } catch {
    // Storage is closed to us: it begins with the standard pipeline.
  }
}
function recalled(): Pick<DealFilters, "pipeline" | "layout"> {
  try {
    return JSON.parse(localStorage.getItem(lastKey) ?? "{}") as DealFilters;
  } catch {
    return {};
  }
}

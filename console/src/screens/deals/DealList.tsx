import { Button, Checkbox, Group, Menu, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconColumns3 } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { type QueryOf, send } from "../../data/client.ts";
import { useFields, usePipelines, useSources, useTags, useUsers } from "../../data/directory.ts";
import { usePages } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { fieldText } from "../../ui/field-value.tsx";
import { useFormat, When } from "../../ui/format.tsx";
import { type Column, ListTable } from "../../ui/list-table.tsx";
import { PhoneLink } from "../../ui/phone.tsx";
import { tellProblem } from "../../ui/problem.tsx";
import type { DealFilters } from "./filters.ts";
import type { Card } from "./move-deal.ts";

const standardColumns = ["name", "stage", "sum", "contact", "responsible", "task", "created"];

/** The deals as a table with columns of choice, and what can be done to many at once. */
export function DealList({
  query,
  sort,
  columns: chosen,
  onChange,
  empty,
}: {
  readonly query: QueryOf<"listDealCards">;
  readonly sort: string;
  readonly columns: string | undefined;
  readonly onChange: (changes: Partial<DealFilters>) => void;
  readonly empty: ReactNode;
}) {
  const text = useText();
  const words = text.deals;
  const may = useMay();
  const pages = usePages("listDealCards", { query: { ...query, limit: 100, sort } as QueryOf<"listDealCards"> }, { keep: true });
  const [selected, setSelected] = useState<Set<number | string>>(new Set());
  const every = useColumns();
  const ids = chosen ? String(chosen).split(",") : standardColumns;
  // What the filters have taken out of sight is not acted upon.
  const inSight = pages.items.map(({ id }) => id).filter((id) => selected.has(id));
  const columns = ids.flatMap((id) => every.find((column) => column.id === id) ?? []);

  return (
    <>
      <Group justify="space-between" mb="xs" mih={30}>
        {inSight.length > 0 ? <Bulk selected={inSight} onDone={() => setSelected(new Set())} /> : <span />}
        <Menu closeOnItemClick={false} position="bottom-end">
          <Menu.Target>
            <Button size="xs" variant="default" leftSection={<IconColumns3 size={14} />}>
              {words.columns}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={400} style={{ overflowY: "auto" }}>
            {every.map((column) => (
              <Menu.Item key={column.id} component="div">
                <Checkbox
                  size="xs"
                  label={column.label}
                  checked={ids.includes(column.id)}
                  disabled={column.id === "name"}
                  onChange={() =>
                    onChange({ columns: (ids.includes(column.id) ? ids.filter((id) => id !== column.id) : [...ids, column.id]).join(",") })
                  }
                />
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <ListTable
        label={words.title}
        columns={columns}
        pages={pages}
        idOf={(card: Card) => card.id}
        sort={sort}
        onSort={(next) => onChange({ sort: next })}
        {...(may("crm:write") && { selected: new Set<number | string>(inSight), onSelect: setSelected })}
        empty={empty}
        above={236}
      />
    </>
  );
}

function useColumns(): Column<Card>[] {
  const { fields: words, noTask } = useText().deals;
  const format = useFormat();
  const { nameOf } = useUsers();
  const { stageOf } = usePipelines();
  const sources = useSources();
  const custom = useFields("deal");
  return [
    {
      id: "name",
      label: words.name,
      width: 240,
      render: (card) => (
        <Link to="/deals/$id" params={{ id: String(card.id) }}>
          {card.name || `#${card.id}`}
        </Link>
      ),
    },
    { id: "stage", label: words.stage, width: 150, render: (card) => stageOf(card.stage)?.name },
    {
      id: "sum",
      label: words.sum,
      width: 120,
      sort: "sum",
      align: "right",
      render: (card) => card.sum !== null && format.money(card.sum, card.currency),
    },
    {
      id: "contact",
      label: words.contact,
      width: 200,
      render: (card) =>
        card.contact && (
          <Link to="/contacts/$id" params={{ id: String(card.contact.id) }}>
            {card.contact.name || `#${card.contact.id}`}
          </Link>
        ),
    },
    { id: "phone", label: "☎", width: 180, render: (card) => card.contact?.phone && <PhoneLink phone={card.contact.phone} /> },
    {
      id: "company",
      label: words.company,
      width: 180,
      render: (card) =>
        card.company && (
          <Link to="/companies/$id" params={{ id: String(card.company.id) }}>
            {card.company.name || `#${card.company.id}`}
          </Link>
        ),
    },
    { id: "responsible", label: words.responsible, width: 150, render: (card) => nameOf(card.responsible) },
    {
      id: "task",
      label: words.task,
      width: 180,
      render: ({ next_task: task, state }) =>
        task ? (
          <Text span size="sm" c={task.due !== null && new Date(task.due) < new Date() ? "red" : undefined}>
            {task.due !== null && <When at={task.due} />} {task.title}
          </Text>
        ) : state === "open" || state === "incoming" ? (
          <Text span size="sm" c="dimmed">
            {noTask}
          </Text>
        ) : null,
    },
    { id: "source", label: words.source, width: 130, render: (card) => sources.find(({ id }) => id === card.source)?.name },
    { id: "tags", label: words.tags, width: 160, render: (card) => card.tags.join(", ") },
    { id: "created", label: words.created, width: 120, sort: "created_at", render: (card) => <When at={card.created_at} /> },
    { id: "updated", label: words.updated, width: 120, sort: "updated_at", render: (card) => <When at={card.updated_at} /> },
    { id: "closed", label: words.closed, width: 120, sort: "closed_at", render: (card) => card.closed_at && <When at={card.closed_at} /> },
    ...custom.map(
      (field): Column<Card> => ({
        id: `f.${field.code}`,
        label: field.name,
        width: 150,
        render: (card) => fieldText(card.fields[field.code], format),
      }),
    ),
  ];
}

function Bulk({ selected, onDone }: { readonly selected: number[]; readonly onDone: () => void }) {
  const text = useText();
  const words = text.deals;
  const client = useQueryClient();
  const { pipelines } = usePipelines();
  const { active } = useUsers();
  const tags = useTags("deal");
  async function apply(body: object): Promise<void> {
    try {
      const { done, failed } = await send("bulkDeals", { body: { ids: selected, ...body } as never, key: crypto.randomUUID() });
      for (const operation of ["listDealCards", "boardTotals"]) void client.invalidateQueries({ queryKey: [operation] });
      notifications.show({ message: words.count(done.length), color: failed.length > 0 ? "orange" : "teal", title: text.common.saved });
      if (failed[0]) notifications.show({ color: "red", title: text.common.failed, message: failed[0].detail });
      onDone();
    } catch (error) {
      tellProblem(error, text);
    }
  }
  async function remove(): Promise<void> {
    const answers = { yes: text.common.actions.delete, no: text.common.actions.cancel, danger: true };
    if (await confirm(words.confirmDeleteMany(words.count(selected.length)), answers)) await apply({ delete: true });
  }
  return (
    <Group gap="xs">
      <Text size="sm" fw={600}>
        {words.selected(selected.length)}
      </Text>
      <Menu>
        <Menu.Target>
          <Button size="xs" variant="light">
            {words.changeStage}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={400} style={{ overflowY: "auto" }}>
          {pipelines.map((pipeline) => [
            <Menu.Label key={pipeline.id}>{pipeline.name}</Menu.Label>,
            ...pipeline.stages.map((stage) => (
              <Menu.Item key={stage.id} onClick={() => void apply({ changes: { stage: stage.id } })}>
                {stage.name}
              </Menu.Item>
            )),
          ])}
        </Menu.Dropdown>
      </Menu>
      <Menu>
        <Menu.Target>
          <Button size="xs" variant="light">
            {words.changeResponsible}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={400} style={{ overflowY: "auto" }}>
          {active.map(({ id, name }) => (
            <Menu.Item key={id} onClick={() => void apply({ changes: { responsible: id } })}>
              {name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {tags.length > 0 && (
        <Menu>
          <Menu.Target>
            <Button size="xs" variant="light">
              {words.addTag}
            </Button>
          </Menu.Target>
          <Menu.Dropdown mah={400} style={{ overflowY: "auto" }}>
            {tags.map((tag) => (
              <Menu.Item key={tag} onClick={() => void apply({ changes: { add_tags: [tag] } })}>
                {tag}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      <Button size="xs" variant="light" color="red" onClick={() => void remove()}>
        {text.common.actions.delete}
      </Button>
      <Button size="xs" variant="subtle" onClick={onDone}>
        {text.common.actions.cancel}
      </Button>
    </Group>
  );
}

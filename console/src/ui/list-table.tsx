import { Box, Checkbox, Group, Loader, Table, UnstyledButton } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "../text/text.tsx";
import classes from "./list-table.module.css";
import { Empty, ProblemNote } from "./problem.tsx";

/** A long list: only the rows in sight are drawn, the next page comes as one scrolls. Sorting is the server's. */

export interface Column<Item> {
  readonly id: string;
  readonly label: string;
  readonly width: number;
  readonly render: (item: Item) => ReactNode;
  /** The server's name of this order, if it has one. */
  readonly sort?: string;
  readonly align?: "right";
}

interface ListTableProps<Item> {
  readonly label: string;
  readonly columns: readonly Column<Item>[];
  readonly pages: {
    readonly items: readonly Item[];
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly isPending: boolean;
    readonly error: Error | null;
    fetchNextPage(): unknown;
    refetch(): unknown;
  };
  readonly idOf: (item: Item) => number | string;
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string) => void;
  readonly selected?: ReadonlySet<number | string>;
  readonly onSelect?: (selected: Set<number | string>) => void;
  readonly empty?: ReactNode;
  readonly rowHeight?: number;
  /** What of the window is taken by what stands above. */
  readonly above?: number;
}

export function ListTable<Item>({
  label,
  columns,
  pages,
  idOf,
  sort,
  onSort,
  selected,
  onSelect,
  empty,
  rowHeight = 44,
  above = 180,
}: ListTableProps<Item>) {
  const text = useText();
  const scroll = useRef<HTMLDivElement>(null);
  const { items, hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroll.current, estimateSize: () => rowHeight, overscan: 12 });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - 20) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, items.length]);

  if (pages.error && items.length === 0) return <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />;
  if (!pages.isPending && items.length === 0) return empty ?? <Empty title={text.common.nothingFound} />;
  const before = visible[0]?.start ?? 0;
  const after = rows.getTotalSize() - (visible.at(-1)?.end ?? 0);
  const all = items.length > 0 && selected !== undefined && items.every((item) => selected.has(idOf(item)));

  return (
    <Box
      ref={scroll}
      className={classes["scroll"]}
      style={{ maxHeight: `calc(100dvh - ${above}px)` }}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <Table className={classes["table"]} highlightOnHover stickyHeader>
        <Table.Thead>
          <Table.Tr>
            {selected && onSelect && (
              <Table.Th w={40}>
                <Checkbox
                  size="xs"
                  checked={all}
                  indeterminate={!all && selected.size > 0}
                  aria-label={text.common.all}
                  onChange={() => onSelect(all ? new Set() : new Set(items.map(idOf)))}
                />
              </Table.Th>
            )}
            {columns.map((column) => (
              <Table.Th key={column.id} style={{ width: column.width, textAlign: column.align }} aria-sort={sortOf(column.sort, sort)}>
                {column.sort && onSort ? (
                  <UnstyledButton
                    className={classes["sort"]}
                    onClick={() => onSort(sort === `-${column.sort}` ? String(column.sort) : `-${column.sort}`)}
                  >
                    <Group gap={4} wrap="nowrap">
                      {column.label}
                      {sort === column.sort && <IconArrowUp size={13} />}
                      {sort === `-${column.sort}` && <IconArrowDown size={13} />}
                    </Group>
                  </UnstyledButton>
                ) : (
                  column.label
                )}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {before > 0 && <tr style={{ height: before }} aria-hidden />}
          {visible.map(({ index }) => {
            const item = items[index];
            if (item === undefined) return null;
            const id = idOf(item);
            return (
              <Table.Tr key={id} style={{ height: rowHeight }} bg={selected?.has(id) ? "var(--mantine-primary-color-light)" : undefined}>
                {selected && onSelect && (
                  <Table.Td>
                    <Checkbox
                      size="xs"
                      checked={selected.has(id)}
                      aria-label={`${text.common.actions.apply} ${id}`}
                      onChange={() => onSelect(toggled(selected, id))}
                    />
                  </Table.Td>
                )}
                {columns.map((column) => (
                  <Table.Td key={column.id} style={{ textAlign: column.align, maxWidth: column.width }} className={classes["cell"]}>
                    {column.render(item)}
                  </Table.Td>
                ))}
              </Table.Tr>
            );
          })}
          {after > 0 && <tr style={{ height: after }} aria-hidden />}
        </Table.Tbody>
      </Table>
      {(isFetchingNextPage || pages.isPending) && <Loader size="sm" mx="auto" my="md" display="block" aria-label={text.common.loading} />}
    </Box>
  );
}

const sortOf = (name: string | undefined, sort: string | undefined): "ascending" | "descending" | undefined =>
  name === undefined ? undefined : sort === name ? "ascending" : sort === `-${name}` ? "descending" : undefined;

function toggled(selected: ReadonlySet<number | string>, id: number | string): Set<number | string> {
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

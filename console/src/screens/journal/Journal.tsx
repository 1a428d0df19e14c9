import { Button, Group, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { QueryOf } from "../../data/client.ts";
import { useAsk, usePages } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useFormat, When } from "../../ui/format.tsx";
import { type Column, ListTable } from "../../ui/list-table.tsx";
import { formatPhone } from "../../ui/phone.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { type DeliveryState, type Line, OutcomeBadge, StateBadge } from "./badges.tsx";

interface JournalSearch {
  readonly q?: string;
  readonly connection?: number;
  readonly outcome?: Line["outcome"];
  readonly state?: "waiting" | "held" | "parked" | "failed";
  /** Local, to the minute. */
  readonly from?: string;
  readonly to?: string;
}

/** The requests as they came, the newest first. */
export function Journal() {
  const text = useText();
  const words = text.journal;
  const format = useFormat();
  const search = useSearch({ strict: false }) as JournalSearch;
  const navigate = useNavigate();
  const connections = useAsk("listConnections", { query: { limit: 250 } }, { staleTime: 60_000 });
  const nameOf = (id: number): string => connections.data?.items.find((each) => each.id === id)?.name ?? `#${id}`;
  const set = (changes: Partial<JournalSearch>): void =>
    void navigate({
      to: "/journal",
      search: Object.fromEntries(
        Object.entries({ ...search, ...changes }).filter(([, value]) => value !== undefined && value !== ""),
      ) as Record<string, string>,
      replace: true,
    });
  const [typed, setTyped] = useState(String(search.q ?? ""));
  const find = useDebouncedCallback((q: string) => set({ q: q.trim() }), 300);
  const pages = usePages("listJournal", { query: queryOf(search) }, { keep: true });
  const searchedUntil = pages.data?.pages.at(-1)?.searched_until ?? null;

  const columns: Column<Line>[] = [
    {
      id: "when",
      label: words.when,
      width: 130,
      render: (line) => (
        <Link to="/journal/$id" params={{ id: line.id }}>
          <When at={line.received_at} long />
        </Link>
      ),
    },
    { id: "connection", label: words.connection, width: 180, render: (line) => nameOf(line.connection) },
    {
      id: "request",
      label: words.request,
      width: 220,
      render: (line) => (
        <Text span size="xs" ff="monospace" title={line.path}>
          {line.method} {line.path}
        </Text>
      ),
    },
    {
      id: "about",
      label: words.about,
      width: 190,
      render: (line) => [line.types.join(", "), subjectText(line.subject)].filter(Boolean).join(" · "),
    },
    { id: "outcome", label: words.outcome, width: 130, render: (line) => <OutcomeBadge outcome={line.outcome} /> },
    {
      id: "deliveries",
      label: words.state,
      width: 230,
      render: (line) => (
        <Group gap={4} wrap="nowrap">
          {(Object.entries(line.deliveries) as [DeliveryState, number][])
            .filter(([, count]) => count > 0)
            .map(([state, count]) => (
              <StateBadge key={state} state={state} count={count} />
            ))}
          {line.detail && (
            <Text span size="xs" c="dimmed" truncate>
              {line.detail}
            </Text>
          )}
        </Group>
      ),
    },
  ];
  return (
    <Screen title={words.title} wide>
      <Group gap="xs" mb="sm" align="flex-end">
        <TextInput
          size="xs"
          w={280}
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
        <Select
          size="xs"
          w={190}
          clearable
          searchable
          placeholder={words.connection}
          aria-label={words.connection}
          data={(connections.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
          value={search.connection === undefined ? null : String(search.connection)}
          onChange={(value) => set({ connection: value === null ? undefined : Number(value) })}
        />
        <Select
          size="xs"
          w={150}
          clearable
          placeholder={words.outcome}
          aria-label={words.outcome}
          data={(Object.keys(words.outcomes) as Line["outcome"][]).map((value) => ({ value, label: words.outcomes[value] }))}
          value={search.outcome ?? null}
          onChange={(value) => set({ outcome: (value ?? undefined) as Line["outcome"] })}
        />
        <Select
          size="xs"
          w={150}
          clearable
          placeholder={words.state}
          aria-label={words.state}
          data={(["waiting", "held", "parked", "failed"] as const).map((value) => ({ value, label: words.states[value] }))}
          value={search.state ?? null}
          onChange={(value) => set({ state: (value ?? undefined) as JournalSearch["state"] })}
        />
        <TextInput
          size="xs"
          type="datetime-local"
          aria-label={words.from}
          value={search.from ?? ""}
          onChange={({ currentTarget }) => set({ from: currentTarget.value || undefined })}
        />
        <TextInput
          size="xs"
          type="datetime-local"
          aria-label={words.to}
          value={search.to ?? ""}
          onChange={({ currentTarget }) => set({ to: currentTarget.value || undefined })}
        />
      </Group>
      {searchedUntil !== null && (
        <Group mb="xs">
          <Text size="sm" c="dimmed">
            {words.searchedUntil(format.moment(searchedUntil))}
          </Text>
          {pages.hasNextPage && (
            <Button size="compact-xs" variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {words.goOn}
            </Button>
          )}
        </Group>
      )}
      <ListTable
        label={words.title}
        columns={columns}
        // A search that has come to its bound goes on when the person says so.
        pages={searchedUntil === null ? pages : { ...pages, hasNextPage: false }}
        idOf={(line: Line) => line.id}
        empty={countFilters(search) === 0 ? <Empty title={words.empty}>{words.emptyText}</Empty> : undefined}
      />
    </Screen>
  );
}

const queryOf = ({ q, connection, outcome, state, from, to }: JournalSearch): QueryOf<"listJournal"> => ({
  limit: 50,
  ...(q !== undefined && q !== "" && { q: String(q) }),
  ...(connection !== undefined && { connection: Number(connection) }),
  ...(outcome && { outcome }),
  ...(state && { state }),
  ...(from && { received_from: new Date(from).toISOString() }),
  ...(to && { received_to: new Date(to).toISOString() }),
});

const countFilters = (search: JournalSearch): number => Object.values(search).filter((value) => value !== undefined && value !== "").length;

/** `phone:+79101234567` as people write it. */
export const subjectText = (subject: string | null): string => {
  if (subject === null) return "";
  const phone = /^phone:(\+\d+)$/.exec(subject)?.[1];
  return phone ? formatPhone(phone) : subject;
};

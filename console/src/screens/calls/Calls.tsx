import { Badge, Group, SegmentedControl, Text } from "@mantine/core";
import { IconArrowDownLeft, IconArrowsLeftRight, IconArrowUpRight } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ItemOf } from "../../data/client.ts";
import { useUsers } from "../../data/directory.ts";
import { usePages } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useFormat, When } from "../../ui/format.tsx";
import { type Column, ListTable } from "../../ui/list-table.tsx";
import { PhoneLink } from "../../ui/phone.tsx";
import { UserPicker } from "../../ui/pickers.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { Recording } from "../activity/CallLine.tsx";

type Call = ItemOf<"listCalls">;
interface CallSearch {
  readonly show?: "all" | "unreturned";
  readonly direction?: "in" | "out";
  readonly responsible?: number;
}

const icons = { in: IconArrowDownLeft, out: IconArrowUpRight, internal: IconArrowsLeftRight } as const;

/** Every call with its recording, and those who still wait for a call back. */
export function Calls() {
  const text = useText();
  const words = text.calls;
  const format = useFormat();
  const { nameOf } = useUsers();
  const search = useSearch({ strict: false }) as CallSearch;
  const navigate = useNavigate();
  const { show = "all", direction, responsible } = search;
  const set = (changes: Partial<CallSearch>): void =>
    void navigate({
      to: "/calls",
      search: Object.fromEntries(Object.entries({ ...search, ...changes }).filter(([, value]) => value !== undefined)) as Record<
        string,
        string
      >,
      replace: true,
    });
  const pages = usePages(
    "listCalls",
    {
      query: {
        limit: 100,
        sort: "-started_at",
        ...(show === "unreturned" && { unreturned: true }),
        ...(direction && { direction }),
        ...(responsible !== undefined && { responsible: Number(responsible) }),
      },
    },
    { keep: true },
  );
  const columns: Column<Call>[] = [
    {
      id: "when",
      label: words.when,
      width: 130,
      render: (call) => {
        const Icon = icons[call.direction];
        return (
          <Group gap={6} wrap="nowrap" title={words.directions[call.direction]}>
            <Icon
              size={15}
              color={call.outcome === "missed" ? "var(--mantine-color-red-7)" : "var(--mantine-color-teal-7)"}
              aria-label={words.directions[call.direction]}
            />
            <When at={call.started_at} />
          </Group>
        );
      },
    },
    {
      id: "who",
      label: words.who,
      width: 220,
      render: (call) =>
        call.contact ? (
          <Link to="/contacts/$id" params={{ id: String(call.contact.id) }}>
            {call.contact.name || `#${call.contact.id}`}
          </Link>
        ) : (
          <Text span c="dimmed" size="sm">
            —
          </Text>
        ),
    },
    { id: "phone", label: text.contacts.fields.phone, width: 190, render: (call) => <PhoneLink phone={call.e164 ?? call.phone} /> },
    {
      id: "outcome",
      label: text.deals.fields.state,
      width: 120,
      render: (call) => (
        <Badge variant="light" color={call.outcome === "missed" ? "red" : call.outcome === "answered" ? "teal" : "gray"} tt="none">
          {call.outcome ? words.outcomes[call.outcome] : words.states[call.state]}
        </Badge>
      ),
    },
    {
      id: "talk",
      label: words.talk,
      width: 90,
      render: (call) => call.talk_seconds !== null && call.talk_seconds > 0 && format.clock(call.talk_seconds),
    },
    { id: "whom", label: words.whom, width: 150, render: (call) => nameOf(call.responsible) },
    {
      id: "recording",
      label: words.recording,
      width: 240,
      render: ({ recordings: [recording] }) => recording && <Recording url={recording.url} />,
    },
  ];
  return (
    <Screen title={words.title} wide>
      <Group gap="xs" mb="sm">
        <SegmentedControl
          size="xs"
          value={show}
          aria-label={words.title}
          onChange={(value) => set({ show: value as "all" | "unreturned" })}
          data={[
            { value: "all", label: words.all },
            { value: "unreturned", label: words.unreturned },
          ]}
        />
        <SegmentedControl
          size="xs"
          value={direction ?? ""}
          aria-label={words.directions.in}
          onChange={(value) => set({ direction: value === "" ? undefined : (value as "in" | "out") })}
          data={[
            { value: "", label: text.common.all },
            { value: "in", label: words.directions.in },
            { value: "out", label: words.directions.out },
          ]}
        />
        <div style={{ width: 190 }}>
          <UserPicker
            size="xs"
            placeholder={words.whom}
            value={responsible === undefined ? null : Number(responsible)}
            onChange={(value) => set({ responsible: value ?? undefined })}
          />
        </div>
      </Group>
      <ListTable
        label={words.title}
        columns={columns}
        pages={pages}
        idOf={(call: Call) => call.id}
        empty={show === "unreturned" ? <Empty title={words.unreturnedEmpty} /> : <Empty title={words.empty}>{words.emptyText}</Empty>}
      />
    </Screen>
  );
}

import { ActionIcon, Group, Indicator, Popover, SegmentedControl, Select, Stack, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconAdjustmentsHorizontal, IconSearch, IconX } from "@tabler/icons-react";
import { type RefObject, useEffect, useState } from "react";
import { useAsk } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { type InboxSearch, states, useInboxSearch, whoses } from "./search.ts";

const restMs = 300;

/** What the list is narrowed down by: words, whose they are, the channel, open or closed. */
export function ListFilters({ find }: { readonly find: RefObject<HTMLInputElement | null> }) {
  const text = useText();
  const words = useInboxText();
  const [search, set] = useInboxSearch();
  const [typed, setTyped] = useState(search.q === undefined ? "" : String(search.q));
  const look = useDebouncedCallback((q: string) => set({ q: q.trim() || undefined }), restMs);
  // The address changed by other means: a button, or the way back.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is typed meanwhile is not the address's
  useEffect(() => {
    const q = search.q === undefined ? "" : String(search.q);
    if (q !== typed.trim()) setTyped(q);
  }, [search.q]);
  const clear = (): void => {
    setTyped("");
    set({ q: undefined });
  };
  const narrowed = search.channel !== undefined || (search.state ?? "open") !== "open";
  return (
    <>
      <Group gap={6} wrap="nowrap">
        <TextInput
          ref={find}
          flex={1}
          size="sm"
          type="search"
          leftSection={<IconSearch size={15} />}
          aria-label={words.find}
          placeholder={words.find}
          value={typed}
          rightSection={
            typed !== "" && (
              <ActionIcon size="sm" color="gray" aria-label={text.common.actions.clear} onClick={clear}>
                <IconX size={14} />
              </ActionIcon>
            )
          }
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            look(currentTarget.value);
          }}
          onKeyDown={(event) => {
            if (event.key === "Escape" && typed !== "") clear();
          }}
        />
        <Popover position="bottom-end" withArrow shadow="md" width={250} trapFocus>
          <Popover.Target>
            <Tooltip label={words.filter}>
              <Indicator disabled={!narrowed} size={8} offset={4}>
                <ActionIcon variant="default" size={36} aria-label={words.filter}>
                  <IconAdjustmentsHorizontal size={17} />
                </ActionIcon>
              </Indicator>
            </Tooltip>
          </Popover.Target>
          <Popover.Dropdown>
            <Narrowing />
          </Popover.Dropdown>
        </Popover>
      </Group>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={words.whoseLabel}
        value={search.whose ?? "all"}
        onChange={(whose) => set({ whose: whose === "all" ? undefined : (whose as NonNullable<InboxSearch["whose"]>) })}
        data={whoses.map((value) => ({ value, label: words.whose[value] }))}
      />
    </>
  );
}

function Narrowing() {
  const words = useInboxText();
  const [search, set] = useInboxSearch();
  const channels = useAsk("listChannels", {}, { staleTime: 60_000 });
  const inside = { withinPortal: false } as const;
  return (
    <Stack gap="sm">
      <Select
        size="sm"
        label={words.state}
        allowDeselect={false}
        comboboxProps={inside}
        data={states.map((value) => ({ value, label: words.states[value] }))}
        value={search.state ?? "open"}
        onChange={(state) => set({ state: state === "open" || state === null ? undefined : (state as NonNullable<InboxSearch["state"]>) })}
      />
      <Select
        size="sm"
        label={words.channel}
        placeholder={words.anyChannel}
        clearable
        comboboxProps={inside}
        data={(channels.data?.items ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
        value={search.channel === undefined ? null : String(search.channel)}
        onChange={(channel) => set({ channel: channel === null ? undefined : Number(channel) })}
      />
    </Stack>
  );
}

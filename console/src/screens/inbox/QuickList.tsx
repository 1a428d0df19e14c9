import { Button, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useAsk } from "../../data/queries.ts";
import { useInboxText } from "../../text/with-screens.ts";
import style from "./inbox.module.css";

/** Answers that are kept, above the field: by a button, or by `/` at the beginning of a message. */
export function useQuickList(text: string, onPick: (text: string) => void) {
  const [isWanted, setWanted] = useState(false);
  const [closedAt, setClosedAt] = useState<string>();
  const [at, setAt] = useState(0);
  const bySlash = /^\/[^\n]*$/.test(text) && closedAt !== text;
  const isOpen = isWanted || bySlash;
  const replies = useAsk("listQuickReplies", {}, { enabled: isOpen, staleTime: 60_000 });
  const words = bySlash ? text.slice(1).trim().toLowerCase() : "";
  const all = replies.data?.items ?? [];
  const items = all.filter((reply) => `${reply.title}\n${reply.text}`.toLowerCase().includes(words));
  const active = Math.min(at, Math.max(0, items.length - 1));

  function close(): void {
    setWanted(false);
    setClosedAt(text);
    setAt(0);
  }
  function pick(reply: { readonly text: string } | undefined): void {
    if (!reply) return;
    setWanted(false);
    setAt(0);
    // Behind what stands there already, but instead of what was typed to find it.
    onPick(bySlash || text.trim() === "" ? reply.text : `${text}${/\s$/.test(text) ? "" : " "}${reply.text}`);
  }
  return {
    isOpen,
    isLoaded: replies.data !== undefined,
    isEmpty: all.length === 0,
    items,
    active,
    activeId: (list: string) => (isOpen && items.length > 0 ? `${list}-${active}` : undefined),
    pick,
    close,
    toggle: () => (isOpen ? close() : setWanted(true)),
    /** Whether the key was meant for the list. */
    onKey(event: KeyboardEvent): boolean {
      if (!isOpen) return false;
      const isPick = (event.key === "Enter" && !event.shiftKey) || event.key === "Tab";
      if (event.key === "Escape") close();
      else if (items.length === 0) return false;
      else if (event.key === "ArrowDown") setAt((active + 1) % items.length);
      else if (event.key === "ArrowUp") setAt((active + items.length - 1) % items.length);
      else if (isPick) pick(items[active]);
      else return false;
      event.preventDefault();
      return true;
    },
  };
}

export function QuickList({
  id,
  quick,
  onManage,
}: {
  readonly id: string;
  readonly quick: ReturnType<typeof useQuickList>;
  readonly onManage: () => void;
}) {
  const words = useInboxText().quick;
  return (
    <div className={style["replies"]}>
      {/* The field keeps the focus, and says by its own attributes which of them is meant. */}
      <div id={id} role="listbox" aria-label={words.title} tabIndex={-1}>
        {quick.items.map((reply, place) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are heard by the field
          <div
            key={reply.id}
            id={`${id}-${place}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === quick.active}
            className={style["reply"]}
            ref={(node) => void (place === quick.active && node?.scrollIntoView({ block: "nearest" }))}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => quick.pick(reply)}
          >
            <Text size="sm" fw={600}>
              {reply.title}
            </Text>
            <Text size="xs" c="dimmed" lineClamp={2}>
              {reply.text}
            </Text>
          </div>
        ))}
      </div>
      {quick.isLoaded && quick.items.length === 0 && (
        <Text size="sm" c="dimmed" px={10} py={6}>
          {quick.isEmpty ? words.none : words.nothing}
        </Text>
      )}
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPencil size={14} />}
        onClick={() => {
          quick.close();
          onManage();
        }}
      >
        {quick.isEmpty ? words.add : words.manage}
      </Button>
    </div>
  );
}

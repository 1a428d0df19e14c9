import { Button, Title } from "@mantine/core";
import { useEffect, useRef } from "react";
import { usePages } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import { LinkButton } from "../../ui/links.tsx";
import { Empty, ProblemNote, Waiting } from "../../ui/problem.tsx";
import { ConversationLine } from "./ConversationLine.tsx";
import style from "./inbox.module.css";
import { ListFilters } from "./ListFilters.tsx";
import { questionOf, useInboxSearch } from "./search.ts";
import { useListKeys } from "./use-list-keys.ts";

/** The list of conversations, the latest first. */
export function ConversationList({ opened }: { readonly opened: number | undefined }) {
  const text = useText();
  const words = useInboxText();
  const [search] = useInboxSearch();
  const pages = usePages("listConversations", { query: questionOf(search) }, { keep: true });
  const scroll = useRef<HTMLDivElement>(null);
  const find = useRef<HTMLInputElement>(null);
  const end = useEnd(() => pages.hasNextPage && !pages.isFetchingNextPage && void pages.fetchNextPage());
  useListKeys(scroll, find);
  // Those that move up while a page is on its way may come twice.
  const conversations = [...new Map(pages.items.map((one) => [one.id, one])).values()];
  return (
    <>
      <div className={style["listHead"]}>
        <Title order={1} size="h3">
          {words.title}
        </Title>
        <ListFilters find={find} />
      </div>
      <div className={style["scroll"]} ref={scroll}>
        {pages.error && conversations.length === 0 ? (
          <ProblemNote error={pages.error} onRetry={() => void pages.refetch()} />
        ) : pages.isPending ? (
          <Waiting />
        ) : conversations.length === 0 ? (
          <Nothing />
        ) : (
          <ul className={style["lines"]} aria-label={words.list} aria-busy={pages.isPlaceholderData}>
            {conversations.map((one) => (
              <ConversationLine key={one.id} conversation={one} isOpened={one.id === opened} />
            ))}
          </ul>
        )}
        {pages.hasNextPage && (
          <div ref={end} style={{ padding: 12, textAlign: "center" }}>
            <Button size="xs" variant="subtle" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {text.common.loadMore}
            </Button>
          </div>
        )}
      </div>
    </>
  );
}

/** Whoever comes near the end of the list gets more of it. */
function useEnd(onNear: () => unknown): (node: HTMLElement | null) => (() => void) | undefined {
  const latest = useRef(onNear);
  useEffect(() => {
    latest.current = onNear;
  });
  const watch = useRef((node: HTMLElement | null) => {
    if (!node) return undefined;
    const observer = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && latest.current(), {
      rootMargin: "300px",
    });
    observer.observe(node);
    return () => observer.disconnect();
  });
  return watch.current;
}

function Nothing() {
  const words = useInboxText();
  const may = useMay();
  const [search, set] = useInboxSearch();
  const { whose, state, channel, q } = search;
  const isFiltered = whose !== undefined || channel !== undefined || q !== undefined || (state !== undefined && state !== "any");
  const isOnlyOpen = (state ?? "open") === "open";
  if (isFiltered)
    return (
      <Empty
        title={words.noneFound}
        action={
          isOnlyOpen ? (
            <Button size="xs" variant="default" onClick={() => set({ state: "any" })}>
              {words.lookInClosed}
            </Button>
          ) : (
            <Button
              size="xs"
              variant="default"
              onClick={() => set({ whose: undefined, channel: undefined, q: undefined, state: undefined })}
            >
              {words.showAll}
            </Button>
          )
        }
      >
        {words.noneFoundText}
      </Empty>
    );
  return (
    <Empty
      title={words.empty}
      action={
        <>
          {isOnlyOpen && (
            <Button size="xs" variant="subtle" onClick={() => set({ state: "any" })}>
              {words.lookInClosed}
            </Button>
          )}
          {may("hub:read") && (
            <LinkButton to="/connections" variant="default" size="xs">
              {words.connect}
            </LinkButton>
          )}
        </>
      }
    >
      {words.emptyText}
    </Empty>
  );
}

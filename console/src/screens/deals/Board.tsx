import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine";
import { dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter";
import { Group, Loader, Text, Tooltip } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, useState } from "react";
import type { AnswerOf, QueryOf } from "../../data/client.ts";
import { useAsk, usePages } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Pipeline, Stage } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useFormat } from "../../ui/format.tsx";
import { ProblemNote, tellProblem } from "../../ui/problem.tsx";
import classes from "./board.module.css";
import { walk } from "./board-keys.ts";
import { DealCard } from "./DealCard.tsx";
import { type Card, useMoveDeal } from "./move-deal.ts";
import { scrollWhileDragging } from "./scroll-while-dragging.ts";
import { useLossReason } from "./use-loss-reason.tsx";

const pageSize = 60;
const cardHeight = 114;

/** The deals of a pipeline, a column for each stage. */
export function Board({ pipeline, query }: { readonly pipeline: Pipeline; readonly query: QueryOf<"listDealCards"> }) {
  const text = useText();
  const may = useMay();
  const board = useRef<HTMLDivElement>(null);
  const totals = useAsk("boardTotals", { query: { ...query, pipeline: pipeline.id } as QueryOf<"boardTotals"> }, { keep: true });
  const move = useMoveDeal();
  const { ask, modal } = useLossReason();
  useEffect(() => {
    return board.current ? scrollWhileDragging(board.current) : undefined;
  }, []);

  const onMove = useCallback(
    async (card: Card, stage: Stage): Promise<void> => {
      if (card.stage === stage.id) return;
      try {
        if (stage.kind !== "lost") return await move(card, stage);
        const reason = await ask();
        if (reason !== undefined) await move(card, stage, { loss_reason: reason });
      } catch (error) {
        tellProblem(error, text);
      }
    },
    [move, ask, text],
  );

  return (
    <>
      <ProblemNote error={totals.error} onRetry={() => void totals.refetch()} />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrows walk between the links of the cards */}
      <div
        ref={board}
        className={classes["board"]}
        onKeyDown={(event) => walk(event, pipeline.stages, may("crm:write") ? onMove : undefined)}
        data-testid="board"
      >
        {pipeline.stages.map((stage) => (
          <Column
            key={stage.id}
            stage={stage}
            stages={pipeline.stages}
            query={query}
            total={totals.data?.stages.find((each) => each.stage === stage.id)}
            canMove={may("crm:write")}
            onMove={onMove}
          />
        ))}
      </div>
      {modal}
    </>
  );
}

type Total = AnswerOf<"boardTotals">["stages"][number];

function Column({
  stage,
  stages,
  query,
  total,
  canMove,
  onMove,
}: {
  readonly stage: Stage;
  readonly stages: readonly Stage[];
  readonly query: QueryOf<"listDealCards">;
  readonly total: Total | undefined;
  readonly canMove: boolean;
  readonly onMove: (card: Card, stage: Stage) => Promise<void>;
}) {
  const text = useText();
  const format = useFormat();
  const column = useRef<HTMLElement>(null);
  const scroll = useRef<HTMLDivElement>(null);
  const [over, setOver] = useState(false);
  const pages = usePages("listDealCards", { query: { ...query, stage: stage.id, limit: pageSize } }, { keep: true });
  const { items, hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const rows = useVirtualizer({ count: items.length, getScrollElement: () => scroll.current, estimateSize: () => cardHeight, overscan: 6 });
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= items.length - 15) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, last, items.length]);
  useEffect(() => {
    if (!column.current || !scroll.current || !canMove) return undefined;
    return combine(
      dropTargetForElements({
        element: column.current,
        canDrop: ({ source }) => "card" in source.data,
        onDragEnter: () => setOver(true),
        onDragLeave: () => setOver(false),
        onDrop: ({ source }) => {
          setOver(false);
          void onMove(source.data["card"] as Card, stage);
        },
      }),
      scrollWhileDragging(scroll.current),
    );
  }, [stage, canMove, onMove]);
  const moveOne = useCallback((card: Card, to: Stage) => void onMove(card, to), [onMove]);

  return (
    <section
      ref={column}
      className={classes["column"]}
      data-over={over || undefined}
      data-stage={stage.id}
      aria-label={`${stage.name}: ${text.deals.count(total?.count ?? 0)}`}
      style={{ "--stage": stage.colour ?? kindColours[stage.kind] } as React.CSSProperties}
    >
      <div className={classes["top"]}>
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Tooltip label={stage.name}>
            <Text fw={600} size="sm" truncate component="h2">
              {stage.name}
            </Text>
          </Tooltip>
          <Text size="xs" c="dimmed" data-testid="stage-count">
            {format.number(total?.count ?? 0)}
          </Text>
        </Group>
        <Text size="xs" c="dimmed" truncate>
          {total && total.sums.length > 0 ? total.sums.map(({ sum, currency }) => format.money(sum, currency)).join(" + ") : "—"}
        </Text>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <div ref={scroll} className={classes["cards"]} tabIndex={0}>
        <div style={{ height: rows.getTotalSize(), position: "relative" }}>
          {visible.map((row) => {
            const card = items[row.index];
            return card ? (
              <div
                key={card.id}
                style={{ position: "absolute", insetInline: 0, top: 0, height: cardHeight, transform: `translateY(${row.start}px)` }}
              >
                <DealCard card={card} stages={stages} canMove={canMove} onMove={moveOne} />
              </div>
            ) : null;
          })}
        </div>
        {isFetchingNextPage && <Loader size="xs" mx="auto" my="xs" display="block" aria-label={text.common.loading} />}
        <ProblemNote error={pages.isError && items.length === 0 ? pages.error : null} onRetry={() => void pages.refetch()} />
      </div>
    </section>
  );
}

const kindColours = {
  incoming: "var(--mantine-color-gray-5)",
  open: "var(--mantine-color-link-4)",
  won: "var(--mantine-color-teal-6)",
  lost: "var(--mantine-color-red-5)",
} as const;

import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { type AnswerOf, type ItemOf, type QueryOf, send } from "../../data/client.ts";
import type { Stage } from "../../data/shapes.ts";

export type Card = ItemOf<"listDealCards">;
type Pages = InfiniteData<AnswerOf<"listDealCards">>;
type Totals = AnswerOf<"boardTotals">;

/** Puts a deal into another stage: at once on the screen, then at the hub; back again when the hub refuses. */
export function useMoveDeal(): (card: Card, stage: Stage, more?: { loss_reason?: number | null }) => Promise<void> {
  const client = useQueryClient();
  return async (card, stage, more) => {
    await client.cancelQueries({ queryKey: ["listDealCards"] });
    const moved: Card = { ...card, stage: stage.id, pipeline: stage.pipeline, state: stage.kind };
    for (const [key, pages] of client.getQueriesData<Pages>({ queryKey: ["listDealCards"] })) {
      if (!pages?.pages) continue;
      const query = key[2] as QueryOf<"listDealCards">;
      if (query.stage === card.stage || query.stage === undefined)
        client.setQueryData<Pages>(key, without(pages, card.id, query.stage === undefined ? moved : undefined));
      if (query.stage === stage.id) client.setQueryData<Pages>(key, onTop(pages, moved));
    }
    client.setQueriesData<Totals>({ queryKey: ["boardTotals"] }, (totals) => totals && retotalled(totals, card, stage.id));
    try {
      await send("updateDeal", { path: { id: card.id }, body: { stage: stage.id, ...more } });
    } finally {
      for (const operation of ["boardTotals", "listDealCards", "getDeal", "dealTimeline"])
        void client.invalidateQueries({ queryKey: [operation] });
    }
  };
}

const without = (pages: Pages, id: number, instead?: Card): Pages => ({
  ...pages,
  pages: pages.pages.map((page) => ({
    ...page,
    items: instead ? page.items.map((item) => (item.id === id ? instead : item)) : page.items.filter((item) => item.id !== id),
  })),
});

const onTop = (pages: Pages, card: Card): Pages => ({
  ...pages,
  pages: pages.pages.map((page, index) =>
    index === 0 ? { ...page, items: [card, ...page.items.filter(({ id }) => id !== card.id)] } : page,
  ),
});

function retotalled(totals: Totals, card: Card, to: number): Totals {
  const change = (stage: Totals["stages"][number], sign: 1 | -1): Totals["stages"][number] => {
    const sums = stage.sums.some(({ currency }) => currency === card.currency)
      ? stage.sums
      : [...stage.sums, { currency: card.currency, sum: "0" }];
    return {
      ...stage,
      count: stage.count + sign,
      sums: sums.map((each) =>
        each.currency === card.currency ? { ...each, sum: String(Number(each.sum) + sign * Number(card.sum ?? 0)) } : each,
      ),
    };
  };
  return {
    ...totals,
    stages: totals.stages.map((stage) => (stage.stage === card.stage ? change(stage, -1) : stage.stage === to ? change(stage, 1) : stage)),
  };
}

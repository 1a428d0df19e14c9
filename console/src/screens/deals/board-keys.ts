import type { KeyboardEvent } from "react";
import type { Stage } from "../../data/shapes.ts";
import type { Card } from "./move-deal.ts";

/** Arrows go from card to card; with Shift, sideways, they take the deal along to the next stage, where the person may move deals. */
export function walk(
  event: KeyboardEvent<HTMLElement>,
  stages: readonly Stage[],
  onMove: ((card: Card, stage: Stage) => Promise<void>) | undefined,
): void {
  const link = (event.target as HTMLElement).closest<HTMLElement>("[data-card]");
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
  const article = link?.closest<HTMLElement>("article");
  const column = link?.closest<HTMLElement>("[data-stage]");
  if (!step || !article || !column) return;
  event.preventDefault();
  const [aside = 0, along = 0] = step;
  if (aside !== 0 && event.shiftKey) {
    const next = stages[stages.findIndex(({ id }) => id === Number(column.dataset["stage"])) + aside];
    // The card knows itself; a move needs no more than its id, its stage and its sum.
    const card = next && cardOf(article);
    if (next && card) void onMove?.(card, next);
    return;
  }
  const columns = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-stage]")];
  const target = columns[columns.indexOf(column) + aside] ?? column;
  const cards = [...target.querySelectorAll<HTMLElement>("[data-card]")].sort(
    (one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top,
  );
  if (aside === 0) cards[cards.indexOf(link as HTMLElement) + along]?.focus();
  else {
    const top = article.getBoundingClientRect().top;
    cards.find((card) => card.getBoundingClientRect().bottom > top)?.focus();
  }
}

const known = new WeakMap<HTMLElement, Card>();
const cardOf = (article: HTMLElement): Card | undefined => known.get(article);
/** A card's element and its deal, for keys that act on what has the focus. */
export const rememberCard = (article: HTMLElement, card: Card): void => void known.set(article, card);

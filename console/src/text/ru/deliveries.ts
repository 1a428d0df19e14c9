import type { Text } from "../en/index.ts";
import { russian } from "../plural.ts";

export const deliveries: Text["deliveries"] = {
  title: "Доставки",
  count: russian("доставка", "доставки", "доставок"),
  causes: "Что мешает",
  noCauses: "Всё дошло",
  all: "Все доставки",
  retryAll: "Повторить все",
  skipAll: "Пропустить все",
  retryConfirm: (count) => `Повторить: ${count}?`,
  skipConfirm: (count) => `Пропустить: ${count}? Они не будут выполнены.`,
  since: "с",
  latest: "последняя",
  state: "Состояние",
  flow: "Что делается",
  target: "Куда",
  when: "Когда",
  detail: "Словами",
  empty: "Доставок нет",
  progress: (done, total) => `${done} из ${total}`,
  cancel: "Остановить",
};

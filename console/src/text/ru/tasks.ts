import type { Text } from "../en/index.ts";
import { russian } from "../plural.ts";

export const tasks: Text["tasks"] = {
  title: "Задачи",
  count: russian("задача", "задачи", "задач"),
  mine: "Мои",
  everybody: "Всех",
  overdue: "Просрочено",
  today: "Сегодня",
  later: "Позже",
  undated: "Без срока",
  done: "Сделано",
  empty: "Делать нечего",
  emptyText: "Здесь задачи из сделок, из пропущенных звонков и от людей.",
};

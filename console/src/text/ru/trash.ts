import type { Text } from "../en/index.ts";

export const trash: Text["trash"] = {
  title: "Корзина",
  empty: "Корзина пуста",
  deletedAt: "Удалено",
};

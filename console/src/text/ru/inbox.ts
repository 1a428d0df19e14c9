import type { Text } from "../en/index.ts";

export const inbox: Text["inbox"] = {
  title: "Диалоги",
  empty: "Диалогов пока нет",
  emptyText: "Здесь будут диалоги из мессенджеров, у каждого свой ответственный. Пока ни одно подключение не приносит сообщений.",
  connect: "К подключениям",
};

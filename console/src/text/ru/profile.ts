import type { Text } from "../en/index.ts";

export const profile: Text["profile"] = {
  title: "Профиль",
  me: "Обо мне",
  name: "Имя",
  phone: "Мой телефон",
  language: "Язык",
  password: {
    title: "Пароль",
    current: "Тот, что сейчас",
    next: "Новый, не короче 8 знаков",
    change: "Сменить",
    changed: "Пароль изменён, остальные сеансы завершены",
  },
};

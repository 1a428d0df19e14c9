import type { Language } from "@svyazka/core";

/** What the adapter writes into an account for people. */
const russian = {
  leftovers: "Не поместилось в поля:",
  sum: "Сумма",
  website: "Сайт",
  position: "Должность",
  company: "Компания",
  inn: "ИНН",
  kpp: "КПП",
};
export type Words = typeof russian;

const english: Words = {
  leftovers: "What no field could hold:",
  sum: "Sum",
  website: "Website",
  position: "Position",
  company: "Company",
  inn: "INN",
  kpp: "KPP",
};

export const wordsIn = (language: Language): Words => (language === "ru" ? russian : english);

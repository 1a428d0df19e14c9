import type { Language } from "../words.ts";

/** What has no field over there is written down for people: nothing is dropped. */
const russian = {
  leftovers: "Не поместилось в поля:",
  sum: "Сумма",
  website: "Сайт",
  position: "Должность",
  company: "Компания",
  inn: "ИНН",
  kpp: "КПП",
};
export type LeftoverWords = typeof russian;

const english: LeftoverWords = {
  leftovers: "What no field could hold:",
  sum: "Sum",
  website: "Website",
  position: "Position",
  company: "Company",
  inn: "INN",
  kpp: "KPP",
};

/** What the parts of a record are called in a note for people. */
export const leftoverWords = (language: Language): LeftoverWords => (language === "ru" ? russian : english);

/** The note that holds them, one on a line. Undefined when there are none. */
export const leftoverText = (language: Language, leftovers: readonly string[]): string | undefined =>
  leftovers.length === 0 ? undefined : [leftoverWords(language).leftovers, ...leftovers].join("\n");

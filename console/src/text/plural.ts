const rules = { ru: new Intl.PluralRules("ru"), en: new Intl.PluralRules("en") } as const;

/** `2 сделки`: the number and the form that goes with it. */
export const russian =
  (one: string, few: string, many: string) =>
  (count: number): string => {
    const form = rules.ru.select(count);
    return `${count.toLocaleString("ru")} ${form === "one" ? one : form === "few" ? few : many}`;
  };

export const english =
  (one: string, other: string) =>
  (count: number): string =>
    `${count.toLocaleString("en")} ${rules.en.select(count) === "one" ? one : other}`;

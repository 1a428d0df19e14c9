import type { ChangedRecord, Connection, Label, RecordKind } from "@svyazka/core";

const records: Readonly<Record<RecordKind, { readonly ru: readonly [string, string, string]; readonly en: string }>> = {
  contact: { ru: ["Контакт создан", "Контакт изменён", "Контакт удалён"], en: "Contact" },
  company: { ru: ["Компания создана", "Компания изменена", "Компания удалена"], en: "Company" },
  deal: { ru: ["Сделка создана", "Сделка изменена", "Сделка удалена"], en: "Deal" },
  task: { ru: ["Задача поставлена", "Задача изменена", "Задача удалена"], en: "Task" },
  note: { ru: ["Примечание добавлено", "Примечание изменено", "Примечание удалено"], en: "Note" },
  call: { ru: ["Звонок начался", "Звонок изменился", "Звонок удалён"], en: "Call" },
};

/** `deal.created`, `deal.stage_changed`, …: the types of messages, as the specification likes them. */
export const typeOf = ({ kind, change }: Pick<ChangedRecord, "kind" | "change">): string => `${kind}.${change}`;

const types: Readonly<Record<string, Label>> = Object.fromEntries([
  ...Object.entries(records).flatMap(([kind, { ru, en }]) =>
    ["created", "changed", "deleted"].map(
      (change, index) => [`${kind}.${change}`, { ru: ru[index] ?? "", en: `${en} ${change}` }] as const,
    ),
  ),
  ["deal.stage_changed", { ru: "Сделка перешла на другой этап", en: "Deal moved to another stage" }] as const,
]);

export const settings = {
  url: {
    type: "text",
    required: true,
    pattern: /^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/i,
    placeholder: "https://example.com/hooks",
    label: { ru: "Адрес", en: "Address" },
    hint: { ru: "Сюда придут события. Только https, кроме своей сети.", en: "Where events are sent. Https, but for your own network." },
  },
  events: {
    type: "list",
    default: [],
    options: types,
    label: { ru: "События", en: "Events" },
    hint: { ru: "Пусто — все.", en: "Empty means all." },
  },
  secret: {
    type: "secret",
    generated: true,
    kept: true,
    shape: "whsec",
    overlaps: true,
    label: { ru: "Секрет подписи", en: "Signing secret" },
    hint: {
      ru: "Им получатель проверяет, что событие от нас. После смены сутки подписываем обоими.",
      en: "What the receiver verifies by that an event is ours. After a rotation we sign with both for a day.",
    },
  },
} as const;

export type Subscription = Connection<typeof settings>;

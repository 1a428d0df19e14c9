import type { Label } from "@svyazka/core";
import type { Entity } from "./by.ts";
import type { Field } from "./fields.ts";

/** What a column of a table may be: `contact.phone`, `deal.sum`, `contact.fields.city`. The names of the columns of an export are the labels. */
export interface ImportTarget {
  readonly to: string;
  readonly label: Label;
  /** What else people call it, in small letters. */
  readonly alias?: readonly string[];
}

const target = (to: string, ru: string, en: string, ...alias: string[]): ImportTarget => ({ to, label: { ru, en }, alias });

export const importTargets: readonly ImportTarget[] = [
  target("contact.id", "ID контакта", "Contact id"),
  target("contact.external", "ID контакта в другой программе", "Contact id in another program"),
  target("contact.full_name", "ФИО", "Full name", "контакт", "клиент", "fio", "имя и фамилия", "contact"),
  target("contact.name", "Имя", "First name", "name", "имя контакта"),
  target("contact.middlename", "Отчество", "Middle name", "middlename"),
  target("contact.surname", "Фамилия", "Last name", "surname", "lastname"),
  target("contact.position", "Должность", "Position", "job title"),
  target(
    "contact.phone",
    "Телефон",
    "Phone",
    "телефоны",
    "мобильный",
    "мобильный телефон",
    "рабочий телефон",
    "номер телефона",
    "тел",
    "тел.",
    "mobile",
    "phone number",
    "phones",
  ),
  target("contact.email", "E-mail", "Email", "почта", "электронная почта", "эл. почта", "email", "e-mail", "emails", "mail"),
  target("contact.messenger", "Мессенджеры", "Messengers", "мессенджер", "telegram", "телеграм"),
  target("contact.website", "Сайт контакта", "Contact website"),
  target("contact.responsible", "Ответственный", "Responsible", "менеджер", "manager", "ответственный за контакт"),
  target("contact.tags", "Теги", "Tags", "тег", "метки", "tag", "теги контакта"),
  target("contact.note", "Примечание", "Note", "комментарий", "заметка", "comment", "примечания"),
  target("company.id", "ID компании", "Company id"),
  target("company.external", "ID компании в другой программе", "Company id in another program", "id_1c", "guid", "ид", "код 1с"),
  target("company.name", "Компания", "Company", "название компании", "организация", "company name"),
  target("company.inn", "ИНН", "INN", "инн компании"),
  target("company.kpp", "КПП", "KPP"),
  target("company.phone", "Телефон компании", "Company phone"),
  target("company.email", "E-mail компании", "Company email"),
  target("company.messenger", "Мессенджеры компании", "Company messengers"),
  target("company.website", "Сайт", "Website", "сайт компании", "web"),
  target("company.responsible", "Ответственный за компанию", "Company responsible"),
  target("company.tags", "Теги компании", "Company tags"),
  target("deal.id", "ID сделки", "Deal id"),
  target("deal.external", "ID сделки в другой программе", "Deal id in another program", "id заказа"),
  target("deal.name", "Сделка", "Deal", "название сделки", "deal name"),
  target("deal.sum", "Сумма", "Sum", "бюджет", "стоимость", "amount", "price", "сумма сделки"),
  target("deal.currency", "Валюта", "Currency"),
  target("deal.pipeline", "Воронка", "Pipeline"),
  target("deal.stage", "Этап", "Stage", "статус", "этап сделки", "status"),
  target("deal.source", "Источник", "Source", "источник сделки"),
  target("deal.loss_reason", "Причина отказа", "Loss reason"),
  target("deal.responsible", "Ответственный за сделку", "Deal responsible"),
  target("deal.tags", "Теги сделки", "Deal tags"),
];

export const labelOf = (to: string, language: "ru" | "en"): string => importTargets.find((one) => one.to === to)?.label[language] ?? to;

const nouns: Readonly<Record<Entity, Label>> = {
  contact: { ru: "контакт", en: "contact" },
  company: { ru: "компания", en: "company" },
  deal: { ru: "сделка", en: "deal" },
};

/** How the column of a custom field is called in an export: fields of two kinds may have one name. */
export const fieldLabel = ({ entity, name }: Pick<Field, "entity" | "name">, language: "ru" | "en"): string =>
  `${name} (${nouns[entity][language]})`;

const entityOrder: readonly Entity[] = ["contact", "company", "deal"];

const plain = (name: string): string => name.toLowerCase().replaceAll("ё", "е").replace(/\s+/g, " ").trim();

/** What a column most likely is, by its name, else by what stands in it. */
export function suggestTarget(name: string, samples: readonly string[], fields: readonly Field[]): string | null {
  const typed = plain(name);
  const named = importTargets.find(({ label, alias = [] }) => [label.ru, label.en, ...alias].some((one) => plain(one) === typed));
  if (named) return named.to;
  // A person's own field before one of the same name elsewhere.
  const ordered = [...fields].sort((one, other) => entityOrder.indexOf(one.entity) - entityOrder.indexOf(other.entity));
  const field =
    ordered.find((one) => plain(fieldLabel(one, "ru")) === typed || plain(fieldLabel(one, "en")) === typed) ??
    ordered.find((one) => plain(one.name) === typed || one.code.toLowerCase() === typed);
  if (field) return `${field.entity}.fields.${field.code}`;
  const filled = samples.filter((sample) => sample.trim() !== "");
  if (filled.length === 0) return null;
  if (filled.every((sample) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(sample.trim()))) return "contact.email";
  if (filled.every((sample) => /^'?\+?[78]?[\s(-]*\d{3}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}$/.test(sample.trim()))) return "contact.phone";
  return null;
}

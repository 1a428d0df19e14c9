import type { Attribution, Consent, Language, Money, Person, Phone, Touch } from "@svyazka/core";
import { writeMoney } from "@svyazka/core";
import { accountingEnglish, accountingRussian } from "./accounting-text.ts";
import { callEnglish, callRussian } from "./call-text.ts";
import { conversationEnglish, conversationRussian } from "./conversation-text.ts";

/** What the flows write for people, in the language of the company. */
const russian = {
  lead: "Заявка",
  repeatedLead: "Повторная заявка",
  leadFrom: (from: string) => `Заявка: ${from}`,
  dealFrom: (from: string) => `Сделка: ${from}`,
  taskTitle: "Задача",
  repeatTask: "Повторная заявка: свяжитесь с клиентом",
  form: "Форма",
  page: "Страница",
  source: "Источник",
  phone: "Телефон",
  extension: "доб.",
  sum: "Сумма",
  originalSum: "Исходная сумма",
  firstTouch: "Первый визит",
  lastTouch: "Последний визит",
  consent: "Согласие",
  version: "версия",
  yes: "да",
  no: "нет",
  attention: "Обратите внимание",
  duplicates: (names: string) => `возможный дубль контакта: ${names}`,
  conflict: (names: string) => `e-mail принадлежит другому контакту: ${names}; заявка записана на контакт с этим телефоном`,
  inactive: (id: string) => `указанный ответственный ${id} больше не работает`,
  noCompany: (id: string) => `указанной компании ${id} нет, контакт записан без неё`,
  companyExists: "Компания с таким названием уже была: добавлено то, чего в ней не хватало. Прислано:",
  done: {
    leadNew: "Создан контакт и сделка",
    leadKnown: "Создана сделка для известного контакта",
    leadAppended: "Примечание и задача добавлены в открытую сделку",
    leadReopened: "Закрытая сделка открыта снова",
    deal: "Создана сделка",
    contactNew: "Создан контакт",
    contactKnown: "Контакт уже был, дополнен",
    companyNew: "Создана компания",
    companyKnown: "Компания уже была, дополнена",
    task: "Создана задача",
    subscriberTold: "Сообщено",
    ...conversationRussian.done,
    followed: {
      own: "Это наша собственная запись",
      kept: "Телефонная книга обновлена",
      gone: "Карточки больше нет",
      nothing: "Телефонной книги это не касается",
    },
    ...accountingRussian.done,
    ...callRussian.done,
  },
  conversationFrom: conversationRussian.conversationFrom,
  ...accountingRussian.said,
  mappedToNothing: (pairs: string) =>
    `Поля сопоставлены с тем, чего в CRM нет: ${pairs}. Исправьте сопоставление полей подключения и повторите приём заявки`,
  missedCall: callRussian.missedCall,
  calledBack: callRussian.calledBack,
};
export type Words = typeof russian;

const english: Words = {
  lead: "Lead",
  repeatedLead: "Repeated lead",
  leadFrom: (from) => `Lead: ${from}`,
  dealFrom: (from) => `Deal: ${from}`,
  taskTitle: "Task",
  repeatTask: "Repeated lead: get in touch",
  form: "Form",
  page: "Page",
  source: "Source",
  phone: "Phone",
  extension: "ext.",
  sum: "Sum",
  originalSum: "Original sum",
  firstTouch: "First visit",
  lastTouch: "Last visit",
  consent: "Consent",
  version: "version",
  yes: "yes",
  no: "no",
  attention: "Please note",
  duplicates: (names) => `possible duplicate contact: ${names}`,
  conflict: (names) => `the e-mail belongs to another contact: ${names}; the lead was put on the contact with this phone`,
  inactive: (id) => `the responsible user asked for, ${id}, no longer works here`,
  noCompany: (id) => `there is no company ${id}: the contact was made without it`,
  companyExists: "A company of this name was there: what it lacked was added. Sent:",
  done: {
    leadNew: "Made a contact and a deal",
    leadKnown: "Made a deal for a known contact",
    leadAppended: "Added a note and a task to the open deal",
    leadReopened: "Reopened the closed deal",
    deal: "Made a deal",
    contactNew: "Made a contact",
    contactKnown: "The contact was known; added what it lacked",
    companyNew: "Made a company",
    companyKnown: "The company was known; added what it lacked",
    task: "Made a task",
    subscriberTold: "Told",
    ...conversationEnglish.done,
    followed: {
      own: "We wrote this ourselves",
      kept: "The address book is up to date",
      gone: "The record is no more",
      nothing: "Nothing for the address book",
    },
    ...accountingEnglish.done,
    ...callEnglish.done,
  },
  conversationFrom: conversationEnglish.conversationFrom,
  ...accountingEnglish.said,
  mappedToNothing: (pairs: string) =>
    `Fields are mapped to what the CRM has not: ${pairs}. Mend the field mapping of the connection, and replay the request`,
  missedCall: callEnglish.missedCall,
  calledBack: callEnglish.calledBack,
};

export const wordsIn = (language: Language): Words => (language === "ru" ? russian : english);

/** Lines that have something to say, as one text. */
export const joinLines = (lines: readonly (string | undefined | false)[]): string =>
  lines.filter((line) => line !== undefined && line !== false && line !== "").join("\n");

export const listLines = (values: Readonly<Record<string, string>>): string[] =>
  Object.entries(values).map(([name, value]) => `${name}: ${value}`);

export const remarkLines = (words: Words, remarks: readonly string[]): string[] => remarks.map((remark) => `${words.attention}: ${remark}`);

export const sumLine = (label: string, sum: Money | undefined): string | undefined => sum && `${label}: ${writeMoney(sum)} ${sum.currency}`;

/** Phones whose typed text says more than the number does: an extension, or a number that is none. */
export function phoneLines(words: Words, { phones }: Pick<Person, "phones">): string[] {
  return phones
    .filter((phone) => phone.e164 === undefined || phone.ext !== undefined)
    .map((phone) => `${words.phone}: ${phoneText(words, phone)}`);
}
const phoneText = (words: Words, { e164, ext, typed }: Phone): string =>
  e164 === undefined ? typed : `${e164} ${words.extension} ${ext ?? ""}`;

export function attributionLines(words: Words, { first, last, tracking }: Attribution): string[] {
  const lines = [touchLine(words.lastTouch, last), isSameTouch(first, last) ? undefined : touchLine(words.firstTouch, first)];
  return [...lines.filter((line) => line !== undefined), ...listLines(tracking)];
}

function touchLine(label: string, touch: Touch | undefined): string | undefined {
  if (!touch) return undefined;
  const { source, medium, campaign, content, term, referer } = touch;
  const parts = Object.entries({
    utm_source: source,
    utm_medium: medium,
    utm_campaign: campaign,
    utm_content: content,
    utm_term: term,
    referer,
  });
  const known = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  return known.length === 0 ? undefined : `${label}: ${known.join(", ")}`;
}
const isSameTouch = (a: Touch | undefined, b: Touch | undefined): boolean =>
  a?.source === b?.source && a?.medium === b?.medium && a?.campaign === b?.campaign && a?.content === b?.content && a?.term === b?.term;

export function consentLine(words: Words, consent: Consent | undefined): string | undefined {
  if (!consent) return undefined;
  const ticks = Object.entries(consent.ticks).map(([name, isTicked]) => `${name}: ${isTicked ? words.yes : words.no}`);
  const parts = [...ticks, consent.version && `${words.version} ${consent.version}`, consent.at, consent.ip && `IP ${consent.ip}`];
  return `${words.consent}: ${parts.filter(Boolean).join(", ")}`;
}

/** `https://example.ru/page?x` → `example.ru`. */
export const hostOf = (url: string | undefined): string | undefined => /^(?:[a-z]+:)?\/*([^/?#\s]+\.[^/?#\s]+)/i.exec(url ?? "")?.[1];

import type { Language } from "@svyazka/core";

const russian = {
  noInn: "у компании не заполнен ИНН",
  noName: "у карточки нет названия",
  nextExchange: "будет передано при следующем обмене",
  notLetIn: "1С не впускает: исправьте логин, пароль или адрес базы",
  order: "Заказ",
  nobody: "в сделке нет ни компании, ни контакта",
  newBase: (base: string) => `Новая база 1С: ${base}`,
  changedBase: (base: string) => `База 1С ${base} меняет адрес`,
  baseText: (address: string, login: string) =>
    `Адрес обработчиков: ${address || "не указан"}. Логин: ${login || "не указан"}. Пока база не подтверждена, туда ничего не передаётся.`,
  approve: "Подтвердить",
  refuse: "Отклонить",
};
const english: typeof russian = {
  noInn: "the company has no INN",
  noName: "the record has no name",
  nextExchange: "it goes with the next exchange",
  notLetIn: "1C does not let us in: correct login, password or address of the base",
  order: "Order",
  nobody: "the deal has neither a company nor a contact",
  newBase: (base) => `A new base of 1C: ${base}`,
  changedBase: (base) => `The base ${base} of 1C changes its address`,
  baseText: (address, login) =>
    `Address of the handlers: ${address || "none"}. Login: ${login || "none"}. Until it is approved, nothing is sent there.`,
  approve: "Approve",
  refuse: "Refuse",
};
export const wordsIn = (language: Language): typeof russian => (language === "ru" ? russian : english);

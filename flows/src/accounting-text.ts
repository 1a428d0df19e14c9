import type { KeptThere, OrderStep } from "@svyazka/core";

/** What the flows write about orders, and what became of them in the accounting. */
type Kept = Readonly<Record<KeptThere["what"], string>>;
type Steps = Readonly<Record<OrderStep, string>>;

const stepsRussian: Steps = {
  paid: "Заказ оплачен",
  "part-paid": "Заказ оплачен частично",
  shipped: "Заказ отгружен",
  "part-shipped": "Заказ отгружен частично",
  cancelled: "Заказ аннулирован",
};
const stepsEnglish: Steps = {
  paid: "The order is paid",
  "part-paid": "The order is paid in part",
  shipped: "The order is shipped",
  "part-shipped": "The order is shipped in part",
  cancelled: "The order is cancelled",
};

const keptRussian: Kept = {
  made: "Создано в бухгалтерии",
  updated: "Обновлено в бухгалтерии",
  same: "В бухгалтерии то же самое",
  unwanted: "В бухгалтерии это не ведётся",
  waiting: "Не передано, нужен человек",
};
const keptEnglish: Kept = {
  made: "Made in the accounting",
  updated: "Brought up to date in the accounting",
  same: "The accounting holds the same",
  unwanted: "It is not kept in the accounting",
  waiting: "Not brought, a person is needed",
};

export const accountingRussian = {
  done: {
    orderStep: stepsRussian,
    accounting: keptRussian,
    recordGone: "Карточки больше нет",
    noCrm: "CRM, из которой это пришло, отключена",
  },
  said: {
    orderStep: stepsRussian,
    owed: "Осталось оплатить",
    document: "Документ",
    orderMade: (id: string, link: string | undefined) => `В бухгалтерии создан заказ ${[id, link].filter(Boolean).join(", ")}`,
    moneyLate: (sum: string) => `Проверить оплату: клиент должен ${sum}`,
  },
};

export const accountingEnglish: typeof accountingRussian = {
  done: {
    orderStep: stepsEnglish,
    accounting: keptEnglish,
    recordGone: "The record is no more",
    noCrm: "The CRM that this came from is disconnected",
  },
  said: {
    orderStep: stepsEnglish,
    owed: "Still to be paid",
    document: "Document",
    orderMade: (id, link) => `An order was made in the accounting: ${[id, link].filter(Boolean).join(", ")}`,
    moneyLate: (sum) => `Check the payment: the client owes ${sum}`,
  },
};

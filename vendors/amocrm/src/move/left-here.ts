import { type Label, type MoveFinding, type MoveKind, type OwnCrm, type OwnDeal, writeMoney } from "@svyazka/core";
import type { Step } from "./steps.ts";

/** What our CRM has and an account cannot be given: told once, with how many there are. */
export const leftHere = (crm: OwnCrm, currency: string): Step => ({
  ...{ name: "left here", phase: "comparing", kind: "other", isWhole: true },
  async turn() {
    const found: MoveFinding[] = [];
    for (const { kind, id, words, count } of kindsLeft(crm, currency)) {
      const many = await count();
      if (many > 0) found.push({ what: "left", kind, id, count: many, words });
    }
    return { done: 0, hasMore: false, found };
  },
});

interface Left {
  readonly kind: MoveKind;
  readonly id: string;
  readonly words: Label;
  count(): Promise<number>;
}

const kindsLeft = (crm: OwnCrm, currency: string): readonly Left[] => [
  {
    ...{ kind: "incoming", id: "origin" },
    words: {
      ru: "Откуда пришли неразобранные сделки, туда не передать: сами сделки стоят в «Неразобранном»",
      en: "Where incoming deals came from cannot be told there: the deals themselves stand among the unsorted",
    },
    async count() {
      const { total, accepted, declined } = await crm.incoming.summary({});
      return total - accepted - declined;
    },
  },
  {
    ...{ kind: "note", id: "shared calls" },
    words: {
      ru: "Звонки, которые стоят сразу на нескольких карточках: там звонок стоит на первой из них",
      en: "Calls that stand on several records: there, a call stands on the first of them",
    },
    count: () =>
      counted(
        (page) => crm.notes.list({ ...page, kinds: ["call_in", "call_out", "call_internal"] }),
        ({ contact, company, deal }) => [contact, company, deal].filter((id) => id !== null).length > 1,
      ),
  },
  {
    ...{ kind: "deal", id: "sums" },
    words: {
      ru: "Суммы с копейками или в другой валюте: там хранятся целые единицы валюты аккаунта",
      en: "Sums with kopecks, or in another currency: there, they are whole units of the account's own",
    },
    count: () =>
      counted(
        (page) => crm.deals.list(page),
        (deal) => isCut(deal, currency),
      ),
  },
  {
    ...{ kind: "deal", id: "attribution" },
    words: { ru: "Откуда пришёл клиент (метки рекламы) у сделок", en: "Where deals came from (marks of advertising)" },
    count: () =>
      counted(
        (page) => crm.deals.list(page),
        ({ attribution }) => attribution !== null,
      ),
  },
  {
    ...{ kind: "contact", id: "attribution" },
    words: { ru: "Откуда пришёл клиент (метки рекламы) у контактов", en: "Where contacts came from (marks of advertising)" },
    count: () =>
      counted(
        (page) => crm.contacts.list(page),
        ({ attribution }) => attribution !== null,
      ),
  },
  {
    ...{ kind: "task", id: "no time" },
    words: {
      ru: "Задачи без срока: там срок есть у каждой, и это момент, когда её поставили",
      en: "Tasks without a time: there, each has one, and it is the moment when it was made",
    },
    count: () =>
      counted(
        (page) => crm.tasks.list(page),
        ({ due }) => due === null,
      ),
  },
  {
    ...{ kind: "other", id: "conversations" },
    words: { ru: "Беседы и их сообщения остаются здесь", en: "Conversations, with their messages, stay here" },
    count: () =>
      counted<unknown>(
        ({ limit, skip }) => crm.conversations.list({ limit, skip }),
        () => true,
      ),
  },
  ...(["deals", "contacts", "companies"] as const).map(
    (records): Left => ({
      ...{ kind: records === "deals" ? "deal" : records === "contacts" ? "contact" : "company", id: "bin" },
      words: { ru: "Удалённые карточки не переносятся", en: "Records in the bin are not carried over" },
      count: () =>
        counted<unknown>(
          (page) => crm[records].list({ ...page, deleted: "only" }),
          () => true,
        ),
    }),
  ),
];

const isCut = ({ sum }: OwnDeal, currency: string): boolean =>
  sum !== null && (sum.currency !== currency || !Number.isInteger(Number(writeMoney(sum))));

const atOnce = 500;

/** Read page by page. */
async function counted<T>(
  list: (page: {
    readonly limit: number;
    readonly skip: number;
    readonly sort: string;
  }) => Promise<{ readonly items: readonly T[]; readonly isMore: boolean }>,
  isOne: (item: T) => boolean,
): Promise<number> {
  let count = 0;
  for (let skip = 0, isMore = true; isMore; skip += atOnce) {
    const page = await list({ limit: atOnce, skip, sort: "id" });
    count += page.items.filter(isOne).length;
    isMore = page.isMore;
  }
  return count;
}

import type { Label, MoveFinding } from "@svyazka/core";
import type { Amo } from "../client.ts";
import { entityTypes } from "../protocol.ts";
import type { Step } from "./steps.ts";
import { optional, type Theirs } from "./theirs.ts";

/** What an account has and our CRM has no place for: told once, with how many there are. */
export const leftThere = (amo: Amo, theirs: Theirs): Step => ({
  ...{ name: "left there", phase: "comparing", kind: "other" },
  async turn() {
    const found: MoveFinding[] = [];
    for (const { id, words, count } of kindsLeft(amo, theirs)) {
      const many = await count();
      if (many > 0) found.push({ what: "left", kind: "other", id, count: many, words });
    }
    return { done: 0, hasMore: false, found };
  },
});

interface Left {
  readonly id: string;
  readonly words: Label;
  count(): Promise<number>;
}

const kindsLeft = (amo: Amo, theirs: Theirs): readonly Left[] => [
  {
    id: "talks",
    words: { ru: "Беседы в чатах и их сообщения остаются там", en: "Conversations in chats, with their messages, stay there" },
    count: () => counted(amo.talks.all()),
  },
  {
    id: "files",
    words: {
      ru: "Вложенные файлы остаются там: переносятся названия и ссылки",
      en: "Attached files stay there: their names and links are carried over",
    },
    async count() {
      let all = 0;
      for (const of of entityTypes) all += await counted(amo[of].notes.all({ filter: { note_type: "attachment" } }));
      return all;
    },
  },
  {
    id: "bin",
    words: { ru: "Удалённые сделки не переносятся", en: "Deleted leads are not carried over" },
    count: () => counted(amo.leads.all({ with: ["only_deleted"] })),
  },
  {
    id: "customers",
    words: { ru: "Покупатели остаются там", en: "Customers stay there" },
    count: () => counted(amo.customers.all()),
  },
  {
    id: "field groups",
    words: {
      ru: "Группы полей переносятся как признак поля, без названий",
      en: "Groups of fields are carried over as marks of fields, without names",
    },
    async count() {
      let all = 0;
      for (const of of entityTypes)
        all += (await optional(async () => listOf(amo[of].fields.groups.all()))).filter(({ is_predefined }) => !is_predefined).length;
      return all;
    },
  },
  {
    id: "archive",
    words: { ru: "Архивные воронки здесь открыты", en: "Archived pipelines are open here" },
    count: async () => theirs.pipelines.filter(({ is_archive }) => is_archive).length,
  },
];

async function counted(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  await optional(async () => {
    for await (const _ of items) count++;
    return [];
  });
  return count;
}

async function listOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

import type { Flow } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** Whoever subscribed is told what happened to a record, in order of each record's changes. */
export const tellSubscribers: Flow<"record.changed", "subscriber"> = {
  name: "tell-subscribers",
  title: { ru: "Сообщить об изменении", en: "Tell of a change" },
  about: {
    ru: "Передаёт изменения карточек, задач и звонков программам, которые на них подписаны.",
    en: "Passes changes of records, tasks and calls on to the programs that subscribed to them.",
  },
  on: ["record.changed"],
  needs: "subscriber",
  onlyWhileActive: true,
  async run({ id, data: change }, at) {
    await at.port.tell({ id, change, attempt: at.attempt });
    return { done: wordsIn(at.workspace.language).done.subscriberTold };
  },
};

import type { Flow } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** Whoever wrote in a CRM elsewhere sees there whether it has arrived. */
export const markMessage: Flow<"message.marked", "chatDesk"> = {
  name: "mark-message",
  title: { ru: "Отметить доставку в CRM", en: "Mark delivery in the CRM" },
  about: {
    ru: "Сообщает внешней CRM, что сообщение доставлено, прочитано или не дошло.",
    en: "Tells a CRM elsewhere that a message has arrived, was read, or has failed.",
  },
  on: ["message.marked"],
  needs: "chatDesk",
  async run({ data }, at) {
    await at.port.mark(data);
    return { done: wordsIn(at.workspace.language).done.messageMarked };
  },
};

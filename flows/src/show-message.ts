import type { Flow } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** A message of our book is shown in a CRM elsewhere that shows conversations. */
export const showMessage: Flow<"message.kept", "chatDesk"> = {
  name: "show-message",
  title: { ru: "Показать сообщение в CRM", en: "Show a message in the CRM" },
  about: {
    ru: "Показывает переписку в чатах внешней CRM.",
    en: "Shows the conversation in the chats of a CRM elsewhere.",
  },
  on: ["message.kept"],
  needs: "chatDesk",
  async run({ data }, at) {
    const { chat } = await at.port.show(data, at.source);
    return { done: wordsIn(at.workspace.language).done.messageShown, ...(chat !== undefined && { records: { chat } }) };
  },
};

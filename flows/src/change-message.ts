import type { Flow } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** What a channel tells more of a message: whether it was read, its new words, what somebody thinks of it. */
export const changeMessage: Flow<"message.changed", "messenger"> = {
  name: "change-message",
  title: { ru: "Отметить, что с сообщением", en: "Note what became of a message" },
  about: {
    ru: "Отмечает в переписке доставку, прочтение, правку и реакции.",
    en: "Notes in the conversation that a message arrived, was read, edited, or reacted to.",
  },
  on: ["message.changed"],
  needs: "messenger",
  async run({ data, connection }, at) {
    await at.record(await at.inbox.change(connection, data));
    return { done: wordsIn(at.workspace.language).done.messageMarked };
  },
};

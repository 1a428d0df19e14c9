import type { Flow } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** What somebody here writes to a client goes out by the channel that carries the conversation, in order. */
export const sendMessage: Flow<"message.sent", "messenger"> = {
  name: "send-message",
  title: { ru: "Отправить сообщение", en: "Send a message" },
  about: {
    ru: "Передаёт то, что написал сотрудник, каналу, в котором идёт переписка.",
    en: "Gives what somebody here has written to the channel that carries the conversation.",
  },
  on: ["message.sent"],
  needs: "messenger",
  async run({ data }, at) {
    await at.port.send(data);
    return { done: wordsIn(at.workspace.language).done.messageSent };
  },
};

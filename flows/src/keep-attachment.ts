import { Conflict, type Flow, Refused, readMessengerRules } from "@svyazka/core";
import { copyFile } from "./copy-file.ts";
import { wordsIn } from "./text.ts";

/** Four days: a message is tried for not quite three, and then given up, or left out by a person. */
const longestWaitMs = 345_600_000;

/** Files of messages are copied at once: the channel's links die within minutes. */
export const keepAttachment: Flow<"attachment.received", "messenger"> = {
  name: "keep-attachment",
  title: { ru: "Сохранить файл из переписки", en: "Keep a file of a conversation" },
  about: {
    ru: "Копирует файл, который прислал клиент, в хранилище хаба.",
    en: "Copies a file that a client sent into the hub's storage.",
  },
  on: ["attachment.received"],
  needs: "messenger",
  async run({ data, connection, receivedAt }, at) {
    const attached = await copyFile(data.file, readMessengerRules(at.sourceSettings)?.file_days ?? 1_095, at);
    const facts = await at.inbox.attach(connection, data, attached);
    if (facts === undefined) {
      if (at.now.getTime() - receivedAt.getTime() > longestWaitMs) throw new Refused("the message of this file has never come");
      // It is on its way, in a lane of its own.
      throw new Conflict("the message of this file is not known yet");
    }
    await at.record(facts);
    const { done } = wordsIn(at.workspace.language);
    return "error" in attached
      ? { done: done.fileLost(attached.error) }
      : { done: done.fileKept(attached.bytes), records: { file: attached.file } };
  },
};

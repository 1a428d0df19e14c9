import {
  type Attached,
  Conflict,
  type Flow,
  type FlowContext,
  type ReceivedFile,
  Refused,
  readMessengerRules,
  Unavailable,
} from "@svyazka/core";
import { wordsIn } from "./text.ts";

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
  async run({ data, connection }, at) {
    const attached = await copy(data, at);
    const facts = await at.inbox.attach(connection, data, attached);
    // The message itself is on its way, in a lane of its own.
    if (facts === undefined) throw new Conflict("the message of this file is not known yet");
    await at.record(facts);
    const { done } = wordsIn(at.workspace.language);
    return "error" in attached
      ? { done: done.fileLost(attached.error) }
      : { done: done.fileKept(attached.bytes), records: { file: attached.file } };
  },
};

/** Bytes. */
const largestBytes = 104_857_600;
/** A link that has been dead for so many tries, more than half a minute, stays dead: others wait for the message that it is of. */
const mostTries = 3;

async function copy({ file }: ReceivedFile, at: FlowContext<"messenger">): Promise<Attached> {
  try {
    const days = readMessengerRules(at.sourceSettings)?.file_days ?? 1_095;
    const kept = await at.keepFile(file.ref, { days, attachment: { name: file.name, largestBytes } });
    return { file: kept.id, type: kept.type, bytes: kept.bytes };
  } catch (error) {
    if (error instanceof Refused || (error instanceof Unavailable && at.attempt >= mostTries)) return { error: error.message };
    throw error;
  }
}

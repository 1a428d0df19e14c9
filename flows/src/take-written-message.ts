import { type Flow, type FlowContext, type MessageFile, Refused, type ToldFile, Unavailable } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** What somebody writes in a CRM elsewhere stands in our book, too, and goes out by the channel of the conversation. */
export const takeWrittenMessage: Flow<"message.written", "chatDesk"> = {
  name: "take-written-message",
  title: { ru: "Принять ответ из CRM", en: "Take an answer from a CRM" },
  about: {
    ru: "Передаёт каналу то, что сотрудник написал клиенту во внешней CRM.",
    en: "Gives the channel what somebody wrote to a client in a CRM elsewhere.",
  },
  on: ["message.written"],
  needs: "chatDesk",
  async run({ data }, at) {
    const files: MessageFile[] = [];
    for (const file of data.files) files.push(await copy(file, at));
    const kept = await at.inbox.write(data, files);
    if (!kept) throw new Refused("there is no such conversation: the client has to be written to from the channel itself");
    await at.record(kept.facts, kept.conversation.channel);
    return { done: wordsIn(at.workspace.language).done.messageTaken, records: { conversation: kept.conversation.id } };
  },
};

const largestBytes = 104_857_600;
const days = 1_095;
const mostTries = 3;

async function copy({ kind, name, ref }: ToldFile, at: FlowContext<"chatDesk">): Promise<MessageFile> {
  const said = { kind, ...(name !== undefined && { name }) };
  try {
    const kept = await at.keepFile(ref, { days, attachment: { name, largestBytes } });
    return { ...said, type: kept.type, bytes: kept.bytes, file: kept.id };
  } catch (error) {
    if (error instanceof Unavailable && at.attempt < mostTries) throw error;
    if (!(error instanceof Unavailable || error instanceof Refused)) throw error;
    return { ...said, error: error.message };
  }
}

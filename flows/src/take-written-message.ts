import { type Flow, type FlowContext, type MessageFile, Refused, readPhone, type ToldFile, type WrittenMessage } from "@svyazka/core";
import { copyFile } from "./copy-file.ts";
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
    const kept = await at.inbox.write(data, await conversationOf(data, at), files);
    if (!kept) throw new Refused("there is no such conversation");
    await at.record(kept.facts, kept.conversation.channel);
    return { done: wordsIn(at.workspace.language).done.messageTaken, records: { conversation: kept.conversation.id } };
  },
};

/** Whoever writes first in that CRM writes by a channel that can, to a phone. */
async function conversationOf(
  { conversation: { uid, chat, source, phone } }: WrittenMessage,
  at: FlowContext<"chatDesk">,
): Promise<string> {
  const known = uid ?? (await at.port.findConversation(chat));
  if (known !== undefined) return known;
  const channel = await at.port.findChannel(source);
  const to = phone === undefined ? undefined : readPhone(phone, at.workspace.country);
  if (channel === undefined || !to?.e164)
    throw new Refused("nobody has written in this chat yet, and there is no channel or no phone to begin by");
  const made = await at.inbox.open(channel, { external: null, name: to.e164, phone: to.e164 });
  await at.port.tie(chat, made);
  return made;
}

const days = 1_095;

async function copy(told: ToldFile, at: FlowContext<"chatDesk">): Promise<MessageFile> {
  const { kind, name } = told;
  return { kind, ...(name !== undefined && { name }), ...(await copyFile(told, days, at)) };
}

import type { ConnectionId, EventDraft, FileKind, ToldFile } from "@svyazka/core";
import type { Tree } from "@svyazka/wire";
import { type OperatorMessage, readOperatorMessages } from "../protocol.ts";

/** What operators write in the portal, on its way to the client: told once, all messages of the event. `at` in Unix seconds, as the portal has it. */
export const writtenFacts = (desk: ConnectionId, data: Tree, at: string): EventDraft<"message.written">[] =>
  readOperatorMessages(data).map((message) => writtenFact(desk, message, at));

function writtenFact(
  desk: ConnectionId,
  { connector, line, chat, im, text, files }: OperatorMessage,
  at: string,
): EventDraft<"message.written"> {
  const id = deskIdOf(im);
  const told = files.map(toldFile);
  const seconds = Number(at);
  return {
    type: "message.written",
    key: `line ${connector} ${line} ${id}`,
    subject: `chat ${chat}`,
    data: {
      ...{ desk, deskId: id, text, files: told, kind: told[0]?.kind ?? "text" },
      // We have named the chat ourselves.
      conversation: { uid: chat, chat, source: `${connector} ${line}` },
      at: new Date(Number.isFinite(seconds) && seconds > 0 && seconds < 1e11 ? seconds * 1000 : 0).toISOString(),
    },
  };
}

/** Both numbers are given back with the state of its delivery. */
export const deskIdOf = ({ chat_id, message_id }: OperatorMessage["im"]): string => `${chat_id}.${message_id}`;
export function imOf(deskId: string): OperatorMessage["im"] | undefined {
  const [chat_id, message_id] = deskId.split(".");
  return chat_id && message_id ? { chat_id, message_id } : undefined;
}

const toldFile = ({ link, name, mime, bytes }: OperatorMessage["files"][number]): ToldFile => ({
  ...{ kind: kindOf(mime ?? "", name ?? ""), ref: link },
  ...(name !== undefined && { name }),
  ...(mime !== undefined && { type: mime }),
  ...(bytes !== undefined && { bytes }),
});

function kindOf(mime: string, name: string): FileKind {
  if (/^image\//i.test(mime) || /\.(jpe?g|png|gif|webp)$/i.test(name)) return "picture";
  if (/^video\//i.test(mime) || /\.(mp4|mov|webm)$/i.test(name)) return "video";
  if (/^audio\//i.test(mime) || /\.(mp3|ogg|oga|wav|m4a)$/i.test(name)) return "audio";
  return "file";
}

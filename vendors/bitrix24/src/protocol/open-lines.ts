import type { Tree } from "@svyazka/wire";
import { textIn } from "./envelope.ts";
import { below } from "./events.ts";

/** Open lines: conversations with clients that other messengers carry. Source: api-reference/imopenlines/imconnector */

/** Who writes: letters, blanks, hyphens and apostrophes only, at most 25 of each name. */
export interface LineUser {
  readonly id: string;
  readonly name?: string;
  readonly last_name?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly url?: string;
  readonly picture?: { readonly url: string };
  readonly skip_phone_validate?: "Y";
}

export interface LineMessage {
  readonly user: LineUser;
  readonly message: {
    readonly id: string;
    /** Unix seconds. */
    readonly date: number;
    readonly text?: string;
    /** The portal fetches them from here. */
    readonly files?: readonly { readonly url: string; readonly name: string }[];
    /** The portal makes nothing of it in its CRM. */
    readonly disable_crm?: "Y";
    /** Written by an employee; 0 by the system. */
    readonly user_id?: number;
  };
  readonly chat: { readonly id: string; readonly name?: string; readonly url?: string };
}

/** An operator's message on its way to the client. */
export interface OperatorMessage {
  readonly connector: string;
  readonly line: string;
  /** Both are the portal's own, and are given back with the state of its delivery. */
  readonly im: { readonly chat_id: string; readonly message_id: string };
  /** As we have named it. */
  readonly chat: string;
  readonly text: string;
  readonly files: readonly { readonly link: string; readonly name?: string; readonly mime?: string; readonly bytes?: number }[];
  readonly user?: string;
}

/** All messages of the event: there may be several. What is no message is left out. */
export function readOperatorMessages(data: Tree): OperatorMessage[] {
  const [connector, line] = [nameIn(data, "CONNECTOR"), nameIn(data, "LINE")];
  if (connector === undefined || line === undefined) return [];
  return Object.values(below(data, "MESSAGES")).flatMap((one) => {
    if (typeof one !== "object") return [];
    const [im, message] = [below(one, "im"), below(one, "message")];
    const [chatId, messageId, chat] = [nameIn(im, "chat_id"), nameIn(im, "message_id"), nameIn(below(one, "chat"), "id")];
    if (chatId === undefined || messageId === undefined || chat === undefined) return [];
    const user = textIn(message, "user_id");
    return [
      {
        ...{ connector, line, chat, im: { chat_id: chatId, message_id: messageId } },
        text: plainText(textIn(message, "text") ?? ""),
        files: Object.values(below(message, "files")).flatMap(fileOf),
        ...(user !== undefined && { user }),
      },
    ];
  });
}

/** No portal's, and none of ours, is so long; what is named by it would find no place. */
const longestName = 200;
const nameIn = (tree: Tree, name: string): string | undefined => {
  const text = textIn(tree, name);
  return text !== undefined && text.length <= longestName ? text : undefined;
};

function fileOf(raw: Tree | string): OperatorMessage["files"] {
  if (typeof raw !== "object") return [];
  const link = textIn(raw, "downloadLink") ?? textIn(raw, "link");
  if (link === undefined || !/^https?:\/\//i.test(link)) return [];
  const [name, mime, bytes] = [textIn(raw, "name"), textIn(raw, "mime"), Number(textIn(raw, "size"))];
  return [{ link, ...(name && { name }), ...(mime && { mime }), ...(Number.isSafeInteger(bytes) && bytes > 0 && { bytes }) }];
}

/**
 * Messengers know no BBCode: `[b]Anna:[/b][br]Hello` is two lines. Source: how chats are formatted, api-reference/chats.
 * A tag ends where the next one begins: whoever looks for its end looks at no letter twice, however many are never closed.
 */
export const plainText = (bbcode: string): string =>
  bbcode
    .replace(/\[br\s*\/?\]|#BR#/gi, "\n")
    .replace(/\[url=([^[\]]*)\]((?:(?!\[\/?url)[\s\S])*?)\[\/url\]/gi, (_, address: string, words: string) =>
      words === "" || words === address ? address : `${words} (${address})`,
    )
    .replace(
      /\[\/?(?:b|i|u|s|url|quote|code|user|chat|size|color|icon|put|send|call|p|list|img|font|left|right|center)(?:=[^[\]]*)?\]/gi,
      "",
    )
    .replace(/\[\*\]/g, "• ")
    .trim();

/** As the portal lets a name pass: letters of any script, blanks, hyphens, apostrophes; 25 of them. */
export const lineName = (name: string): string =>
  [
    ...name
      .replace(/[^\p{L}\p{M}\s'’-]/gu, " ")
      .replace(/\s+/g, " ")
      .trim(),
  ]
    .slice(0, 25)
    .join("")
    .trim();

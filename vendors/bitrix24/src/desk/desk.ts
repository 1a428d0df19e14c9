import { type ChatDesk, concernsDesk, type KeptMessage, type MarkedMessage, userThere } from "@svyazka/core";
import type { Ground } from "../adapter/ground.ts";
import { BitrixUnavailable } from "../client.ts";
import { asking } from "../port-errors.ts";
import { type LineMessage, plainText } from "../protocol.ts";
import type { KnownLine, Lines } from "./lines.ts";
import { clientOf, failureText, lineMessage } from "./payload.ts";
import { imOf } from "./written.ts";

/** The open lines of a portal: our conversations are shown there, each in the line of its channel. Source: api-reference/imopenlines/imconnector */
export function deskIn(ground: Ground, lines: Lines): ChatDesk {
  const { connection, portal, kit } = ground;
  const { store } = kit;
  const chatOf = (uid: string): Promise<string | undefined> => store.get<string>("chat of", uid);

  /** Shows it once: the portal would show the same one again. */
  async function showOnce(line: KnownLine, payload: LineMessage): Promise<string | undefined> {
    const { id } = payload.message;
    return kit.exclusively([`shown ${id}`], async () => {
      const state = await store.get<{ readonly at: number; readonly isDone: boolean }>("shown", id);
      if (state?.isDone || (state && (await stands(payload, state.at)))) return chatOf(payload.chat.id);
      await store.put("shown", id, { at: state?.at ?? kit.now().getTime(), isDone: false }, { days: shownDays });
      try {
        const { chat } = await portal.openLines.send(line.connector, line.line, payload);
        await store.put("shown", id, { at: kit.now().getTime(), isDone: true }, { days: shownDays });
        if (chat !== undefined) await store.put("chat of", payload.chat.id, chat);
        return chat;
      } catch (error) {
        // What has certainly done nothing is not looked for.
        if (!state && !(error instanceof BitrixUnavailable && error.mayHaveHappened)) await store.remove("shown", id);
        throw error;
      }
    });
  }

  /** Whether a try whose answer was lost has shown it. In a chat that nobody has told us of yet it cannot be looked for, and is shown again. */
  async function stands({ chat, message }: LineMessage, since: number): Promise<boolean> {
    const id = await chatOf(chat.id);
    if (id === undefined || message.text === undefined) return false;
    const history = await portal.openLines.history(id);
    // A client's own brackets are marks to the portal.
    const wanted = plainText(message.text);
    return history.some(({ text, at }) => plainText(text) === wanted && (at === undefined || at >= since - slackMs));
  }

  async function authorOf({ message, user }: KeptMessage): Promise<{ readonly user?: number }> {
    if (message.direction === "in") return {};
    const there = Number(userThere(connection, user));
    return { user: Math.max(there || 0, 0) };
  }

  return {
    wants: (told) => concernsDesk(connection.id, told),
    async show(kept, channel) {
      const { channel: number, network } = kept.conversation;
      const line = await lines.lineOf(number, network, channel);
      const chat = await asking(async () => showOnce(line, lineMessage(kept, await authorOf(kept), kit)));
      return chat === undefined ? {} : { chat };
    },
    async mark(marked) {
      const line = await lines.known(marked.conversation.channel);
      const im = marked.message.deskId === undefined ? undefined : imOf(marked.message.deskId);
      if (!line || !im) return;
      await asking(() => report(line, im, marked));
    },
    findConversation: (chat) => store.get<string>("conversation of", chat),
    tie: (chat, uid) => store.put("conversation of", chat, uid),
    findChannel: (source) => lines.channelOf(source),
  };

  /** Without a report the operator is told after a while that it was not delivered: so it is given as soon as the messenger has taken it. */
  async function report(
    line: KnownLine,
    im: { readonly chat_id: string; readonly message_id: string },
    marked: MarkedMessage,
  ): Promise<void> {
    const { message, conversation } = marked;
    const isOut = message.state === "sent" || message.state === "delivered" || message.state === "read";
    if (isOut) {
      if (await store.get("delivered", message.uid)) return;
      const date = Math.floor(kit.now().getTime() / 1000);
      await portal.openLines.reportDelivery(line.connector, line.line, { im, chat: conversation.uid, ids: [message.uid], date });
      await store.put("delivered", message.uid, true, { days: shownDays });
    }
    if (message.state !== "failed" && message.state !== "unknown") return;
    await showOnce(line, {
      user: clientOf(conversation),
      message: {
        id: `${message.uid}.failed`,
        date: Math.floor(kit.now().getTime() / 1000),
        text: failureText(marked, connection.workspace),
        user_id: 0,
      },
      chat: { id: conversation.uid },
    });
  }
}

const shownDays = 14;
/** Their clock and ours need not agree. */
const slackMs = 120_000;

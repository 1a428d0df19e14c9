import { type ChatDesk, concernsDesk, type KeptMessage, type Kit, type MarkedMessage, Refused } from "@svyazka/core";
import { type Ground, userThere } from "../adapter/ground.ts";
import type { Amo } from "../client.ts";
import { asking } from "../port-errors.ts";
import type { DeliveryReport } from "../protocol.ts";
import { type Chats, inWords, isRepeat, isScopeGone } from "./ground.ts";
import { rememberShown } from "./missed.ts";
import { clientOf, payloadsOf } from "./payload.ts";
import type { Sources } from "./sources.ts";

/** The chats of an account: our conversations are shown there, each by the source of its channel. Source: chats/chat-api-reference */
export function deskOf(ground: Ground, chats: Chats, sources: Sources): ChatDesk {
  const { account, amo, kit } = ground;
  const { id } = account;

  async function inScope<T>(work: (scope: string) => Promise<T>): Promise<T> {
    const scope = await chats.scope();
    try {
      return await work(scope);
    } catch (error) {
      if (!isScopeGone(error)) throw error;
      // The integration was installed anew: its channel has to be connected anew.
      await chats.forgetScope();
      return work(await chats.scope());
    }
  }

  async function send(kept: KeptMessage, channel: string): Promise<string | undefined> {
    const { uid, channel: number, network } = kept.conversation;
    const sides = {
      source: await sources.nameOf(number, network, channel),
      chat: await kit.store.get<string>("chat of", uid),
      author: kept.message.direction === "in" ? "" : await authorOf(kept),
    };
    await rememberShown(kit, uid, { source: sides.source, user: clientOf(kept.conversation) });
    let chat: string | undefined;
    for (const payload of payloadsOf(kept, sides, kit))
      await inScope(async (scope) => {
        try {
          ({ conversation_id: chat } = await chats.channel.sendMessage(scope, payload));
        } catch (error) {
          if (!isRepeat(error)) throw error;
        }
      });
    return chat;
  }

  /** The user that is mapped to ours; else the channel's bot; else whoever has let us in. */
  async function authorOf({ user }: KeptMessage): Promise<string> {
    const there = user === undefined ? undefined : userThere(ground, user);
    const mapped = there === undefined ? undefined : (await chatUsers(amo, kit))[String(there)];
    const author = mapped ?? account.settings.chat_bot_id ?? Object.values(await chatUsers(amo, kit))[0];
    if (!author) throw new Refused("nobody of the account can be named as the author: enter the id of the channel's bot");
    return author;
  }

  return {
    wants: (told) => concernsDesk(id, told),
    async show(kept, channel) {
      const chat = await inWords(() => send(kept, channel));
      return chat === undefined ? {} : { chat };
    },
    async mark({ message }) {
      const report = reportOf(message);
      if (report && message.deskId !== undefined)
        await inWords(() => inScope((scope) => chats.channel.reportDelivery(scope, message.deskId ?? "", report)));
    },
    findConversation: (chat) => kit.store.get<string>("conversation of", chat),
    async tie(chat, uid) {
      await kit.store.put("conversation of", chat, uid);
      await kit.store.put("chat of", uid, chat);
    },
    findChannel: (source) => sources.channelOf(source),
  };
}

/** amoCRM's chats know users by ids of their own; who works there changes seldom. */
async function chatUsers(amo: Amo, kit: Kit): Promise<Readonly<Record<string, string>>> {
  const known = await kit.store.get<Record<string, string>>("chats", "users");
  if (known) return known;
  const users: Record<string, string> = {};
  await asking(async () => {
    for await (const { id, amojo_id } of amo.users.all({ with: ["amojo_id"] })) if (amojo_id) users[String(id)] = amojo_id;
  });
  await kit.store.put("chats", "users", users, { days: 1 });
  return users;
}

/** That it has left is told by nothing. Source: chats/chat-api-reference, delivery status: 905 is for errors in words of our own */
function reportOf({ state, reason, error }: MarkedMessage["message"]): DeliveryReport | undefined {
  if (state === "delivered") return { status: 1 };
  if (state === "read") return { status: 2 };
  if (state !== "failed" && state !== "unknown") return undefined;
  return {
    status: -1,
    errorCode: reason === "bad_recipient" || reason === "no_account" ? 904 : 905,
    error: (error ?? reason ?? state).slice(0, 255),
  };
}

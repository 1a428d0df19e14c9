import { type Kit, LoginNeeded, Refused, Unavailable } from "@svyazka/core";
import { type Amo, AmoError, type Channel, type ConnectedChannel, makeChannel } from "../client.ts";
import { asking } from "../port-errors.ts";
import type { Integration as Account } from "../settings.ts";

/** The chat channel of an account: given out by amoCRM's support, connected to the account by us. */
export interface Chats {
  readonly channel: Channel;
  /** `<channel>_<account>`, connected when there is none yet. */
  scope(): Promise<string>;
  /** After an installation anew, the channel has to be connected anew, too. */
  forgetScope(): Promise<void>;
}

/** Undefined without the channel's id and secret: the account shows no chats of ours. */
export function chatsOf({ settings, secrets, name }: Account, amo: Amo, kit: Kit): Chats | undefined {
  const { chat_channel_id: channelId } = settings;
  const { chat_channel_secret: secret } = secrets;
  if (!channelId || !secret) return undefined;
  const channel = makeChannel({
    channelId,
    secret,
    host: settings.chats_host,
    send: (request) => kit.fetch(request),
    now: () => kit.now().getTime(),
  });
  const kept = ["chats", `scope ${channelId}`] as const;
  return {
    channel,
    scope: async () => {
      const known = await kit.store.get<ConnectedChannel>(...kept);
      if (known) return known.scope_id;
      const { amojo_id: account } = await asking(() => amo.account.get(["amojo_id"]));
      if (account === undefined) throw new Refused("amoCRM does not tell the id of the account's chats");
      const connected = await inWords(() => channel.connect(account, name));
      await kit.store.put(...kept, connected);
      return connected.scope_id;
    },
    forgetScope: () => kit.store.remove(...kept),
  };
}

/** What the chats API said, in the words of a port: a wrong secret is no matter of the account's sign-in, and is for a person to mend. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await asking(work);
  } catch (error) {
    if (error instanceof LoginNeeded) throw new Unavailable(`the chat channel is not let in: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The scope is none any more. */
export const isScopeGone = (error: unknown): boolean => error instanceof AmoError && (error.status === 404 || error.status === 403);

/** The message is there already. Source: chats/chat-api-reference: `msgid` is unique */
export const isRepeat = (error: unknown): boolean =>
  error instanceof AmoError && error.status === 400 && /msgid/i.test(error.body ?? "") && /unique|already|exist/i.test(error.body ?? "");

import type { EventDraft, Kit } from "@svyazka/core";
import type { Ground } from "../adapter/ground.ts";
import type { HistoryMessage } from "../client.ts";
import type { ChatMessage, ChatUser } from "../protocol.ts";
import { type Chats, inWords } from "./ground.ts";
import { writtenFact } from "./written.ts";

/** Hooks of the chats API are sent once: what was written while we were away is found in the history of the conversations that were shown lately. */

/** What of a conversation is kept for it. */
interface ShownChat {
  readonly source: string;
  readonly user: ChatUser;
}

/** A conversation in which nothing was shown for so long is asked about no more. */
const shownDays = 4;
/** Of one conversation; the latest first. */
const mostMessages = 200;

export const rememberShown = (kit: Kit, uid: string, shown: ShownChat): Promise<void> =>
  kit.store.put("shown", uid, shown, { days: shownDays });

/** What was told before is known by its key. */
export async function missedSince({ account, kit }: Ground, chats: Chats, since: Date): Promise<EventDraft[]> {
  const shown = await kit.store.list<ShownChat>("shown");
  if (shown.length === 0) return [];
  const scope = await chats.scope();
  const facts: EventDraft[] = [];
  for (const { id: uid, value } of shown) {
    const chat = await chatOf(kit, chats, scope, uid, value);
    let seen = 0;
    for await (const one of historyOf(chats, scope, chat)) {
      const at = one.msec_timestamp ?? one.timestamp * 1000;
      if (at < since.getTime() || ++seen > mostMessages) break;
      const message = writtenThere(one);
      if (message) facts.push(writtenFact(account.id, { conversation: { chat, uid }, at, message }));
    }
  }
  return facts;
}

/** amoCRM's own id of it: the same conversation gives the same chat. */
async function chatOf(kit: Kit, { channel }: Chats, scope: string, uid: string, { source, user }: ShownChat): Promise<string> {
  const known = await kit.store.get<string>("history of", uid);
  if (known !== undefined) return known;
  const { id } = await inWords(() => channel.createChat(scope, { conversation_id: uid, source: { external_id: source }, user }));
  await kit.store.put("history of", uid, id);
  return id;
}

async function* historyOf({ channel }: Chats, scope: string, chat: string): AsyncGenerator<HistoryMessage> {
  const messages = channel.history(scope, chat);
  for (;;) {
    const next = await inWords(() => messages.next());
    if (next.done) return;
    yield next.value;
  }
}

/** Of a message that we have put there the id is ours; one with a receiver went out. */
function writtenThere({
  message,
  receiver,
}: HistoryMessage): (ChatMessage & { readonly id: string; readonly reply_to?: unknown }) | undefined {
  const { id, client_id: ours, type } = message;
  return receiver !== undefined && ours === undefined && typeof id === "string" && typeof type === "string"
    ? (message as unknown as ChatMessage & { readonly id: string })
    : undefined;
}

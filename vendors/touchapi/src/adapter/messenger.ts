import {
  Closed,
  type FailureReason,
  type FileKind,
  type Kit,
  type Messenger,
  type MessengerAbilities,
  NotYet,
  type SendingPart,
  type SentMessage,
  Unavailable,
  Undelivered,
  Unsure,
} from "@svyazka/core";
import { TouchApiLogin, TouchApiRefused, TouchApiUnavailable } from "../client.ts";
import type { MessageDraft, SentPart } from "../protocol.ts";
import type { TouchConnection } from "../settings.ts";
import { touchOf } from "./account.ts";

/** What an account can do; of limits nothing is documented: these are WhatsApp's and Telegram's own. */
export function abilitiesOf({ source = "" }: TouchConnection["settings"]): MessengerAbilities {
  const byPhone = ["whatsapp", "viber", "sms", "max", "telegram"].includes(source);
  return {
    ...(byPhone ? { writesFirstBy: "phone" as const } : {}),
    ...{ longestText: 4_096, longestCaption: 1_024, largestFile: 67_108_864, tellsDelivered: true, tellsRead: true },
  };
}

export function messengerOf(account: TouchConnection, kit: Kit): Messenger {
  const touch = touchOf(account, kit);
  return {
    of: String(account.id),
    abilities: abilitiesOf(account.settings),
    async send(sending, sent) {
      const { item, thread } = await leavingAlone(kit, () => inWords(() => touch.sendMessage(draftOf(sending, sent, kit))));
      return { external: item, ...(thread !== undefined && { conversation: thread }) };
    },
    async find(sending, sent) {
      const { external, client } = sent.conversation;
      const draft = draftOf(sending, sent, kit);
      const said = await inWords(() => touch.getChatMessages(external ?? client.phone?.replace(/^\+/, "") ?? client.username ?? ""));
      const since = new Date(sent.message.at).getTime() - slackMs;
      return said
        .filter(({ isOutgoing, text, attachments, at }) => {
          const isSame = text.trim() === (draft.text ?? "").trim() && attachments.length > 0 === (draft.content !== undefined);
          return isOutgoing && isSame && (at === undefined || at.getTime() >= since);
        })
        .sort((one, other) => (other.at?.getTime() ?? 0) - (one.at?.getTime() ?? 0))
        .map(({ item }) => item);
    },
    // A link of its own server, good for a while: no token goes with it.
    media: async (ref) => ({ method: "GET", url: ref }),
  };
}

/** Whoever is told that it is too much asks for nothing more for so long, in any process. */
async function leavingAlone<T>(kit: Pick<Kit, "pause">, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unavailable && !(error instanceof NotYet) && error.retryAfterSeconds !== undefined)
      await kit.pause(error.retryAfterSeconds);
    throw error;
  }
}

/** The messenger's clock and ours need not agree. */
const slackMs = 120_000;

/** The thread is surer than a phone: people whose number is hidden are not found by it. */
function draftOf({ part, place }: SendingPart, { conversation, message }: SentMessage, { files }: Kit): MessageDraft {
  const { external, client } = conversation;
  const to = external === undefined ? { to: client.phone?.replace(/^\+/, "") ?? client.username ?? "" } : { thread: external };
  const reply = message.replyTo !== undefined && place === 0 ? { replyTo: message.replyTo } : {};
  if (part.kind === "file") {
    const { file, name, kind } = part.file;
    const sent: SentPart = { type: wireTypes[kind], src: files.url(file), ...(name !== undefined && { filename: name }) };
    return { ...to, ...reply, content: [sent], ...(part.caption !== "" && { text: part.caption }) };
  }
  return { ...to, ...reply, text: part.kind === "text" ? part.text : textOf(message.content) };
}

const wireTypes: Readonly<Record<FileKind, string>> = {
  ...{ picture: "image", video: "video", voice: "voice", audio: "audio", file: "file", sticker: "image" },
};

/** A place or a card, in words: how the far side takes them nobody says. */
const textOf = (content: Readonly<Record<string, unknown>> | null): string =>
  Object.values(content ?? {})
    .flat()
    .map(String)
    .join(", ");

/** What Touch-API said, in the words of a port. A token that is wrong shuts the account until a person has mended it: what comes in meanwhile is taken all the same. */
export async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TouchApiLogin)
      throw new Closed(`Touch-API does not know the account by this token: ${error.message}`, { cause: error });
    if (error instanceof TouchApiRefused) throw new Undelivered(error.message, { reason: reasonOf(error.message) });
    if (!(error instanceof TouchApiUnavailable)) throw error;
    if (error.mayHaveHappened) throw new Unsure(error.message, { cause: error });
    const { retryAfterSeconds } = error;
    if (retryAfterSeconds !== undefined) throw new Unavailable(error.message, { retryAfterSeconds, cause: error });
    throw new Closed(error.message, { cause: error });
  }
}

/** Nobody documents the words: this is our reading of those that were seen. */
const reasons: readonly (readonly [RegExp, FailureReason])[] = [
  [/not registered|no account|not exist|chat not found|user not found|не зарегистрирован|не найден/i, "no_account"],
  [/privacy|приватност/i, "privacy"],
  [/block|ban|spam|заблок|спам/i, "spam_block"],
  [/too many|limit|лимит|часто/i, "rate_limited"],
  [/not (ready|started|connected|activ)|step|disconnect|не (запущен|подключ)/i, "channel_down"],
  [/too long|length|длин/i, "text_too_long"],
  [/file|media|content|файл/i, "media_rejected"],
  [/pay|subscription|оплат|подписк/i, "unpaid"],
];
const reasonOf = (words: string): FailureReason => reasons.find(([form]) => form.test(words))?.[1] ?? "unknown";

import type { OutgoingRequest, Send } from "@svyazka/wire";
import { type Ask, askOf, type Parameters, type Upload } from "./client/asking.ts";
import { TelegramUnavailable } from "./client/errors.ts";
import {
  carriedUpdates,
  type FileInfo,
  isSecretToken,
  type Me,
  readFileInfo,
  readMe,
  readSent,
  readWebhookState,
  type Sent,
  type WebhookState,
} from "./protocol.ts";

export type { OutgoingRequest, Send } from "@svyazka/wire";
export type { Upload } from "./client/asking.ts";
export * from "./client/errors.ts";

export interface TelegramOptions {
  /** `123456:ABC-DEF…`, from @BotFather. */
  readonly token: string;
  /** Of a Bot API server of one's own; `https://api.telegram.org` unless told. */
  readonly url?: string;
  readonly send: Send;
}

/** To whom, and as an answer to which message of the chat. */
export interface Address {
  readonly chat: string;
  /** A message that has gone by now is no reason to refuse. */
  readonly replyTo?: number;
}
/** Bytes of ours, or what Telegram has already. */
export type FileToSend = Upload | { readonly fileId: string };
export interface FileMessage extends Address {
  readonly file: FileToSend;
  /** 1,024 characters at most. */
  readonly caption?: string;
}
type SendFileMethod = "sendPhoto" | "sendDocument" | "sendVoice" | "sendVideo" | "sendAudio";

/** How much longer than a long poll its answer is waited for. */
const pollGraceSeconds = 10;

/**
 * One bot, as Telegram lets it be asked. Every member throws a `TelegramError` by what is to be done about it; what `send` itself refuses (an error named
 * `Refused`) passes through unchanged. Nothing is repeated here: whoever sends anew, sends the message a second time.
 */
export function makeTelegram({ token, url = "https://api.telegram.org", send }: TelegramOptions) {
  const base = url.replace(/\/+$/, "");
  const ask = askOf({ token, url: base, send });
  return {
    /** Who the bot is: shows that the token is good. */
    getMe: async (): Promise<Me> => must(readMe(await ask("getMe", {})), "the bot"),
    ...updatesOf(ask),
    ...messagesOf(ask),

    /** Where a file is. Files of more than 20 MB are refused (`media_rejected`). */
    getFile: async (fileId: string): Promise<FileInfo> => must(readFileInfo(await ask("getFile", { file_id: fileId })), "a file"),

    /** The request that downloads what `getFile` told the path of, for an hour at least. Its address holds the token. */
    fileRequest(path: string): OutgoingRequest {
      const parts = path.split("/").filter((part) => part !== "");
      if (parts.length === 0 || parts.includes("..") || parts.includes(".")) throw new RangeError("this is no path that getFile tells");
      return { method: "GET", url: `${base}/file/bot${token}/${parts.map(encodeURIComponent).join("/")}`, secrets: [token] };
    },
  };
}

export type Telegram = ReturnType<typeof makeTelegram>;

function updatesOf(ask: Ask) {
  return {
    /** From now on updates come to this address, with the secret in `X-Telegram-Bot-Api-Secret-Token`. Replaces the address before. */
    async setWebhook(hook: {
      readonly url: string;
      readonly secretToken: string;
      readonly allowedUpdates?: readonly string[];
    }): Promise<void> {
      if (!isSecretToken(hook.secretToken)) throw new RangeError("a secret token is 1 to 256 letters, digits, hyphens and underscores");
      const allowed_updates = (hook.allowedUpdates ?? carriedUpdates) as Parameters<"setWebhook">["allowed_updates"] & {};
      await ask("setWebhook", { url: hook.url, secret_token: hook.secretToken, allowed_updates }, { secrets: [hook.secretToken] });
    },

    /** Updates wait for `getUpdates` again; those that wait already are kept. Does nothing when there is none. */
    async deleteWebhook(): Promise<void> {
      await ask("deleteWebhook", {});
    },

    getWebhookInfo: async (): Promise<WebhookState> => must(readWebhookState(await ask("getWebhookInfo", {})), "the webhook"),

    /**
     * Waits so long for updates from `offset` on, and forgets those before it. They are for `readUpdate`; `next` is the offset that takes them.
     * `TelegramUnavailable` with 409 when a webhook is set, or somebody else asks for the same bot.
     */
    async getUpdates(
      offset: number | undefined,
      timeoutSeconds: number,
    ): Promise<{ readonly updates: readonly unknown[]; readonly next: number | undefined }> {
      const result = await ask(
        "getUpdates",
        { ...(offset !== undefined && { offset }), timeout: timeoutSeconds, allowed_updates: carriedUpdates },
        { timeoutSeconds: timeoutSeconds + pollGraceSeconds },
      );
      const updates: readonly unknown[] = must(Array.isArray(result) ? result : undefined, "updates");
      const ids = updates.map((update) => (update as { update_id?: unknown } | null)?.update_id).filter(Number.isSafeInteger) as number[];
      return { updates, next: ids.length > 0 ? Math.max(...ids) + 1 : offset };
    },
  };
}

function messagesOf(ask: Ask) {
  const sendFile =
    (method: SendFileMethod, field: "photo" | "document" | "voice" | "video" | "audio") =>
    async ({ file, caption, ...to }: FileMessage): Promise<Sent> => {
      const isKnown = "fileId" in file;
      const parameters = { ...addressOf(to), [field]: isKnown ? file.fileId : "attach://file", ...(caption && { caption }) };
      return must(
        readSent(await ask(method, parameters as unknown as Parameters<typeof method>, isKnown ? {} : { uploads: { file } })),
        "a message",
      );
    };
  return {
    /** 4,096 characters at most: see `splitText`. It goes out as it is, without formatting. */
    sendMessage: async ({ text, ...to }: Address & { readonly text: string }): Promise<Sent> =>
      must(readSent(await ask("sendMessage", { ...addressOf(to), text })), "a message"),

    /** JPEG, PNG and the like; Telegram writes it anew and loses quality. */
    sendPhoto: sendFile("sendPhoto", "photo"),
    /** Anything, as it is. */
    sendDocument: sendFile("sendDocument", "document"),
    /** OGG with OPUS, MP3 or M4A: other sounds become documents. A person may forbid it (`privacy`). */
    sendVoice: sendFile("sendVoice", "voice"),
    /** MPEG4: other videos become documents. */
    sendVideo: sendFile("sendVideo", "video"),
    /** MP3 or M4A, with a player. */
    sendAudio: sendFile("sendAudio", "audio"),

    sendLocation: async ({
      latitude,
      longitude,
      ...to
    }: Address & { readonly latitude: number; readonly longitude: number }): Promise<Sent> =>
      must(readSent(await ask("sendLocation", { ...addressOf(to), latitude, longitude })), "a message"),

    sendContact: async ({
      phone,
      firstName,
      lastName,
      ...to
    }: Address & { readonly phone: string; readonly firstName: string; readonly lastName?: string }): Promise<Sent> =>
      must(
        readSent(
          await ask("sendContact", {
            ...addressOf(to),
            phone_number: phone,
            first_name: firstName,
            ...(lastName && { last_name: lastName }),
          }),
        ),
        "a message",
      ),

    /** "Typing…" for five seconds, or until the next message. */
    async sendChatAction(chat: string, action: Parameters<"sendChatAction">["action"] = "typing"): Promise<void> {
      await ask("sendChatAction", { chat_id: chatIdOf(chat), action });
    },

    /** The bot's reaction to a message; null takes it back. Only the emoji that Telegram lists; others are refused. */
    async setMessageReaction(message: { readonly chat: string; readonly messageId: number; readonly emoji: string | null }): Promise<void> {
      type Reaction = NonNullable<Parameters<"setMessageReaction">["reaction"]>;
      const reaction = (message.emoji === null ? [] : [{ type: "emoji", emoji: message.emoji }]) as unknown as Reaction;
      await ask("setMessageReaction", { chat_id: chatIdOf(message.chat), message_id: message.messageId, reaction });
    },
  };
}

const addressOf = ({ chat, replyTo }: Address) => ({
  chat_id: chatIdOf(chat),
  ...(replyTo !== undefined && { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
});

/** A number, or `@channel`. */
const chatIdOf = (chat: string): number | string => (/^-?\d{1,16}$/.test(chat) ? Number(chat) : chat);

/** An answer that says "ok" and not what was asked for: it may have been done. */
function must<T>(read: T | undefined, what: string): T {
  if (read === undefined) throw new TelegramUnavailable(`the answer about ${what} is not what Telegram answers`, { mayHaveHappened: true });
  return read;
}

/** Why a message did not go out: the same words for every messenger. */
export const failureReasons = [
  ...["window_closed", "no_account", "bad_recipient", "privacy", "spam_block", "rate_limited"],
  ...["channel_down", "needs_auth", "unpaid", "media_rejected", "text_too_long", "unknown"],
] as const;
export type FailureReason =
  | "window_closed"
  | "no_account"
  | "bad_recipient"
  | "privacy"
  | "spam_block"
  | "rate_limited"
  | "channel_down"
  | "needs_auth"
  | "unpaid"
  | "media_rejected"
  | "text_too_long"
  | "unknown";

/**
 * The codes are those of HTTP, so that only the words tell; they are not documented ("its contents are subject to change"), so each is a part of a
 * sentence that bots have met for years. The first that fits decides.
 */
const words: readonly (readonly [part: RegExp, reason: FailureReason])[] = [
  [/message is too long|caption is too long|message_too_long|caption_too_long|text is too long/i, "text_too_long"],
  [/user is deactivated|user_deactivated|input_user_deactivated/i, "no_account"],
  [
    /voice_messages_forbidden|user_privacy|privacy_premium_required|chat_write_forbidden|have no rights to send|not enough rights/i,
    "privacy",
  ],
  [/bot can't send messages to (the )?bots?/i, "bad_recipient"],
  [
    /chat not found|chat_id is empty|user not found|peer_id_invalid|user_id_invalid|group chat was upgraded|chat_id_invalid/i,
    "bad_recipient",
  ],
  [/peer_flood|user_restricted|spam/i, "spam_block"],
  [
    /file is too big|file identifier|file_id|file must be|photo_|image_process|video_|media_|document_invalid|http url|web page content/i,
    "media_rejected",
  ],
  [
    /there is no (photo|document|video|audio|voice|sticker) in the request|invalid file|file_parts|can't use file of type/i,
    "media_rejected",
  ],
];

/** Of an `error_code` and its `description`. */
export function reasonOf(code: number, description: string): FailureReason {
  // 404 is what a token of a wrong shape gets; there is nothing else that could be missing.
  if (code === 401 || code === 404) return "needs_auth";
  if (code === 429) return "rate_limited";
  // 409: somebody else takes the updates of this bot.
  if (code === 409 || code >= 500) return "channel_down";
  if (code === 413) return "media_rejected";
  const known = words.find(([part]) => part.test(description))?.[1];
  // "bot was blocked by the user", "bot can't initiate conversation with a user": they have not let it write.
  return known ?? (code === 403 ? "privacy" : "unknown");
}

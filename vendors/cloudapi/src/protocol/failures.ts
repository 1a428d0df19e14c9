/** Why a message did not go out: the same words for every messenger. */
export const failureReasons = [
  "window_closed",
  "no_account",
  "bad_recipient",
  "privacy",
  "spam_block",
  "rate_limited",
  "channel_down",
  "needs_auth",
  "unpaid",
  "media_rejected",
  "text_too_long",
  "unknown",
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes */
const reasons: Readonly<Record<FailureReason, readonly number[]>> = {
  // 470 is how it was called before.
  window_closed: [131047, 470],
  // "Message undeliverable": also a person of an old version, or one who has not accepted the terms.
  no_account: [131026, 1013],
  // The same number as ours; not among the test recipients; a country that is not served.
  bad_recipient: [131021, 131030, 130497],
  // They have stopped the marketing messages of this company.
  privacy: [131050],
  // Restrictions by quality, by policy, "to maintain healthy ecosystem engagement", and of the whole account.
  spam_block: [131048, 368, 131049, 131031, 131064],
  rate_limited: [130429, 131056, 80007, 4, 17, 32, 613, 133016],
  // Of the service (1, 2, 131000, 131016), of the number (not registered, being moved, its name not approved) or of the account under maintenance.
  channel_down: [1, 2, 131000, 131016, 131057, 131045, 131037, 133010, 133004, 133000, 133005, 133006, 135000, 33],
  needs_auth: [190, 0, 3, 10, 102, 200, 131005],
  unpaid: [131042],
  media_rejected: [131052, 131053],
  text_too_long: [132005],
  unknown: [],
};
const reasonsByCode = new Map(
  Object.entries(reasons).flatMap(([reason, codes]) => codes.map((code) => [code, reason as FailureReason] as const)),
);

/** Of the `code` of an error and, where one code says many things, of its details. */
export function reasonOf(code: number, details = ""): FailureReason {
  if (code >= 200 && code <= 299) return "needs_auth";
  // (#100) Param text['body'] must be at most 4096 characters long.
  if ((code === 100 || code === 131009) && /must be at most \d+ characters|too long/i.test(details)) return "text_too_long";
  return reasonsByCode.get(code) ?? "unknown";
}

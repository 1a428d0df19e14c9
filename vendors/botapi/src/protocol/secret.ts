import { createHash, timingSafeEqual } from "node:crypto";

/** The header that a webhook brings, lower-case: the `secret_token` of `setWebhook`. */
export const secretTokenHeader = "x-telegram-bot-api-secret-token";

/** "1-256 characters. Only characters A-Z, a-z, 0-9, _ and - are allowed" (Bot API, `setWebhook`). */
export const isSecretToken = (text: string): boolean => /^[\w-]{1,256}$/.test(text);

/** Whether a webhook comes from whoever we told the token; in constant time. */
export function verifySecretToken(given: string | undefined, secretToken: string): boolean {
  if (given === undefined || secretToken === "") return false;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(secretToken));
}

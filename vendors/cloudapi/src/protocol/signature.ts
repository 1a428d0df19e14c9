import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The header that a hook brings, lower-case. */
export const signatureHeader = "x-hub-signature-256";

/** What a body is signed with: HMAC-SHA256 of its very bytes, by the secret of the app. */
export const sign = (bytes: Uint8Array, appSecret: string): string =>
  `sha256=${createHmac("sha256", appSecret).update(bytes).digest("hex")}`;

/**
 * Whether a hook comes from whoever has the secret of the app, in constant time. The bytes must be those that came: Meta escapes what is not ASCII
 * before it signs, so JSON that was read and written again is another text.
 */
export function verifySignature(bytes: Uint8Array, header: string | undefined, appSecret: string): boolean {
  if (header === undefined || appSecret === "") return false;
  return isSame(header.trim().toLowerCase(), sign(bytes, appSecret));
}

export type ReadChallenge = { readonly kind: "challenge"; readonly answer: string } | { readonly kind: "refused"; readonly why: string };

/**
 * What Meta asks when the address of the hooks is set: GET with `hub.mode`, `hub.verify_token` and `hub.challenge`, which is to be answered as it is.
 * Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/create-webhook-endpoint
 */
export function readChallenge(query: Readonly<Record<string, string | undefined>>, verifyToken: string): ReadChallenge {
  const [mode, token, challenge] = [query["hub.mode"], query["hub.verify_token"], query["hub.challenge"]];
  if (mode !== "subscribe" || challenge === undefined) return { kind: "refused", why: "it is no challenge of Meta's" };
  // It goes out as it came, into a page that a browser may be shown.
  if (!/^[\w.~-]{1,256}$/.test(challenge)) return { kind: "refused", why: "the challenge is none that Meta makes" };
  if (token === undefined || verifyToken === "" || !isSame(token, verifyToken))
    return { kind: "refused", why: "the verify token is another one" };
  return { kind: "challenge", answer: challenge };
}

function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

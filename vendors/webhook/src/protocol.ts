import { createHmac, timingSafeEqual } from "node:crypto";

/** Standard Webhooks 1.0.0: how a message is written, signed and verified. https://github.com/standard-webhooks/standard-webhooks */

export interface Message {
  /** `resource.verb`, parted by full stops. */
  readonly type: string;
  /** When it happened: ISO 8601. */
  readonly timestamp: string;
  readonly data: unknown;
}

export const headers = { id: "webhook-id", timestamp: "webhook-timestamp", signature: "webhook-signature" } as const;
const prefix = "whsec_";
/** "Random. At least 24 bytes (192 bits, 512 maximum)". */
const bytes = { least: 24, most: 64 };
/** How old, or how far ahead, the reference libraries let a message be. */
export const toleranceSeconds = 300;

/** The body as it is sent and signed: the very same bytes. */
export const writeMessage = (message: Message): string => JSON.stringify(message);

/** The key in a secret; undefined when it is none. */
export function readSecret(secret: string): Buffer | undefined {
  if (!secret.startsWith(prefix)) return undefined;
  const text = secret.slice(prefix.length);
  const key = Buffer.from(text, "base64");
  const isWhole = key.toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "");
  return isWhole && key.length >= bytes.least && key.length <= bytes.most ? key : undefined;
}

/** What goes along with a body; one signature for each secret, parted by spaces. Throws when one of them is none. */
export function signed(
  body: string,
  { id, at, secrets }: { readonly id: string; readonly at: Date; readonly secrets: readonly string[] },
): Record<string, string> {
  if (id.includes(".")) throw new Error("the id of a message must hold no full stop: what is signed is parted by them");
  const timestamp = String(Math.floor(at.getTime() / 1000));
  return {
    [headers.id]: id,
    [headers.timestamp]: timestamp,
    [headers.signature]: secrets.map((secret) => `v1,${sign(`${id}.${timestamp}.${body}`, secret)}`).join(" "),
  };
}

function sign(content: string, secret: string): string {
  const key = readSecret(secret);
  if (!key) throw new Error("the secret must be whsec_ and 24 to 64 bytes in base64");
  return createHmac("sha256", key).update(content, "utf8").digest("base64");
}

/** Whether a body came from whoever has the secret, and just now: for the other side. */
export function isGenuine(body: string, given: Readonly<Record<string, string | undefined>>, secret: string, now: Date): boolean {
  const [id, timestamp, signatures] = [given[headers.id], given[headers.timestamp], given[headers.signature]];
  if (id === undefined || timestamp === undefined || signatures === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > toleranceSeconds) return false;
  const wanted = Buffer.from(sign(`${id}.${timestamp}.${body}`, secret));
  return signatures.split(" ").some((one) => {
    const [version, signature = ""] = one.split(",");
    const seen = Buffer.from(signature);
    return version === "v1" && seen.length === wanted.length && timingSafeEqual(seen, wanted);
  });
}

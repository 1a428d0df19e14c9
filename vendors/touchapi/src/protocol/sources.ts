/** Messengers, by the word that Touch-API calls each: `source`. */

/** Those seen in the vendor's cabinet. There may be more: a `source` is any word. */
export const knownSources = ["whatsapp", "telegram", "max", "max-bot", "vk", "instagram", "viber", "sms", "email"] as const;

/** A word of a messenger in lower case; undefined when it is none. */
export function readSource(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const source = value.trim().toLowerCase();
  return /^[a-z][a-z0-9_-]{0,31}$/.test(source) ? source : undefined;
}

/**
 * Where an id of a person is a phone. Our reading: of Telegram, Max, VK and Instagram the ids are the messenger's own numbers, some of which look like
 * phones, so there a phone is taken only from a field that says so.
 */
const sourcesOfPhones = new Set(["whatsapp", "viber", "sms"]);

/** Digits of a phone, as they were given: 8 to 15 of them (E.164), without +, spaces, brackets and dashes. Undefined for anything else. */
export function readPhone(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string" || text.length > 40 || !/^\s*\+?[\d\s().-]+$/.test(text)) return undefined;
  const digits = text.replaceAll(/\D/g, "");
  return digits.length >= 8 && digits.length <= 15 ? digits : undefined;
}

/**
 * The phone that is an id of a person, where the messenger has phones for ids. WhatsApp: `79…`, `79…@c.us`, `79…:12@s.whatsapp.net`; `…@lid` is a
 * hidden number and `…@g.us` a group, and neither is a phone.
 */
export function phoneOfId(source: string, id: string | undefined): string | undefined {
  if (id === undefined || !sourcesOfPhones.has(source)) return undefined;
  const bare = /^(\d+)(?::\d+)?@(?:c\.us|s\.whatsapp\.net)$/.exec(id)?.[1] ?? id;
  return bare.includes("@") ? undefined : readPhone(bare);
}

/** To whom a message goes, as `to` and `msg_to` want it: digits where the messenger goes by phone, a name without its @ elsewhere. */
export function writeRecipient(source: string, to: string): string {
  const text = to.trim();
  if (sourcesOfPhones.has(source)) return readPhone(text) ?? text;
  // The vendor's cabinet takes the @ off a name before it sends.
  return text.startsWith("+") ? (readPhone(text) ?? text) : text.replace(/^@/, "");
}

/** A group, a channel or a broadcast, by the form of its id: `…@g.us` of WhatsApp, a negative number of Telegram. */
export const isGroupThread = (source: string, thread: string | undefined): boolean =>
  thread !== undefined && (/@(?:g\.us|broadcast|newsletter)$/.test(thread) || (source === "telegram" && /^-\d+$/.test(thread)));

import { createHmac, timingSafeEqual } from "node:crypto";
import type { Lead } from "./lead.ts";
import { type Site, say } from "./settings.ts";

/** A person needs longer than this to read and fill a form, and rarely leaves it open for longer than that (§7). */
const fewestSeconds = 2;
const mostSeconds = 24 * 3600;
/** Clocks of two processes of one hub may differ by this much. */
const skewSeconds = 60;

const sign = (site: Site, text: string): Buffer => createHmac("sha256", site.secrets.signing_key).update(text).digest().subarray(0, 12);

/** The moment a page was given its form, signed so that a robot cannot make one up: `<unix seconds>.<signature>`. */
export function writeRenderTime(site: Site, now: Date): string {
  const seconds = Math.floor(now.getTime() / 1000);
  return `${seconds}.${sign(site, `shown ${seconds}`).toString("base64url")}`;
}

const honeypots = new WeakMap<Site, string>();
/** The name of the field that people do not see: random to the eye, so that browsers fill nothing in, and the same for one form. */
export function honeypotOf(site: Site): string {
  let name = honeypots.get(site);
  if (name === undefined) {
    name = `h${sign(site, "honeypot").toString("hex").slice(0, 9)}`;
    honeypots.set(site, name);
  }
  return name;
}

/** Compares in constant time; an empty expectation never equals. */
export function sameSecret(given: string | undefined, expected: string | undefined): boolean {
  if (!expected || given === undefined) return false;
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Why a person should look at this lead first, if there is a reason. Pages without our snippet are judged by content only. */
export function suspicion(lead: Lead, sent: ReadonlyMap<string, string>, site: Site, now: Date): string | undefined {
  if (!site.settings.spam_check) return undefined;
  if (sent.has(honeypotOf(site))) return say(site, "заполнено поле-ловушка", "the hidden field was filled in");
  if (sent.has("_t") || sent.has("_snippet")) {
    const reason = timeSuspicion(sent.get("_t"), site, now);
    if (reason !== undefined) return reason;
  }
  return contentSuspicion(lead, site);
}

function timeSuspicion(stamp: string | undefined, site: Site, now: Date): string | undefined {
  const [, seconds = "", signature = ""] = /^(\d{9,11})\.([\w-]{16})$/.exec(stamp ?? "") ?? [];
  if (seconds === "" || !sameSecret(signature, sign(site, `shown ${seconds}`).toString("base64url"))) {
    return say(site, "время показа формы не подписано нами", "the time the form was shown at is not signed by us");
  }
  const age = now.getTime() / 1000 - Number(seconds);
  if (age < -skewSeconds) return say(site, "время показа формы в будущем", "the form was shown in the future");
  if (age < fewestSeconds) return say(site, "форма заполнена быстрее чем за 2 секунды", "the form was filled in faster than in 2 seconds");
  if (age > mostSeconds) return say(site, "форма показана больше 24 часов назад", "the form was shown more than 24 hours ago");
  return undefined;
}

// The lookbehind spares e-mail addresses: people do type one where their name belongs.
const linkInName =
  /https?:|\bwww\.|(?<![@\w.-])[\w-]+\.(?:com|ru|net|org|info|biz|xyz|top|site|online|shop|club|su|io|me|cc|link|click|рф|ly)(?![\w.-]*@)(?=$|[\s/?#])/iu;
const markup = /\[\/?(?:url|link|img)\b|<\/?a[\s>]/i;
const link = /https?:\/\//gi;
const mostLinks = 3;

function contentSuspicion({ person, text }: Lead, site: Site): string | undefined {
  const name = [person.name, person.surname, person.middlename].filter((part) => part !== undefined).join(" ");
  if (linkInName.test(name)) return say(site, "ссылка вместо имени", "a link in the name");
  if (markup.test(name) || (text !== undefined && markup.test(text)))
    return say(site, "разметка ссылок в тексте", "link markup in the text");
  if (text !== undefined && (text.match(link)?.length ?? 0) > mostLinks)
    return say(site, "много ссылок в тексте", "many links in the text");
  const words = text === undefined ? name : `${name} ${text}`;
  if (site.settings.russian_form && /\p{L}/u.test(words) && !/\p{Script=Cyrillic}/u.test(words))
    return say(site, "нет ни одной русской буквы", "no Cyrillic letter");
  return undefined;
}

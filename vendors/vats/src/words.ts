/** What every message of the protocol is made of: dialects, phones, times, outcomes, JSON as it really comes. */

/** `seed`: 2013, the documents this began with. `classic`: Gravitel and MegaFon until about 2022. `v1`: MegaFon since, Kcell. */
export const dialects = ["seed", "classic", "v1"] as const;
export type Dialect = (typeof dialects)[number];

export type Fields = Readonly<Record<string, string>>;

/** Digits without `+`, in both directions (seed): a live PBX refuses a leading plus. A text that is no number is left as it is. */
export function spellPhone(phone: string): string {
  const digits = phone.replace(/[\s()+.-]/g, "");
  return /^\d+$/.test(digits) ? digits : phone;
}

/** `YYYYmmddTHHMMSSZ`, UTC. */
export const writeCompactTime = (moment: Date): string =>
  moment
    .toISOString()
    .replace(/\.\d{3}/, "")
    .replace(/[-:]/g, "");

/** The compact form, or ISO 8601 with an offset or Z. Undefined for anything else, and for years that no call was made in. */
export function readTime(text: string): Date | undefined {
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text.trim());
  const iso = compact ? `${compact.slice(1, 4).join("-")}T${compact.slice(4).join(":")}Z` : text.trim();
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/.test(iso)) return undefined;
  const moment = new Date(iso);
  const year = moment.getUTCFullYear();
  return Number.isNaN(moment.getTime()) || year < 2000 || year > 2100 ? undefined : moment;
}

/** How a call ended, in the words of `history`; compared in lower case, because the case varies. */
export const statuses = {
  Success: "answered",
  Missed: "missed",
  Cancel: "cancelled",
  Busy: "busy",
  NotAvailable: "unavailable",
  NotAllowed: "not_allowed",
  NotFound: "not_found",
} as const;
export type Outcome = (typeof statuses)[keyof typeof statuses];

const outcomeOf = new Map<string, Outcome>(Object.entries(statuses).map(([word, outcome]) => [word.toLowerCase(), outcome]));
outcomeOf.set("noanswer", "unavailable");

export const readStatus = (word: string): Outcome | undefined => outcomeOf.get(word.trim().toLowerCase());

export function writeStatus(outcome: Outcome): string {
  const found = Object.entries(statuses).find(([, value]) => value === outcome);
  return found?.[0] ?? "Missed";
}

/** `name@tenant.domain` is the account `name`. */
export const readAccount = (user: string): string => (user.split("@")[0] ?? "").trim();

/** The switch itself, a queue, a group: nobody in person. */
export const isNobody = (account: string): boolean => account === "" || /^(pbx|ivr|fax|callcenter|g_.*)$/i.test(account);

/** Whole seconds; undefined when it is no number, 0 when it is below. */
export function readSeconds(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*-?\d{1,15}(\.\d{1,9})?\s*$/.test(text)) return undefined;
  return Math.min(Math.max(Math.round(Number(text)), 0), 10_000_000);
}

/** Addresses joined by `|` (seed). */
export const readLinks = (link: string | undefined): string[] => [
  ...new Set(
    (link ?? "")
      .split("|")
      .map((address) => address.trim())
      .filter((address) => /^https?:\/\/\S+$/i.test(address) && address.length <= 2000),
  ),
];

/**
 * JSON as real endpoints send it: the seed's own samples have unquoted names, C# peers send them so. A BOM, single quotes, comments
 * and commas at the end are borne with. Undefined when nothing can be made of it; an empty body is an empty object.
 */
export function readLenientJson(text: string): unknown {
  const bare = text.replace(/^\ufeff/, "").trim();
  if (bare === "") return {};
  for (const candidate of [bare, strict(bare)]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // The next spelling.
    }
  }
  return undefined;
}

/** Texts are kept as they are; outside of them, names and single words get quotes. */
function strict(text: string): string {
  const parts = text.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\/[^\n]*|[^"'/]+|\//g) ?? [];
  const quoted = parts
    .map((part) => {
      if (part.startsWith('"')) return part;
      if (part.startsWith("'")) return JSON.stringify(part.slice(1, -1).replace(/\\'/g, "'"));
      if (part.startsWith("//")) return "";
      return part.replace(/[\p{L}_$][\p{L}\p{N}_$.-]*/gu, (word) => (/^(true|false|null)$/.test(word) ? word : JSON.stringify(word)));
    })
    .join("");
  return quoted.replace(/,(\s*[}\]])/g, "$1");
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A text or a number, as text. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;

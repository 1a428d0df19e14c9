import type { Attribution, InboundRequest, Touch } from "@svyazka/core";
import { clip } from "./protocol.ts";
import { ownValue } from "./replies.ts";

type Values = ReadonlyMap<string, string>;

/** Click and client ids (§9), by the name they are kept under; after it, the other names they come by. */
const trackingNames: readonly (readonly [kept: string, ...aliases: string[]])[] = [
  ["gaid"],
  ["ym_client_id", "ym_uid", "_ym_uid", "yandex_client_id"],
  ["gclid"],
  ["gbraid"],
  ["wbraid"],
  ["yclid"],
  ["ymclid"],
  ["fbclid"],
  ["vkclid"],
  ["roistat_visit", "roistat"],
  ["calltouch_session_id", "ct_session_id", "_ct_session_id"],
  ["utm_5crm"],
  ["keyword"],
];
const utmParts = ["source", "medium", "campaign", "content", "term"] as const;
const lastNames = utmParts.map((part) => [part, `utm_${part}`] as const);
const firstNames = utmParts.map((part) => [part, `first_utm_${part}`] as const);

/** Every name that ends up in the attribution, and so not among the extras. */
const taken: ReadonlySet<string> = new Set([
  ...trackingNames.flat(),
  ...lastNames.map(([, name]) => name),
  ...firstNames.map(([, name]) => name),
  ...["url", "referer", "referrer", "guid", "_five_crm_guid", "_ga", "first_url", "first_referer", "cookies"],
]);
export const isAttribution = (name: string): boolean => taken.has(name) || taken.has(name.toLowerCase());

/** Where the sender came from: fields first, then the page's own address, then cookies. `page` is where the form stands. */
export function readAttribution(values: Values, request: InboundRequest): { attribution: Attribution; page: string | undefined } {
  const page = values.get("url") ?? nonEmpty(clip(request.headers["referer"] ?? "", 2048));
  const parameters = page !== undefined && /[?&](?:utm_|[a-z]*clid=|[gw]braid=)/.test(page) ? parametersOf(page) : undefined;
  const cookies = cookiesOf(values.get("COOKIES") ?? values.get("cookies") ?? request.headers["cookie"]);
  const lastFields = lastNames.map(
    ([part, name]) => [part, values.get(name) ?? parameters?.get(name) ?? cookies?.get(`_five_crm_${name}`)] as const,
  );
  const last = touch(lastFields, page, values.get("referer") ?? values.get("referrer"));
  const first = touch(
    firstNames.map(([part, name]) => [part, values.get(name)] as const),
    values.get("first_url"),
    values.get("first_referer"),
  );
  const visitor = values.get("guid") ?? values.get("_five_crm_guid") ?? cookies?.get("_five_crm_guid");
  return {
    attribution: {
      ...(first && { first }),
      ...(last && { last }),
      ...(visitor !== undefined && { visitor: clip(visitor, 255) }),
      tracking: tracking(values, parameters, cookies),
    },
    page,
  };
}

function tracking(values: Values, parameters: URLSearchParams | undefined, cookies: Values | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const names of trackingNames) {
    for (const name of names) {
      const value = values.get(name) ?? parameters?.get(name) ?? cookies?.get(name);
      if (!value) continue;
      found[names[0]] = clip(value, 255);
      break;
    }
  }
  const ga = values.get("_ga") ?? cookies?.get("_ga");
  const client = found["gaid"] === undefined && ga !== undefined ? clientOf(ga) : undefined;
  if (client !== undefined) found["gaid"] = client;
  return found;
}

/**
 * The `_ga` cookie ends with the client id, two groups of digits: `GA1.2.111.222` → `111.222` (https://pastebin.com/Fj1Ekw4a).
 * Only its end is looked at: on a very long run of digits the pattern would take minutes.
 */
const clientOf = (cookie: string): string | undefined => /(\d+\.\d+)$/.exec(cookie.slice(-64))?.[1];

function touch(
  parts: readonly (readonly [string, string | undefined | null])[],
  url: string | undefined,
  referer: string | undefined,
): Touch | undefined {
  const found: Record<string, string> = {};
  for (const [part, value] of parts) if (value) found[part] = clip(value, 255);
  if (url !== undefined) found["url"] = clip(url, 2048);
  if (referer !== undefined) found["referer"] = clip(referer, 2048);
  for (const _ in found) return found;
  return undefined;
}

/** The query of an address as people paste it: with or without a host. */
const parametersOf = (url: string): URLSearchParams => new URLSearchParams(url.slice(url.indexOf("?") + 1).replace(/#.*$/s, ""));

/** A Cookie header, or the COOKIES field Tilda sends when its owner ticks the box. */
function cookiesOf(text: string | undefined): Map<string, string> | undefined {
  if (!text) return undefined;
  const found = new Map<string, string>();
  for (const pair of text.split(";").slice(0, 200)) {
    const equals = pair.indexOf("=");
    if (equals > 0) found.set(pair.slice(0, equals).trim(), decoded(pair.slice(equals + 1).trim()));
  }
  return found;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const nonEmpty = (text: string | undefined): string | undefined => text || undefined;

/** `User-Agent` and address, for the record. */
export function senderOf(request: InboundRequest): { ip?: string; userAgent?: string } {
  const userAgent = clip(ownValue(request.headers, "user-agent") ?? "", 500);
  return { ...(request.ip !== "" && { ip: request.ip }), ...(userAgent !== "" && { userAgent }) };
}

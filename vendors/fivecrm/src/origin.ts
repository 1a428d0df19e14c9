import type { InboundRequest } from "@svyazka/core";
import type { Site } from "./settings.ts";

/**
 * The foreign site a request comes from, when the owner listed the allowed ones (L12). Programs send no Origin and pass: the list keeps
 * other people's pages from using a token they saw in yours. A JSONP call has no Origin either; there the Referer stands in.
 */
export function foreignOrigin(request: InboundRequest, site: Site): string | undefined {
  const allowed = site.settings.origins;
  if (allowed.length === 0) return undefined;
  const origin =
    request.headers["origin"] ?? (request.method === "GET" && request.query["callback"] ? request.headers["referer"] : undefined);
  if (!origin) return undefined;
  const host = hostOf(origin);
  return host !== undefined && allowed.some((entry) => allows(entry, origin, host)) ? undefined : origin.slice(0, 200);
}

/** An entry is an origin, a host, or a host with `*.` for itself and everything below it. */
function allows(entry: string, origin: string, host: string): boolean {
  const wanted = entry.toLowerCase().replace(/\/+$/, "");
  if (wanted.includes("://") && !wanted.includes("*")) return URL.parse(origin)?.origin === URL.parse(wanted)?.origin;
  const pattern = wanted.replace(/^https?:\/\//, "");
  return pattern.startsWith("*.") ? host === pattern.slice(2) || host.endsWith(pattern.slice(1)) : host === pattern;
}

const hostOf = (origin: string): string | undefined => URL.parse(origin)?.host.toLowerCase() || undefined;

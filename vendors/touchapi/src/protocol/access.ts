import { firstText, type Json } from "./json.ts";

/** Who calls the connect service: a key and a referer, both required, each as a header or as a parameter of the address. */
export interface Access {
  readonly key: string | undefined;
  /** The host of the referer, in lower case. */
  readonly refererHost: string | undefined;
}

/**
 * Headers are by lower-case names and win. The parameter of the key is `key`; that of the referer nobody names, so the likely ones are read.
 * Source: the document's note under "Headers"; `binder_api/authentication.md`.
 */
export function readAccess(headers: Json, query: Json): Access {
  const referer = firstText(headers, ["referer", "referrer"]) ?? firstText(query, ["referer", "referrer", "Referer"]);
  return {
    key: firstText(headers, ["x-api-key"]) ?? firstText(query, ["key", "api_key"]),
    refererHost: referer === undefined ? undefined : readRefererHost(referer),
  };
}

/** `https://crm.example/page`, `crm.example`: `crm.example`. Undefined when it is no address. A port is no part of it. */
export function readRefererHost(text: string): string | undefined {
  const trimmed = text.trim();
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`);
  const host = url?.hostname.replace(/\.$/, "") ?? "";
  return host === "" ? undefined : host;
}

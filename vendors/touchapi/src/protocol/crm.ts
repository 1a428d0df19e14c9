/** Which CRM a connection goes to, and what it is called there. */

export const crmTypes = ["amocrm", "bitrix24"] as const;
export type CrmType = (typeof crmTypes)[number];

/** A word of `crm_type` in any case. */
export const readCrmType = (text: string): CrmType | undefined => crmTypes.find((type) => type === text.trim().toLowerCase());

/** An account in the vendor's own cloud; `www` is the vendor's site. Bitrix24 has a domain in many countries: `.ru`, `.by`, `.kz`, `.com`, `.de`, `.com.br`, `.com.tr` … */
const clouds: readonly (readonly [RegExp, CrmType])[] = [
  [/^(?!www\.)[a-z0-9-]+\.(?:amocrm\.(?:ru|com)|kommo\.com)$/, "amocrm"],
  [/^(?!www\.)[a-z0-9-]+\.bitrix24\.(?:[a-z]{2,3}|com?\.[a-z]{2})$/, "bitrix24"],
];

/** By its host. Undefined for a box at an address of its own, which is why `crm_type` is advised always. */
export const guessCrmType = (host: string): CrmType | undefined => {
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return clouds.find(([form]) => form.test(name))?.[1];
};

/**
 * The host of a CRM as people paste it: with or without a scheme, with a path, in any case, as an IP address, in Cyrillic (punycode then). A port is kept for boxes only: the
 * clouds have none. Undefined when it is no address.
 */
export function readCrmHost(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "" || trimmed.length > 2_048 || /\s/.test(trimmed)) return undefined;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") return undefined;
  const url = URL.parse(scheme === undefined ? `https://${trimmed.replace(/^\/\//, "")}` : trimmed);
  if (!url || url.username + url.password !== "") return undefined;
  const name = url.hostname.replace(/\.$/, "");
  // A bare number is read as an IP address by the rules of addresses, and is never meant as one.
  if (!isHostName(name) || /^(?:https?:\/\/)?\d+(?:[/:?#]|$)/i.test(trimmed)) return undefined;
  return url.port === "" || guessCrmType(name) !== undefined ? name : `${name}:${url.port}`;
}

const isHostName = (name: string): boolean =>
  name.length <= 253 &&
  (/^\[[0-9a-f:.]+\]$/.test(name) || name.split(".").every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label)));

/**
 * The name of the source at the CRM: `touchapi_name` if it was given; else `{connected_phone} ({source})`, else `{login} ({source})`. A blank name is none; the phone stands as
 * it was received. Source: the document, the note under its second example.
 */
export function sourceName({
  name,
  connectedPhone,
  login,
  source,
}: {
  readonly name?: string | undefined;
  readonly connectedPhone?: string | undefined;
  readonly login: string;
  readonly source: string;
}): string {
  const given = name?.trim() ?? "";
  if (given !== "") return given;
  const phone = connectedPhone?.trim() ?? "";
  return `${phone === "" ? login : phone} (${source})`;
}

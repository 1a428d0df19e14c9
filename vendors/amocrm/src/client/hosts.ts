/** Domains of amoCRM and of what it is called abroad. Source: https://www.amocrm.ru/developers/content/oauth/step-by-step */
const tails = ["amocrm.ru", "amocrm.com", "kommo.com"];

/** Whether tokens and secrets may be sent to this host: it is a name below one of amoCRM's own domains. Ask before you believe the `referer` of a redirect. */
export const isAmoHost = (host: string): boolean =>
  /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(host) && tails.some((tail) => host.toLowerCase().endsWith(`.${tail}`));

/** `sub.amocrm.ru`, or an address with its scheme, as an origin: `https://sub.amocrm.ru`. Throws a `TypeError` when it is none. */
export function originOf(domain: string): string {
  const url = new URL(/^https?:\/\//i.test(domain) ? domain : `https://${domain}`);
  return url.origin;
}

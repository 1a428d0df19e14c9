import type { Connected, InboundRequest, Kit, Received, Vendor } from "@svyazka/core";
import { Intruder } from "@svyazka/core";
import { grantsOf } from "./served/grants.ts";
import { subscriberOf } from "./served/tell.ts";
import { door, limits, receiveServed } from "./served.ts";
import { type Integration, settings } from "./settings.ts";

/** amoCRM, from the other side: programs that were written for it work with our CRM. */
export const amocrm: Vendor<typeof settings> = {
  id: "amocrm",
  title: { ru: "amoCRM (программы для неё)", en: "amoCRM (programs for it)" },
  about: {
    ru: "Программы, написанные для amoCRM, работают с нашей CRM без изменений: тот же вход, те же адреса и ответы.",
    en: "Programs that were written for amoCRM work with our CRM unchanged: the same sign-in, addresses and answers.",
  },
  servesApi: true,
  integration: { side: "integration" },
  ports: ["subscriber"],
  tells: [],
  settings,
  // One request is longer on its way than another, and amoCRM counts what arrives: a second is a little longer here.
  pace: ({ side, requests_per_second: perSecond }) =>
    side === "account" && perSecond > 0 ? { perSecond: perSecond / 1.05, burst: 1 } : undefined,
  door,
  limits,

  receive(request: InboundRequest, integration: Integration): Received {
    if (integration.settings.side !== "integration") throw new Intruder("not an integration");
    return receiveServed(request, integration);
  },

  connect(integration: Integration, kit: Kit): Connected {
    if (integration.settings.side === "hook") return { subscriber: subscriberOf(integration, kit), check: async () => {} };
    const grants = grantsOf(integration, kit);
    return {
      grants: {
        async issue(user, { longLivedDays }) {
          const code = await grants.code(Number(user));
          return { code, ...(longLivedDays !== undefined && { long_lived_token: await grants.longLived(Number(user), longLivedDays) }) };
        },
        list: async () => (await grants.list()).map(({ id, user, at }) => ({ id, user: String(user), at })),
        revoke: grants.revoke,
      },
      check: async () => {},
    };
  },

  urls({ settings: { side }, secrets }: Integration, base: string): Record<string, string> {
    return side === "integration"
      ? { api: base, authorize: `${base}/oauth?client_id=${secrets.client_id}`, token: `${base}/oauth2/access_token` }
      : {};
  },
};

import { type Accounting, type Connected, type Kit, type OrderRecord, writeMoney } from "@svyazka/core";
import type { CmlBuyerOut, CmlOrderOut } from "../commerceml/index.ts";
import type { OneC } from "../settings.ts";
import { about } from "./clients.ts";
import { isAgreed, payloadOf } from "./payload.ts";
import { wordsIn } from "./words.ts";

/** An order of ours is known by the number of its deal until 1C gives it another. */
const ownPrefix = "deal-";

/** A base without handlers, which comes by itself: orders wait for its next exchange. Its counterparties come and go with them. */
export function connectExchange(base: OneC, kit: Kit): Connected {
  const words = wordsIn(base.workspace.language);
  const accounting: Accounting = {
    wants: ({ kind, change }) => kind === "deal" && change !== "deleted",
    keepClient: async () => ({ what: "unwanted" }),
    async keepOrder(order) {
      const { deal, contact, company } = order;
      const [link] = await kit.links.of("deal", deal.id);
      if (!link && !base.settings.order_stages.includes(deal.stage)) return { what: "unwanted" };
      // An order that was made in 1C is 1C's: it is not given back.
      if (link && !link.theirs.startsWith(ownPrefix)) return { what: "unwanted" };
      if (!contact && !company) return { what: "waiting", why: words.nobody };
      const directory = (await kit.crm())?.directory() ?? base.directory;
      const payload = {
        ...payloadOf("deal", deal, { fields: [], keys: {} }, await directory, base.settings.default_user || undefined),
        ...{ budget: deal.sum ? writeMoney(deal.sum) : "0" },
      };
      if (isAgreed(payload, link?.known)) return { what: "same", ...about(link) };
      const theirs = link?.theirs ?? `${ownPrefix}${deal.id}`;
      const version = String(Number(link?.known?.["version"] ?? 0) + 1);
      await kit.store.put("order-out", deal.id, await written(order, theirs, version, kit, base));
      await kit.links.save({ kind: "deal", theirs, ours: deal.id, known: { ...link?.known, ...payload, version } });
      return { what: link ? "updated" : "made", id: theirs, why: words.nextExchange };
    },
    async documents(deal) {
      const links = await kit.links.of("deal", deal);
      const items = links.map(({ theirs, known }) => ({
        title: `${words.order} ${known?.["number"] ?? theirs}`,
        link: known?.["link"] ?? "",
      }));
      return items.length === 0 ? undefined : { items, at: kit.now().toISOString() };
    },
  };
  return { accounting, check: async () => {} };
}

async function written({ deal, contact, company }: OrderRecord, id: string, version: string, kit: Kit, base: OneC): Promise<CmlOrderOut> {
  const sum = deal.sum ? writeMoney(deal.sum) : "0";
  return {
    ...{ id, number: deal.id, version, currency: deal.sum?.currency ?? base.workspace.currency, sum },
    date: kit
      .now()
      .toLocaleString("sv-SE", { timeZone: base.settings.time_zone || base.workspace.timeZone })
      .replace(" ", "T"),
    comment: deal.name,
    status: { id: deal.stage, name: deal.stage },
    ...(deal.state === "lost" && { cancelled: true }),
    counterparty: await buyer({ contact, company }, kit),
    lines: [{ id: `${id}-1`, name: deal.name || `#${deal.id}`, quantity: "1", price: sum, sum }],
  };
}

/** 1C's own id of them, once it has told one. */
async function buyer(
  { contact, company }: { readonly contact: OrderRecord["contact"]; readonly company: OrderRecord["company"] },
  kit: Kit,
): Promise<CmlBuyerOut> {
  const kind = company ? "company" : "contact";
  const record = company ?? contact;
  if (!record) throw new Error("an order without a client is not written");
  const [link] = await kit.links.of(kind, record.id);
  return {
    ...{ id: link?.theirs ?? `${kind}-${record.id}`, name: record.name, kind: company ? "company" : "person" },
    ...(company?.inn !== undefined && { inn: company.inn }),
    ...(company?.kpp !== undefined && { kpp: company.kpp }),
    ...{ phones: record.phones, emails: record.emails },
  };
}

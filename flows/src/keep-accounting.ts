import type { ClientRecord, Crm, Flow, FlowContext, KeptThere, Outcome } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** What changed in the CRM is brought to the accounting: clients, and the order of a deal. What is there at the moment of the delivery is sent, and not what was. */
export const keepAccounting: Flow<"record.changed" | "record.told", "accounting"> = {
  name: "keep-accounting",
  title: { ru: "Передать в бухгалтерию", en: "Bring to the accounting" },
  about: {
    ru: "Держит в бухгалтерии контрагентов и заводит там заказ, когда сделка дошла до выбранного этапа.",
    en: "Keeps clients in the accounting, and makes an order there when a deal reaches the chosen stage.",
  },
  on: ["record.changed", "record.told"],
  needs: "accounting",
  async run({ data }, at): Promise<Outcome> {
    const { done } = wordsIn(at.workspace.language);
    const crm = at.sourceCrm;
    if (!crm) return { done: done.noCrm };
    const { kind, id } = data;
    if (kind === "deal") return bringOrder(crm, id, at);
    if (kind !== "contact" && kind !== "company") return { done: done.accounting.unwanted };
    const client = await clientOf(crm, kind, id);
    if (!client) return { done: done.recordGone };
    return outcomeOf(await at.port.keepClient(client), kind, id, at);
  },
};

const clientOf = async (crm: Crm, kind: "contact" | "company", id: string): Promise<ClientRecord | undefined> => {
  if (kind === "contact") {
    const record = await crm.findRecord("contact", id);
    return record && { kind, record };
  }
  const record = await crm.findRecord("company", id);
  return record && { kind, record };
};

async function bringOrder(crm: Crm, id: string, at: FlowContext<"accounting">): Promise<Outcome> {
  const words = wordsIn(at.workspace.language);
  const deal = await crm.findRecord("deal", id);
  if (!deal) return { done: words.done.recordGone };
  const contact = deal.contact === undefined ? undefined : await crm.findRecord("contact", deal.contact);
  const company = deal.company === undefined ? undefined : await crm.findRecord("company", deal.company);
  const kept = await at.port.keepOrder({ deal, ...(contact && { contact }), ...(company && { company }) });
  if (kept.what === "made") {
    const text = words.orderMade(kept.id ?? "", kept.link);
    await crm.addEntry({ kind: "note", key: at.key("order"), on: { deal: id }, text });
  }
  return outcomeOf(kept, "deal", id, at);
}

function outcomeOf({ what, why, id: there }: KeptThere, kind: string, id: string, { workspace }: Pick<FlowContext, "workspace">): Outcome {
  const { accounting } = wordsIn(workspace.language).done;
  return { done: why ? `${accounting[what]}: ${why}` : accounting[what], records: { [kind]: id, ...(there !== undefined && { there }) } };
}

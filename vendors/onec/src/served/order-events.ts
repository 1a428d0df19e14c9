import {
  type Answer,
  type EventDraft,
  type Link,
  Malformed,
  type Money,
  type OrderStep,
  type RecordId,
  readMoney,
  writeMoney,
} from "@svyazka/core";
import type { EventCall, EventName } from "../protocol.ts";
import { doneWith, failed } from "./replies.ts";
import type { Scene } from "./scene.ts";
import { hashOf } from "./sent.ts";
import { crmOf, recordIn } from "./writing.ts";

/** 2.6: what happened to an order becomes a fact, and what is done about it in the CRM may wait for the CRM. */

const steps: Readonly<Record<EventName, OrderStep>> = {
  payment: "paid",
  part_payment: "part-paid",
  shipment: "shipped",
  part_shipment: "part-shipped",
  cancel_order: "cancelled",
};

/** Documents are posted anew: the same words within this time are the same event (onec.md §7). */
const sameSeconds = 86_400;
const rememberedEvents = 30;

export async function takeEvent(scene: Scene, call: EventCall): Promise<Answer> {
  const target = await findTarget(scene, call);
  if (!target) return failed(404, nobody(call), "unknown_order");
  const key = hashOf([call.id_base, call.event_name, call.id, call.id_1c, call.sum, call.debt_sum, call.document_name]);
  const totals = await addUp(scene, call, target, key);
  const fact: EventDraft<"order.progressed"> = {
    ...{ type: "order.progressed", key: `onec:${scene.base.id}:${key}`, keySeconds: sameSeconds, subject: `deal:${target.deal}` },
    data: {
      ...{ step: steps[call.event_name], deal: target.deal, at: scene.kit.now().toISOString() },
      ...(target.order && { order: target.order.theirs }),
      ...(call.document_name !== undefined && { document: call.document_name }),
      ...(call.sum !== undefined && { sum: call.sum }),
      ...(call.debt_sum !== undefined && { debt: call.debt_sum }),
      ...totals,
      handling: handlingOf(scene, call.event_name),
    },
  };
  return { ...doneWith(target.deal), facts: [fact], detail: [`Сделка ${target.deal}`, ...target.warnings].join("; ") };
}

/** Throws `Malformed` for one that names nobody: neither a deal nor anything of 1C. */
export function mustNameSomebody({ id, id_1c }: EventCall): void {
  if (id === undefined && id_1c === undefined)
    throw new Malformed("id или id_1c: нужно хотя бы одно, чтобы найти заказ", { id: ["нужно id или id_1c"] });
}

function nobody({ id, id_1c }: EventCall): string {
  return `Заказ не найден: ${[id !== undefined && `сделки ${id} нет в CRM`, id_1c !== undefined && `id_1c ${id_1c} не связан ни с чем`].filter(Boolean).join(", ")}`;
}

interface Target {
  readonly deal: RecordId;
  readonly order?: Link;
  readonly warnings: readonly string[];
}

/** By the order, then by the counterparty (A3); a deal that is named wins. The CRM is asked only about a deal that no link knows. */
async function findTarget(scene: Scene, { id, id_1c }: EventCall): Promise<Target | undefined> {
  const { links } = scene.kit;
  const order = id_1c === undefined ? undefined : await links.find("deal", id_1c);
  if (id !== undefined) {
    const known = order?.ours === id ? order : (await links.of("deal", id))[0];
    if (known || (await recordIn(await crmOf(scene), "deal", id)))
      return {
        deal: id,
        ...(known && { order: known }),
        warnings: order && order.ours !== id ? [`id_1c указывает на сделку ${order.ours}, взята сделка ${id}`] : [],
      };
  }
  if (order) return { deal: order.ours, order, warnings: [] };
  if (id_1c === undefined) return undefined;
  for (const kind of ["company", "contact"]) {
    const client = await links.find(kind, id_1c);
    const last = client && (await links.find("last-order", client.ours));
    if (last) {
      const itsOrder = await links.find("deal", last.known?.["order"] ?? "");
      return { deal: last.ours, ...(itsOrder && { order: itsOrder }), warnings: ["id_1c — контрагент: взят его последний заказ"] };
    }
  }
  return undefined;
}

const totalled: Readonly<Record<EventName, "paid" | "shipped" | undefined>> = {
  payment: "paid",
  part_payment: "paid",
  shipment: "shipped",
  part_shipment: "shipped",
  cancel_order: undefined,
};

/** Paid is what is not owed any more, where both are told; otherwise the sums of all that was told so far, each once. */
async function addUp(scene: Scene, call: EventCall, { order }: Target, event: string) {
  if (!order) return {};
  const { links, exclusively } = scene.kit;
  return exclusively([`order ${order.theirs}`], async () => addTo((await links.find("deal", order.theirs)) ?? order, scene, call, event));
}

async function addTo(order: Link, { kit, door }: Scene, { event_name, sum, debt_sum }: EventCall, event: string) {
  const { currency } = door.workspace;
  const money = (text: string | undefined): Money | undefined => (text === undefined ? undefined : readMoney(text, currency));
  const { known = {} } = order;
  const events = (known["events"] ?? "").split(" ").filter(Boolean);
  const totals = { paid: known["paid"], shipped: known["shipped"] };
  if (!events.includes(event)) {
    const name = totalled[event_name];
    const [budget, debt, amount] = [money(known["budget"]), money(debt_sum), money(sum)];
    if (name === "paid" && budget && debt) totals.paid = writeMoney({ currency, minor: budget.minor - debt.minor });
    else if (name && amount) totals[name] = writeMoney({ currency, minor: (money(totals[name])?.minor ?? 0) + amount.minor });
    const isCancelled = event_name === "cancel_order";
    await kit.links.save({
      ...order,
      known: {
        ...known,
        ...given(totals),
        ...(debt_sum !== undefined && { debt: debt_sum }),
        ...(isCancelled && { cancelled: "yes" }),
        events: [...events, event].slice(-rememberedEvents).join(" "),
      },
    });
  }
  return given(totals);
}

const given = ({ paid, shipped }: { paid: string | undefined; shipped: string | undefined }) => ({
  ...(paid !== undefined && { paid }),
  ...(shipped !== undefined && { shipped }),
});

function handlingOf({ door }: Scene, name: EventName) {
  const { settings } = door;
  const stage = settings[`stage_${name}`];
  return {
    ...(stage && { stage }),
    fields: {
      ...(settings.paid_field && { paid: settings.paid_field }),
      ...(settings.debt_field && { debt: settings.debt_field }),
      ...(settings.shipped_field && { shipped: settings.shipped_field }),
    },
    lateDays: settings.late_days,
  };
}

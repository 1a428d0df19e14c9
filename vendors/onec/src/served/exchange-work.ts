import { type EventDraft, Invalid, type Link, type RecordId, Refused, readMoney } from "@svyazka/core";
import type { CmlDocument, CmlOrderOut, CmlParty, ExchangeWork } from "../commerceml/index.ts";
import type { CounterpartyCall, EventCall } from "../protocol.ts";
import { keepCounterparty } from "./counterparties.ts";
import { takeEvent } from "./order-events.ts";
import { keepOrder } from "./orders.ts";
import type { Scene } from "./scene.ts";

/** What an exchange brings and takes, in the same words as the calls of the handlers: one way into the CRM. */

const ours = /^deal-(\d+)$/;

/** `settle` stores what was learnt, and says in words what became of it. */
export function exchangeWork(scene: Scene): { readonly work: ExchangeWork; settle(): Promise<string> } {
  const { kit, doorKit } = scene;
  const from = { key: String(scene.door.workspace.id), id_base: String(scene.base.settings["id_base"]), unknown: {} };
  const facts: EventDraft[] = [];
  const kept: Pick<Link, "kind" | "theirs" | "ours" | "known">[] = [];
  const notes: string[] = [];
  const counts = { counterparties: 0, orders: 0, events: 0 };

  /** What is wrong with one record is told, and does not stop the others. */
  async function told(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Invalid)) throw error;
      notes.push(`${what}: ${error.message}`);
    }
  }

  async function party(one: CmlParty): Promise<{ readonly kind: "company" | "contact"; readonly id: RecordId } | undefined> {
    if (one.deleted) return undefined;
    const kind = one.kind === "company" ? "company" : "contact";
    const call: CounterpartyCall = {
      ...from,
      ...(one.id !== undefined && { id_1c: one.id }),
      name: one.name || (one.fullName ?? ""),
      ...(one.inn !== undefined && { inn: one.inn }),
      ...(one.kpp !== undefined && { kpp: one.kpp }),
      ...{ phones: one.phones, emails: one.emails, fields: {} },
    };
    const id = idIn((await keepCounterparty(scene, kind, call)).body);
    return id === undefined ? undefined : { kind, id };
  }

  async function order(document: CmlDocument): Promise<void> {
    const client = document.counterparty && (await party(document.counterparty));
    const own = ours.exec(document.id)?.[1];
    const number = document.number1c ?? document.number;
    await keepOrder(scene, {
      ...from,
      ...{ id_1c: document.id, fields: {} },
      ...(own !== undefined && { id: own }),
      ...(document.sum !== undefined && { budget: document.sum }),
      ...(number !== undefined && { order_number: number }),
      ...(client?.kind === "company" && { company_id: client.id }),
      ...(client?.kind === "contact" && { contact_id: client.id }),
    });
    if (number !== undefined) await kit.links.save({ kind: "order-number", theirs: number, ours: document.id });
    counts.orders++;
    // An order may tell by itself that it was paid, shipped or given up.
    if (document.cancelled || document.deleted) await event(document, "cancel_order", document.id, `${document.id} cancelled`);
    if (document.paid) await event(document, "payment", document.id, `${document.id} paid`);
    if (document.shipped) await event(document, "shipment", document.id, `${document.id} shipped`);
  }

  /** Whole or in part: by what the order comes to. */
  async function progress(document: CmlDocument, name: "payment" | "shipment"): Promise<void> {
    // An undone document has no word of its own: the debt that is told next counts (A23).
    if (document.deleted || document.posted === false || document.cancelled) return;
    const order = document.order?.id ?? (document.order?.number === undefined ? undefined : await orderOfNumber(document.order.number));
    if (order === undefined)
      return void notes.push(`${document.operation} ${document.number1c ?? document.number ?? document.id}: заказ не указан`);
    const link = await kit.links.find("deal", order);
    const { currency } = scene.door.workspace;
    const money = (text: string | undefined) => (text === undefined ? undefined : readMoney(text, currency)?.minor);
    const budget = money(link?.known?.["budget"]);
    const before = money(link?.known?.[name === "payment" ? "paid" : "shipped"]) ?? 0;
    const isWhole = budget === undefined || before + (money(document.sum) ?? 0) >= budget;
    const isKnown = (await kit.links.find("document", document.id))?.known?.["sum"] === (document.sum ?? "");
    if (!isKnown) await event(document, isWhole ? name : `part_${name}`, order, document.id);
  }

  async function orderOfNumber(number: string): Promise<string | undefined> {
    return (await kit.links.find("order-number", number))?.ours;
  }

  async function event(document: CmlDocument, name: EventCall["event_name"], id_1c: string, key: string): Promise<void> {
    const sum = document.sum ?? "";
    if ((await kit.links.find("document", key))?.known?.["sum"] === sum) return;
    const title = [document.operation, document.number1c ?? document.number, document.date1c ?? document.date].filter(Boolean).join(" ");
    const call: EventCall = {
      ...from,
      event_name: name,
      id_1c,
      ...(document.sum !== undefined && { sum: document.sum }),
      document_name: title,
    };
    const { facts: found = [], status } = await takeEvent(scene, call);
    if (status !== 200) return void notes.push(`${title}: заказ ${id_1c} не найден`);
    facts.push(...found);
    // Known only after it is on disk: until then it may come again, and is the same fact.
    kept.push({ kind: "document", theirs: key, ours: id_1c, known: { sum } });
    counts.events++;
  }

  return {
    work: {
      counterparty: (one) =>
        told(one.name, async () => {
          if (await party(one)) counts.counterparties++;
        }),
      document: (document) =>
        told(`${document.operation} ${document.number1c ?? document.number ?? document.id}`, async () => {
          if (document.kind === "order") await order(document);
          else if (document.kind === "payment" || document.kind === "shipment") await progress(document, document.kind);
          else notes.push(`${document.operation}: такой документ не ведётся`);
        }),
      async orders() {
        const all = await kit.store.list<CmlOrderOut>("order-out");
        return { orders: all.map(({ value }) => value), mark: all.map(({ id, value }) => `${id}=${value.version ?? ""}`).join(" ") };
      },
      /** One that has changed again since 1C took it waits for the next exchange. */
      async taken(mark) {
        for (const part of mark.split(" ").filter(Boolean)) {
          const [id = "", version = ""] = part.split("=");
          const waiting = await kit.store.get<CmlOrderOut>("order-out", id);
          if (waiting && (waiting.version ?? "") === version) await kit.store.remove("order-out", id);
        }
      },
      info: async () => ({
        statuses: scene.door.directory.pipelines.flatMap(({ name, stages }) =>
          stages.map((stage) => ({ id: stage.id, name: `${name}: ${stage.name}` })),
        ),
      }),
    },
    async settle() {
      await doorKit.record(facts, { what: "CommerceML" });
      for (const link of kept) await kit.links.save(link);
      const { counterparties, orders, events } = counts;
      const total = counterparties + orders + events > 0 ? [`контрагентов ${counterparties}, заказов ${orders}, событий ${events}`] : [];
      return [...total, ...notes.slice(0, 20)].join("; ");
    },
  };
}

function idIn(body: string): RecordId | undefined {
  const { data } = JSON.parse(body) as { readonly data: unknown };
  return typeof data === "number" || typeof data === "string" ? String(data) : undefined;
}

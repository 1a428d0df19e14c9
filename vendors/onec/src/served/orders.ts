import { type Answer, type Crm, type DealRecord, type Link, type Money, type RecordId, readMoney, writeMoney } from "@svyazka/core";
import { declaredIn, payloadOf } from "../adapter/payload.ts";
import type { OrderCall } from "../protocol.ts";
import { doneWith } from "./replies.ts";
import type { Scene } from "./scene.ts";
import { hashOf } from "./sent.ts";
import { crmOf, fieldsOf, nameFor, recordIn, responsibleOf, wins } from "./writing.ts";

/** 2.5: an order is a deal. */

interface Given {
  readonly sum?: Money;
  readonly contact?: RecordId;
  readonly company?: RecordId;
  readonly responsible?: RecordId;
  readonly fields?: Readonly<Record<string, string>>;
}

export async function keepOrder(scene: Scene, call: OrderCall): Promise<Answer> {
  const { kit } = scene;
  const crm = await crmOf(scene);
  const link = call.id_1c === undefined ? undefined : await kit.links.find("deal", call.id_1c);
  const said = hashOf([
    call.name,
    call.budget,
    call.company_id,
    call.contact_id,
    call.order_number,
    call.responsible_user_id,
    call.fields,
    call.link,
  ]);
  const deal = await find(crm, call, link);
  const isNews = link?.known?.["said"] !== said;
  if (deal && !isNews && link?.ours === deal.id) return { ...doneWith(deal.id), detail: `Сделка ${deal.id}: без изменений` };
  const { given, warnings } = await givenIn(scene, crm, call);
  const count = Number(link?.known?.["count"] ?? 0) + (deal ? 1 : 0);
  const key = `onec:${scene.base.id}:order:${call.id_1c ?? said}:${count}`;
  const id = deal ? await update({ scene, crm, deal, given, key }) : await make({ scene, crm, call, given, key, link });
  if (call.id_1c !== undefined) await keepLink(scene, crm, call, id, { ...link?.known, said, count: String(count) });
  return { ...doneWith(id), detail: [`Сделка ${id}: ${deal ? "обновлена" : "создана"}`, ...warnings].join("; ") };
}

async function find(crm: Crm, call: OrderCall, link: Link | undefined): Promise<DealRecord | undefined> {
  for (const id of [call.id, link?.ours]) {
    const deal = await recordIn(crm, "deal", id);
    if (deal) return deal;
  }
  return undefined;
}

async function givenIn(scene: Scene, crm: Crm, call: OrderCall): Promise<{ readonly given: Given; readonly warnings: readonly string[] }> {
  const { door } = scene;
  const { user, warnings } = responsibleOf(call.responsible_user_id, scene);
  const { fields, warnings: unmapped } = await fieldsOf(call.fields, "deal", scene);
  const company = await recordIn(crm, "company", call.company_id);
  const contact = await recordIn(crm, "contact", call.contact_id);
  const sum = call.budget === undefined ? undefined : readMoney(call.budget, door.workspace.currency);
  const number = call.order_number !== undefined && door.settings.number_field ? { [door.settings.number_field]: call.order_number } : {};
  const all = { ...fields, ...number };
  return {
    given: {
      ...(sum && { sum }),
      ...(company && { company: company.id }),
      ...(contact && { contact: contact.id }),
      ...(user !== undefined && { responsible: user }),
      ...(Object.keys(all).length > 0 && { fields: all }),
    },
    warnings: [
      ...[...warnings, ...unmapped],
      ...(call.company_id !== undefined && !company ? [`company_id: компании ${call.company_id} в CRM нет`] : []),
      ...(call.contact_id !== undefined && !contact ? [`contact_id: контакта ${call.contact_id} в CRM нет`] : []),
    ],
  };
}

interface Writing {
  readonly scene: Scene;
  readonly crm: Crm;
  readonly given: Given;
  readonly key: string;
}

async function make({ scene, crm, call, given, key, link }: Writing & { readonly call: OrderCall; readonly link: Link | undefined }) {
  const { new_order_stage: stage } = scene.door.settings;
  const name = nameFor(call.name ?? `Заказ ${call.order_number ?? call.id_1c ?? ""}`.trim());
  const { id } = await crm.saveDeal({ ...given, name, ...(stage && { stage }), key: link ? `${key}:after ${link.ours}` : key });
  return id;
}

/** The sum of a deal that is lost stays as it is: what is over is not written over. */
async function update({ scene, crm, deal, given, key }: Writing & { readonly deal: DealRecord }): Promise<RecordId> {
  const { sum, company, contact, responsible, fields } = given;
  const isOver = deal.state === "lost";
  const mayReplace = (name: string, held: unknown): boolean => wins(scene, name) || held === undefined;
  const freshFields = Object.fromEntries(Object.entries(fields ?? {}).filter(([code, text]) => deal.fields[code] !== text));
  const change = {
    ...(sum && !isOver && mayReplace("budget", deal.sum) && !isSame(sum, deal.sum) && { sum }),
    ...(company !== undefined && deal.company === undefined && { company }),
    ...(contact !== undefined && deal.contact === undefined && { contact }),
    ...(responsible !== undefined && responsible !== deal.responsible && mayReplace("responsible", deal.responsible) && { responsible }),
    ...(Object.keys(freshFields).length > 0 && wins(scene, "fields") && { fields: freshFields }),
  };
  if (Object.keys(change).length > 0) await crm.saveDeal({ ...change, id: deal.id, key });
  return deal.id;
}

const isSame = (one: Money, other: Money | undefined): boolean => one.minor === other?.minor && one.currency === other.currency;

async function keepLink(
  { kit, door, base }: Scene,
  crm: Crm,
  call: OrderCall,
  id: RecordId,
  known: Readonly<Record<string, string>>,
): Promise<void> {
  if (call.id_1c === undefined) return;
  const deal = await crm.findRecord("deal", id);
  const user = base.settings["default_user"];
  const payload =
    deal && payloadOf("deal", deal, await declaredIn(kit, "deal"), door.directory, typeof user === "string" && user ? user : undefined);
  await kit.links.save({
    ...{ kind: "deal", theirs: call.id_1c, ours: id },
    known: {
      ...known,
      ...payload,
      // Whom 1C has named itself is nothing new to it when the CRM tells of the deal.
      ...(call.contact_id !== undefined && deal?.contact === call.contact_id && { contact: call.contact_id }),
      ...(call.company_id !== undefined && deal?.company === call.company_id && { company: call.company_id }),
      ...(deal?.sum && { budget: writeMoney(deal.sum) }),
      ...(call.link !== undefined && { link: call.link }),
      ...(call.order_number !== undefined && { number: call.order_number }),
    },
  });
  // An event may name the counterparty in place of the order (A3).
  for (const client of [call.company_id, call.contact_id])
    if (client !== undefined) await kit.links.save({ kind: "last-order", theirs: client, ours: id, known: { order: call.id_1c } });
}

import { type AccountingDocuments, type KeptThere, LoginNeeded, type OrderRecord, type RecordId } from "@svyazka/core";
import { readLink } from "../protocol.ts";
import { about, directoryOf, keepClient } from "./clients.ts";
import { type Ground, wireId } from "./ground.ts";
import { declaredIn, isAgreed, type Payload, payloadOf } from "./payload.ts";
import { portError } from "./port-errors.ts";
import { wordsIn } from "./words.ts";

/** 1.3 and 1.1: orders of deals, and their documents. */

export async function keepOrder(ground: Ground, { deal, contact, company }: OrderRecord): Promise<KeptThere> {
  const { base, kit } = ground;
  const [link] = await kit.links.of("deal", deal.id);
  // A person chose the stages at which an order is made; one that is there is kept up to date wherever its deal goes.
  if (!link && !base.settings.order_stages.includes(deal.stage)) return { what: "unwanted" };
  const payload: Payload = {
    ...payloadOf("deal", deal, await declaredIn(kit, "deal"), await directoryOf(ground), base.settings.default_user || undefined),
    ...(contact && { contact: contact.id }),
    ...(company && { company: company.id }),
  };
  if (isAgreed(payload, link?.known)) return { what: "same", ...about(link) };
  if (!contact && !company) return { what: "waiting", why: wordsIn(base.workspace.language).nobody };
  // The order answers no ids of its clients: they go first (A5).
  const firm = company && (await keepClient(ground, { kind: "company", record: company }, true));
  if (firm?.what === "waiting") return { what: "waiting", ...(firm.why !== undefined && { why: firm.why }) };
  const person = contact && (await keepClient(ground, { kind: "contact", record: contact }, true));
  if (person?.what === "waiting") return { what: "waiting", ...(person.why !== undefined && { why: person.why }) };
  const adopted = link ? undefined : await made(ground, deal.id);
  const theirs = link?.theirs ?? adopted;
  const order = {
    ...{ id: wireId(deal.id), name: deal.name || `#${deal.id}`, responsible_user_id: wireId(payload["responsible_user_id"] ?? "0") },
    ...(theirs !== undefined && { id_1c: theirs }),
    ...person?.client,
    ...firm?.client,
  };
  const answer = await ground.client().saveOrder(order);
  const known = { ...link?.known, ...payload, ...(answer.link !== undefined && { link: answer.link }) };
  await kit.links.save({ kind: "deal", theirs: answer.id_1c, ours: deal.id, known });
  if (link && link.theirs !== answer.id_1c) await kit.links.remove("deal", link.theirs);
  for (const client of [company?.id, contact?.id])
    if (client !== undefined) await kit.links.save({ kind: "last-order", theirs: client, ours: deal.id, known: { order: answer.id_1c } });
  return { what: link ? "updated" : "made", ...about({ kind: "deal", theirs: answer.id_1c, ours: deal.id, known }) };
}

/**
 * An order that an earlier try has made, when its answer was lost: 1C is asked for the documents of the deal before a second one is sent. Undefined for a first try, and when
 * there is none, or its link tells no id.
 */
async function made({ kit, client }: Ground, deal: RecordId): Promise<string | undefined> {
  if (!(await kit.store.get("order-asked", deal))) {
    await kit.store.put("order-asked", deal, true, { days: 30 });
    return undefined;
  }
  for (const { link } of await client().getOrders(wireId(deal))) {
    const id = readLink(link)?.guid;
    if (id !== undefined && !(await kit.links.find("deal", id))) return id;
  }
  return undefined;
}

/** A person looks at the card of a deal. A second try after a lost session (406) is answered at once. */
const waitingSeconds = 6;

/** From 1C while somebody waits; when it does not answer, what it said before. One that does not let us in is not tried with the same password again and again: 1C would shut the user out. */
export async function documentsOf(
  { kit, client, base }: Ground,
  deal: RecordId,
  isLeftAlone = false,
): Promise<AccountingDocuments | undefined> {
  try {
    if (isLeftAlone) throw new LoginNeeded(wordsIn(base.workspace.language).notLetIn);
    const items = (await client().getOrders(wireId(deal), waitingSeconds)).map(({ title, link }) => ({ title, link }));
    const found = { items, at: kit.now().toISOString() };
    await kit.store.put("documents", deal, found);
    return found;
  } catch (error) {
    const why = portError(error);
    const before = await kit.store.get<AccountingDocuments>("documents", deal);
    return before && { ...before, why: why instanceof Error ? why.message : String(why) };
  }
}

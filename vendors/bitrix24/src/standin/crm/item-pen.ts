import { type Params, Refusal } from "../call.ts";
import { isMap, listOf } from "../params.ts";
import { type EntityTypeId, type Item, itemsOf, type Portal, type Status, stampOf, typeNames } from "../portal.ts";
import { type Field, fieldsOf } from "./item-fields.ts";
import { readValue, refuse } from "./item-values.ts";
import { flatCopies, rowsOf, writeFm } from "./multifields.ts";

/** The hand that writes items: the same for the universal methods, the classic ones, telephony and people. */
export interface Pen {
  readonly portal: Portal;
  readonly userId: number;
}

const russianNames: Readonly<Record<EntityTypeId, string>> = { 1: "Лид", 2: "Сделка", 3: "Контакт", 4: "Компания" };

/** Writes a new item by the names of `crm.item.*`, and tells of it. */
export function addItem(pen: Pen, entityTypeId: EntityTypeId, fields: Params): Item {
  const { portal, userId } = pen;
  const { state } = portal;
  const id = portal.nextId();
  const at = stampOf(portal.now());
  const item: Item = { id, ...blankItem(fieldsOf(state, entityTypeId)), ...firstValues(portal, entityTypeId, id) };
  Object.assign(item, {
    createdTime: at,
    updatedTime: at,
    lastActivityTime: at,
    lastActivityBy: userId,
    createdBy: userId,
    updatedBy: userId,
    assignedById: userId,
  });
  if (entityTypeId < 3) Object.assign(item, { movedTime: at, movedBy: userId });
  item.id = id;
  write(portal, entityTypeId, item, fields);
  placeOnStage(portal, entityTypeId, item, fields);
  itemsOf(state, entityTypeId).set(id, item);
  portal.tell(`ONCRM${typeNames[entityTypeId]}ADD`, { FIELDS: { ID: String(id) } }, userId);
  if (entityTypeId === 1 && state.mode === 2) {
    convertLead(pen, item);
    return getItem(portal, 1, id);
  }
  return item;
}

/** Without leads a new one is good at once: it becomes a deal, and a contact that can be reached. */
function convertLead(pen: Pen, lead: Item): void {
  const { name, lastName, title, opportunity, currencyId, sourceId, assignedById } = lead;
  const fm = rowsOf(lead).map(({ typeId, valueType, value }) => ({ typeId, valueType, value }));
  const known = listOf(lead["contactIds"]);
  const contactIds = known.length > 0 ? known : [addItem(pen, 3, { name, lastName, sourceId, assignedById, fm, leadId: lead.id }).id];
  addItem(pen, 2, { title, opportunity, currencyId, sourceId, assignedById, contactIds, leadId: lead.id });
  updateItem(pen, 1, lead.id, { stageId: "CONVERTED" });
}

/** Changes an item, and tells of it when something has changed. Throws `Refusal`. */
export function updateItem({ portal, userId }: Pen, entityTypeId: EntityTypeId, id: number, fields: Params): Item {
  const before = getItem(portal, entityTypeId, id);
  if ("id" in fields) throw new Refusal(400, "100", "Setting value for Primary ID is not allowed, it is read-only field");
  const item: Item = { ...before };
  write(portal, entityTypeId, item, fields);
  placeOnStage(portal, entityTypeId, item, fields, before);
  if (JSON.stringify(item) === JSON.stringify(before)) return before;
  const at = stampOf(portal.now());
  Object.assign(item, { updatedTime: at, updatedBy: userId });
  if (item["stageId"] !== before["stageId"]) Object.assign(item, { movedTime: at, movedBy: userId, previousStageId: before["stageId"] });
  itemsOf(portal.state, entityTypeId).set(id, item);
  if (entityTypeId === 2 && item["categoryId"] !== before["categoryId"]) {
    const moved = { ID: String(id), CATEGORY_ID: String(item["categoryId"]), STAGE_ID: item["stageId"] };
    portal.tell("ONCRMDEALMOVETOCATEGORY", { FIELDS: moved }, userId);
  } else portal.tell(`ONCRM${typeNames[entityTypeId]}UPDATE`, { FIELDS: { ID: String(id) } }, userId);
  return item;
}

export function deleteItem({ portal, userId }: Pen, entityTypeId: EntityTypeId, id: number): void {
  getItem(portal, entityTypeId, id);
  itemsOf(portal.state, entityTypeId).delete(id);
  portal.tell(`ONCRM${typeNames[entityTypeId]}DELETE`, { FIELDS: { ID: String(id) } }, userId);
}

export function getItem(portal: Portal, entityTypeId: EntityTypeId, id: number): Item {
  const found = itemsOf(portal.state, entityTypeId).get(id);
  if (!found) throw new Refusal(400, "NOT_FOUND", "Элемент не найден");
  return found;
}

const blankItem = (fields: readonly Field[]): Params =>
  Object.fromEntries(fields.filter(({ name }) => name !== "id").map(({ name, multiple }) => [name, multiple ? [] : null]));

function firstValues({ now, state }: Portal, entityTypeId: EntityTypeId, id: number): Params {
  const title = `${russianNames[entityTypeId]} #${id}`;
  const common = { opened: "Y", webformId: 0, sourceId: state.statuses.find((one) => one.ENTITY_ID === "SOURCE")?.STATUS_ID ?? null };
  const money = { opportunity: 0, isManualOpportunity: "N", currencyId: "RUB", companyId: 0, contactId: 0, isReturnCustomer: "N" };
  if (entityTypeId === 1) return { ...common, ...money, title, ...flatCopies([]), fm: [] };
  if (entityTypeId === 3) return { ...common, lastName: null, export: "Y", categoryId: 0, companyId: 0, ...flatCopies([]), fm: [] };
  if (entityTypeId === 4) return { ...common, title, categoryId: 0, revenue: 0, isMyCompany: "N", ...flatCopies([]), fm: [] };
  const [begindate, closedate] = [stampOf(now()), stampOf(now() + 7 * 86_400_000)];
  const flags = { isNew: "Y", isRecurring: "N", isRepeatedApproach: "N", closed: "N" };
  return { ...common, ...money, ...flags, title, typeId: "SALE", categoryId: 0, taxValue: 0, begindate, closedate, leadId: 0, quoteId: 0 };
}

/** Unknown fields and those that may not be written are passed over. */
function write(portal: Portal, entityTypeId: EntityTypeId, item: Item, fields: Params): void {
  const known = new Map(fieldsOf(portal.state, entityTypeId).flatMap((field) => [[field.name, field] as const, ...byCode(field)]));
  for (const [name, given] of Object.entries(fields)) {
    if (name === "contacts" || name === "companies") throw new Refusal(400, "100", `Field ${name} is not supported`);
    const field = known.get(name);
    if (field && !field.readOnly) item[field.name] = readValue(field, given);
  }
  tieContacts(portal, item, fields);
  if (entityTypeId !== 2 && isMap(fields["fm"])) {
    item["fm"] = writeFm(rowsOf(item), fields["fm"], () => portal.nextId());
    Object.assign(item, flatCopies(rowsOf(item)));
  }
}

const byCode = (field: Field): (readonly [string, Field])[] => (field.userField ? [[field.upper, field]] : []);

/** `contactId` is the first of `contactIds`; a contact that is not there cannot be tied. */
function tieContacts({ state }: Portal, item: Item, fields: Params): void {
  if ("contactIds" in fields) {
    const ids = listOf(item["contactIds"]).map(Number);
    if (ids.some((id) => !state.contacts.has(id))) refuse({ upper: "CONTACT_IDS" });
    if ("contactId" in item) item["contactId"] = ids[0] ?? 0;
  } else if ("contactId" in fields && "contactIds" in item) {
    const id = Number(item["contactId"]);
    if (id !== 0 && !state.contacts.has(id)) refuse({ upper: "CONTACT_ID" });
    item["contactIds"] = id === 0 ? [] : [id, ...listOf(item["contactIds"]).filter((one) => one !== id)];
  }
  const companyId = Number(item["companyId"] ?? 0);
  if ("companyId" in fields && companyId !== 0 && !state.companies.has(companyId)) refuse({ upper: "COMPANY_ID" });
  if ("companyId" in fields && "companyIds" in item) item["companyIds"] = companyId === 0 ? [] : [companyId];
}

/** Leads and deals stand on a stage of their pipeline: the named one, or the first. */
function placeOnStage(portal: Portal, entityTypeId: EntityTypeId, item: Item, fields: Params, before?: Item): void {
  if (entityTypeId > 2) return;
  const category = entityTypeId === 2 ? Number(item["categoryId"]) : undefined;
  if (category !== undefined && !portal.state.categories.has(category)) refuse({ upper: "CATEGORY_ID" });
  const stages = stagesOf(portal.state.statuses, category);
  const isNamed = fields["stageId"] !== undefined && fields["stageId"] !== null && fields["stageId"] !== "";
  const isMoved = before !== undefined && before["categoryId"] !== item["categoryId"];
  if (!isNamed && (before === undefined || isMoved)) item["stageId"] = stages[0]?.STATUS_ID ?? null;
  const stage = stages.find((one) => one.STATUS_ID === item["stageId"]);
  if (!stage && isNamed) refuse({ upper: "STAGE_ID" });
  const semantics = stage?.SEMANTICS ?? "P";
  item["stageSemanticId"] = semantics;
  if (entityTypeId === 2) Object.assign(item, { closed: semantics === "P" ? "N" : "Y", isNew: stage === stages[0] ? "Y" : "N" });
}

/** The stages of a pipeline of deals, or of leads, in order. */
export const stagesOf = (statuses: readonly Status[], category: number | undefined): Status[] => {
  const entity = category === undefined ? "STATUS" : category === 0 ? "DEAL_STAGE" : `DEAL_STAGE_${category}`;
  return statuses.filter((one) => one.ENTITY_ID === entity).sort((a, b) => Number(a.SORT) - Number(b.SORT));
};

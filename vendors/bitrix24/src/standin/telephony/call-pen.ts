import { randomBytes } from "node:crypto";
import { Refusal } from "../call.ts";
import { reachedBy } from "../crm/duplicates.ts";
import { addItem } from "../crm/item-pen.ts";
import { bareNumber } from "../crm/multifields.ts";
import { textOf } from "../params.ts";
import { type EntityTypeId, type Item, itemsOf, type Portal, type Row, typeIdOf, typeNames, type User } from "../portal.ts";

/** A call as the portal keeps it, whoever began it: an application, or a person's click. */
export interface CallDraft {
  readonly userId: number;
  readonly phone: string;
  /** 1 out, 2 in, 3 in and forwarded, 4 called back, 5 informing. */
  readonly type: string;
  readonly line: string;
  readonly externalId: string | null;
  /** Milliseconds. */
  readonly start: number;
  readonly create: boolean;
  readonly source?: string;
  readonly entityType?: string;
  readonly entityId?: number;
}

const dedupeMs = 30 * 60_000;

/** The same call within half an hour is the old one. */
export function findRecent(portal: Portal, draft: CallDraft): Row | undefined {
  return [...portal.state.calls.values()].find((row) => same(row, draft) && portal.now() - Number(row["REGISTERED"]) < dedupeMs);
}

const same = (row: Row, draft: CallDraft): boolean =>
  row["PHONE_NUMBER"] === draft.phone &&
  row["TYPE"] === draft.type &&
  row["USER_ID"] === draft.userId &&
  row["LINE_NUMBER"] === draft.line &&
  (draft.externalId === null || row["EXTERNAL_CALL_ID"] === draft.externalId);

export function beginCall(portal: Portal, draft: CallDraft): Row {
  const CALL_ID = `externalCall.${randomBytes(16).toString("hex")}.${Math.floor(portal.now() / 1000)}`;
  const named = typeIdOf(draft.entityType ?? "");
  const known = named && draft.entityId ? itemsOf(portal.state, named).get(draft.entityId) : undefined;
  const owner = named && known ? { entityTypeId: named, item: known } : ownerOf(portal, draft.phone);
  const created = owner || !draft.create ? [] : createItems(portal, draft);
  const main = owner ?? created[0];
  const row: Row = {
    ...{
      CALL_ID,
      USER_ID: draft.userId,
      PHONE_NUMBER: draft.phone,
      TYPE: draft.type,
      LINE_NUMBER: draft.line,
      EXTERNAL_CALL_ID: draft.externalId,
    },
    ...{ START: draft.start, REGISTERED: portal.now(), SHOWN: [draft.userId], FINISHED: false },
    CRM_CREATED_LEAD: created.find(({ entityTypeId }) => entityTypeId === 1)?.item.id ?? null,
    CRM_CREATED_ENTITIES: created.map(({ entityTypeId, item }) => ({ ENTITY_TYPE: typeNames[entityTypeId], ENTITY_ID: item.id })),
    ...{ CRM_ENTITY_TYPE: main ? typeNames[main.entityTypeId] : null, CRM_ENTITY_ID: main?.item.id ?? null },
  };
  portal.state.calls.set(CALL_ID, row);
  return row;
}

interface Owned {
  readonly entityTypeId: EntityTypeId;
  readonly item: Item;
}

/** Contacts before companies before leads. */
function ownerOf(portal: Portal, phone: string): Owned | undefined {
  return everyoneAt(portal, phone)[0];
}

export const everyoneAt = (portal: Portal, phone: string): Owned[] =>
  ([3, 4, 1] as const).flatMap((entityTypeId) =>
    reachedBy(portal.state, entityTypeId, "PHONE", [phone]).map((item) => ({ entityTypeId, item })),
  );

/** A lead where there are leads; without them a contact, and a deal with it. */
function createItems(portal: Portal, draft: CallDraft): Owned[] {
  const pen = { portal, userId: draft.userId };
  const fm = { n0: { typeId: "PHONE", valueType: "WORK", value: draft.phone } };
  const common = { sourceId: draft.source ?? "CALL", assignedById: draft.userId };
  const title = `${draft.phone} - ${draft.type === "1" ? "Исходящий" : "Входящий"} звонок`;
  if (portal.state.mode === 1) return [{ entityTypeId: 1, item: addItem(pen, 1, { ...common, title, fm }) }];
  const contact = addItem(pen, 3, { ...common, name: draft.phone, fm });
  const deal = addItem(pen, 2, { ...common, title, contactIds: [contact.id] });
  return [
    { entityTypeId: 3, item: contact },
    { entityTypeId: 2, item: deal },
  ];
}

/** By id, or by the extension; must be at work. */
export function mustUser(portal: Portal, id: number | undefined, extension: string): User {
  if (id === undefined && extension === "") throw core("USER_ID or USER_PHONE_INNER should be set");
  const user =
    id === undefined ? [...portal.state.users.values()].find((one) => one["UF_PHONE_INNER"] === extension) : portal.state.users.get(id);
  if (!user?.ACTIVE) throw core("User is not found or is not active");
  return user;
}

export const core = (text: string): Refusal => new Refusal(400, "ERROR_CORE", text);

export function mustNumber(phone: unknown): string {
  const text = textOf(phone).trim();
  if (bareNumber(text).length < 3) throw core("Unsupported phone number format");
  return text;
}

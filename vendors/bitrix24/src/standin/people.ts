import { camelOf } from "./crm/item-fields.ts";
import { updateItem } from "./crm/item-pen.ts";
import { type EntityTypeId, type Portal, type Status, typeIdOf, type User, type UserField } from "./portal.ts";
import { person, statusOf } from "./seed.ts";

/** What people of the portal do in its pages. */
export interface People {
  /** Answers the new user's id. */
  addUser(fields: Partial<User>): number;
  /** Adds a stage to a pipeline of deals, before its last ones; answers its STATUS_ID. */
  addStage(category: number, name: string, code?: string): string;
  removeStage(statusId: string): void;
  setMode(mode: 1 | 2): void;
  /** Answers the field's code, `UF_CRM_…`. */
  addUserField(entity: "CONTACT" | "COMPANY" | "DEAL" | "LEAD", draft: UserFieldDraft): string;
  /** Changes an item by the names of `crm.item.*`, as another user: 7 unless said. Fires the event. */
  editByHand(entityTypeId: EntityTypeId, id: number, fields: Readonly<Record<string, unknown>>, userId?: number): void;
}

export interface UserFieldDraft {
  readonly FIELD_NAME: string;
  readonly USER_TYPE_ID: "string" | "integer" | "double" | "enumeration" | "boolean" | "date" | "datetime" | "url" | "money";
  readonly MULTIPLE?: boolean;
  readonly LIST?: readonly string[];
  readonly LABEL?: string;
}

export const peopleOf = (portal: Portal): People => ({
  addUser(fields) {
    const id = fields.ID === undefined ? Math.max(...portal.state.users.keys()) + 2 : Number(fields.ID);
    portal.state.users.set(id, person(id, "Новый", "Сотрудник", fields));
    portal.tell("ONUSERADD", { ID: String(id) }, 1);
    return id;
  },
  addStage(category, name, code) {
    const { state } = portal;
    const entity = category === 0 ? "DEAL_STAGE" : `DEAL_STAGE_${category}`;
    const id = code ?? `${category === 0 ? "" : `C${category}:`}UC_${portal.nextId().toString(36).toUpperCase().padStart(6, "0")}`;
    const sort = state.statuses.filter((one) => one.ENTITY_ID === entity && one.SEMANTICS === null).length;
    const added: Status = {
      ...statusOf(portal.nextId(), entity, category === 0 ? null : String(category), id, name, undefined, sort),
      SYSTEM: "N",
    };
    state.statuses.push({ ...added, SORT: String(sort * 10 + 5) });
    return id;
  },
  removeStage(statusId) {
    portal.state.statuses = portal.state.statuses.filter((one) => one.STATUS_ID !== statusId || one.ENTITY_ID === "SOURCE");
  },
  setMode(mode) {
    portal.state.mode = mode;
  },
  addUserField: (entity, draft) => makeUserField(portal, typeIdOf(entity) ?? 2, draft).code,
  editByHand: (entityTypeId, id, fields, userId = 7) => void updateItem({ portal, userId }, entityTypeId, id, fields),
});

/** Whoever adds a field: by hand, or by `crm.deal.userfield.add`. */
export function makeUserField(portal: Portal, entityTypeId: EntityTypeId, draft: UserFieldDraft): UserField {
  const name = draft.FIELD_NAME.toUpperCase();
  const code = name.startsWith("UF_CRM_") ? name : `UF_CRM_${name}`;
  const list = (draft.LIST ?? []).map((VALUE, index) => ({
    ID: String(portal.nextId()),
    VALUE,
    SORT: String((index + 1) * 10),
    DEF: "N" as const,
  }));
  const made: UserField = {
    ...{ id: portal.nextId(), entityTypeId, code, camel: camelOf(code), type: draft.USER_TYPE_ID, multiple: draft.MULTIPLE ?? false },
    ...{ label: draft.LABEL ?? draft.FIELD_NAME, list },
  };
  portal.state.userFields.push(made);
  return made;
}

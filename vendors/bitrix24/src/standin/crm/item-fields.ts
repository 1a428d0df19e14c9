import type { EntityTypeId, State, UserField } from "../portal.ts";

/** Which fields items have: api-reference/crm/universal/object-fields. */
export interface Field {
  readonly name: string;
  readonly type: string;
  readonly upper: string;
  readonly readOnly: boolean;
  /** Comes in answers, and `crm.item.fields` is silent about it. */
  readonly hidden: boolean;
  readonly multiple: boolean;
  readonly userField?: UserField;
}

/** `name type flags`: `!` may not be written, `.` is only in answers, `[]` is a list. */
const common = `
id integer !|createdTime datetime !|dateCreateShort datetime .|updatedTime datetime !|dateModifyShort datetime .|createdBy user !|updatedBy user !|assignedById user
opened boolean|webformId crm_webform|originatorId string|originId string|sourceId crm_status|sourceDescription text|comments text|observers user []
lastActivityBy user|lastActivityTime datetime|lastCommunicationTime string !|searchContent text .
utmSource string|utmMedium string|utmCampaign string|utmContent string|utmTerm string`;

const money = `
opportunity double|isManualOpportunity boolean|currencyId crm_currency|companyId crm_company|contactId crm_contact|contactIds crm_contact []
stageId crm_status|stageSemanticId string !|movedBy user !|movedTime datetime !|isReturnCustomer boolean !|productId string .`;

const person =
  "honorific crm_status|name string|secondName string|lastName string|shortName string .|birthdate date|post string|address text .|login string .";

const reached = `
hasPhone boolean !|hasEmail boolean !|hasImol boolean !|phone string .|phoneMobile string .|phoneWork string .|phoneMailing string .
email string .|emailHome string .|emailWork string .|emailMailing string .|imol string .`;

const own: Readonly<Record<EntityTypeId, string>> = {
  1: `title string|${person}|companyTitle string|statusDescription text|isConvert boolean .|dateClosed datetime !|skype string .|icq string .|${money}|${reached}`,
  2: `title string|typeId crm_status|categoryId crm_category|previousStageId crm_status !|leadId crm_lead|quoteId crm_quote|isNew boolean !|isRecurring boolean
isRepeatedApproach boolean !|closed boolean !|taxValue double|probability integer|begindate date|begindateShort datetime .|closedate date|closedateShort datetime .
eventDate datetime .|eventDateShort datetime .|eventId crm_status .|eventDescription text .|locationId location|additionalInfo string|orderStage string .
isWork boolean .|isWon boolean .|isLose boolean .|receivedAmount integer .|lostAmount integer .|hasProducts boolean .|mycompanyId crm_company|${money}`,
  3: `${person}|photo file|typeId crm_status|categoryId crm_category|export boolean|companyId crm_company|companyIds crm_company []|leadId crm_lead|originVersion string|${reached}`,
  4: `title string|logo file|typeId crm_status|categoryId crm_category|industry crm_status|employees crm_status|revenue double|currencyId crm_currency|bankingDetails string
isMyCompany boolean|leadId crm_lead|originVersion string|address text .|addressLegal text .|contactIds crm_contact []|${reached}`,
};

const classicNames: Readonly<Record<string, string>> = {
  createdTime: "DATE_CREATE",
  updatedTime: "DATE_MODIFY",
  createdBy: "CREATED_BY_ID",
  updatedBy: "MODIFY_BY_ID",
  movedBy: "MOVED_BY_ID",
  mycompanyId: "MYCOMPANY_ID",
};

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

const tables = new Map<EntityTypeId, readonly Field[]>(
  ([1, 2, 3, 4] as const).map((id) => [
    id,
    `${common}|${own[id]}`
      .split(/[|\n]+/)
      .filter(Boolean)
      .map(readField),
  ]),
);

function readField(line: string): Field {
  const [name = "", type = "", flags = ""] = line.split(" ");
  return { name, type, upper: snake(name), readOnly: flags === "!" || flags === ".", hidden: flags === ".", multiple: flags === "[]" };
}

/** The fields of a type, the user's own last. */
export function fieldsOf(state: State, entityTypeId: EntityTypeId): Field[] {
  const users = state.userFields.filter((one) => one.entityTypeId === entityTypeId).map(ofUserField);
  return [...(tables.get(entityTypeId) ?? []), ...users];
}

const ofUserField = (userField: UserField): Field => ({
  ...{ name: userField.camel, type: userField.type, upper: userField.code, readOnly: false, hidden: false },
  ...{ multiple: userField.multiple, userField },
});

/** What the classic methods call it. A lead's stage is its status, a company's type has its own name. */
export function classicName(field: Field, entityTypeId: EntityTypeId): string {
  if (field.userField) return field.upper;
  if (entityTypeId === 1 && field.name === "stageId") return "STATUS_ID";
  if (entityTypeId === 1 && field.name === "stageSemanticId") return "STATUS_SEMANTIC_ID";
  if (entityTypeId === 4 && field.name === "typeId") return "COMPANY_TYPE";
  return classicNames[field.name] ?? field.upper;
}

/**
 * `UF_CRM_1747309879` is `ufCrm_1747309879`, `UF_CRM_3_DIGIT` is `ufCrm3Digit`; where that could not be turned back, the rest stays as it is.
 * Source: api-reference/crm/universal/index, "Особенности имен полей".
 */
export function camelOf(code: string): string {
  const rest = code.slice("UF_CRM_".length);
  if (/^\d+_\d+$/.test(rest)) return `ufCrm${rest}`;
  if (!/^(\d+_)?[A-Z]+(_[A-Z]+)*$/.test(rest)) return `ufCrm_${rest}`;
  return `ufCrm${rest
    .split("_")
    .map((part) => part.charAt(0) + part.slice(1).toLowerCase())
    .join("")}`;
}

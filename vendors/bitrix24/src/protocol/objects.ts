/** Objects of the CRM and how they are named in each place. Source: api-reference/crm/data-types */

export const objectTypes = { lead: 1, deal: 2, contact: 3, company: 4 } as const;
export type ObjectName = keyof typeof objectTypes;
export type ObjectType = (typeof objectTypes)[ObjectName];

/** In links of tasks and in links of one object to another: `D_15`. */
export const shortCodes: Readonly<Record<ObjectName, string>> = { lead: "L", deal: "D", contact: "C", company: "CO" };

/** An object as `crm.item.*` gives it: names in camelCase, values of their types. What an application may not see is absent. */
export interface Item {
  readonly id: number;
  readonly title?: string | null;
  readonly name?: string | null;
  readonly secondName?: string | null;
  readonly lastName?: string | null;
  readonly post?: string | null;
  readonly categoryId?: number | null;
  readonly stageId?: string | null;
  readonly opportunity?: number | null;
  readonly currencyId?: string | null;
  readonly assignedById?: number | null;
  readonly contactId?: number | null;
  readonly contactIds?: readonly number[] | null;
  readonly companyId?: number | null;
  readonly sourceId?: string | null;
  readonly originatorId?: string | null;
  readonly originId?: string | null;
  /** ISO 8601 with the portal's offset. */
  readonly createdTime?: string | null;
  readonly updatedTime?: string | null;
  readonly createdBy?: number | null;
  readonly updatedBy?: number | null;
  /** Phones, e-mails, sites and messengers, when all fields were asked for. */
  readonly fm?: readonly MultiField[];
  readonly [name: string]: unknown;
}

export interface MultiField {
  readonly id: number;
  readonly typeId: "PHONE" | "EMAIL" | "WEB" | "IM" | "LINK" | (string & {});
  readonly valueType: string;
  readonly value: string;
}

/** Undefined for what is no object of the CRM. */
export function readItem(raw: unknown): Item | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const { id, fm } = raw as { readonly id?: unknown; readonly fm?: unknown };
  const number = Number(id);
  if (!Number.isSafeInteger(number) || number <= 0) return undefined;
  return { ...raw, id: number, ...(fm !== undefined && { fm: readMultiFields(fm) }) };
}

/** A list; or a map by anything, as PHP writes one with gaps. */
function readMultiFields(raw: unknown): MultiField[] {
  if (typeof raw !== "object" || raw === null) return [];
  return Object.values(raw).flatMap((one: unknown) => {
    const { id, typeId, valueType, value } = (one ?? {}) as Readonly<Record<string, unknown>>;
    return typeof typeId === "string" && (typeof value === "string" || typeof value === "number")
      ? [{ id: Number(id), typeId, valueType: String(valueType ?? ""), value: String(value) }]
      : [];
  });
}

import type { Directory, DirectoryField, Kit, RecordId } from "@svyazka/core";

/** What one side knows of a record, in the words of the wire: what both have agreed on is kept with the link, so that nothing is sent back to whom it came from. */

export type EntityKind = "contact" | "company" | "deal";

/** What a base declared it takes (2.7): ids of fields of the CRM, and which one of them holds the INN. */
export interface Declared {
  readonly fields: readonly string[];
  readonly inn?: string;
  /** Keys as they were sent, those that are not understood among them (A8). */
  readonly keys: Readonly<Record<string, unknown>>;
}
const nothing: Declared = { fields: [], keys: {} };

export const declaredIn = async ({ store }: Pick<Kit, "store">, kind: EntityKind): Promise<Declared> =>
  (await store.get<Declared>("declared", kind)) ?? nothing;

const soonMs = 5_000;
const declaredSoon = new WeakMap<object, Map<EntityKind, { readonly declared: Promise<Declared>; readonly until: number }>>();

/** The same, as it was a few seconds ago at most: for what is compared later, and costs no more than a request when it was wrong. */
export function declaredLately(kit: Pick<Kit, "store" | "now">, kind: EntityKind): Promise<Declared> {
  const known = declaredSoon.get(kit) ?? new Map();
  declaredSoon.set(kit, known);
  const now = kit.now().getTime();
  const before = known.get(kind);
  if (before && before.until > now) return before.declared;
  const declared = declaredIn(kit, kind);
  known.set(kind, { declared, until: now + soonMs });
  declared.catch(() => known.delete(kind));
  return declared;
}

export type Payload = Readonly<Record<string, string>>;

interface Held {
  readonly name: string;
  readonly responsible?: RecordId;
  readonly fields: Readonly<Record<string, string>>;
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
  readonly inn?: string;
}

/** What is told to 1C of a record. */
export function payloadOf(
  kind: EntityKind,
  record: Held,
  declared: Declared,
  directory: Directory,
  defaultUser: string | undefined,
): Payload {
  const responsible = record.responsible ?? defaultUser ?? directory.users.find(({ active }) => active)?.id ?? "0";
  const inn = record.inn ?? valueOfField(record, declared.inn, kind, directory);
  return {
    ...{ name: record.name, responsible_user_id: responsible },
    ...(kind === "contact" && { phone: (record.phones ?? []).join(", "), email: (record.emails ?? []).join(", ") }),
    ...(kind === "company" && { inn: inn ?? "" }),
    ...Object.fromEntries(declared.fields.map((id) => [`p_${id}`, valueOfField(record, id, kind, directory) ?? ""])),
  };
}

export const fieldsOfKind = (kind: EntityKind, { fields }: Directory): readonly DirectoryField[] => fields[kind];

export const fieldWith = (kind: EntityKind, id: string, directory: Directory): DirectoryField | undefined =>
  fieldsOfKind(kind, directory).find((field) => field.id === id);

function valueOfField({ fields }: Held, id: string | undefined, kind: EntityKind, directory: Directory): string | undefined {
  const field = id === undefined ? undefined : fieldWith(kind, id, directory);
  return field && fields[field.code];
}

/** Whether all of it is agreed on already. */
export const isAgreed = (payload: Payload, known: Payload | undefined): boolean =>
  known !== undefined && Object.entries(payload).every(([name, value]) => known[name] === value);

import type { Company, Contact, EntityType, FieldProblem, Lead } from "../protocol.ts";
import { fieldProblem } from "../protocol.ts";
import type { Account, CompanyDraft, ContactDraft, LeadDraft, TagDraft } from "./account.ts";
import { fieldValues, readFieldValues } from "./field-drafts.ts";
import { anything, flag, int, list, moment, nullable, number, object, type ReadBy, type Shape, text } from "./shape.ts";

/** What callers send of leads, contacts and companies. */

export interface Items {
  readonly leads: Lead;
  readonly contacts: Contact;
  readonly companies: Company;
}
export interface Drafts {
  readonly leads: LeadDraft;
  readonly contacts: ContactDraft;
  readonly companies: CompanyDraft;
}

const tag = object({ id: int(1), name: nullable(text(255)), color: anything });
const tags = list(tag);
export const reference = object({ id: int(1), is_main: flag });

/** Clients that change what they have read send these back as they were. */
const asRead = {
  account_id: anything,
  group_id: anything,
  is_deleted: anything,
  closest_task_at: anything,
  is_unsorted: anything,
  score: anything,
  labor_cost: anything,
  source_id: anything,
  is_price_modified_by_robot: anything,
};

const common = {
  id: int(1),
  name: text(255),
  responsible_user_id: int(0),
  created_by: int(0),
  updated_by: int(0),
  created_at: moment,
  updated_at: moment,
  custom_fields_values: fieldValues,
  tags_to_add: tags,
  tags_to_delete: tags,
  request_id: anything,
  is_need_to_trigger_digital_pipeline: anything,
  ...asRead,
};

const lead = object({
  ...common,
  name: nullable(text(255)),
  price: nullable(int(0)),
  status_id: int(1),
  pipeline_id: int(1),
  loss_reason_id: nullable(int(1)),
  closed_at: nullable(moment),
  visitor_uid: nullable(text(255)),
  _embedded: object({
    tags: nullable(tags),
    contacts: list(reference, 100),
    companies: list(reference, 1),
    source: nullable(object({ external_id: text(40, 1), type: text(40), id: anything, name: anything })),
    loss_reason: anything,
    catalog_elements: anything,
    metadata: anything,
    customers: anything,
  }),
});
const contact = object({
  ...common,
  first_name: nullable(text(255)),
  last_name: nullable(text(255)),
  _embedded: object({
    tags: nullable(tags),
    companies: list(reference, 1),
    leads: list(reference),
    contacts: anything,
    customers: anything,
    catalog_elements: anything,
  }),
});
const company = object({
  ...common,
  _embedded: object({
    tags: nullable(tags),
    contacts: list(reference),
    leads: list(reference),
    companies: anything,
    customers: anything,
    catalog_elements: anything,
  }),
});
/** Digits after the point are cut off: amoCRM keeps whole units. */
export const price = nullable(number);

const shapes = { leads: lead, contacts: contact, companies: company } as const satisfies Record<EntityType, Shape<unknown>>;
type Sent = ReadBy<typeof lead> & ReadBy<typeof contact> & ReadBy<typeof company>;

/** Reads one item, with the fields it names; `id` is of a change. Undefined when something is wrong. */
export async function readDraft<K extends EntityType>(
  account: Account,
  of: K,
  sent: unknown,
  problems: FieldProblem[],
): Promise<(Drafts[K] & { readonly id?: number }) | undefined> {
  const before = problems.length;
  const item = shapes[of](sent, "", problems) as Sent | undefined;
  if (!item) return undefined;
  const fields = await readFieldValues(account, of, item.custom_fields_values, "custom_fields_values", problems);
  const { id, name, responsible_user_id, created_by, updated_by, created_at, updated_at, _embedded: embedded } = item;
  const stamps = defined({ created_by, updated_by, created_at, updated_at });
  const tagging = defined({
    tags:
      embedded?.tags === undefined
        ? undefined
        : (embedded.tags?.flatMap((one, index) => tagOf(one, `_embedded.tags.${index}`, problems)) ?? null),
    tags_to_add: item.tags_to_add?.flatMap((one, index) => tagOf(one, `tags_to_add.${index}`, problems)),
    tags_to_delete: item.tags_to_delete?.flatMap((one, index) => tagOf(one, `tags_to_delete.${index}`, problems)),
  });
  const draft = {
    ...defined({ id, name: name ?? undefined, responsible_user_id: responsible_user_id === 0 ? undefined : responsible_user_id, fields }),
    ...stamps,
    ...tagging,
    ...own[of](item),
  };
  return problems.length === before ? (draft as unknown as Drafts[K] & { readonly id?: number }) : undefined;
}

const own: Readonly<Record<EntityType, (item: Sent) => object>> = {
  leads: ({ price, status_id, pipeline_id, loss_reason_id, closed_at, _embedded: embedded }) =>
    defined({
      ...{ price, status_id, pipeline_id, loss_reason_id, closed_at },
      source: embedded?.source?.external_id === undefined ? undefined : { external_id: embedded.source.external_id },
      contacts: embedded?.contacts as unknown,
      companies: embedded?.companies as unknown,
    }),
  contacts: ({ first_name, last_name, _embedded: embedded }) =>
    defined({
      first_name: first_name ?? undefined,
      last_name: last_name ?? undefined,
      companies: embedded?.companies as unknown,
      leads: embedded?.leads as unknown,
    }),
  companies: ({ _embedded: embedded }) => defined({ contacts: embedded?.contacts as unknown, leads: embedded?.leads as unknown }),
};

function tagOf({ id, name }: ReadBy<typeof tag>, path: string, problems: FieldProblem[]): TagDraft[] {
  if (id !== undefined) return [{ id }];
  if (name != null && name.trim() !== "") return [{ name: name.trim() }];
  problems.push(fieldProblem("FieldMissing", `${path}.name`));
  return [];
}

const defined = <T extends object>(members: T): Partial<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Partial<T>;

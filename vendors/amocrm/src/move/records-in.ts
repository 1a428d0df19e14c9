import type { MoveFinding, MoveKind, OwnCrm, OwnRecords } from "@svyazka/core";
import type { FieldDraft } from "../api/account.ts";
import { fieldValues, readFieldValues } from "../api/field-drafts.ts";
import type { EntityType, FieldProblem } from "../protocol.ts";
import { recordDrafts } from "../served/pen.ts";
import { type Brought, bringPage, writeWhatFits } from "./brought.ts";
import { type Ground, passageIn, said } from "./ground.ts";
import { type Here, perPage, readHere } from "./here.ts";
import { type Items, passRecord } from "./local.ts";
import { optionsOf, sourcesOf, usersOf } from "./strangers.ts";

/** Leads, contacts and companies become deals, contacts and companies, with what ties them. */

export const kindOf: Readonly<Record<EntityType, MoveKind>> = { leads: "deal", contacts: "contact", companies: "company" };

type AnyRecords = OwnRecords<
  { readonly id: number; readonly createdAt: Date; readonly updatedAt: Date; readonly deletedAt: Date | null },
  object,
  { readonly limit: number; readonly ids?: readonly number[]; readonly deleted?: boolean; readonly sort?: string }
>;
const recordsOf = (crm: OwnCrm, of: EntityType): AnyRecords =>
  (of === "leads" ? crm.deals : of === "contacts" ? crm.contacts : crm.companies) as unknown as AnyRecords;

/** One page of theirs. */
export async function recordsIn<K extends EntityType>(ground: Ground, of: K, items: readonly Items[K][]): Promise<MoveFinding[]> {
  if (items.length === 0) return [];
  const found = await usersOf(ground, items);
  await optionsOf(ground, of, items);
  if (of === "leads") await sourcesOf(ground, items as readonly Items["leads"][]);
  const here = await readHere(ground.crm, ground.workspace, ground.kit);
  const present = of === "companies" ? nobody : await whoIsHere(ground, items as readonly Items["leads"][]);
  const brought: Brought<Items[K]> = {
    ...{ kind: kindOf[of], idKind: of },
    here: async (ids) => (await recordsOf(ground.crm, of).list({ ids, limit: perPage, deleted: true })).items,
    freeId: async () => ((await recordsOf(ground.crm, of).list({ limit: 1, sort: "-id", deleted: true })).items[0]?.id ?? 0) + 1,
    async create(crm, id, item, told) {
      const draft = { name: "", ...(await draftOf(ground, here, crm, of, item, present, told)), id };
      await writeWhatFits({ kind: kindOf[of], id: item.id, found: told }, draft, (fit) => recordsOf(crm, of).create(fit));
    },
    async update(crm, id, item, told) {
      const draft = await draftOf(ground, here, crm, of, item, present, told);
      await writeWhatFits({ kind: kindOf[of], id: item.id, found: told }, draft, (fit) => recordsOf(crm, of).update(id, fit));
    },
  };
  return [...found, ...(await bringPage(ground, items, brought))];
}

interface Present {
  readonly contacts: ReadonlySet<number>;
  readonly companies: ReadonlySet<number>;
}
const nobody: Present = { contacts: new Set(), companies: new Set() };

/** Those that records are tied to and that are here. What amoCRM hides until somebody takes it (contacts of unsorted leads) is asked for by its id. */
async function whoIsHere(ground: Ground, items: readonly Pick<Items["leads"], "_embedded">[]): Promise<Present> {
  const named = {
    contacts: items.flatMap(({ _embedded }) => (_embedded.contacts ?? []).map(({ id }) => id)),
    companies: items.flatMap(({ _embedded }) => (_embedded.companies ?? []).map(({ id }) => id)),
  };
  return {
    companies: await present(ground, "companies", named.companies),
    contacts: await present(ground, "contacts", named.contacts),
  };
}

/** Theirs, as far as they are here. */
export async function present(ground: Ground, of: "companies" | "contacts", named: readonly number[]): Promise<ReadonlySet<number>> {
  const ids = [...new Set(named)];
  const all = new Set<number>();
  for (let at = 0; at < ids.length; at += perPage) {
    const some = ids.slice(at, at + perPage);
    for (const id of await areHere(ground, of, some)) all.add(id);
    const missing = some.filter((id) => !all.has(id));
    if (missing.length === 0) continue;
    const { items } = await ground.amo[of].page({ filter: { id: missing }, limit: perPage });
    await recordsIn(ground, of, items as never);
    for (const id of await areHere(ground, of, missing)) all.add(id);
  }
  return all;
}

async function areHere({ crm, ids }: Ground, of: EntityType, theirs: readonly number[]): Promise<number[]> {
  const wanted = new Map(theirs.map((id) => [ids.get(of, id) ?? id, id]));
  const { items } = await recordsOf(crm, of).list({ ids: [...wanted.keys()], limit: perPage });
  return items.flatMap(({ id }) => wanted.get(id) ?? []);
}

async function draftOf<K extends EntityType>(
  ground: Ground,
  here: Here,
  crm: OwnCrm,
  of: K,
  item: Items[K],
  { contacts, companies }: Present,
  told: MoveFinding[],
): Promise<object> {
  const passage = passageIn(ground);
  const passed = passRecord(of, item, passage) as Items["leads"] & Items["contacts"];
  const refuse = (member: string, there: unknown, words: string): void => {
    told.push({ what: "refused", kind: kindOf[of], id: String(item.id), member, there: String(there), words: said(words) });
  };
  const tied = <R extends { readonly id: number }>(member: "contacts" | "companies", refs: readonly R[] | undefined): readonly R[] => {
    const own = new Set([...(member === "contacts" ? contacts : companies)].map((id) => passage.to(member, id)));
    for (const { id } of refs ?? []) if (!own.has(id)) refuse(member, id, `there is no record ${id}`);
    return (refs ?? []).filter(({ id }) => own.has(id));
  };
  const { id: _, _embedded: embedded, responsible_user_id, ...rest } = passed;
  const draft = {
    ...rest,
    name: passed.name ?? "",
    ...(responsible_user_id !== 0 && { responsible_user_id }),
    fields: await fieldsOf(here, of, passed, refuse),
    tags: embedded.tags,
  };
  const drafts = recordDrafts(crm, here.scene);
  const responsible = responsible_user_id === 0 && { responsible: null };
  if (of === "companies") return { ...drafts.companyDraft(draft), ...responsible };
  const company = { companies: tied("companies", embedded.companies) };
  if (of === "contacts") {
    const { first_name, last_name } = passed;
    return { ...drafts.contactDraft({ ...draft, first_name: first_name ?? "", last_name: last_name ?? "", ...company }), ...responsible };
  }
  const { source_id, source: __, ...lead } = { ...draft, source: undefined };
  const deal = await drafts.dealDraft(
    { ...lead, price: lead.price ?? 0, ...company, contacts: tied("contacts", embedded.contacts) },
    lead.pipeline_id,
  );
  return { ...deal, ...responsible, ...(source_id != null && { source: source_id }) };
}

/** What is in them, checked against the fields that are here. */
async function fieldsOf(
  { account }: Here,
  of: EntityType,
  { custom_fields_values }: Pick<Items["leads"], "custom_fields_values">,
  refuse: (member: string, there: unknown, words: string) => void,
): Promise<FieldDraft[]> {
  const sent = (custom_fields_values ?? []).map(({ field_id, values }) => ({ field_id, values: values ?? [] }));
  const problems: FieldProblem[] = [];
  const read = fieldValues(sent, "custom_fields_values", problems);
  const fields = (await readFieldValues(account, of, read, "custom_fields_values", problems)) ?? [];
  for (const { path, detail } of problems) {
    const { field_id, values } = sent[Number(path.split(".")[1])] ?? {};
    refuse(`custom_fields_values.${field_id}`, JSON.stringify(values), detail);
  }
  return fields;
}

import { Invalid, type MoveFinding, type OwnCrm, type OwnFieldChanges, type OwnFieldDraft, type OwnFieldOptionDraft } from "@svyazka/core";
import type { CustomField, EntityType } from "../protocol.ts";
import { fieldDraft, isChoiceHere, isKnownField, ownEntity } from "../served/fields.ts";
import type { HeldField } from "../served/values.ts";
import { type Ground, isUntouched, passageIn, said } from "./ground.ts";
import { passField } from "./local.ts";

/** Custom fields under their ids, with their options; and what every record has by itself. */
export async function fieldsIn(ground: Ground, of: EntityType, found: MoveFinding[]): Promise<void> {
  const { crm, theirs, began } = ground;
  await knownIn(ground, of);
  for (const field of await crm.fields.list({ entity: ownEntity[of] })) if (isUntouched(field, began)) await crm.fields.remove(field.id);
  for (const field of theirs.fields[of]) {
    if (isKnownField(of, field)) continue;
    try {
      await fieldIn(ground, homeOf(crm, of), field);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      found.push({ what: "refused", kind: "field", id: String(field.id), there: field.name, words: said(error.message) });
    }
  }
}

/** As they are there. Ids that nobody here has used yet give way to theirs. */
async function knownIn({ crm, theirs, ids, began }: Ground, of: EntityType): Promise<void> {
  const entity = ownEntity[of];
  const fields = theirs.fields[of].filter((field) => isKnownField(of, field));
  const wanted = fields.map(({ id, code, name, enums }) => ({
    ...{ id, code: code ?? "", name },
    ...(enums && enums.length > 0 && { options: enums.map((one) => ({ id: one.id, code: one.value })) }),
  }));
  if (wanted.length === 0) return;
  const make = () =>
    crm.fields.known(entity, wanted).catch((error: unknown) => {
      // A custom field has one of these ids.
      if (!(error instanceof Invalid)) throw error;
      return crm.fields.known(
        entity,
        wanted.map(({ id: _, options, ...one }) => ({ ...one, ...(options && { options: options.map(({ code }) => ({ code })) }) })),
      );
    });
  let known = await make();
  const isTheirs = (own: (typeof known)[number], index: number): boolean =>
    own.id === wanted[index]?.id &&
    (wanted[index]?.options ?? []).every(({ id, code }) => own.options.some((one) => one.id === id && one.code === code));
  if (began.isEmpty && !known.every(isTheirs)) {
    await crm.fields.forgetKnown(entity);
    known = await make();
  }
  for (const [index, own] of known.entries()) {
    const field = fields[index];
    if (!field) continue;
    const { sort, is_api_only, group_id, required_statuses, is_deletable, is_predefined, remind, settings, currency } = field;
    const served = { sort, is_api_only, group_id, required_statuses, is_deletable, is_predefined, remind, settings, currency };
    await crm.fields.updateKnown(own.id, { name: field.name, served: JSON.parse(JSON.stringify(served)) });
    await ids.keep("field", [[field.id, own.id]]);
    await ids.keep(
      "option",
      (field.enums ?? []).flatMap((one): [number, number][] => {
        const option = own.options.find(({ code }) => code === one.value);
        return option ? [[one.id, option.id]] : [];
      }),
    );
  }
}

/** Whose fields they are: of a kind of records, or of one catalog. */
export interface FieldHome {
  list(): Promise<readonly HeldField[]>;
  create(draft: Omit<OwnFieldDraft, "entity">): Promise<HeldField>;
  update(id: number, changes: OwnFieldChanges): Promise<HeldField>;
}
const homeOf = ({ fields }: OwnCrm, of: EntityType): FieldHome => ({
  list: () => fields.list({ entity: ownEntity[of] }),
  create: (draft) => fields.create({ ...draft, entity: ownEntity[of] }),
  update: (id, changes) => fields.update(id, changes),
});

/** One of theirs becomes one of ours, or what it is to be by now. */
export async function fieldIn(ground: Ground, home: FieldHome, field: CustomField): Promise<void> {
  const { ids } = ground;
  const here = await home.list();
  const known = ids.get("field", field.id);
  const row =
    known === undefined
      ? (here.find(({ id, name }) => id === field.id && name === field.name) ??
        here.find(({ code }) => field.code && code.toLowerCase() === field.code.toLowerCase()))
      : here.find(({ id }) => id === known);
  const kept = row ? await change(ground, home, field, row) : await create(ground, home, field);
  await ids.keep("field", [[field.id, kept.id]]);
  await ids.keep(
    "option",
    optionsOf(field).flatMap((one): [number, number][] => {
      const option = kept.options.find(({ id }) => id === one.id) ?? kept.options.find(({ value }) => value === one.value);
      return option ? [[one.id, option.id]] : [];
    }),
  );
}

/** What our CRM keeps of it beside what it knows. */
function draftOf(ground: Ground, field: CustomField, before?: HeldField) {
  const passed = passField(field, passageIn(ground));
  const { name, type, code, sort, is_api_only, group_id, required_statuses, remind, currency, settings } = passed;
  const isChoice = isChoiceHere(type);
  const draft = fieldDraft(
    { ...{ name, type, code, sort, is_api_only, group_id, required_statuses, remind, settings }, ...(currency != null && { currency }) },
    before,
  );
  const { is_deletable, is_predefined, enums } = field;
  return {
    ...draft,
    served: { ...draft.served, is_deletable, is_predefined, ...(!isChoice && enums && enums.length > 0 && { enums }) },
  };
}

interface Option {
  readonly id: number;
  readonly value: string;
  readonly code?: string;
}

/** In order. No two are the same here. */
function optionsOf({ type, enums }: CustomField): Option[] {
  if (!isChoiceHere(type)) return [];
  const seen = new Set<string>();
  return [...(enums ?? [])]
    .sort((one, other) => one.sort - other.sort)
    .map(({ id, value, code }) => {
      let text = value;
      for (let count = 2; seen.has(text.toLowerCase()); count++) text = `${value} (${count})`;
      seen.add(text.toLowerCase());
      return { id, value: text, ...(code && { code }) };
    });
}

/** One with options has at least one here. */
const noOption: OwnFieldOptionDraft = { value: "—" };

async function create(ground: Ground, home: FieldHome, field: CustomField): Promise<HeldField> {
  const draft = { ...draftOf(ground, field), name: field.name || `№ ${field.id}` };
  const options = optionsOf(field);
  const chosen = (brought: readonly OwnFieldOptionDraft[]) =>
    isChoiceHere(field.type) ? { options: brought.length > 0 ? brought : [noOption] } : {};
  try {
    return await home.create({ ...draft, id: field.id, ...chosen(options) });
  } catch (error) {
    if (!(error instanceof Invalid) || !("id" in error.fields || "options" in error.fields)) throw error;
    return home.create({ ...draft, ...chosen(options.map(({ id: _, ...option }) => option)) });
  }
}

async function change(ground: Ground, home: FieldHome, field: CustomField, row: HeldField): Promise<HeldField> {
  const { ids } = ground;
  const { type, code: _, ...draft } = draftOf(ground, field, row);
  const options = optionsOf(field).map((option): OwnFieldOptionDraft => {
    const id = ids.get("option", option.id) ?? option.id;
    const isThere = row.options.some((one) => one.id === id);
    const sameText = row.options.find(({ value }) => value.toLowerCase() === option.value.toLowerCase());
    return isThere || !sameText ? { ...option, id, ...(!isThere && { isNew: true }) } : { ...option, id: sameText.id };
  });
  const isChoice = type === "select" || type === "multiselect";
  return home.update(row.id, { ...draft, ...(isChoice && { options: options.length > 0 ? options : [noOption] }) });
}

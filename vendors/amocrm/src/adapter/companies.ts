import { type Crm, findCompanyIn, gone, type Load, leftoverWords, type RecordId, readEmail, type Saved } from "@svyazka/core";
import { type CompanyDraft as Draft, type FieldDraft, fieldDraft, fieldOf, fieldTexts } from "../client.ts";
import type { Company, CustomField } from "../protocol.ts";
import { addLeftovers } from "./entries.ts";
import { checkUser, type Ground, markOwn, missing, secondsNow, userThere } from "./ground.ts";
import { idOf, once } from "./once.ts";
import { companyEntry, innFieldOf } from "./people.ts";
import type { Setup } from "./setup.ts";
import { channel, placeValues } from "./values.ts";

type Given = Parameters<Crm["saveCompany"]>[0];

export function companiesIn(ground: Ground, load: Pick<Load, "isWhole">): Pick<Crm, "findCompany" | "saveCompany"> {
  const { amo, kit, account, setups } = ground;
  const { workspace } = account;
  const chosenInn = account.settings.inn_field;
  const entryOf = (company: Company, setup: Setup) => companyEntry(company, setup, workspace, chosenInn);

  async function lookThere({ name, inn }: Parameters<Crm["findCompany"]>[0]): Promise<boolean> {
    const setup = await setups.get();
    const { items } = await amo.companies.page({ query: inn ?? name ?? "" });
    await kit.book.save(items.filter(({ is_deleted }) => !is_deleted).map((company) => entryOf(company, setup)));
    return items.length > 0;
  }

  async function saveCompany(draft: Given): Promise<Saved> {
    const id = draft.id === undefined ? await add(draft) : await complete(draft, draft.id);
    const { leftovers } = valuesOf(draft, await setups.get(), undefined);
    await addLeftovers(ground, { company: id }, draft.key, leftovers);
    return { id };
  }

  const add = (draft: Given): Promise<RecordId> =>
    once(kit, draft.key, {
      kind: "company",
      async twins(since) {
        const { items } = await amo.companies.page({ order: { id: "desc" } });
        const made = items.filter(({ name, created_at, is_deleted }) => name === (draft.name ?? "") && created_at >= since && !is_deleted);
        const setup = await setups.get();
        await kit.book.save(made.map((company) => entryOf(company, setup)));
        return made.map(({ id }) => id);
      },
      async make() {
        const setup = await setups.get();
        const responsible = userThere(ground, draft.responsible);
        const author = userThere(ground, draft.author);
        await checkUser(ground, "user", responsible);
        await checkUser(ground, "author", author);
        const { drafts } = valuesOf(draft, setup, undefined);
        const now = secondsNow(ground);
        const { id } = await amo.companies.create({
          name: draft.name ?? "",
          ...(responsible !== undefined && { responsible_user_id: responsible }),
          ...(author !== undefined && { created_by: author }),
          ...{ created_at: now, updated_at: now },
          ...(drafts.length > 0 && { custom_fields_values: drafts }),
        });
        await markOwn(ground, "company", id, now);
        await kit.book.save([
          {
            ...{ kind: "company", id: String(id), name: draft.name ?? "" },
            phones: draft.phones.flatMap(({ e164, tollFree }) => (e164 === undefined || tollFree ? [] : [e164])),
            emails: draft.emails.flatMap((email) => readEmail(email) ?? []),
            ...(draft.inn !== undefined && innFieldOf(setup, chosenInn) && { inn: draft.inn }),
            responsible: String(responsible ?? setup.me),
            // Whatever amoCRM tells of it from now on is later, whosever clock is right.
            changedAt: new Date(0),
          },
        ]);
        await kit.book.touch("company", String(id));
        return String(id);
      },
    });

  const complete = async (draft: Given, id: RecordId): Promise<RecordId> => {
    const number = idOf("company", id);
    await kit.exclusively([`company ${id}`], () =>
      once(kit, draft.key, {
        kind: "change",
        async make() {
          const setup = await setups.get();
          const responsible = userThere(ground, draft.responsible);
          await checkUser(ground, "user", responsible);
          const before = await amo.companies.get(number).catch(async (error: unknown) => {
            throw await missing(kit.book, "company", id, error);
          });
          if (before.is_deleted) throw await gone(kit.book, "company", id);
          const { drafts } = valuesOf(draft, setup, before);
          const change: Draft = {
            ...((draft.replaces || before.name.trim() === "") && draft.name && draft.name !== before.name && { name: draft.name }),
            ...(responsible !== undefined &&
              (draft.replaces ? before.responsible_user_id !== responsible : before.responsible_user_id === 0) && {
                responsible_user_id: responsible,
              }),
            ...(drafts.length > 0 && { custom_fields_values: drafts }),
          };
          if (Object.keys(change).length > 0) {
            const { updated_at } = await amo.companies.update(number, change);
            await markOwn(ground, "company", id, updated_at);
            await kit.book.save([entryOf(await amo.companies.get(number), setup)]);
          }
          return id;
        },
      }),
    );
    return id;
  };

  function valuesOf(draft: Given, setup: Setup, before: Company | undefined) {
    const fields = setup.fields.companies;
    const words = leftoverWords(workspace.language);
    const isEmpty = ({ id }: Pick<CustomField, "id">): boolean => draft.replaces || !before || fieldOf(before, id) === undefined;
    const drafts: FieldDraft[] = [];
    const leftovers: string[] = [];
    const channels: readonly (readonly [string, readonly string[]])[] = [
      ["PHONE", draft.phones.map(({ e164, typed }) => e164 ?? typed)],
      ["EMAIL", draft.emails],
    ];
    for (const [code, values] of channels) {
      const field = fields.find((one) => one.code?.toUpperCase() === code);
      const known = field && before ? fieldTexts(before, field.id).map(({ value }) => value) : [];
      const fresh = values.filter(
        (value) => value !== "" && !known.some((one) => one === value || (readEmail(one) ?? one) === readEmail(value)),
      );
      if (fresh.length === 0) continue;
      if (field)
        drafts.push(
          fieldDraft(
            field.id,
            [...known, ...fresh].map((value) => channel(field, value, "WORK")),
          ),
        );
      else leftovers.push(...fresh);
    }
    const inn = innFieldOf(setup, chosenInn);
    const put = (field: CustomField | undefined, label: string, value: string | undefined) => {
      if (!value) return;
      if (!field) leftovers.push(`${label}: ${value}`);
      else if (isEmpty(field)) drafts.push(fieldDraft(field.id, field.type === "legal_entity" ? { value: legalEntity(draft) } : value));
    };
    put(inn, words.inn, draft.inn);
    if (inn?.type !== "legal_entity") put(named(fields, "KPP", "КПП"), words.kpp, draft.kpp);
    put(named(fields, "WEB"), words.website, draft.website);
    const placed = placeValues(draft.fields ?? {}, fields, workspace);
    drafts.push(...placed.drafts.filter(({ field_id }) => isEmpty({ id: field_id ?? 0 })));
    return { drafts, leftovers: [...leftovers, ...placed.leftovers] };
  }

  return { findCompany: findCompanyIn({ book: kit.book, load, lookThere }), saveCompany };
}

const named = (fields: readonly CustomField[], ...names: readonly string[]): CustomField | undefined =>
  fields.find(({ code }) => names.includes(code?.toUpperCase() ?? "")) ??
  fields.find(({ name }) => names.includes(name.trim().toUpperCase()));

/** Source: crm_platform/custom-fields, `legal_entity`. */
const legalEntity = ({ name, inn, kpp }: Given) => ({ name: name ?? "", entity_type: 2, vat_id: inn, ...(kpp && { kpp }) });

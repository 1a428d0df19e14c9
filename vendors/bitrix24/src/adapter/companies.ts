import { type CompanyDraft, type Crm, findCompanyIn, type Load, leftoverWords, missing, type RecordId, type Saved } from "@svyazka/core";
import { BitrixUnable, type Requisite } from "../client.ts";
import { onceIn } from "../port-errors.ts";
import type { Item } from "../protocol.ts";
import { addLeftovers } from "./entries.ts";
import { type Ground, idOf, workingUser } from "./ground.ts";
import { companyEntry, lackingChannels, originOfKey } from "./people.ts";
import { isEmpty, placeValues } from "./values.ts";
import { bookWritten, noteOwn } from "./written.ts";

export function companiesIn(ground: Ground, load: Pick<Load, "isWhole">): Pick<Crm, "findCompany" | "saveCompany"> {
  const { portal, kit, connection, setups } = ground;
  const { workspace } = connection;
  const { book } = kit;

  async function lookThere({ name, inn }: Parameters<Crm["findCompany"]>[0]): Promise<boolean> {
    const ids = inn ? (await portal.requisites.byInn(inn)).map(({ company }) => company) : undefined;
    if (ids?.length === 0) return false;
    const found = await portal.companies.page({ filter: ids ? { "@id": ids } : { title: name } });
    await book.save(await entriesOf(ground, found));
    return found.length > 0;
  }

  async function saveCompany(draft: CompanyDraft): Promise<Saved> {
    const id = draft.id === undefined ? await add(draft) : await complete(draft, draft.id);
    const { leftovers } = placeValues(draft.fields ?? {}, await setups.get(), "company", workspace);
    await addLeftovers(ground, { company: id }, draft.key, [...leftovers, ...(await saveDetails(ground, Number(id), draft))]);
    return { id };
  }

  const add = (draft: CompanyDraft): Promise<RecordId> =>
    onceIn(kit, draft.key, {
      kind: "company",
      twins: async () => (await portal.companies.page({ filter: originOfKey(draft.key), select: ["id"] })).map(({ id }) => id),
      async make() {
        const responsible = await workingUser(ground, "user", draft.responsible);
        const { values } = placeValues(draft.fields ?? {}, await setups.get(), "company", workspace);
        const made = await portal.companies.add({
          ...{ title: draft.name ?? "", ...values, ...originOfKey(draft.key) },
          ...(responsible !== undefined && { assignedById: responsible }),
          fm: channelsIn(draft, undefined),
        });
        await bookWritten(
          ground,
          "company",
          made,
          companyEntry({ ...made, title: draft.name ?? "" }, draft.inn ? { inn: draft.inn } : undefined, workspace),
          draft,
        );
        return String(made.id);
      },
    });

  async function complete(draft: CompanyDraft, id: RecordId): Promise<RecordId> {
    const number = idOf("company", id);
    await kit.exclusively([`company ${id}`], () =>
      onceIn(kit, draft.key, {
        kind: "change",
        async make() {
          const responsible = await workingUser(ground, "user", draft.responsible);
          const before = await portal.companies.find(number);
          if (!before) throw await missing(book, "company", id);
          const { values } = placeValues(draft.fields ?? {}, await setups.get(), "company", workspace);
          const fm = channelsIn(draft, before);
          const wanted: Readonly<Record<string, unknown>> = { ...(draft.name && { title: draft.name }), ...values };
          const change = {
            ...Object.fromEntries(Object.entries(wanted).filter(([name]) => draft.replaces || isEmpty(before[name]))),
            ...(responsible !== undefined &&
              (draft.replaces ? before.assignedById !== responsible : !before.assignedById) && { assignedById: responsible }),
            ...(Object.keys(fm).length > 0 && { fm }),
          };
          if (Object.keys(change).length > 0) {
            await portal.companies.update(number, change);
            const after = await portal.companies.get(number);
            await noteOwn(ground, "company", after);
            await book.save(await entriesOf(ground, [after]));
          }
          return id;
        },
      }),
    );
    return id;
  }

  const channelsIn = ({ phones, emails, website, replaces }: CompanyDraft, before: Item | undefined) => {
    const hasSite = before?.fm?.some(({ typeId }) => typeId === "WEB") === true && !replaces;
    return lackingChannels(before, { phones, emails, websites: website && !hasSite ? [website] : [] }, workspace.country);
  };

  return { findCompany: findCompanyIn({ book, load, lookThere }), saveCompany };
}

/** Companies with their taxpayer's numbers, which stand among their legal details. */
export async function entriesOf({ portal, connection }: Pick<Ground, "portal" | "connection">, companies: readonly Item[]) {
  const details = await detailsOf(
    portal,
    companies.map(({ id }) => id),
  );
  return companies.map((company) => companyEntry(company, details.get(company.id), connection.workspace));
}

/** The first of each. Empty where the permissions do not let us see them. */
export async function detailsOf({ requisites }: Ground["portal"], companies: readonly number[]): Promise<ReadonlyMap<number, Requisite>> {
  const found = await requisites.of(companies).catch((error: unknown) => {
    if (error instanceof BitrixUnable) return [];
    throw error;
  });
  return new Map([...found].reverse().map((one) => [one.company, one]));
}

/** The taxpayer's numbers: added where there are none, and never written over unless told. What finds no place is answered for a comment. */
async function saveDetails(ground: Ground, company: number, { key, inn, kpp, name, replaces }: CompanyDraft): Promise<readonly string[]> {
  if (!inn && !kpp) return [];
  const { kit, portal, connection } = ground;
  const words = leftoverWords(connection.workspace.language);
  const fields = { ...(inn && { RQ_INN: inn }), ...(kpp && { RQ_KPP: kpp }) };
  const asText = [...(inn ? [`${words.inn}: ${inn}`] : []), ...(kpp ? [`${words.kpp}: ${kpp}`] : [])];
  const place = await onceIn(kit, `${key}:details`, {
    kind: "details",
    twins: async () => {
      const known = (await detailsOf(portal, [company])).get(company);
      return known?.inn !== undefined && known.inn === inn ? [known.id] : [];
    },
    async make() {
      const known = (await detailsOf(portal, [company])).get(company);
      if (known) {
        const lacking = Object.fromEntries(
          Object.entries(fields).filter(([field]) => replaces || (field === "RQ_INN" ? known.inn : known.kpp) === undefined),
        );
        if (Object.keys(lacking).length > 0) await portal.requisites.update(known.id, lacking);
        return String(known.id);
      }
      const preset = await portal.requisites.preset();
      return preset === undefined ? "none" : String(await portal.requisites.add(company, preset, name || "ИНН", fields));
    },
  }).catch((error: unknown) => {
    if (error instanceof BitrixUnable) return "none";
    throw error;
  });
  await rememberInn(ground, company, inn);
  return place === "none" ? asText : [];
}

async function rememberInn({ kit: { book } }: Ground, company: number, inn: string | undefined): Promise<void> {
  const known = await book.get("company", String(company));
  if (known && inn && known.inn === undefined) await book.save([{ ...known, inn }]);
}

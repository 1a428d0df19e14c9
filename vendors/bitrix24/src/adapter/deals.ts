import {
  type Crm,
  type DealDraft,
  type DealHit,
  type DealQuery,
  gone,
  isHome,
  leftoverWords,
  type Money,
  madeBy,
  type RecordId,
  Refused,
  type Saved,
  stageThere,
  writeMoney,
} from "@svyazka/core";
import { BitrixNotFound, BitrixRefused } from "../client.ts";
import { onceIn } from "../port-errors.ts";
import { type Item, listOf } from "../protocol.ts";
import { addLeftovers } from "./entries.ts";
import { type DealPlace, dealId, dealPlace, type Ground, idOf, workingUser } from "./ground.ts";
import { originOfKey } from "./people.ts";
import { defaultPipeline, findStage, firstStage, leadsPipeline, type Setup, type StagePlace, stageIdOf, usesLeads } from "./setup.ts";
import { placeTags } from "./tags.ts";
import { placeValues, utmValues } from "./values.ts";
import { noteOwn } from "./written.ts";

type Of = DealPlace["of"];

export function dealsIn(ground: Ground): Pick<Crm, "findDeal" | "saveDeal"> {
  const { portal, kit, connection, setups } = ground;
  const itemsOf = (of: Of) => (of === "lead" ? portal.leads : portal.deals);

  async function findDeal({ contact, pipeline, state, since, notMadeBy }: DealQuery): Promise<DealHit | undefined> {
    const contactId = idOf("contact", contact);
    const setup = await setups.get();
    // Also when the answer to that write was lost: then it is looked for.
    const notThis = notMadeBy === undefined ? undefined : await madeBy(kit, notMadeBy, { kind: "deal", twins: () => madeWith(notMadeBy) });
    const kinds: readonly Of[] =
      pipeline === leadsPipeline ? ["lead"] : pipeline !== undefined || !usesLeads(setup, connection) ? ["deal"] : ["lead", "deal"];
    let newest: { readonly of: Of; readonly item: Item } | undefined;
    for (const of of kinds) {
      const items = await itemsOf(of).page({
        filter: {
          ...{ contactId, "@stageSemanticId": state === "open" ? ["P"] : ["S", "F"] },
          ...(since !== undefined && { ">=createdTime": since.toISOString() }),
          ...(of === "deal" && pipeline !== undefined && { categoryId: Number(pipeline) }),
        },
        order: { id: "DESC" },
        select: ["id", "title", "categoryId", "stageId", "assignedById", "createdTime"],
      });
      const item = items.find(({ id }) => dealId({ of, id }) !== notThis);
      if (item && (!newest || isNewer(item, newest.item))) newest = { of, item };
    }
    return newest && hitOf(newest.of, newest.item);
  }

  /** Whichever it became: a deal or a lead. */
  async function madeWith(key: string): Promise<readonly string[]> {
    const filter = originOfKey(key);
    const found = async (of: Of) => (await itemsOf(of).page({ filter, select: ["id"] })).map(({ id }) => dealId({ of, id }));
    return [...(await found("deal")), ...(await found("lead"))];
  }

  async function saveDeal(draft: DealDraft): Promise<Saved> {
    const id = draft.id === undefined ? await add(draft) : await change(draft, draft.id);
    await addLeftovers(ground, { deal: id }, draft.key, leftoversOf(dealPlace(id).of, draft, await setups.get()));
    return { id };
  }

  const add = (draft: DealDraft): Promise<RecordId> =>
    onceIn(kit, draft.key, {
      kind: "deal",
      twins: () => madeWith(draft.key),
      async make() {
        const setup = await setups.get();
        const place = (await placeThere(draft)) ?? firstStage(setup, defaultPipeline(setup, connection));
        if (!place) throw new Refused("the portal shows no stage to begin in");
        const { of } = place;
        const made = await sent(draft, place, async () =>
          itemsOf(of).add({ ...(await fieldsOf(of, draft)), ...stageFields(place), ...originOfKey(draft.key), title: draft.name ?? "" }),
        );
        await noteOwn(ground, of, made);
        return dealId({ of, id: made.id });
      },
    });

  async function change(draft: DealDraft, id: RecordId): Promise<RecordId> {
    const { of, id: number } = dealPlace(id);
    await kit.exclusively([`deal ${id}`], () =>
      onceIn(kit, draft.key, {
        kind: "change",
        async make() {
          const place = await placeThere(draft);
          if (place && place.of !== of)
            throw new Refused(
              of === "lead" ? "a lead goes among deals when somebody converts it in the portal" : "a deal cannot become a lead",
            );
          const before = draft.tags || draft.contact !== undefined ? await itemsOf(of).get(number) : undefined;
          const fields = {
            ...(await fieldsOf(of, draft, before)),
            ...(draft.name !== undefined && { title: draft.name }),
            ...(place && stageFields(place)),
          };
          if (Object.keys(fields).length === 0) await itemsOf(of).get(number);
          else await noteOwn(ground, of, await sent(draft, place, () => itemsOf(of).update(number, fields)));
          return id;
        },
      }).catch((error: unknown) => {
        throw error instanceof BitrixNotFound ? new Refused(`there is no deal ${id}`, { cause: error }) : error;
      }),
    );
    return id;
  }

  /** Whoever stands in our book and is not known there was deleted meanwhile. */
  async function sent(draft: DealDraft, place: StagePlace | undefined, send: () => Promise<Item>): Promise<Item> {
    try {
      return await send();
    } catch (error) {
      if (!(error instanceof BitrixRefused)) throw error;
      for (const kind of ["contact", "company"] as const) {
        const id = draft[kind];
        if (id === undefined || !(await kit.book.get(kind, id))) continue;
        const items = kind === "contact" ? portal.contacts : portal.companies;
        if (!(await items.find(idOf(kind, id)))) throw await gone(kit.book, kind, id);
      }
      // The portal names the field at most, in its own language: which stage it was tells what to mend.
      if (place && error.code === "CRM_FIELD_ERROR_VALUE_NOT_VALID")
        throw new Refused(`${error.message} (the stage ${stageIdOf(place)} may have been deleted)`, { cause: error });
      throw error;
    }
  }

  async function fieldsOf(of: Of, draft: DealDraft, before?: Item): Promise<Readonly<Record<string, unknown>>> {
    const setup = await setups.get();
    const responsible = await workingUser(ground, "user", draft.responsible);
    const contact = await thereIs("contact", draft.contact);
    const company = await thereIs("company", draft.company);
    if (
      draft.source !== undefined &&
      !(await setups.find(({ statuses }) => statuses.find(({ list, code }) => list === "SOURCE" && code === draft.source)))
    )
      throw new Refused(`there is no source ${draft.source} in the portal`);
    const { values } = placeValues(draft.fields ?? {}, setup, of, connection.workspace);
    const sum = draft.sum && canHold(setup, draft.sum) ? draft.sum : undefined;
    return {
      ...(sum && { opportunity: Number(writeMoney(sum)), currencyId: sum.currency, isManualOpportunity: "Y" }),
      ...(responsible !== undefined && { assignedById: responsible }),
      ...(contact !== undefined && { contactIds: [...new Set([contact, ...listOf(before?.contactIds).map(Number)])] }),
      ...(company !== undefined && { companyId: company }),
      ...(draft.source !== undefined && { sourceId: draft.source }),
      ...{ ...utmValues(draft.attribution), ...values, ...placeTags(ground, setup, of, draft.tags, before).values },
    };
  }

  /** Whom the book knows, the portal need not be asked for. Throws `Refused`. */
  async function thereIs(kind: "contact" | "company", id: RecordId | undefined): Promise<number | undefined> {
    if (id === undefined) return undefined;
    const number = idOf(kind, id);
    const items = kind === "contact" ? portal.contacts : portal.companies;
    if (!(await kit.book.get(kind, id)) && !(await items.find(number))) throw new Refused(`there is no ${kind} ${id} in the portal`);
    return number;
  }

  /** A stage brings its pipeline. Throws `Refused` for one that is not there, or not any more; one of another CRM that nobody has mapped is left out. */
  async function placeThere({ pipeline, stage }: DealDraft): Promise<StagePlace | undefined> {
    const wanted = stageThere(connection, stage);
    if (wanted !== undefined) {
      const place = await setups.find((setup) => findStage(setup, wanted));
      if (!place) throw new Refused(`there is no stage ${wanted} in ${connection.name}: it was deleted, or never was`);
      const its = place.of === "lead" ? leadsPipeline : String(place.categoryId);
      if (pipeline !== undefined && isHome(connection) && its !== pipeline)
        throw new Refused(`the stage ${wanted} is not one of the pipeline ${pipeline}`);
      return place;
    }
    if (pipeline === undefined || !isHome(connection)) return undefined;
    const first = await setups.find((setup) => firstStage(setup, pipeline));
    if (!first) throw new Refused(`there is no pipeline ${pipeline} in ${connection.name}`);
    return first;
  }

  /** What no field can hold, and a sum in a currency that the portal does not have. */
  function leftoversOf(of: Of, draft: DealDraft, setup: Setup): readonly string[] {
    const { workspace } = connection;
    const { sum } = draft;
    return [
      ...placeValues(draft.fields ?? {}, setup, of, workspace).leftovers,
      ...placeTags(ground, setup, of, draft.tags).leftovers,
      ...(sum && !canHold(setup, sum) ? [`${leftoverWords(workspace.language).sum}: ${writeMoney(sum)} ${sum.currency}`] : []),
    ];
  }

  return { findDeal, saveDeal };
}

/** Their clock has whole seconds. */
const isNewer = (one: Item, other: Item): boolean => Date.parse(one.createdTime ?? "") > Date.parse(other.createdTime ?? "");

const canHold = ({ currencies, currency }: Setup, sum: Money): boolean =>
  currencies.length === 0 ? sum.currency === currency : currencies.includes(sum.currency);

const stageFields = ({ stageId, categoryId }: StagePlace) => ({ stageId, ...(categoryId !== undefined && { categoryId }) });

const hitOf = (of: Of, { id, title, categoryId, stageId, assignedById }: Item): DealHit => ({
  ...{ id: dealId({ of, id }), name: title ?? "", pipeline: of === "lead" ? leadsPipeline : String(categoryId ?? 0) },
  stage: stageIdOf({ of, stageId: stageId ?? "" }),
  ...(assignedById && assignedById > 0 && { responsible: String(assignedById) }),
});

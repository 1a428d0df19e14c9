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
  writeMoney,
} from "@svyazka/core";
import { AmoInvalid, AmoNotFound, type ComplexLeadDraft, type LeadDraft, withoutRefused } from "../client.ts";
import { type Lead, lost, type Status, won } from "../protocol.ts";
import { addLeftovers } from "./entries.ts";
import { checkUser, type Ground, markOwn, secondsNow, stageThere, userThere } from "./ground.ts";
import { idOf, once } from "./once.ts";
import { type Setup, stageId, statusOf } from "./setup.ts";
import { placeValues, trackingValues } from "./values.ts";

/** How many ids go into one question. */
const idsAtOnce = 100;
/** Among so many of the newest leads of a contact one of our own is looked for. */
const mostTwins = 10;

export function dealsIn(ground: Ground): Pick<Crm, "findDeal" | "saveDeal"> {
  const { amo, kit, account } = ground;

  async function findDeal({ contact, pipeline, state, since, notMadeBy }: DealQuery): Promise<DealHit | undefined> {
    const found = await amo.contacts.find(idOf("contact", contact), ["leads"]);
    if ((!found || found.is_deleted) && (await kit.book.get("contact", contact))) throw await gone(kit.book, "contact", contact);
    const ids = (found?._embedded.leads ?? []).map(({ id }) => id).sort((one, other) => other - one);
    // Also when the answer to that write was lost: then it is looked for among these.
    const notThis =
      notMadeBy === undefined ? undefined : await madeBy(kit, notMadeBy, { kind: "deal", twins: (since) => madeSince(ids, since) });
    const fits = (lead: Lead): boolean =>
      !lead.is_deleted &&
      (lead.status_id === won || lead.status_id === lost) === (state === "closed") &&
      (pipeline === undefined || String(lead.pipeline_id) === pipeline) &&
      (since === undefined || lead.created_at >= Math.floor(since.getTime() / 1000)) &&
      String(lead.id) !== notThis;
    let newest: Lead | undefined;
    for (let at = 0; at < ids.length; at += idsAtOnce) {
      const asked = ids.slice(at, at + idsAtOnce);
      // Without the option of filters amoCRM gives everything, page after page: then one by one is less.
      const leads =
        asked.length > 1 && (await isFiltering()) ? (await amo.leads.page({ filter: { id: asked } })).items : await oneByOne(asked, fits);
      for (const lead of leads.filter(fits)) if (!newest || isNewer(lead, newest)) newest = lead;
      // The newest come first.
      if (newest) break;
    }
    return newest && hitOf(newest);
  }

  /** Those of these leads that were made no earlier, by us: they are one contact's own, so no name is needed to know them by. */
  async function madeSince(ids: readonly number[], since: number): Promise<readonly number[]> {
    const { me } = await ground.setups.get();
    const latest = await oneByOne(ids.slice(0, mostTwins));
    return latest
      .filter(({ created_at, created_by }) => created_at >= since && (created_by === me || created_by === 0))
      .map(({ id }) => id);
  }

  let filtering: Promise<boolean> | undefined;
  function isFiltering(): Promise<boolean> {
    filtering ??= amo.account.get(["is_api_filter_enabled"]).then(({ is_api_filter_enabled }) => is_api_filter_enabled === true);
    filtering.catch(() => {
      filtering = undefined;
    });
    return filtering;
  }

  /** Until one is as wanted. */
  async function oneByOne(ids: readonly number[], isEnough: (lead: Lead) => boolean = () => false): Promise<Lead[]> {
    const found: Lead[] = [];
    for (const id of ids) {
      const lead = await amo.leads.find(id);
      if (lead) found.push(lead);
      if (lead && isEnough(lead)) break;
    }
    return found;
  }

  async function saveDeal(draft: DealDraft): Promise<Saved> {
    const id = draft.id === undefined ? await add(draft) : await change(draft, draft.id);
    const refused = (await kit.store.get<readonly string[]>("refused", draft.key)) ?? [];
    await addLeftovers(ground, { deal: id }, draft.key, [...leftoversOf(draft, await ground.setups.get()), ...refused]);
    return { id };
  }

  const add = (draft: DealDraft): Promise<RecordId> =>
    once(kit, draft.key, {
      kind: "deal",
      async twins(since) {
        const { items } = await amo.leads.page({ order: { id: "desc" }, with: ["contacts"] });
        const isTwin = ({ name, created_at, is_deleted, _embedded: { contacts = [] } }: Lead): boolean =>
          name === (draft.name ?? "") &&
          created_at >= since &&
          !is_deleted &&
          (draft.contact === undefined || contacts.some(({ id }) => String(id) === draft.contact));
        return items.filter(isTwin).map(({ id }) => id);
      },
      async make() {
        const fields = await fieldsOf(draft);
        const now = secondsNow(ground);
        const id = await createLead(draft, { ...fields, created_at: now, updated_at: now, ...(draft.name === undefined && { name: "" }) });
        await markOwn(ground, "deal", id, now);
        return String(id);
      },
    });

  const change = async (draft: DealDraft, id: RecordId): Promise<RecordId> => {
    const number = idOf("deal", id);
    await kit.exclusively([`deal ${id}`], () =>
      once(kit, draft.key, {
        kind: "change",
        async make() {
          const { _embedded: people, ...plain } = await fieldsOf(draft);
          const { contacts = [], companies = [] } = people ?? {};
          // First what changes nothing when it is done twice; the rest once, last.
          await amo.leads.links.link(number, [
            ...contacts.map((one) => ({ to_entity_id: one.id, to_entity_type: "contacts" as const })),
            ...companies.map((one) => ({ to_entity_id: one.id, to_entity_type: "companies" as const })),
          ]);
          if (Object.keys(plain).length > 0) {
            const { updated_at } = await amo.leads.update(number, plain);
            await markOwn(ground, "deal", id, updated_at);
          } else await amo.leads.get(number);
          return id;
        },
      }),
    );
    return id;
  };

  /** One value that amoCRM does not like costs the whole lead: it is left out, and put into words. */
  async function createLead(draft: DealDraft, lead: LeadDraft): Promise<number> {
    try {
      return await send(draft, lead);
    } catch (error) {
      if (!(error instanceof AmoInvalid)) throw error;
      await throwIfGone(draft, error);
      const less = withoutRefused(lead, error);
      if (!less) throw error;
      const refused = less.refused.flatMap(({ values }) => (values ?? []).map(({ value }) => String(value)));
      // Kept before it is sent without them: whoever comes after a lost answer puts them into words, too.
      await kit.store.put("refused", draft.key, refused, { days: 3 });
      return send(draft, less.draft);
    }
  }

  /** Whoever stands in our book and is not known there was deleted meanwhile. Throws `Conflict`. */
  async function throwIfGone({ contact, company }: DealDraft, { items }: AmoInvalid): Promise<void> {
    for (const [kind, of, id] of [
      ["contact", "contacts", contact],
      ["company", "companies", company],
    ] as const) {
      const isAbout = items.some(({ errors }) => errors.some(({ path }) => path.startsWith(`_embedded.${of}`)));
      if (isAbout && id !== undefined && (await kit.book.get(kind, id))) throw await gone(kit.book, kind, id);
    }
  }

  /** Nobody said where it belongs: then it may wait among the unsorted for whoever takes it. */
  async function send(draft: DealDraft, lead: LeadDraft): Promise<number> {
    const isUnsorted = account.settings.leads_as === "unsorted" && lead.status_id === undefined && draft.stage === undefined;
    if (!isUnsorted) return (await amo.leads.create(lead)).id;
    const { workspace, name } = account;
    const { contacts, ...people } = lead._embedded ?? {};
    const complex: ComplexLeadDraft = {
      ...lead,
      _embedded: {
        ...people,
        ...(contacts && { contacts: contacts.map(({ id }) => ({ id })) }),
        metadata: {
          ...{ category: "forms", form_id: draft.key.slice(0, 100), form_name: lead.name || name || workspace.name },
          ...{ form_page: draft.attribution?.last?.url ?? kit.publicUrl(), form_sent_at: secondsNow(ground) },
          ...(draft.attribution?.last?.referer !== undefined && { referer: draft.attribution.last.referer }),
        },
      },
    };
    const [made] = await amo.leads.createComplex([complex]);
    if (made?.isDone) return made.value.id;
    throw made?.error ?? new Refused("amoCRM has answered nothing about the lead");
  }

  /** What no field can hold, and a sum that is no whole one. */
  function leftoversOf({ fields = {}, sum }: DealDraft, setup: Setup): readonly string[] {
    const { workspace } = account;
    const { leftovers } = placeValues(fields, setup.fields.leads, workspace);
    if (!sum || priceOf(sum, setup).isExact) return leftovers;
    return [...leftovers, `${leftoverWords(workspace.language).sum}: ${writeMoney(sum)} ${sum.currency}`];
  }

  async function fieldsOf(draft: DealDraft): Promise<LeadDraft> {
    const setup = await ground.setups.get();
    const { workspace } = account;
    const responsible = userThere(ground, draft.responsible);
    const author = userThere(ground, draft.author);
    await checkUser(ground, "user", responsible);
    await checkUser(ground, "author", author);
    const { drafts } = placeValues(draft.fields ?? {}, setup.fields.leads, workspace);
    const tracking = draft.attribution ? trackingValues(draft.attribution, setup.fields.leads) : [];
    const values = [...drafts, ...tracking.filter(({ field_id }) => !drafts.some((one) => one.field_id === field_id))];
    const price = draft.sum && priceOf(draft.sum, setup);
    const source = await sourceOf(draft);
    const contact = draft.contact === undefined ? undefined : idOf("contact", draft.contact);
    const company = draft.company === undefined ? undefined : idOf("company", draft.company);
    // Whom the book knows, amoCRM need not be asked for.
    for (const [kind, id] of [
      ["contact", contact],
      ["company", company],
    ] as const)
      if (id !== undefined && !(await kit.book.get(kind, String(id))))
        await mustBeThere(kind, () => (kind === "contact" ? amo.contacts.get(id) : amo.companies.get(id)));
    const embedded = {
      ...(contact !== undefined && { contacts: [{ id: contact, is_main: true }] }),
      ...(company !== undefined && { companies: [{ id: company }] }),
      ...(source !== undefined && { source: { external_id: source, type: "widget" as const } }),
    };
    return {
      ...(draft.name !== undefined && { name: draft.name }),
      ...(price?.whole !== undefined && { price: price.whole }),
      ...(await placeThere(draft)),
      ...(responsible !== undefined && { responsible_user_id: responsible }),
      ...(author !== undefined && draft.id === undefined && { created_by: author }),
      ...(values.length > 0 && { custom_fields_values: values }),
      ...(draft.tags && draft.tags.length > 0 && { tags_to_add: draft.tags.map((name) => ({ name })) }),
      ...(Object.keys(embedded).length > 0 && { _embedded: embedded }),
    };
  }

  /** Throws `Refused` for one that is not there. */
  async function sourceOf({ source }: DealDraft): Promise<string | undefined> {
    if (source === undefined) return undefined;
    const found = await ground.setups.find(({ sources }) => sources.find(({ id }) => String(id) === source));
    if (!found) throw new Refused(`there is no source ${source} in the account`);
    return found.external_id;
  }

  /** A stage brings its pipeline. Throws `Refused` for one that is not there; one of another CRM that nobody has mapped is left out. */
  async function placeThere({ pipeline, stage }: DealDraft): Promise<Pick<LeadDraft, "status_id" | "pipeline_id">> {
    const wanted = stageThere(ground, stage);
    if (wanted !== undefined) {
      const status = await ground.setups.find((setup) => statusOf(setup, wanted));
      if (!status) throw new Refused(`there is no stage ${wanted} in ${account.name}`);
      if (pipeline !== undefined && isHome(account) && String(status.pipeline_id) !== pipeline)
        throw new Refused(`the stage ${wanted} is not one of the pipeline ${pipeline}`);
      return { status_id: status.id, pipeline_id: status.pipeline_id };
    }
    if (pipeline === undefined || !isHome(account)) return {};
    const first = await ground.setups.find((setup) => firstStatus(setup, pipeline));
    if (!first) throw new Refused(`there is no pipeline ${pipeline} in ${account.name}`);
    return { status_id: first.id, pipeline_id: first.pipeline_id };
  }

  return { findDeal, saveDeal };
}

async function mustBeThere(kind: string, get: () => Promise<unknown>): Promise<void> {
  try {
    await get();
  } catch (error) {
    throw error instanceof AmoNotFound ? new Refused(`there is no such ${kind} in the account`, { cause: error }) : error;
  }
}

const isNewer = (one: Lead, other: Lead): boolean =>
  one.created_at > other.created_at || (one.created_at === other.created_at && one.id > other.id);

const hitOf = ({ id, name, pipeline_id, status_id, responsible_user_id }: Lead): DealHit => ({
  ...{ id: String(id), name, pipeline: String(pipeline_id), stage: stageId({ id: status_id, pipeline_id }) },
  ...(responsible_user_id > 0 && { responsible: String(responsible_user_id) }),
});

/** amoCRM has whole units of the account's currency. */
function priceOf(sum: Money, { currency }: Setup): { readonly whole?: number; readonly isExact: boolean } {
  if (sum.currency !== currency) return { isExact: false };
  const exact = Number(writeMoney(sum));
  const whole = Math.max(0, Math.round(exact));
  return { whole, isExact: whole === exact };
}

const firstStatus = ({ pipelines }: Setup, pipeline: string): Status | undefined =>
  pipelines
    .find(({ id }) => String(id) === pipeline)
    ?._embedded.statuses.filter(({ type }) => type === 0)
    .sort((one, other) => one.sort - other.sort)[0];

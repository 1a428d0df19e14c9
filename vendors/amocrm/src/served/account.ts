import { randomBytes } from "node:crypto";
import { type Kit, type OwnCrm, type OwnTaskType, readPhone, type Workspace } from "@svyazka/core";
import { type Account, type Found, type Pen, type RecordQuery, Unfit } from "../api/account.ts";
import { type EntityType, entityTypes } from "../protocol.ts";
import { uuidOf } from "../uuid-of.ts";
import { catalogPen, readCatalogs } from "./catalogs.ts";
import { elementsOn } from "./deal-elements.ts";
import { entryPen } from "./entry-pen.ts";
import { eventFilter, writeEvent } from "./events.ts";
import { ownEntity, readCatalogBook, readFieldBook } from "./fields.ts";
import type { Hooks } from "./hooks.ts";
import { forget as forgetMemory, remembered } from "./memory.ts";
import { recordPen, told } from "./pen.ts";
import {
  chatAccountId,
  chatUserId,
  createUnsorted,
  linksOf,
  nobody,
  symbolOf,
  whoseIsPhone,
  writeReason,
  writeUnsorted,
} from "./people.ts";
import { actors, dealFilter, moments, pageFilter, recordFilter, sortOf, stagesIn } from "./reading.ts";
import { setupPen } from "./setup-pen.ts";
import { readSources, sourcePen } from "./sources.ts";
import { readTalks, talkPen } from "./talks.ts";
import { seconds } from "./times.ts";
import {
  placeOf,
  roleIds,
  type Scene,
  wireTaskType,
  writeCompany,
  writeContact,
  writeLead,
  writeNote,
  writePipeline,
  writeTask,
  writeUser,
} from "./words.ts";

/** Our CRM as an amoCRM account, in the name of one user. Made anew for each request: what it has read once, it knows until the request is over. */
export function ownAccount(crm: OwnCrm, workspace: Workspace, kit: Kit, hooks: Hooks, isReading = false): Account {
  const account = workspace.id as number;
  const forget: (() => void)[] = [];
  const once = <T>(read: () => Promise<T>): (() => Promise<T>) => {
    let known: Promise<T> | undefined;
    forget.push(() => {
      known = undefined;
    });
    return () => {
      known ??= read();
      return known;
    };
  };
  const users = once(() => crm.users.list());
  const pipelines = once(() => crm.pipelines.list());
  const stages = once(async () => stagesIn(await pipelines()));
  const taskTypes = once(async () => new Map((await crm.taskTypes.list()).map((type): [number, OwnTaskType] => [type.id, type])));
  const books = {
    leads: once(() => readFieldBook(crm, "leads", account)),
    contacts: once(() => readFieldBook(crm, "contacts", account)),
    companies: once(() => readFieldBook(crm, "companies", account)),
  };
  const scene = (): Promise<Scene> => (isReading ? remembered(kit, "scene", readScene) : readScene());
  const readScene = async (): Promise<Scene> => {
    const [leads, contacts, companies, people, all] = await Promise.all([
      ...[books.leads(), books.contacts(), books.companies()],
      ...([users(), pipelines()] as const),
    ] as const);
    return {
      workspace,
      books: { leads, contacts, companies },
      users: new Map(people.map((user) => [user.id, user])),
      stages: stagesIn(all),
      mainPipeline: all.find(({ isDefault }) => isDefault)?.id ?? 0,
    };
  };

  const records = {
    async leads(query: RecordQuery) {
      const at = await scene();
      const page = await crm.deals.list(dealFilter(query, at));
      const elements = query.with.has("catalog_elements") ? await elementsOn(crm, page.items) : undefined;
      const reasons = query.with.has("loss_reason") ? await crm.lossReasons.list() : [];
      const sources = query.with.has("source") ? await crm.sources.list() : [];
      return found(page, (deal) => {
        const lead = writeLead(deal, at, query.with, elements);
        if (reasons.length + sources.length === 0 && !query.with.has("loss_reason") && !query.with.has("source")) return lead;
        const source = sources.find(({ id }) => id === deal.source);
        return {
          ...lead,
          _embedded: {
            ...lead._embedded,
            ...(query.with.has("loss_reason") && { loss_reason: reasons.filter(({ id }) => id === deal.lossReason).map(writeReason) }),
            ...(query.with.has("source") && { source: source ? { id: source.id, name: source.name } : null }),
          },
        };
      });
    },
    async contacts(query: RecordQuery) {
      const at = await scene();
      const include = query.with.has("leads") && { include: ["deals" as const] };
      return found(await crm.contacts.list({ ...recordFilter(query, at.books.contacts, workspace), ...include }), (one) =>
        writeContact(one, at, query.with),
      );
    },
    async companies(query: RecordQuery) {
      const at = await scene();
      const include = [
        ...(query.with.has("leads") ? ["deals" as const] : []),
        ...(query.with.has("contacts") ? ["contacts" as const] : []),
      ];
      return found(
        await crm.companies.list({ ...recordFilter(query, at.books.companies, workspace), ...(include.length > 0 && { include }) }),
        (one) => writeCompany(one, at, query.with),
      );
    },
  };

  const catalogs = readCatalogs(crm, workspace);

  return {
    id: account,
    userId: crm.user?.id ?? 0,
    isAdmin: crm.user?.role === "administrator",
    async info() {
      const [first] = await pipelines();
      const at = first ? seconds(first.createdAt) : 0;
      return {
        ...{
          id: account,
          name: workspace.name,
          subdomain: workspace.subdomain,
          current_user_id: crm.user?.id ?? 0,
          country: workspace.country,
        },
        ...{ customers_mode: "unavailable", is_unsorted_on: true, is_loss_reason_enabled: true, is_helpbot_enabled: false },
        ...{ is_technical_account: false, contact_name_display_order: 1, created_at: at, created_by: 0, updated_at: at, updated_by: 0 },
        ...{ currency: workspace.currency, currency_symbol: symbolOf(workspace.currency), mobile_feature_version: 0 },
        ...{ timezone: workspace.timeZone, language: workspace.language },
        ...{ amojo_id: chatAccountId(account), uuid: uuidOf(`account ${account}`) },
      };
    },
    users: async () => (await users()).map((user) => ({ ...writeUser(user), amojo_id: chatUserId(account, user.id) })),
    roles: async () =>
      (["manager", "read-only"] as const).map((role) => {
        const { rights } = writeUser({ ...nobody, role });
        const { is_admin: _admin, is_free: _free, is_active: _active, group_id: _group, role_id: _role, ...rest } = rights;
        return { id: roleIds[role], name: role === "manager" ? "Менеджер" : "Только чтение", rights: rest };
      }),
    groups: async () => [
      { id: 0, name: workspace.language === "ru" ? "Отдел продаж" : "Sales", uuid: null },
      ...(await crm.groups.list()).map(({ id, name }) => ({ id, name, uuid: null })),
    ],
    taskTypes: async () =>
      [...(await taskTypes()).values()].map((type) => ({
        ...{ id: wireTaskType(type), name: type.name, color: type.colour, icon_id: null },
        code: type.code === "call" ? "FOLLOW_UP" : type.code === "meeting" ? "MEETING" : (type.code?.toUpperCase() ?? null),
      })),
    pipelines: async () => (await pipelines()).map((pipeline) => writePipeline(pipeline, { workspace })),
    lossReasons: async () => (await crm.lossReasons.list()).map(writeReason),
    fields: async (of) => (await (typeof of === "string" ? books[of]() : readCatalogBook(crm, of.catalog, account))).definitions,
    fieldGroups: async (of) => [
      { id: "default", name: workspace.language === "ru" ? "Основное" : "Main", is_predefined: true, type: of, entity_type: of, sort: 1 },
    ],
    tags: async (of, { ids, name, query, ...paging }) =>
      found(
        await crm.tags.list({
          ...pageFilter(paging),
          entity: ownEntity[of],
          ...(ids && { ids }),
          ...(name !== undefined && { names: [name] }),
          ...(query !== undefined && { q: query }),
        }),
        (tag) => ({ id: tag.id, name: tag.name, color: tag.colour }),
      ),
    ...records,
    async tasks(query) {
      const at = await scene();
      const types = await taskTypes();
      const wanted = query.types && [...types.values()].filter((type) => query.types?.includes(wireTaskType(type))).map(({ id }) => id);
      const page = await crm.tasks.list({
        ...pageFilter(query),
        ...sortOf(query.order),
        ...(query.ids && { ids: query.ids }),
        ...(query.responsible && { responsible: actors(query.responsible) }),
        ...(query.isCompleted !== undefined && { done: query.isCompleted }),
        ...(wanted && { types: wanted }),
        ...(query.entityType !== undefined && { on: ownEntity[query.entityType as EntityType] }),
        ...(query.entityIds && query.entityType !== undefined && { records: query.entityIds }),
        ...moments(query.updatedAt, "updatedFrom", "updatedTo"),
      });
      // Ids without their kind: of whatever kind they are.
      const fits = (task: (typeof page.items)[number]): boolean =>
        query.entityIds === undefined || query.entityType !== undefined || query.entityIds.includes(placeOf(task)?.id ?? 0);
      return found({ ...page, items: page.items.filter(fits) }, (task) => writeTask(task, at, types));
    },
    async notes(query) {
      const at = await scene();
      const page = await crm.notes.list({
        ...pageFilter(query),
        ...sortOf(query.order),
        on: ownEntity[query.entityType],
        ...(query.ids && { ids: query.ids }),
        ...(query.entityIds && { records: query.entityIds }),
        ...(query.types && { kinds: query.types.flatMap((type) => (type === "call_out" ? ["call_out", "call_internal"] : [type])) }),
        ...moments(query.updatedAt, "updatedFrom", "updatedTo"),
      });
      return found(page, (note) => writeNote(note, query.entityType, at));
    },
    async events(query) {
      const fields = (await Promise.all(entityTypes.map((of) => books[of]()))).flatMap(({ own }) => [...own.values()]);
      const filter = eventFilter(query, fields);
      if (!filter) return { items: [], hasMore: false };
      const at = { account, fields, stages: await stages() };
      const page = found(await crm.events(filter), (event) => writeEvent(event, at));
      const { types } = query;
      // Calls in and out, tags that came and went, have one kind here.
      return { ...page, items: page.items.filter(({ type }) => types === undefined || types.includes(type) || types.includes(anyField)) };
    },
    links: (of, ids) => linksOf(records, of, ids),
    async unsorted({ uids, categories, pipelines: wanted, createdAt, order, ...paging }) {
      const page = await crm.incoming.list({
        ...pageFilter(paging),
        ...(order && { sort: `${order.descending ? "-" : ""}${order.by}` }),
        ...(uids && { uids }),
        ...(categories && { categories }),
        ...(wanted && { pipelines: wanted }),
        ...moments(createdAt, "createdFrom", "createdTo"),
      });
      return found(page, (item) => writeUnsorted(item, account));
    },
    async unsortedSummary({ uids, pipelines: wanted, createdAt }) {
      const { total, accepted, declined, averageSeconds, categories } = await crm.incoming.summary({
        ...(uids && { uids }),
        ...(wanted && { pipelines: wanted }),
        ...moments(createdAt, "createdFrom", "createdTo"),
      });
      const of = (name: string) => ({ total: categories[name] ?? 0 });
      return {
        ...{ total, accepted, declined, average_sort_time: Math.round(averageSeconds ?? 0) },
        categories: { sip: of("sip"), mail: of("mail"), forms: of("forms"), chats: of("chats") },
      };
    },
    sources: () => readSources(crm, kit, pipelines),
    webhooks: () => hooks.list(),
    subscribe: (destination, settings, sort) => hooks.subscribe(destination, settings, sort, crm.user?.id ?? 0),
    unsubscribe: (destination) => hooks.unsubscribe(destination),
    ...catalogs,
    ...readTalks(crm, account),
    whoseIsPhone: (phone) => whoseIsPhone(crm, phone),
    async write(work) {
      // Read before the transaction: one that waits for other connections while it holds its own could wait for itself.
      await Promise.all([scene(), taskTypes()]);
      const result = await crm.transaction(async (inner) => work(await penOf(inner)));
      for (const one of forget) one();
      forgetMemory(kit);
      return result;
    },
  };

  async function penOf(inner: OwnCrm): Promise<Pen> {
    const at = await scene();
    const basic = recordPen(inner, at);
    return {
      ...basic,
      ...entryPen(inner, await taskTypes(), () => `made:${randomBytes(12).toString("hex")}`),
      ...setupPen(inner, at),
      ...catalogPen(inner, workspace),
      ...talkPen(inner),
      createUnsorted: (draft) => createUnsorted(inner, basic, draft, account),
      acceptUnsorted: (uid, { user_id, status_id }) =>
        told({}, async () => {
          await inner.incoming.accept(uid, {
            ...(status_id !== undefined && { stage: await stageOf(uid, status_id) }),
            ...(user_id !== undefined && { responsible: user_id }),
          });
        }),
      declineUnsorted: (uid) =>
        told({}, async () => {
          await inner.incoming.decline(uid);
        }),
      ...sourcePen(inner, kit),
      async showCall(phone, ids) {
        const desk = await kit.callDesk();
        const client = readPhone(phone, workspace.country) ?? { typed: phone };
        const key = `amo:${randomBytes(8).toString("hex")}`;
        for (const user of ids) await desk?.show({ key, direction: "in", client, user: String(user) });
      },
    };
  }

  async function stageOf(uid: string, status: number): Promise<number> {
    const { pipeline } = await crm.incoming.get(uid);
    const stage = [...(await stages()).values()].find((one) => one.pipeline === pipeline && one.id === status);
    if (!stage) throw new Unfit("status_id");
    return stage.id;
  }
}

const anyField = "custom_field_value_changed";

const found = <T, W>({ items, isMore }: { readonly items: readonly T[]; readonly isMore: boolean }, write: (item: T) => W): Found<W> => ({
  items: items.map(write),
  hasMore: isMore,
});

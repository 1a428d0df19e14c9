import type { MoveFinding, MoveKind } from "@svyazka/core";
import { type CustomField, entityTypes, lost, type Source, won } from "../protocol.ts";
import { isKnownField } from "../served/fields.ts";
import { differences } from "./differences.ts";
import type { Here } from "./here.ts";
import type { IdKind } from "./ids.ts";
import { type Passage, passField, passPipeline, passUser } from "./local.ts";
import {
  catalogMembers,
  fieldMembersOf,
  groupMembers,
  lossReasonMembers,
  type Members,
  pipelineMembers,
  sourceMembers,
  statusMembers,
  tagMembers,
  taskTypeMembers,
  userMembers,
} from "./members.ts";
import { passageOf, type Sides } from "./sides.ts";
import { sourceName } from "./source-name.ts";

/** What both are made of. */
export async function setupDifferences(sides: Sides, here: Here): Promise<MoveFinding[]> {
  const { theirs } = sides;
  const { account, crm } = here;
  const passage = passageOf(sides);
  const info = await account.info();
  // What amoCRM lets nobody make or change is taken by its name.
  const named = <T>(members: (item: T) => Members): ((item: T) => Members) =>
    sides.direction === "in" ? members : (item) => pick(members(item), ["name", "email"]);
  const lists = listing(sides, passage);
  const pipelines = await account.pipelines();
  const sources = (await crm.sources.list()).map(
    ({ id, name, code, pipeline }): Source => ({
      ...{
        id,
        name,
        external_id: sides.direction === "out" ? sourceName(id, code) : (code ?? ""),
        pipeline_id: pipeline ?? here.scene.mainPipeline,
        default: false,
        origin_code: null,
        services: [],
      },
    }),
  );
  return [
    ...differences(
      "account",
      String(theirs.info.id),
      { currency: theirs.info.currency, timezone: theirs.timeZone, contact_name_display_order: theirs.info.contact_name_display_order },
      { currency: info.currency, timezone: info.timezone, contact_name_display_order: info.contact_name_display_order },
    ),
    ...lists(
      "group",
      "group",
      theirs.groups,
      (await account.groups()).filter(({ id }) => id !== 0),
      named(groupMembers),
    ),
    ...lists("user", "user", theirs.users, await account.users(), named(userMembers), { pass: (one) => passUser(one, passage) }),
    ...lists("pipeline", "pipeline", theirs.pipelines, pipelines, pipelineMembers, { pass: (one) => passPipeline(one, passage) }),
    ...theirs.pipelines.flatMap((pipeline) => {
      const own = pipelines.find(({ id }) => id === passage.to("pipeline", pipeline.id));
      const isOwn = ({ id }: { readonly id: number }) => id !== won && id !== lost;
      const statuses = (of: typeof pipeline) => of._embedded.statuses.filter(isOwn);
      const ends = (of: typeof pipeline) => of._embedded.statuses.filter((one) => !isOwn(one));
      if (!own) return [];
      return [
        ...lists("stage", "status", statuses(pipeline), statuses(own), statusMembers),
        ...ends(pipeline).flatMap((end) => {
          const other = own._embedded.statuses.find(({ id }) => id === end.id);
          return differences("stage", `${pipeline.id} ${end.id}`, statusMembers(end), other ? statusMembers(other) : {});
        }),
      ];
    }),
    ...lists("loss_reason", "loss_reason", theirs.lossReasons, await account.lossReasons(), named(lossReasonMembers)),
    ...lists("task_type", "task_type", theirs.taskTypes, await account.taskTypes(), (one) =>
      sides.direction === "out" && one.id <= 2 ? {} : named(taskTypeMembers)(one),
    ),
    // Sources of other integrations are not told of: those that are here came with their leads.
    ...lists("source", "source", theirs.sources, sources, sourceMembers, {
      pass: (one) => ({ ...one, pipeline_id: passage.to("pipeline", one.pipeline_id) }),
    }).filter(({ what }) => what !== "only_here"),
    ...(await fieldDifferences(sides, here, passage)),
    ...(await tagDifferences(sides, here)),
    ...(await catalogDifferences(sides, here, passage)),
  ];
}

const pick = (members: Members, names: readonly string[]): Members =>
  Object.fromEntries(Object.entries(members).filter(([name]) => names.includes(name)));

interface Ways<T> {
  readonly pass?: (item: T) => T;
}

/** Short lists are read as a whole. */
const listing =
  ({ direction, isFilled }: Sides, { to }: Passage) =>
  <T extends { readonly id: number }>(
    kind: MoveKind,
    idKind: IdKind,
    there: readonly T[],
    here: readonly T[],
    members: (item: T) => Members,
    { pass = (item) => item }: Ways<T> = {},
  ): MoveFinding[] => {
    const ours = new Map(here.map((one) => [one.id, one]));
    const seen = new Set<number>();
    const found: MoveFinding[] = [];
    const more: T[] = [];
    for (const item of there) {
      const id = to(idKind, item.id);
      const own = ours.get(id);
      seen.add(id);
      if (!own) {
        if (kind === "user" && direction === "out") more.push(item);
        else found.push({ what: "only_there", kind, id: String(item.id), ...named(item) });
        continue;
      }
      found.push(...differences(kind, String(item.id), members(pass(item)), members(own)));
      if (direction === "in" && id !== item.id)
        found.push({ what: "differs", kind, id: String(item.id), member: "id", there: String(item.id), here: String(id) });
    }
    const extra = here.filter(({ id }) => !seen.has(id));
    // People who work on one side only are no mistake of the copy.
    if (kind === "user" || isFilled) {
      const people = direction === "in" ? extra : more;
      if (people.length > 0) found.push({ what: "left", kind, count: people.length, words: kind === "user" ? onlyOneSide : wasHere });
      if (direction === "out")
        found.push(...extra.map((item): MoveFinding => ({ what: "only_here", kind, id: String(item.id), ...named(item) })));
    } else found.push(...extra.map((item): MoveFinding => ({ what: "only_here", kind, id: String(item.id), ...named(item) })));
    return found;
  };

const onlyOneSide = {
  ru: "Сотрудники, которые есть только на той стороне, куда переносили: остаются как есть",
  en: "People who are only on the side that was moved to: they stay as they are",
};
const wasHere = { ru: "Были здесь раньше: остаются как есть", en: "Were here before: they stay as they are" };

const named = (item: object): { readonly there?: string } => ("name" in item && typeof item.name === "string" ? { there: item.name } : {});

async function fieldDifferences(sides: Sides, { account }: Here, passage: Passage): Promise<MoveFinding[]> {
  const lists = listing(sides, passage);
  const found: MoveFinding[] = [];
  for (const of of entityTypes) {
    const there = sides.theirs.fields[of];
    const offered = new Map(
      there.map((field) => [passage.to("field", field.id), new Set(passField(field, passage).enums?.map(({ id }) => id))]),
    );
    // Of what every record has by itself, our CRM knows kinds of phones and messengers that theirs may lack; and members.
    const asTheirs = (field: CustomField): CustomField =>
      isKnownField(of, field) && field.enums
        ? { ...field, enums: field.enums.filter(({ id }) => offered.get(field.id)?.has(id) ?? true) }
        : field;
    const here = (await account.fields(of)).filter((field) => offered.has(field.id) || !isKnownField(of, field)).map(asTheirs);
    // What every account has by itself is there as it is, and was not made by a copy.
    const given = new Set(
      sides.direction === "out" ? here.filter((one) => one.is_predefined || isKnownField(of, one)).map(({ id }) => id) : [],
    );
    const isMade = (field: CustomField): boolean =>
      sides.direction === "in" || !field.is_predefined || given.has(passage.to("field", field.id));
    const members = (field: CustomField): Members => (given.has(field.id) ? {} : fieldMembersOf(field));
    found.push(...lists("field", "field", there.filter(isMade), here, members, { pass: (one) => passField(one, passage) }));
  }
  return found;
}

/** Lists of goods and the like. */
async function catalogDifferences(sides: Sides, { account }: Here, passage: Passage): Promise<MoveFinding[]> {
  const lists = listing(sides, passage);
  const { catalogs } = sides.theirs;
  const here = await account.catalogs();
  const found = lists("catalog", "catalog", catalogs, here, catalogMembers);
  for (const { id, fields } of catalogs) {
    const catalog = passage.to("catalog", id);
    if (!here.some((one) => one.id === catalog)) continue;
    const own = await account.fields({ catalog });
    found.push(...lists("field", "field", fields, own, fieldMembersOf, { pass: (one) => passField(one, passage) }));
  }
  return found;
}

/** Tags by their ids where they came in; where they went out, by their names. */
async function tagDifferences(sides: Sides, { account }: Here): Promise<MoveFinding[]> {
  const found: MoveFinding[] = [];
  for (const of of entityTypes) {
    const here: { readonly id: number; readonly name: string; readonly color: string | null }[] = [];
    for (let page = 1, hasMore = true; hasMore; page++) {
      const tags = await account.tags(of, { page, limit: 500 });
      here.push(...tags.items);
      hasMore = tags.hasMore;
    }
    const byName = new Map(here.map((tag) => [tag.name.toLowerCase(), tag]));
    const to = (kind: IdKind, id: number): number => {
      const name = sides.theirs.tags[of].find((tag) => tag.id === id)?.name.toLowerCase() ?? "";
      return sides.direction === "out" ? (byName.get(name)?.id ?? id) : passageOf(sides).to(kind, id);
    };
    found.push(...listing(sides, { ...passageOf(sides), to })("tag", `${of}_tag`, sides.theirs.tags[of], here, tagMembers));
  }
  return found;
}

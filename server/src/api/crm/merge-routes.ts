import * as contract from "@svyazka/contract";
import * as crm from "@svyazka/crm";
import { type Implementation, implement } from "../implement.ts";
import { writeCompany, writeContact } from "./record-routes.ts";
import { answerPage, by, reader } from "./requests.ts";

const writeGroup = ({ records, ...group }: crm.DuplicateGroup): contract.DuplicateGroupShape => ({
  ...group,
  records: records.map(({ createdAt, ...record }) => ({ ...record, created_at: new Date(createdAt).toISOString() })),
});

const writeMerge = ({ kept, merged, at, undoneAt, ...merge }: crm.Merge): contract.MergeShape => ({
  ...merge,
  kept: { ...kept },
  merged: merged.map((one) => ({ ...one })),
  at: at.toISOString(),
  undone_at: undoneAt?.toISOString() ?? null,
});

export const mergeRoutes: readonly Implementation[] = [
  implement(contract.listDuplicates, async ({ query: { entity, limit = 50, cursor }, caller, sql }) =>
    answerPage(await crm.listDuplicates(sql, entity, { limit, cursor }, reader(caller)), writeGroup),
  ),
  implement(
    contract.dismissDuplicate,
    async ({ body, caller, sql }) => crm.dismissDuplicate(sql, body.entity, body.ids, reader(caller)) as Promise<undefined>,
  ),
  implement(contract.mergeContacts, async ({ params, body, caller, sql }) => {
    const merge = await crm.merge(sql, "contact", params.id, body, by(caller), caller.workspace.language);
    return { merge, kept: writeContact(await crm.getContact(sql, params.id, reader(caller))) };
  }),
  implement(contract.mergeCompanies, async ({ params, body, caller, sql }) => {
    const merge = await crm.merge(sql, "company", params.id, body, by(caller), caller.workspace.language);
    return { merge, kept: writeCompany(await crm.getCompany(sql, params.id, reader(caller))) };
  }),
  implement(contract.listMerges, async ({ query: { limit = 50, cursor, entity, record }, caller, sql }) => {
    const before = cursor === undefined ? undefined : Number(cursor);
    if (before !== undefined && !Number.isSafeInteger(before)) throw new crm.Invalid({ cursor: ["does not belong to this list"] });
    const merges = await crm.listMerges(sql, { limit: limit + 1, before, entity, record }, reader(caller));
    const items = merges.slice(0, limit);
    const last = items.at(-1);
    return { items: items.map(writeMerge), next_cursor: merges.length > limit && last ? String(last.id) : null };
  }),
  implement(contract.undoMerge, async ({ params, caller, sql }) => {
    const { restored, left } = await crm.undoMerge(sql, params.id, by(caller));
    return { restored: [...restored], left: left.map((one) => ({ ...one })) };
  }),
];

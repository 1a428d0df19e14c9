import * as contract from "@svyazka/contract";
import * as crm from "@svyazka/crm";
import { type Implementation, implement } from "../implement.ts";
import { by, moment } from "./requests.ts";

interface Asked<Changes> {
  readonly ids: readonly number[];
  readonly changes?: Changes;
  readonly delete?: true;
  readonly restore?: true;
}

interface Acts<Changes> {
  update(sql: crm.Sql, id: number, changes: Changes, by: crm.By): Promise<void>;
  delete(sql: crm.Sql, id: number, by: crm.By): Promise<void>;
  restore(sql: crm.Sql, id: number, by: crm.By): Promise<void>;
}

async function bulk<Wire, Changes>(
  { sql, caller, body }: { readonly sql: crm.Sql; readonly caller: Parameters<typeof by>[0]; readonly body: Asked<Wire> },
  acts: Acts<Changes>,
  read: (wire: Wire) => Changes,
): Promise<contract.BulkResultShape> {
  const { ids, changes } = body;
  if ([changes, body.delete, body.restore].filter((act) => act !== undefined).length !== 1)
    throw new crm.Invalid({ body: ["say one of changes, delete and restore"] });
  const writer = by(caller);
  const wanted = changes === undefined ? undefined : read(changes);
  const act = (id: number): Promise<void> => {
    if (wanted !== undefined) return acts.update(sql, id, wanted, writer);
    return body.delete ? acts.delete(sql, id, writer) : acts.restore(sql, id, writer);
  };
  const { done, failed } = await crm.bulk(ids, act);
  return { done: [...done], failed: failed.map((one) => ({ ...one })) };
}

interface TagWire {
  readonly add_tags?: readonly string[];
  readonly remove_tags?: readonly string[];
}
const tags = ({ add_tags, remove_tags }: TagWire) => ({ addTags: add_tags, removeTags: remove_tags });

const contacts = { update: crm.updateContact, delete: crm.deleteContact, restore: crm.restoreContact };
const companies = { update: crm.updateCompany, delete: crm.deleteCompany, restore: crm.restoreCompany };
const deals = { update: crm.updateDeal, delete: crm.deleteDeal, restore: crm.restoreDeal };
const tasks = { update: crm.updateTask, delete: crm.deleteTask, restore: crm.restoreTask };

export const bulkRoutes: readonly Implementation[] = [
  implement(contract.bulkContacts, (call) =>
    bulk(call, contacts, ({ responsible, company, fields, ...rest }) => ({ responsible, company, fields, ...tags(rest) })),
  ),
  implement(contract.bulkCompanies, (call) =>
    bulk(call, companies, ({ responsible, fields, ...rest }) => ({ responsible, fields, ...tags(rest) })),
  ),
  implement(contract.bulkDeals, (call) =>
    bulk(call, deals, ({ pipeline, stage, responsible, company, source, loss_reason, fields, ...rest }) => ({
      ...{ pipeline, stage, responsible, company, source, fields, lossReason: loss_reason },
      ...tags(rest),
    })),
  ),
  implement(contract.bulkTasks, (call) => bulk(call, tasks, ({ due, ...rest }) => ({ ...rest, due: moment("due", due) }))),
];

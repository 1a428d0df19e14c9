import * as contract from "@svyazka/contract";
import * as crm from "@svyazka/crm";
import { type Implementation, implement } from "../implement.ts";
import { reader, wholeList } from "./requests.ts";

const entitiesOf = (text: string | undefined): readonly crm.Entity[] =>
  crm.entities.filter((entity) => text === undefined || text.split(",").includes(entity));

const writeFound = ({ matchedBy, ...found }: crm.Found): contract.FoundShape => ({ ...found, matched_by: matchedBy });

export const searchRoutes: readonly Implementation[] = [
  implement(contract.search, async ({ query, caller, sql }) => {
    const { q, limit = 20 } = query;
    return wholeList(await crm.search(sql, { q, limit, entities: entitiesOf(query.entities) }, reader(caller)), writeFound);
  }),
];

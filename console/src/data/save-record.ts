import { useQueryClient } from "@tanstack/react-query";
import { ApiProblem, type BodyOf, type Input, type OperationId, send } from "./client.ts";
import { keyOf } from "./queries.ts";

/** Changes one record so that nobody's work is overwritten unseen. */

const operations = {
  deal: ["getDeal", "updateDeal", ["listDealCards", "boardTotals", "dealTimeline"]],
  contact: ["getContact", "updateContact", ["listContacts", "contactTimeline"]],
  company: ["getCompany", "updateCompany", ["listCompanies", "companyTimeline"]],
} as const satisfies Record<string, readonly [OperationId, OperationId, readonly OperationId[]]>;
export type RecordKind = keyof typeof operations;

type Changes = Readonly<Record<string, unknown>>;
type Known = Readonly<Record<string, unknown>> & { readonly version: string };

/** Somebody has changed the very member that is being changed: `theirs` is its value now. */
export interface Clash {
  readonly member: string;
  readonly theirs: unknown;
}
/** Asks the person. True: theirs is overwritten knowingly. */
export type Decide = (clash: Clash) => Promise<boolean>;

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** The value of a member, `fields.code` for a custom field. */
const at = (record: Changes, member: string): unknown =>
  member.startsWith("fields.") ? (record["fields"] as Changes | undefined)?.[member.slice(7)] : record[member];
const membersOf = (changes: Changes): string[] =>
  Object.entries(changes).flatMap(([name, value]) =>
    name === "fields" ? Object.keys(value as object).map((code) => `fields.${code}`) : [name],
  );

/**
 * Saves `changes` made on `base`. When the record was changed since: other members are theirs, ours are ours; where both changed the same one,
 * `decide` asks. Answers the record as it is afterwards; undefined when the person took theirs.
 */
export function useSaveRecord(
  kind: RecordKind,
  decide: Decide,
): (base: Known & { readonly id: number }, changes: Changes) => Promise<boolean> {
  const client = useQueryClient();
  const [get, update, lists] = operations[kind];
  return async (base, changes) => {
    let version = base.version;
    let known: Changes = base;
    for (let tries = 0; ; tries++) {
      try {
        const saved = await send(update, { path: { id: base.id }, body: changes as BodyOf<typeof update>, version } as Input<
          typeof update
        >);
        client.setQueryData(keyOf(get, { path: { id: base.id } } as never), saved);
        for (const list of lists) void client.invalidateQueries({ queryKey: [list] });
        return true;
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.status !== 412 || tries > 4) throw error;
        const current = error.current as Known;
        client.setQueryData(keyOf(get, { path: { id: base.id } } as never), current);
        for (const member of membersOf(changes)) {
          const theirs = at(current, member);
          if (same(theirs, at(known, member)) || same(theirs, at(changes, member))) continue;
          if (!(await decide({ member, theirs }))) return false;
        }
        version = current.version;
        known = current;
      }
    }
  };
}

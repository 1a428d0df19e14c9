import type { Store } from "@svyazka/core";
import type { EntityType } from "../protocol.ts";

/** What has an id on both sides. Tags are numbered for each kind of record, statuses and options for the whole account. */
export type IdKind =
  | ("user" | "group" | "pipeline" | "status" | "loss_reason" | "task_type" | "source" | "field" | "option")
  | `${EntityType}_tag`
  | EntityType
  | "tasks"
  | "notes"
  | "catalog"
  /** Leads whose goods are put on. */
  | "goods"
  | "element";

/** Which id on one side is which on the other: kept by the connection, in memory while a move goes on. */
export interface Ids {
  get(kind: IdKind, id: number): number | undefined;
  /** On disk when it resolves. */
  keep(kind: IdKind, pairs: Iterable<readonly [number, number]>): Promise<void>;
  readonly isEmpty: boolean;
}

/** So many share a document: a million records are a thousand documents. */
const perDocument = 1_000;

export async function openIds(store: Store, name: string): Promise<Ids> {
  const documents = new Map<string, Record<string, number>>();
  for (const { id, value } of await store.list<Record<string, number>>(name, { limit: 1_000_000 })) documents.set(id, value);
  const place = (kind: IdKind, id: number): string => `${kind} ${Math.floor(id / perDocument)}`;
  return {
    get: (kind, id) => documents.get(place(kind, id))?.[id],
    async keep(kind, pairs) {
      const touched = new Set<string>();
      for (const [one, other] of pairs) {
        const at = place(kind, one);
        const document = documents.get(at) ?? {};
        if (document[one] === other) continue;
        document[one] = other;
        documents.set(at, document);
        touched.add(at);
      }
      for (const at of touched) await store.put(name, at, documents.get(at));
    },
    get isEmpty() {
      return documents.size === 0;
    },
  };
}

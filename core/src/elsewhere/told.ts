import type { BookEntry, BookKind } from "../address-book.ts";
import type { EventDraft } from "../events.ts";
import type { Kit } from "../kit.ts";
import type { Followed, Follower, ToldRecord } from "../records.ts";
import type { ConnectionId, RecordId } from "../words.ts";

/** What a CRM elsewhere tells of its records, by itself or when asked, and what is done about it. */

/** The same fact, told or asked for, has one key: id and moment of the change. */
export function toldDraft(told: ToldRecord): EventDraft<"record.told"> {
  const isGone = told.change === "deleted";
  return {
    type: "record.told",
    key: `${told.kind} ${told.id} ${isGone ? "deleted" : (told.at ?? "")}`,
    // Nobody tells when something was deleted, and what was restored may be deleted again.
    ...((isGone || told.at === undefined) && { keySeconds: 3600 }),
    subject: `${told.kind} ${told.id}`,
    data: told,
  };
}

/** We wrote this ourselves, and it bears this moment over there: when it is told of, it is no news. `at` as `ToldRecord.at` will have it. */
export const markOwn = ({ store }: Pick<Kit, "store">, { kind, id, at }: Required<Pick<ToldRecord, "kind" | "id" | "at">>): Promise<void> =>
  store.put("own", `${kind} ${id} ${at}`, true, { days: 2 });

/** Whether it was marked so. `me` is whoever we write as: what somebody else did in the same moment is news. */
export const isOwn = async (
  { store }: Pick<Kit, "store">,
  { kind, id, at, by }: Pick<ToldRecord, "kind" | "id" | "at" | "by">,
  me: RecordId | undefined,
): Promise<boolean> =>
  at !== undefined && (by === undefined || me === undefined || by === me) && (await store.get("own", `${kind} ${id} ${at}`)) === true;

export interface FollowedBook {
  readonly connection: ConnectionId;
  readonly kit: Pick<Kit, "store" | "book">;
  /** Whoever we write as over there. */
  me(): Promise<RecordId | undefined>;
  /** What the record holds now, as the address book has it; undefined when it is no more. */
  entryOf(kind: BookKind, id: RecordId): Promise<BookEntry | undefined>;
}

/** Keeps the address book by what is told of people and companies. */
export function followerOf({ connection, kit, me, entryOf }: FollowedBook): Follower {
  return {
    of: String(connection),
    async follow(told): Promise<Followed> {
      const { kind, id, change } = told;
      if (kind !== "contact" && kind !== "company") return { what: "nothing" };
      // What is deleted may have been restored since: only what is there says.
      if (change !== "deleted" && (await isOwn(kit, told, await me()))) return { what: "own" };
      const entry = await entryOf(kind, id);
      if (!entry) {
        await kit.book.remove(kind, [id]);
        return { what: "gone" };
      }
      await kit.book.save([entry]);
      return { what: "kept", name: entry.name };
    },
  };
}

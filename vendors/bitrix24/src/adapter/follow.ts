import { type EventDraft, type Follower, followerOf, isOwn, type Polled, type ToldRecord, toldDraft } from "@svyazka/core";
import { BitrixClosed, BitrixRefused, type QueuedEvent, type TakenEvents } from "../client.ts";
import { type Item, listOf, mapOf, type ObjectName, readToldObject, type ToldObject } from "../protocol.ts";
import { entriesOf } from "./companies.ts";
import { changedAt, type Ground, recordName } from "./ground.ts";
import { contactEntry } from "./people.ts";
import { usesLeads } from "./setup.ts";
import { isEcho } from "./written.ts";

/** What the portal tells of its records: by events, which are thin and sent once; by its queue; and when it is asked. */

export function followerIn(ground: Ground): Follower {
  const { connection, kit, portal, setups } = ground;
  const follower = followerOf({
    ...{ connection: connection.id, kit },
    me: async () => (await setups.get()).me,
    async entryOf(kind, id) {
      const number = Number(id);
      if (kind === "contact") {
        const found = await portal.contacts.find(number);
        return found && contactEntry(found, connection.workspace);
      }
      const found = await portal.companies.find(number);
      return found && (await entriesOf(ground, [found]))[0];
    },
  });
  return { ...follower, follow: async (told) => ((await isEcho(ground, told)) ? { what: "own" } : follower.follow(told)) };
}

/** An event names the record, and not the moment of its change: each is looked up. `at` names the event, in the portal's seconds. */
export function toldOf({ of, id, change }: ToldObject, at: string): EventDraft<"record.told"> {
  const named = of === "activity" || of === "comment" ? { kind: of === "comment" ? "note" : "task", id } : recordName(of, Number(id));
  const draft = toldDraft({ ...named, change });
  // Two changes within one second are one; what is looked up too early for the second is found when the portal is asked for changes.
  return { ...draft, key: `${named.kind} ${named.id} ${change} event ${at}` };
}

const kinds: readonly ObjectName[] = ["contact", "company", "deal", "lead"];

/** What has changed since: those that an event has told of cost one look, and those that it lost are found. */
export async function changesSince(ground: Ground, since: Date): Promise<Polled> {
  const { portal, kit, setups, connection } = ground;
  const setup = await setups.get();
  const items = { contact: portal.contacts, company: portal.companies, deal: portal.deals, lead: portal.leads };
  const facts: EventDraft[] = [];
  for (const of of kinds) {
    if (of === "lead" && !usesLeads(setup, connection)) continue;
    for await (const item of items[of].all({ ">updatedTime": since.toISOString() })) {
      const told = toldItem(of, item);
      if (!(await isOwn(kit, told, setup.me))) facts.push(toldDraft(told));
    }
  }
  return { what: "POST crm.item.list >updatedTime", facts };
}

function toldItem(of: ObjectName, item: Item): ToldRecord {
  const { createdTime, updatedTime, updatedBy } = item;
  const at = changedAt(item);
  return {
    ...recordName(of, item.id),
    change: createdTime === updatedTime ? "created" : "changed",
    ...(at !== undefined && { at }),
    ...(updatedBy && { by: String(updatedBy) }),
  };
}

/**
 * Fetches the portal's queue and puts it on disk before it is cleared there. What a run that died in between had taken is given to nobody by itself: it is looked
 * for first. One process at a time does so, so that whatever is set aside is of such a run.
 */
export async function fetchQueue(ground: Ground): Promise<void> {
  const { takeQueued } = ground.portal.subscriptions;
  await putDown(ground, "POST event.offline.list", () => leftBehind(ground));
  await putDown(ground, "POST event.offline.get", takeQueued);
}
const mostRounds = 50;

async function putDown({ portal, kit }: Ground, what: string, take: () => Promise<TakenEvents | undefined>): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    const taken = await take();
    if (!taken || taken.events.length === 0) return;
    const facts = taken.events.flatMap((event) => queuedFact(event, `${taken.process} ${event.id}`));
    await kit.record(facts, { what, raw: JSON.stringify(taken) });
    await portal.subscriptions.clearQueued(taken);
  }
}

/** Whoever is no administrator may not look, and the portal says so in the words of one that is shut; if it is, it says so again. */
async function leftBehind({ portal }: Ground): Promise<TakenEvents | undefined> {
  try {
    return await portal.subscriptions.setAside();
  } catch (error) {
    if (error instanceof BitrixRefused || error instanceof BitrixClosed) return undefined;
    throw error;
  }
}

function queuedFact({ event, data }: QueuedEvent, at: string): EventDraft[] {
  const [fields] = [data["FIELDS"], ...listOf(data)].map(mapOf);
  const told = readToldObject({ event, data: { FIELDS: { ID: String(fields?.["ID"] ?? "") } } });
  return told ? [toldOf(told, at)] : [];
}

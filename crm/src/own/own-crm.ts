import { type ConnectionId, Forbidden, type OwnCrm, type OwnUser, type Workspace } from "@svyazka/core";
import type { By } from "../by.ts";
import { NotFound } from "../errors.ts";
import { acceptIncoming, createIncoming, declineIncoming, getIncoming, listIncoming, summariseIncoming } from "../incoming.ts";
import type { Sql } from "../sql.ts";
import { getUser, recordsSeenBy } from "../users.ts";
import { ownCalls } from "./calls.ts";
import { ownCatalogs, ownDealElements, ownElements } from "./catalogs.ts";
import { ownCompanies } from "./companies.ts";
import { ownContacts } from "./contacts.ts";
import { ownConversations, ownMessages } from "./conversations.ts";
import { ownDeals } from "./deals.ts";
import { ownEvents } from "./events.ts";
import { guarded } from "./guard.ts";
import { ownNotes, type RecordingUrl } from "./notes.ts";
import { ownSetup } from "./setup.ts";
import { ownTags } from "./tags.ts";
import { ownTasks } from "./tasks.ts";

export interface OnBehalf {
  readonly home: Pick<Workspace, "country" | "currency">;
  /** By which it comes. */
  readonly connection: ConnectionId;
  /** In whose name; without one, the connection's own. */
  readonly user?: number | undefined;
  /** Where a recording may be heard by whoever has the address; without it, where the PBX has it. */
  readonly recordingUrl?: RecordingUrl | undefined;
}

/** Our own CRM for a vendor that answers in its place: see `OwnCrm`. Throws `NotFound` when there is no such user, or they have left. */
export async function ownCrm(sql: Sql, { home, connection, user: id, recordingUrl = ({ url }) => url }: OnBehalf): Promise<OwnCrm> {
  const user = id === undefined ? undefined : await getUser(sql, id);
  if (user && !user.active) throw new NotFound("user", user.id);
  const by: By = {
    actor: user ? `user:${user.id}` : `connection:${connection}`,
    user: user?.id,
    via: connection,
    sees: user && (await recordsSeenBy(sql, user)),
    home,
  };
  return crmOver(sql, { by, user, recordingUrl });
}

interface Lent {
  readonly by: By;
  readonly user: OwnUser | undefined;
  readonly recordingUrl: RecordingUrl;
}

function crmOver(sql: Sql, lent: Lent): OwnCrm {
  const { by, user } = lent;
  const writable = <T extends object>(members: T): T => (user?.role === "read-only" ? onlyToRead(members) : members);
  return guarded({
    user,
    transaction: (work) => sql.transaction((sql) => work(crmOver(sql, lent))),
    deals: writable(ownDeals(sql, by)),
    contacts: writable(ownContacts(sql, by)),
    companies: writable(ownCompanies(sql, by)),
    tasks: writable(ownTasks(sql, by)),
    notes: writable(ownNotes(sql, by, lent.recordingUrl)),
    calls: writable(ownCalls(sql, by)),
    tags: writable(ownTags(sql)),
    events: (filter) => ownEvents(sql, filter, by),
    incoming: writable(ownIncoming(sql, by)),
    conversations: writable(ownConversations(sql, by)),
    messages: writable(ownMessages(sql, by)),
    elements: writable(ownElements(sql, by)),
    dealElements: writable(ownDealElements(sql, by)),
    ...ownCatalogs(sql, by, user),
    ...ownSetup(sql, by, user),
  });
}

const reading: ReadonlySet<string> = new Set(["list", "get", "summary"]);

/** Everything but reading throws `Forbidden`. */
const onlyToRead = <T extends object>(members: T): T =>
  Object.fromEntries(
    Object.entries(members).map(([name, member]) => [
      name,
      reading.has(name) ? member : () => Promise.reject(new Forbidden("somebody who may only read changes nothing")),
    ]),
  ) as T;

const ownIncoming = (sql: Sql, by: By): OwnCrm["incoming"] => ({
  list: (filter) => listIncoming(sql, filter, by),
  get: (uid) => getIncoming(sql, uid, by),
  create: (draft) => createIncoming(sql, draft, by),
  accept: (uid, to) => acceptIncoming(sql, uid, to, by),
  decline: (uid) => declineIncoming(sql, uid, by),
  summary: (filter) => summariseIncoming(sql, filter, by),
});

import type { EventDraft, Followed, Follower, Polled, ToldRecord } from "@svyazka/core";
import type { Company, Contact, Lead } from "../protocol.ts";
import { type Ground, isOwn } from "./ground.ts";
import { companyEntry, contactEntry } from "./people.ts";

/** What amoCRM tells of its records, by webhook or when asked, and what is done about it. */

/** The same fact from a webhook and from a question has one key: id and second of the change. */
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

export const momentText = (seconds: number): string => new Date(seconds * 1000).toISOString();

export function followerOf(ground: Ground): Follower {
  const { account, amo, kit, setups } = ground;
  const { workspace, settings } = account;

  async function follow({ kind, id, change, at, by }: ToldRecord): Promise<Followed> {
    if (kind !== "contact" && kind !== "company") return { what: "nothing" };
    const setup = await setups.get();
    // What is deleted may have been restored since: only what is there says.
    if (change !== "deleted" && at !== undefined && (await isOwn(ground, kind, id, Date.parse(at) / 1000, by, setup)))
      return { what: "own" };
    const found = kind === "contact" ? await amo.contacts.find(Number(id)) : await amo.companies.find(Number(id));
    if (!found || found.is_deleted) {
      await kit.book.remove(kind, [id]);
      return { what: "gone" };
    }
    const entry =
      kind === "contact" ? contactEntry(found as Contact, workspace) : companyEntry(found as Company, setup, workspace, settings.inn_field);
    await kit.book.save([entry]);
    return { what: "kept", name: found.name };
  }

  return { of: String(account.id), follow };
}

/** What has changed since, as facts: those that a webhook has told of cost nothing, and those that it lost are found. */
export async function changesSince(ground: Ground, since: Date): Promise<Polled> {
  const { amo, setups } = ground;
  const setup = await setups.get();
  const from = Math.floor(since.getTime() / 1000);
  const facts: EventDraft[] = [];
  const add = async (kind: "contact" | "company" | "deal", record: Contact | Company | Lead) => {
    const { id, updated_at, updated_by, created_at } = record;
    if (await isOwn(ground, kind, String(id), updated_at, String(updated_by), setup)) return;
    facts.push(
      toldDraft({
        ...{ kind, id: String(id), change: created_at === updated_at ? "created" : "changed", at: momentText(updated_at) },
        by: String(updated_by),
      }),
    );
  };
  for await (const contact of amo.contacts.changes(from)) await add("contact", contact);
  for await (const company of amo.companies.changes(from)) await add("company", company);
  for await (const lead of amo.leads.changes(from)) await add("deal", lead);
  return { what: "GET /api/v4/{contacts,companies,leads}?filter[updated_at][from]", facts };
}

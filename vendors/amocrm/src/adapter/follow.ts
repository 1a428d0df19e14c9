import { type EventDraft, type Follower, followerOf, isOwn, type Polled, toldDraft } from "@svyazka/core";
import type { Company, Contact, Lead } from "../protocol.ts";
import { type Ground, momentText } from "./ground.ts";
import { companyEntry, contactEntry } from "./people.ts";

/** What amoCRM tells of its records, by webhook or when asked, and what is done about it. */

export function followerIn({ account, amo, kit, setups }: Ground): Follower {
  const { workspace, settings } = account;
  return followerOf({
    ...{ connection: account.id, kit },
    me: async () => String((await setups.get()).me),
    async entryOf(kind, id) {
      const found = kind === "contact" ? await amo.contacts.find(Number(id)) : await amo.companies.find(Number(id));
      if (!found || found.is_deleted) return undefined;
      return kind === "contact"
        ? contactEntry(found as Contact, workspace)
        : companyEntry(found as Company, await setups.get(), workspace, settings.inn_field);
    },
  });
}

/** What has changed since, as facts: those that a webhook has told of cost nothing, and those that it lost are found. */
export async function changesSince({ amo, kit, setups }: Ground, since: Date): Promise<Polled> {
  const { me } = await setups.get();
  const from = Math.floor(since.getTime() / 1000);
  const facts: EventDraft[] = [];
  const add = async (kind: "contact" | "company" | "deal", record: Contact | Company | Lead) => {
    const { id, updated_at, updated_by, created_at } = record;
    const change = created_at === updated_at ? ("created" as const) : ("changed" as const);
    const told = { kind, id: String(id), change, at: momentText(updated_at), by: String(updated_by) };
    if (!(await isOwn(kit, told, String(me)))) facts.push(toldDraft(told));
  };
  for await (const contact of amo.contacts.changes(from)) await add("contact", contact);
  for await (const company of amo.companies.changes(from)) await add("company", company);
  for await (const lead of amo.leads.changes(from)) await add("deal", lead);
  return { what: "GET /api/v4/{contacts,companies,leads}?filter[updated_at][from]", facts };
}

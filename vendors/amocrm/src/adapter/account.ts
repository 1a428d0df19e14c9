import { type Connected, callerIn, inWords, type Kit, type Load, type Polled, type StopSignal } from "@svyazka/core";
import { deskOf } from "../desk/desk.ts";
import { chatsOf } from "../desk/ground.ts";
import { missedSince } from "../desk/missed.ts";
import { sourcesIn } from "../desk/sources.ts";
import { moveOf } from "../move/move.ts";
import { asking, portError } from "../port-errors.ts";
import type { Integration as Account } from "../settings.ts";
import { amoOf } from "./amo.ts";
import { callsIn } from "./calls.ts";
import { companiesIn } from "./companies.ts";
import { contactsIn } from "./contacts.ts";
import { dealsIn } from "./deals.ts";
import { entriesIn } from "./entries.ts";
import { changesSince, followerIn } from "./follow.ts";
import { type Ground, userThere } from "./ground.ts";
import { keep, mustBeSignedIn } from "./keep.ts";
import { loadIn } from "./load.ts";
import { recordsIn } from "./records.ts";
import { directoryOf, setupOf } from "./setup.ts";
import { enterCode } from "./sign-in.ts";

/** An account at amoCRM as a CRM of the hub: its ports over the client. */
export function connectAccount(account: Account, kit: Kit): Connected {
  const { ground, load } = groundOf(account, kit, false);
  const { amo, setups } = ground;
  const sources = sourcesIn(amo, kit);
  const chats = chatsOf(account, amo, kit);
  const ports = {
    ...contactsIn(ground, load),
    ...companiesIn(ground, load),
    ...dealsIn(ground),
    ...entriesIn(ground),
    ...callsIn(ground),
    ...recordsIn(ground),
    directory: async () => directoryOf(await setups.get()),
  };
  return {
    crm: inWords(ports, portError),
    callDesk: {
      // The card finds the contact and the deal by itself.
      async show({ client, user }) {
        const there = userThere(ground, user);
        if (there !== undefined && client.e164 !== undefined) await asking(() => amo.calls.showCard(client.e164?.slice(1) ?? "", [there]));
      },
      // amoCRM takes it away by itself.
      hide: async () => {},
    },
    phoneBook: { find: async ({ e164 }) => (e164 === undefined ? undefined : callerIn(kit.book, e164)) },
    follower: inWords(followerIn(ground), portError),
    sources,
    ...(chats && { chatDesk: deskOf(ground, chats, sources) }),
    bookState: load.state,
    move: moveOf(amo, kit, account.workspace),
    async check() {
      mustBeSignedIn(account);
      // What is only tried is not let in: the code is good for one time.
      if (kit.isTrial && account.settings.sign_in === "oauth") return;
      await asking(async () => {
        await enterCode(account, amo, kit);
        await amo.account.get();
      });
    },
  };
}

/** What webhooks have not told: changes of records, and what was written in chats. */
export async function pollAccount(account: Account, kit: Kit, since: Date): Promise<Polled> {
  const { ground } = groundOf(account, kit);
  const changes = await asking(() => changesSince(ground, since));
  const chats = chatsOf(account, ground.amo, kit);
  return chats ? { ...changes, facts: [...changes.facts, ...(await missedSince(ground, chats, since))] } : changes;
}

export function listenToAccount(account: Account, kit: Kit, signal: StopSignal): Promise<void> {
  const { ground, load } = groundOf(account, kit);
  return keep(ground, load, signal);
}

function groundOf(account: Account, kit: Kit, patient = true): { readonly ground: Ground; readonly load: Load } {
  const amo = amoOf(account, kit, patient);
  const setups = setupOf(amo, account.settings.domain ?? "", kit);
  return { ground: { account, amo, kit, setups }, load: loadIn(account, amo, kit, setups) };
}

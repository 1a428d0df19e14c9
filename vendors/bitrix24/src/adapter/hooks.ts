import { timingSafeEqual } from "node:crypto";
import {
  type EventDraft,
  type InboundRequest,
  Intruder,
  type Kit,
  type Received,
  Refused,
  type Reply,
  saysNothingWasDone,
} from "@svyazka/core";
import type { User } from "../client.ts";
import { linesDeleted } from "../desk/lines.ts";
import { writtenFacts } from "../desk/written.ts";
import { asking } from "../port-errors.ts";
import { type PortalEvent, readEvent, readToldObject, readWantedCall, type WantedCall } from "../protocol.ts";
import type { PortalConnection } from "../settings.ts";
import { bodyText } from "./body-text.ts";
import { toldOf } from "./follow.ts";
import { letIn } from "./let-in.ts";
import { endWanted, rememberWanted } from "./phone-calls.ts";
import { portalOf } from "./portal.ts";
import { setupsOf } from "./setup.ts";

/** Events of a portal: of the application, or of an outgoing webhook that a person has made. Sent once, never again: stored before anything else. */

const ok: Reply = { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: "OK\n" };

export function receiveEvent(request: InboundRequest, connection: PortalConnection, now: Date): Received {
  const event = readEvent(bodyText(request));
  if (!event) return { ignored: "no event of a portal", reply: ok };
  checkSender(request, event, connection);
  const stamp = event.at ?? String(Math.floor(now.getTime() / 1000));
  const facts = factsOf(event, connection, stamp);
  if (facts.length > 0) return { facts, reply: ok };
  const wanted = readWantedCall(event);
  if (wanted) return callingBack(wanted, connection);
  if (event.event === "ONAPPINSTALL" && event.tokens) return letIn({ connection, tokens: event.tokens, reply: ok, failure: () => ok });
  const ended = linesDeleted(event);
  if (ended) return { answer: async (kit) => ({ ...ok, detail: await ended(kit) }), otherwise: ok, withinMs: 5_000 };
  return { ignored: `${event.event}: nothing in it that we follow`, reply: ok };
}

function factsOf(event: PortalEvent, connection: PortalConnection, stamp: string): EventDraft[] {
  const told = readToldObject(event);
  if (told) return [toldOf(told, stamp)];
  return event.event === "ONIMCONNECTORMESSAGEADD" ? writtenFacts(connection.id, event.data, stamp) : [];
}

/**
 * Events are not signed. Their address is a secret of its own, which nobody in the portal is shown; who has told us the token of events besides, is asked for it. A stored
 * request came through here before. Throws `Intruder`.
 */
function checkSender({ origin }: InboundRequest, { applicationToken = "" }: PortalEvent, { secrets }: PortalConnection): void {
  if (origin !== undefined && !isSame(origin.split("/").at(-1) ?? "", secrets.event_secret))
    throw new Intruder("events come to an address of their own");
  if (origin !== undefined && secrets.application_token && !isSame(applicationToken, secrets.application_token))
    throw new Intruder("the application_token is another one");
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Somebody in the portal has clicked on a phone: their own rings at once. Rings people, so it is never repeated. */
function callingBack(wanted: WantedCall, connection: PortalConnection): Received {
  const { click_to_call: by } = connection.settings;
  if (!by) return { ignored: "somebody wants to call, and no connection of telephony is chosen for it", reply: ok };
  return {
    async answer(kit) {
      try {
        return { ...ok, detail: await callBy(kit, by, wanted, connection) };
      } catch (error) {
        return { ...ok, detail: `not called: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
    otherwise: ok,
    withinMs: 10_000,
  };
}

async function callBy(kit: Kit, by: string, wanted: WantedCall, connection: PortalConnection): Promise<string> {
  const telephony = await kit.telephonyOf(by);
  if (!telephony) throw new Refused(`the connection ${by} does not call`);
  const account = await accountOf(telephony, await userOf(kit, connection, wanted.user), wanted.user);
  if (!(await isFirst(kit, wanted))) return "this click was heard before";
  await rememberWanted({ kit }, wanted);
  try {
    await asking(() => telephony.startCall({ account, phone: wanted.phone, ...(wanted.line !== undefined && { line: wanted.line }) }));
  } catch (error) {
    const portal = portalOf(connection, kit, { isPatient: false });
    // Whoever reads the journal is told why nothing rang, whether or not the card could be closed.
    if (saysNothingWasDone(error)) await endWanted({ kit, portal }, wanted, error instanceof Error ? error.message : "").catch(() => {});
    throw error;
  }
  return `calling ${wanted.phone} for the user ${wanted.user}`;
}

/** Whoever repeats requests on the way, or a person who plays one again, makes no phone ring twice. */
const isFirst = ({ store, exclusively }: Kit, { callId }: WantedCall): Promise<boolean> =>
  exclusively([`click ${callId}`], async () => {
    if (await store.get("clicked", callId)) return false;
    await store.put("clicked", callId, true, { days: clickedDays });
    return true;
  });
const clickedDays = 30;

/** As the portal numbers them, whatever CRM people are named by here. Its own copy is asked: while there is one, nobody waits for the portal. */
const userOf = (kit: Kit, connection: PortalConnection, user: string): Promise<User | undefined> =>
  asking(() =>
    setupsOf(connection, portalOf(connection, kit, { isPatient: false }), kit).find(({ users }) => users.find(({ id }) => id === user)),
  );

async function accountOf(
  telephony: NonNullable<Awaited<ReturnType<Kit["telephonyOf"]>>>,
  user: User | undefined,
  id: string,
): Promise<string> {
  const { extension, email } = user ?? ({} as Partial<User>);
  const accounts = await asking(() => telephony.users());
  const found =
    accounts.find((one) => extension !== undefined && (one.extension === extension || one.account === extension)) ??
    accounts.find((one) => email !== undefined && one.email?.toLowerCase() === email.toLowerCase());
  if (!found)
    throw new Refused(
      `nobody of the PBX has the extension ${extension ?? "that the portal does not tell"} or the e-mail of the user ${id}`,
    );
  return found.account;
}

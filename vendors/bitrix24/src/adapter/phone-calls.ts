import { createHash } from "node:crypto";
import { type CallDraft, type CallOutcome, type KnownCall, lastTenDigits, type RecordId, userThere } from "@svyazka/core";
import type { WantedCall } from "../protocol.ts";
import { callTypes, type RegisterDraft, type StatusCode } from "../protocol.ts";
import type { Ground } from "./ground.ts";

/** A call as the portal's telephony knows it: registered once, whether a card is shown first or it is written down when it is over. */

/** The same for the same call, for ever: what the portal knows it by, too. Source: register, EXTERNAL_CALL_ID */
export const callId = (key: string): string => createHash("sha256").update(key).digest("hex").slice(0, 32);

export interface Registered {
  readonly callId: string;
  readonly user: number;
}

/** So long a card or a recording may still come. */
const registeredDays = 30;
/** So long the PBX may take to call after somebody has clicked on a phone, and so far its clock may be from ours. */
const wantedMs = 120_000;

type Told = Pick<CallDraft, "client" | "direction" | "line" | "startedAt" | "contact"> & { readonly user: number };

export const numberOf = ({ client }: Pick<CallDraft, "client">): string => client.e164 ?? client.typed;

/** Source: register. Whoever is a stranger becomes somebody by our own rules, or by nobody's. */
export const registerDraft = (key: string, { user, direction, line, startedAt, contact, client }: Told): RegisterDraft => ({
  ...{ USER_ID: user, PHONE_NUMBER: numberOf({ client }), TYPE: direction === "out" ? callTypes.out : callTypes.in },
  ...(startedAt && { CALL_START_DATE: startedAt.toISOString() }),
  ...{ CRM_CREATE: 0, SHOW: 0, EXTERNAL_CALL_ID: callId(key) },
  ...(line !== undefined && { LINE_NUMBER: line }),
  ...(contact !== undefined && /^\d{1,15}$/.test(contact) && { CRM_ENTITY_TYPE: "CONTACT", CRM_ENTITY_ID: Number(contact) }),
});

/** Does something about a call that nobody registers meanwhile; `registered` is what the portal calls it, if anybody has. */
export const inCall = <T>(
  { kit }: Pick<Ground, "kit">,
  key: string,
  work: (registered: Registered | undefined) => Promise<T>,
): Promise<T> => kit.exclusively([`register ${key}`], async () => work(await registeredAs({ kit }, key)));

export const remember = ({ kit }: Pick<Ground, "kit">, key: string, registered: Registered): Promise<void> =>
  kit.store.put("registered", key, registered, { days: registeredDays });

/** Registers it, or takes the one that a click in the portal has made. To be called `inCall`. */
export async function registerNow(ground: Ground, key: string, told: Told): Promise<Registered> {
  const claimed = await claimWanted(ground, key, told);
  if (claimed) return claimed;
  const registered = { user: told.user, callId: await ground.portal.telephony.register(registerDraft(key, told)) };
  await remember(ground, key, registered);
  return registered;
}

export const registeredAs = ({ kit }: Pick<Ground, "kit">, key: string): Promise<Registered | undefined> =>
  kit.store.get<Registered>("registered", key);

interface Wanted extends Registered {
  /** Unix milliseconds. */
  readonly at: number;
}

/** Somebody has clicked on a phone: the portal has made a call of it already, and the PBX's call is to become that one. */
export const rememberWanted = ({ kit }: Pick<Ground, "kit">, { callId, phone, user }: WantedCall): Promise<void> =>
  kit.store.put("wanted", lastTenDigits(phone), { callId, user: Number(user), at: kit.now().getTime() } satisfies Wanted, { days: 1 });

/** The PBX does not call after all: the portal's call is ended, so that its card closes, and no other call becomes it. */
export async function endWanted({ kit, portal }: Pick<Ground, "kit" | "portal">, wanted: WantedCall, reason: string): Promise<void> {
  await kit.store.remove("wanted", lastTenDigits(wanted.phone));
  await portal.telephony.finish({
    ...{ CALL_ID: wanted.callId, USER_ID: Number(wanted.user), DURATION: 0, ADD_TO_CHAT: 0 },
    ...{ STATUS_CODE: "OTHER", FAILED_REASON: reason },
  });
}

/**
 * The call that a click has made, if this is it: the same number, begun within two minutes of it, however much later it is written down. Kept under the call's key at
 * once, so that it is still this one's when the portal does not answer now. To be called `inCall`.
 */
export async function claimWanted(
  { kit }: Pick<Ground, "kit">,
  key: string,
  told: Pick<CallDraft, "client" | "direction" | "startedAt">,
): Promise<Registered | undefined> {
  if (told.direction !== "out") return undefined;
  const number = lastTenDigits(numberOf(told));
  const wanted = await kit.store.get<Wanted>("wanted", number);
  const began = (told.startedAt ?? kit.now()).getTime();
  if (!wanted || Math.abs(began - wanted.at) > wantedMs || !(await kit.store.take("wanted", number))) return undefined;
  const registered = { callId: wanted.callId, user: wanted.user };
  await remember({ kit }, key, registered);
  return registered;
}

/** Whose it becomes in the portal: there is no call of nobody. */
export async function whoseCall(ground: Ground, call: Pick<KnownCall, "employee" | "contact">): Promise<number | undefined> {
  const { connection, kit, setups } = ground;
  const { users, me } = await setups.get();
  const isWorking = (id: string | undefined): id is string =>
    id !== undefined && (users.length === 0 || users.some((one) => one.id === id && one.isActive));
  const contact = call.contact === undefined ? undefined : await kit.book.get("contact", call.contact);
  const candidates: readonly (RecordId | undefined)[] = [
    userThere(connection, call.employee?.user),
    connection.settings.duty_user,
    contact?.responsible,
    me,
  ];
  const found = candidates.find(isWorking);
  return found === undefined ? undefined : Number(found);
}

/** Source: finish, STATUS_CODE */
export const statusOf = ({ outcome, direction }: Pick<KnownCall, "outcome" | "direction">): StatusCode =>
  outcome === undefined ? "OTHER" : outcome === "cancelled" && direction === "in" ? "304" : statuses[outcome];

const statuses: Readonly<Record<CallOutcome, StatusCode>> = {
  ...{ answered: "200", missed: "304", cancelled: "603-S", busy: "486", unavailable: "480", not_allowed: "403", not_found: "404" },
};

/** The portal takes wav and mp3, by the name. Source: attachRecord, FILENAME */
export const recordingName = (key: string, url: string): string => `${callId(key)}.${/\.wav(\?|$)/i.test(url) ? "wav" : "mp3"}`;

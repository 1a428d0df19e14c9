import { type CallWriting, type Crm, type KnownCall, keptCalls, type RecordId, userThere } from "@svyazka/core";
import { BitrixRefused, BitrixUnable } from "../client.ts";
import { addNote } from "./entries.ts";
import { dealPlace, type Ground, idOf } from "./ground.ts";
import { callId, recordingName, registerCall, statusOf, whoseCall } from "./phone-calls.ts";
import { isApplication } from "./portal.ts";
import { callText } from "./words.ts";

/** What a call has become in the portal. */
type Written =
  /** A call of its telephony, with the recording that was attached last. */
  | { readonly as: "call"; readonly callId: string; readonly isFinished: boolean; readonly record?: string }
  /** A comment: of a webhook, which has no telephony, and of a number that is none. */
  | { readonly as: "comment"; readonly text: string };

/** A call goes on here, and is finished in the portal when it is over. */
export function callsIn(ground: Ground): Pick<Crm, "saveCall" | "findCall"> {
  const { kit, portal, connection, setups } = ground;
  return keptCalls<Written>({
    ...{ kit, idOf: callId },
    async knowsUser(user) {
      const there = userThere(connection, user);
      const { users } = await setups.get();
      return there !== undefined && /^\d{1,15}$/.test(there) && (users.length === 0 || users.some(({ id }) => id === there));
    },
    knowsContact: async (contact) =>
      /^\d{1,15}$/.test(contact) &&
      ((await kit.book.get("contact", contact)) !== undefined || (await portal.contacts.find(Number(contact))) !== undefined),
    write: (key, call, writing) => writeCall(ground, key, call, writing),
  });
}

async function writeCall(ground: Ground, key: string, call: KnownCall, writing: CallWriting<Written>): Promise<Written | undefined> {
  if (call.direction === "internal") return undefined;
  const { written } = writing;
  const isNumber = call.client.e164 !== undefined || /^\+?\d{3,}$/.test(call.client.typed.replace(/[\s()-]/g, ""));
  if (written?.as === "comment" || !isApplication(ground.connection) || !isNumber) return comment(ground, key, call, written);
  try {
    return await telephonyCall(ground, key, call, writing);
  } catch (error) {
    // The permission is missing: better in words than not at all.
    if (error instanceof BitrixUnable && written === undefined) return comment(ground, key, call, undefined);
    throw error;
  }
}

async function telephonyCall(
  ground: Ground,
  key: string,
  call: KnownCall,
  { written, wasTried, keep }: CallWriting<Written>,
): Promise<Written | undefined> {
  const { portal, kit } = ground;
  const recording = call.recordings.at(-1);
  const url = recording && kit.recordingUrl(recording);
  const file = url === undefined ? undefined : { url, name: recordingName(key, recording?.url ?? url) };
  if (written?.as === "call" && written.isFinished) {
    if (!file || written.record === file.url) return written;
    await attach(ground, key, call, written.callId, file);
    return { ...written, record: file.url };
  }
  const user = await whoseCall(ground, call);
  if (user === undefined) return comment(ground, key, call, undefined);
  const registered = await registerCall(ground, key, { ...call, user });
  const begun: Written = { as: "call", callId: registered.callId, isFinished: false };
  const isBegun = written?.as === "call" && written.callId === registered.callId;
  if (!isBegun) await keep(begun);
  const finished: Written = { ...begun, isFinished: true, ...(file && { record: file.url }) };
  // An earlier try may have finished it, and its answer was lost.
  if (wasTried && isBegun && (await portal.telephony.findByCallId(registered.callId))) {
    if (file) await attach(ground, key, call, registered.callId, file);
    return finished;
  }
  const { activity, recordRefused } = await portal.telephony.finish(
    {
      ...{ CALL_ID: registered.callId, USER_ID: user, STATUS_CODE: statusOf(call), ADD_TO_CHAT: 0 },
      DURATION: call.outcome === "answered" ? Math.round(call.talkSeconds ?? call.durationSeconds ?? 0) : 0,
      ...(call.rating !== undefined && call.rating >= 1 && call.rating <= 5 && { VOTE: call.rating }),
    },
    file,
  );
  await keep(finished);
  await bindToDeal(ground, activity, call.deal);
  if (call.contact !== undefined) await kit.book.touch("contact", call.contact);
  if (recordRefused !== undefined && file) await noteRecord(ground, key, call, recordRefused, file);
  return finished;
}

interface Recording {
  readonly url: string;
  readonly name: string;
}

async function attach(ground: Ground, key: string, call: KnownCall, callId: string, file: Recording): Promise<void> {
  try {
    await ground.portal.telephony.attachRecord(callId, file);
  } catch (error) {
    if (!(error instanceof BitrixRefused)) throw error;
    await noteRecord(ground, key, call, error.words || error.message, file);
  }
}

/** The portal ties a call to the contact; its deal is told apart. Done twice, it stays done. */
async function bindToDeal({ portal }: Ground, activity: number | undefined, deal: RecordId | undefined): Promise<void> {
  if (activity === undefined || deal === undefined || !/^(L_)?\d{1,15}$/.test(deal)) return;
  const { of, id } = dealPlace(deal);
  try {
    await portal.feed.bindActivity(activity, of, id);
  } catch (error) {
    if (!(error instanceof BitrixRefused)) throw error;
  }
}

/** A recording that the portal does not take stays where we have it: people find the address beside the call. */
async function noteRecord(ground: Ground, key: string, call: KnownCall, words: string, { url }: Recording): Promise<void> {
  const on = targetOf(call);
  if (on) await addNote(ground, { kind: "note", key: `${key}:record ${callId(url)}`, on, text: `${words}: ${url}` });
}

/** In words, on its deal or its contact; what comes later is said in another comment. */
async function comment(ground: Ground, key: string, call: KnownCall, written: Written | undefined): Promise<Written | undefined> {
  const on = targetOf(call);
  if (!on) return undefined;
  const recording = call.recordings.at(-1);
  const text = callText(ground.connection.workspace, call, recording && ground.kit.recordingUrl(recording));
  if (written?.as === "comment" && written.text === text) return written;
  await addNote(ground, { kind: "note", key: `${key}:${callId(text)}`, on, text });
  return { as: "comment", text };
}

function targetOf({ deal, contact }: KnownCall): { readonly deal: RecordId } | { readonly contact: RecordId } | undefined {
  if (deal !== undefined && /^(L_)?\d{1,15}$/.test(deal)) return { deal };
  return contact === undefined ? undefined : { contact: String(idOf("contact", contact)) };
}

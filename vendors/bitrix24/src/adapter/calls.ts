import { type CallWriting, type Crm, type KnownCall, keptCalls, lastTenDigits, type RecordId, userThere } from "@svyazka/core";
import { BitrixClosed, BitrixError, BitrixRefused, BitrixUnable, type FinishedCall, type Recording, type WithCall } from "../client.ts";
import { hasDoneNothing } from "../port-errors.ts";
import { callTypes, type FinishDraft, objectTypes } from "../protocol.ts";
import { addNote } from "./entries.ts";
import { dealPlace, type Ground, idOf } from "./ground.ts";
import {
  callId,
  claimWanted,
  inCall,
  numberOf,
  type Registered,
  recordingName,
  registerDraft,
  registerNow,
  remember,
  statusOf,
  whoseCall,
} from "./phone-calls.ts";
import { isApplication } from "./portal.ts";
import { callText } from "./words.ts";

/** What a call has become in the portal. */
type Written =
  /** A call of its telephony, with the recording that was attached last, the client's mark, and its activity while that has to be put beside the deal yet. */
  | { readonly as: "call"; readonly callId: string; readonly record?: string; readonly rating?: number; readonly unplaced?: number }
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
    hasDoneNothing,
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
  const recording = recordingOf(ground, key, call);
  if (written?.as === "call") return addLater(ground, key, call, written, recording);
  const user = await whoseCall(ground, call);
  if (user === undefined) return comment(ground, key, call, undefined);
  const { callId, activityId, recordError, besideError } = await inCall(ground, key, (registered) =>
    end(ground, key, { ...call, user }, { registered, wasTried, recording }),
  );
  // The call stands, whatever became of its recording: a next try has only that left to do.
  const done: Written = {
    ...{ as: "call", callId },
    ...(call.rating !== undefined && { rating: call.rating }),
    ...(besideError && activityId !== undefined && { unplaced: activityId }),
  };
  await keep(done);
  if (call.contact !== undefined) await ground.kit.book.touch("contact", call.contact);
  if (recording && recordError) await noteIfRefused(ground, key, call, recordError, recording);
  const whole: Written = { ...done, ...(recording && { record: recording.url }) };
  if (whole.unplaced === undefined) return whole;
  await keep(whole);
  throw besideError;
}

/** What becomes known of a call that is over: the portal takes a recording then, and no mark. */
async function addLater(
  ground: Ground,
  key: string,
  call: KnownCall,
  written: Written & { readonly as: "call" },
  recording: Recording | undefined,
): Promise<Written> {
  const { rating } = call;
  const { unplaced, ...placed } = written;
  if (unplaced !== undefined) await placeLater(ground, unplaced, call);
  if (recording && written.record !== recording.url) {
    const error = await attachTo(ground, written.callId, recording);
    if (error) await noteIfRefused(ground, key, call, error, recording);
  }
  const on = targetOf(call);
  if (rating !== undefined && rating !== written.rating && on)
    await addNote(ground, {
      kind: "note",
      key: `${key}:rating ${rating}`,
      on,
      text: callText(ground.connection.workspace, call, undefined),
    });
  return { ...placed, ...(recording && { record: recording.url }), ...(rating !== undefined && { rating }) };
}

interface Ending {
  readonly registered: Registered | undefined;
  /** An earlier try may have ended it, and its answer was lost. */
  readonly wasTried: boolean;
  readonly recording: Recording | undefined;
}

/** Registers the call where nobody has, and ends it, in one request wherever that is safe. */
async function end(
  ground: Ground,
  key: string,
  call: KnownCall & { readonly user: number },
  { registered, wasTried, recording }: Ending,
): Promise<FinishedCall & { readonly callId: string }> {
  const { telephony } = ground.portal;
  const more = { recording, beside: besideOf(call) };
  const known = registered ?? (await claimWanted(ground, key, call));
  if (!known && !wasTried) {
    const logged = await telephony.log(registerDraft(key, call), finishDraft(call), more);
    await remember(ground, key, { callId: logged.callId, user: call.user });
    return logged;
  }
  const withRecord = async (callId: string): Promise<FinishedCall & { readonly callId: string }> => {
    const recordError = recording && (await attachTo(ground, callId, recording));
    return { callId, ...(recordError && { recordError }) };
  };
  const ended = wasTried ? await endedBefore(ground, call, known) : undefined;
  if (ended !== undefined) return withRecord(ended);
  const { callId } = known ?? (await registerNow(ground, key, call));
  try {
    return { callId, ...(await telephony.finish({ ...finishDraft(call), CALL_ID: callId }, more)) };
  } catch (error) {
    if (wasTried && isFinished(error)) return withRecord(callId);
    throw error;
  }
}

/** One that is over is "not found" to whoever ends it again; these words are in every portal's the same. Source: telephony.externalCall.finish */
const isFinished = (error: unknown): boolean => error instanceof BitrixRefused && /call is not found/i.test(error.words);

/** The one that an earlier try has ended: by its name, or by its number and the second of its beginning. */
async function endedBefore({ portal }: Ground, call: KnownCall, known: Registered | undefined): Promise<string | undefined> {
  try {
    if (known) return (await portal.telephony.finished({ callId: known.callId }))[0]?.callId;
    if (!call.startedAt) return undefined;
    const [from, to] = [-slackMs, slackMs].map((slack) => new Date((call.startedAt?.getTime() ?? 0) + slack));
    const type = call.direction === "out" ? callTypes.out : callTypes.in;
    const found = from && to ? await portal.telephony.finished({ from, to }) : [];
    return found.find((one) => one.type === type && lastTenDigits(one.phone) === lastTenDigits(numberOf(call)))?.callId;
  } catch (error) {
    // Who may not see the statistics has the portal's own half an hour, in which the same call is registered once. A portal that is shut says so again.
    if (error instanceof BitrixRefused || error instanceof BitrixClosed) return undefined;
    throw error;
  }
}
/** The portal keeps whole seconds. */
const slackMs = 1_500;

const finishDraft = (call: KnownCall & { readonly user: number }): Omit<FinishDraft, "CALL_ID"> => ({
  ...{ USER_ID: call.user, STATUS_CODE: statusOf(call), ADD_TO_CHAT: 0 },
  DURATION: call.outcome === "answered" ? Math.round(call.talkSeconds ?? call.durationSeconds ?? 0) : 0,
  ...(call.rating !== undefined && call.rating >= 1 && call.rating <= 5 && { VOTE: call.rating }),
});

/** The portal ties a call to the contact; its deal is told apart. */
function besideOf({ deal }: KnownCall): WithCall["beside"] {
  if (deal === undefined || !/^(L_)?\d{1,15}$/.test(deal)) return undefined;
  const { of, id } = dealPlace(deal);
  return { entityTypeId: objectTypes[of], entityId: id };
}

/** The portal had no time for it when the call ended. Throws what may be tried again. */
async function placeLater({ portal }: Ground, activity: number, call: KnownCall): Promise<void> {
  const place = besideOf(call);
  try {
    if (place) await portal.telephony.standBeside(activity, place);
  } catch (error) {
    // An earlier try has put it there, or the deal is gone.
    if (!(error instanceof BitrixRefused)) throw error;
  }
}

function recordingOf({ kit }: Ground, key: string, { recordings }: KnownCall): Recording | undefined {
  const last = recordings.at(-1);
  return last && { url: kit.recordingUrl(last), name: recordingName(key, last.url) };
}

/** Answers why it was not taken, if it was not. */
async function attachTo({ portal }: Ground, callId: string, file: Recording): Promise<BitrixError | undefined> {
  try {
    await portal.telephony.attachRecord(callId, file);
    return undefined;
  } catch (error) {
    if (error instanceof BitrixError) return error;
    throw error;
  }
}

/** A recording that the portal does not take stays where we have it: people find the address beside the call. Throws what may be tried again. */
async function noteIfRefused(ground: Ground, key: string, call: KnownCall, error: BitrixError, { url }: Recording): Promise<void> {
  if (!(error instanceof BitrixRefused)) throw error;
  const on = targetOf(call);
  const text = `${error.words || error.message}: ${url}`;
  if (on) await addNote(ground, { kind: "note", key: `${key}:record ${callId(url)}`, on, text });
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

import { type FinishDraft, listOf, mapOf, numberIn, type RegisterDraft, textIn } from "../protocol.ts";
import { type Command, type Outcome, runBatch } from "./batch.ts";
import { type BitrixError, BitrixRefused, BitrixUnavailable } from "./errors.ts";
import type { Transport } from "./transport.ts";

/** Calls of an outside PBX in the portal's telephony. For applications only. Source: api-reference/telephony */

export interface Recording {
  readonly url: string;
  /** Ends in wav or mp3. */
  readonly name: string;
}

/** What is done with a call that is over, besides. */
export interface WithCall {
  readonly recording?: Recording | undefined;
  /** Its activity is to stand beside this object, too. */
  readonly beside?: { readonly entityTypeId: number; readonly entityId: number } | undefined;
}

export interface FinishedCall {
  /** The portal has not taken the recording, for good or for now: the call stands all the same. */
  readonly recordError?: BitrixError;
  /** Its activity does not stand beside that object yet. What the portal refuses for good is no error of the call. */
  readonly besideError?: BitrixError;
  readonly activityId?: number;
}

const registering = "telephony.externalCall.register";
const finishing = "telephony.externalCall.finish";

export function telephonyOf(transport: Transport) {
  const { ask } = transport;

  /** Whoever has finished a call by these commands, and with whom it stands. A recording or a place that the portal does not take is no failure of the call. */
  function readFinished(outcomes: ReadonlyMap<string, Outcome>): FinishedCall {
    const activityId = numberIn(mapOf(doneBy(outcomes, "finish", finishing)), "CRM_ACTIVITY_ID");
    const [attached, placed] = [outcomes.get("record"), outcomes.get("beside")];
    return {
      ...(activityId !== undefined && { activityId }),
      ...(attached && !attached.isDone && { recordError: attached.error }),
      ...(placed && !placed.isDone && !(placed.error instanceof BitrixRefused) && { besideError: placed.error }),
    };
  }

  return {
    /** Within half an hour the same `EXTERNAL_CALL_ID` of the same person, number and line answers with the same call. */
    async register(draft: RegisterDraft): Promise<string> {
      const { result } = await ask(registering, { ...draft }, { isWrite: true });
      return callIdIn(result);
    },
    /** Whether there is such a call. */
    show: async (callId: string, users: readonly number[]): Promise<boolean> =>
      (await ask("telephony.externalCall.show", { CALL_ID: callId, USER_ID: users }, { isWrite: true })).result === true,
    hide: async (callId: string, users: readonly number[]): Promise<boolean> =>
      (await ask("telephony.externalCall.hide", { CALL_ID: callId, USER_ID: users }, { isWrite: true })).result === true,
    /** Ends a call that was registered, and does the rest, in one request. */
    async finish(draft: FinishDraft, more: WithCall = {}): Promise<FinishedCall> {
      return readFinished(await runBatch(transport, finishCommands(draft, more)));
    },
    /** A call that is over already: registered and ended in one request. */
    async log(
      register: RegisterDraft,
      finish: Omit<FinishDraft, "CALL_ID">,
      more: WithCall = {},
    ): Promise<FinishedCall & { readonly callId: string }> {
      const outcomes = await runBatch(transport, {
        register: { method: registering, params: { ...register } },
        ...finishCommands({ ...finish, CALL_ID: "$result[register][CALL_ID]" }, more),
      });
      const callId = callIdIn(doneBy(outcomes, "register", registering));
      return { callId, ...readFinished(outcomes) };
    },
    /** Again takes the place of the one before. */
    async attachRecord(callId: string, recording: Recording): Promise<void> {
      const { method, params } = attachCommand(callId, recording);
      await ask(method, params, { isWrite: true });
    },
    /** One that stands there already is refused. */
    async standBeside(activityId: number, place: NonNullable<WithCall["beside"]>): Promise<void> {
      const { method, params } = besideCommand(activityId, place);
      await ask(method, params, { isWrite: true });
    },
    /** Numbers from which people of the portal may call by us. */
    async addLine(number: string, name: string): Promise<void> {
      await ask("telephony.externalLine.add", { NUMBER: number, NAME: name, CRM_AUTO_CREATE: "N" }, { isWrite: true });
    },
    /** Calls that are over, and began then. Who may not see the statistics, is refused. Source: voximplant.statistic.get */
    async finished(filter: { readonly callId: string } | { readonly from: Date; readonly to: Date }): Promise<readonly LoggedCall[]> {
      const FILTER =
        "callId" in filter
          ? { CALL_ID: filter.callId }
          : { ">=CALL_START_DATE": filter.from.toISOString(), "<=CALL_START_DATE": filter.to.toISOString() };
      const { result } = await ask("voximplant.statistic.get", { FILTER, SORT: "ID", ORDER: "DESC" });
      return listOf(result).flatMap((raw) => {
        const row = mapOf(raw);
        const callId = textIn(row, "CALL_ID");
        return callId === undefined ? [] : [{ callId, phone: textIn(row, "PHONE_NUMBER") ?? "", type: numberIn(row, "CALL_TYPE") ?? 0 }];
      });
    },
  };
}
export type PortalTelephony = ReturnType<typeof telephonyOf>;

export interface LoggedCall {
  readonly callId: string;
  readonly phone: string;
  /** As in `callTypes`. */
  readonly type: number;
}

function doneBy(outcomes: ReadonlyMap<string, Outcome>, name: string, method: string): unknown {
  const outcome = outcomes.get(name);
  if (!outcome) throw new BitrixUnavailable("the batch has left it out", { method, status: 200 }, true);
  if (!outcome.isDone) throw outcome.error;
  return outcome.result;
}

function callIdIn(result: unknown): string {
  const id = textIn(mapOf(result), "CALL_ID");
  if (id === undefined) throw new BitrixUnavailable("the answer holds no CALL_ID", { method: registering, status: 200 }, true);
  return id;
}

const finishCommands = (draft: FinishDraft, { recording, beside }: WithCall): Readonly<Record<string, Command>> => ({
  finish: { method: finishing, params: { ...draft } },
  ...(beside && {
    beside: { ...besideCommand("$result[finish][CRM_ACTIVITY_ID]", beside), canWait: true },
  }),
  ...(recording && { record: { ...attachCommand(draft.CALL_ID, recording), canWait: true } }),
});

const besideCommand = (activityId: number | string, place: NonNullable<WithCall["beside"]>): Command => ({
  method: "crm.activity.binding.add",
  params: { activityId, ...place },
});

/** The portal fetches it by itself. wav or mp3, by the name. */
const attachCommand = (callId: string, { url, name }: Recording): Command => ({
  method: "telephony.externalCall.attachRecord",
  params: { CALL_ID: callId, FILENAME: name, RECORD_URL: url },
});

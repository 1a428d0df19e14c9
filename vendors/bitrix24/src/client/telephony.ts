import { type FinishDraft, mapOf, numberIn, type RegisterDraft, textIn } from "../protocol.ts";
import { runBatch } from "./batch.ts";
import { BitrixRefused, BitrixUnavailable } from "./errors.ts";
import type { Transport } from "./transport.ts";

/** Calls of an outside PBX in the portal's telephony. For applications only. Source: api-reference/telephony */

export interface FinishedCall {
  readonly activity?: number;
}

export function telephonyOf(transport: Transport) {
  const { ask } = transport;
  return {
    /** Within half an hour the same `EXTERNAL_CALL_ID` of the same person, number and line answers with the same call. */
    async register(draft: RegisterDraft): Promise<string> {
      const method = "telephony.externalCall.register";
      const { result } = await ask(method, { ...draft }, { isWrite: true });
      const id = textIn(mapOf(result), "CALL_ID");
      if (id === undefined) throw new BitrixUnavailable("the answer holds no CALL_ID", { method, status: 200 }, true);
      return id;
    },
    /** Whether there is such a call. */
    show: async (callId: string, users: readonly number[]): Promise<boolean> =>
      (await ask("telephony.externalCall.show", { CALL_ID: callId, USER_ID: users }, { isWrite: true })).result === true,
    hide: async (callId: string, users: readonly number[]): Promise<boolean> =>
      (await ask("telephony.externalCall.hide", { CALL_ID: callId, USER_ID: users }, { isWrite: true })).result === true,
    /** Finishes it and attaches its recording, in one request. A recording that the portal does not take is told apart: the call stands all the same. */
    async finish(
      draft: FinishDraft,
      recording?: { readonly url: string; readonly name: string },
    ): Promise<FinishedCall & { readonly recordRefused?: string }> {
      const outcomes = await runBatch(
        transport,
        {
          finish: { method: "telephony.externalCall.finish", params: { ...draft } },
          ...(recording && { record: attachCommand(draft.CALL_ID, recording) }),
        },
        { halt: true },
      );
      const [finished, attached] = [outcomes.get("finish"), outcomes.get("record")];
      if (!finished)
        throw new BitrixUnavailable("the batch has left it out", { method: "telephony.externalCall.finish", status: 200 }, true);
      if (!finished.isDone) throw finished.error;
      const activity = numberIn(mapOf(finished.result), "CRM_ACTIVITY_ID");
      if (attached && !attached.isDone && !(attached.error instanceof BitrixRefused)) throw attached.error;
      return {
        ...(activity !== undefined && activity > 0 && { activity }),
        ...(attached && !attached.isDone && { recordRefused: attached.error.words || attached.error.message }),
      };
    },
    /** Again takes the place of the one before. */
    async attachRecord(callId: string, recording: { readonly url: string; readonly name: string }): Promise<void> {
      const { method, params } = attachCommand(callId, recording);
      await ask(method, params, { isWrite: true });
    },
    /** Numbers from which people of the portal may call by us. */
    async addLine(number: string, name: string): Promise<void> {
      await ask("telephony.externalLine.add", { NUMBER: number, NAME: name, CRM_AUTO_CREATE: "N" }, { isWrite: true });
    },
    async findByCallId(callId: string): Promise<boolean> {
      const { result } = await ask("voximplant.statistic.get", { FILTER: { CALL_ID: callId } });
      return Array.isArray(result) && result.length > 0;
    },
  };
}
export type PortalTelephony = ReturnType<typeof telephonyOf>;

/** The portal fetches it by itself. wav or mp3, by the name. */
const attachCommand = (callId: string, { url, name }: { readonly url: string; readonly name: string }) => ({
  method: "telephony.externalCall.attachRecord",
  params: { CALL_ID: callId, FILENAME: name, RECORD_URL: url },
});

import * as contract from "@svyazka/contract";
import { type CallRecording, readPhone } from "@svyazka/core";
import * as crm from "@svyazka/crm";
import { fileLink } from "../../files/link.ts";
import type { Hub } from "../../hub.ts";
import { type Implementation, implement } from "../implement.ts";
import { answerPage, listQuery, moment, reader, writeAbout } from "./requests.ts";

export type WriteRecording = (workspace: crm.Sql["workspace"], recording: CallRecording) => { url: string; kept: boolean };

/** Our copy, at an address that opens it for a day; until there is one, where the PBX has it. */
export const recordingWriter =
  (hub: Hub): WriteRecording =>
  (workspace, { url, file }) => ({
    url: file === undefined ? url : hub.publicUrl() + fileLink(hub.keys, workspace, file, new Date()),
    kept: file !== undefined,
  });

export const callWriter =
  (writeRecording: WriteRecording) =>
  (workspace: crm.Sql["workspace"], call: crm.Call): contract.CallShape => ({
    id: call.id,
    direction: call.direction,
    phone: call.phone,
    e164: call.e164,
    line: call.line,
    account: call.account,
    extension: call.extension,
    group: call.groupName,
    responsible: call.responsible,
    state: call.state,
    outcome: call.outcome,
    started_at: call.startedAt.toISOString(),
    wait_seconds: call.waitSeconds,
    talk_seconds: call.talkSeconds,
    duration_seconds: call.durationSeconds,
    recordings: call.recordings.map((recording) => writeRecording(workspace, recording)),
    rating: call.rating,
    contact: call.contact === null ? null : { id: call.contact, name: call.contactName ?? "" },
    company: call.company,
    deal: call.deal,
    about: writeAbout(call.about),
    connection: call.via,
    created_at: call.createdAt.toISOString(),
    updated_at: call.updatedAt.toISOString(),
  });

export function callRoutes(writeRecording: WriteRecording): readonly Implementation[] {
  const write = callWriter(writeRecording);
  return [
    implement(contract.listCalls, async ({ query, caller, sql }) => {
      const { direction, outcome, state, responsible, contact, company, deal, unreturned } = query;
      const filter = {
        ...{ direction, outcome, state, responsible, contact, company, deal, unreturned, via: query.connection },
        // A text that is no number is nobody's.
        ...(query.phone !== undefined && { e164: readPhone(query.phone, caller.workspace.country)?.e164 ?? "" }),
        startedFrom: moment("started_from", query.started_from),
        startedTo: moment("started_to", query.started_to),
      };
      return answerPage(await crm.listCalls(sql, { ...listQuery(query), ...filter }, reader(caller)), (call) => write(sql.workspace, call));
    }),
    implement(contract.getCall, async ({ params, caller, sql }) => write(sql.workspace, await crm.getCall(sql, params.id, reader(caller)))),
  ];
}

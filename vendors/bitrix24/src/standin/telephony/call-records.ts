import { randomBytes } from "node:crypto";
import type { Call, Methods, Page, Params } from "../call.ts";
import { asStrings, listRows } from "../crm/classic-rows.ts";
import { json, type Reply } from "../door/reply.ts";
import { isMap, paramOf, textOf, textParam } from "../params.ts";
import { type Portal, type Row, type StoredFile, stampOf } from "../portal.ts";
import { core } from "./call-pen.ts";

/** Recordings of calls that are over, and the statistics of calls. */
export const callRecordMethods: Methods = {
  "telephony.externalcall.attachrecord": { scope: "telephony", run: attach },
  "voximplant.statistic.get": { scope: "telephony", run: statistics },
};

async function attach(call: Call): Promise<Params> {
  const { portal } = call;
  const [url, given] = [textParam(call, "RECORD_URL"), paramOf(call, "FILENAME")];
  if (url === "" && given === undefined) throw core("Required parameters are not set. Request should contain or URL or FILENAME parameter");
  const row = portal.state.calls.get(textParam(call, "CALL_ID"));
  if (!row?.["FINISHED"]) throw core("Call is not found in the statistic table. Looks like it is not finished yet.");
  const name = textOf(given) || (url === "" ? "" : new URL(url).pathname.split("/").pop()) || "";
  if (name === "") throw core("File name is empty");
  if (!/\.(wav|mp3)$/i.test(name)) throw core("Wrong file extension. Only wav and mp3 are allowed");
  if (url !== "") return { FILE_ID: keep(portal, row, name, await download(portal, url)) };
  const content = paramOf(call, "FILE_CONTENT");
  if (content === undefined) {
    const token = randomBytes(24).toString("hex");
    portal.uploads.set(token, { callId: textOf(row["CALL_ID"]), name });
    return { uploadUrl: `${portal.url()}/upload/${token}`, fieldName: "file" };
  }
  if (textOf(content) === "") throw core("File content is empty.");
  if (!/^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(textOf(content)))
    throw core("File content is not properly encoded. Base64 encoding is expected.");
  return { FILE_ID: keep(portal, row, name, new Uint8Array(Buffer.from(textOf(content), "base64"))) };
}

async function download(portal: Portal, url: string): Promise<Uint8Array> {
  const answer = await portal.web(url).catch(() => undefined);
  if (!answer) throw core("Server returns HTTP error code 0");
  if (!answer.ok) throw core(`Server returns HTTP error code ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** A repeat replaces what there was. */
function keep(portal: Portal, row: Row, name: string, bytes: Uint8Array): number {
  const file: StoredFile = { id: portal.nextId(), name, bytes, type: /mp3$/i.test(name) ? "audio/mpeg" : "audio/wav" };
  portal.state.files.delete(Number(row["RECORD_FILE_ID"]));
  portal.state.files.set(file.id, file);
  row["RECORD_FILE_ID"] = file.id;
  return file.id;
}

/** The recording that comes by itself, to the address that was given for it. */
export function takeUpload(portal: Portal, token: string, params: Params): Reply | undefined {
  const awaited = portal.uploads.get(token);
  const file = params["file"];
  const row = awaited && portal.state.calls.get(awaited.callId);
  if (!row || !isMap(file) || !(file["bytes"] instanceof Uint8Array)) return undefined;
  portal.uploads.delete(token);
  return json(200, { result: { FILE_ID: keep(portal, row, awaited.name, file["bytes"]) } });
}

function statistics(call: Call): Page {
  const finished = [...call.portal.state.calls.values()].filter((row) => row["FINISHED"]);
  const sort = textParam(call, "SORT");
  const order = sort === "" ? {} : { order: { [sort]: textParam(call, "ORDER") || "ASC" } };
  const params = { filter: paramOf(call, "filter"), start: paramOf(call, "start"), ...order };
  return listRows(
    { ...call, params },
    finished.map((row) => shown(call.portal, row)),
  );
}

/** All text but the file's id. */
const shown = (portal: Portal, row: Row): Params => ({
  ...asStrings({
    ...{
      ID: row["ID"],
      PORTAL_USER_ID: row["USER_ID"],
      PORTAL_NUMBER: row["LINE_NUMBER"],
      PHONE_NUMBER: row["PHONE_NUMBER"],
      CALL_ID: row["CALL_ID"],
    },
    ...{
      EXTERNAL_CALL_ID: row["EXTERNAL_CALL_ID"],
      CALL_CATEGORY: "external",
      CALL_LOG: null,
      CALL_TYPE: row["TYPE"],
      CALL_DURATION: row["DURATION"],
    },
    ...{ CALL_START_DATE: stampOf(Number(row["START"])), CALL_RECORD_URL: recordUrl(portal, row), CALL_VOTE: row["VOTE"] },
    ...{ COST: Number(row["COST"]).toFixed(4), COST_CURRENCY: row["COST_CURRENCY"], CALL_FAILED_CODE: row["STATUS_CODE"] },
    ...{ CALL_FAILED_REASON: row["FAILED_REASON"], CRM_ENTITY_TYPE: row["CRM_ENTITY_TYPE"], CRM_ENTITY_ID: row["CRM_ENTITY_ID"] },
    ...{
      CRM_ACTIVITY_ID: row["CRM_ACTIVITY_ID"],
      REST_APP_ID: "5",
      REST_APP_NAME: "Svyazka",
      TRANSCRIPT_ID: null,
      TRANSCRIPT_PENDING: "N",
    },
    ...{ SESSION_ID: null, REDIAL_ATTEMPT: null, COMMENT: null, RECORD_DURATION: null },
  }),
  RECORD_FILE_ID: row["RECORD_FILE_ID"] ?? null,
});

const recordUrl = (portal: Portal, row: Row): string =>
  row["RECORD_FILE_ID"] === undefined ? "" : `${portal.url()}/disk/downloadFile/${textOf(row["RECORD_FILE_ID"])}/`;

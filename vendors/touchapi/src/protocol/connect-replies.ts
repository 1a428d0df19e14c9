import type { FieldError } from "./connect.ts";
import { firstText, isObject, type Json, member, readId, readText } from "./json.ts";

/** What the connect service answers. The words are the document's own, as is "Vendors has been". */
export const said = {
  connected: "Vendors has been connected",
  connectFailed: "Failed to connect vendors",
  status: "CRM status",
  statusFailed: "Failed to get CRM status",
  disabled: "Integration disabled",
  disableFailed: "Failed to disable channel",
  unauthorized: "Unauthorized",
} as const;

/** `{ ok: true, message, data }`, with HTTP 200. */
export const writeSuccess = (message: string, data: unknown): string => JSON.stringify({ ok: true, message, data });

/** `{ ok: false, message, errors }`, with HTTP 400, 403, 404 or 500. */
export const writeError = (message: string, errors: readonly string[]): string => JSON.stringify({ ok: false, message, errors });

/** With HTTP 403; the vendor's own has an empty text in its list, too. */
export const writeUnauthorized = (): string => writeError(said.unauthorized, ["Authorization error", ""]);

/** Errors of fields as the list of texts that the envelope wants. */
export const writeFieldErrors = (errors: readonly FieldError[]): string[] =>
  errors.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`));

export interface Connected {
  /** What was done, for logs: nothing in it is documented. */
  readonly result: Json;
  /** Uuids of the links that were made now. None is no error: they were there before. */
  readonly binds: readonly string[];
  /** What the far side told of the account. */
  readonly info: unknown;
  /** With amoCRM only. */
  readonly sourceCreated?: unknown;
}

export const writeConnected = ({ result, binds, info, sourceCreated }: Connected): string =>
  writeSuccess(said.connected, {
    ...{ result, binds },
    additional: { ...(sourceCreated !== undefined && { amocrm_source_created: sourceCreated }), touchapi_info: info },
  });

/** How far a CRM is. Source: the vendor's cabinet; of the words only the last are the vendor's. */
export const crmSteps = {
  0: "CRM is unavailable",
  1: "CRM is disabled",
  2: "CRM is not installed",
  5: "CRM is installed and must be fully functional",
} as const;
export type CrmStep = keyof typeof crmSteps;

export const writeStatus = (crmUrl: string, step: CrmStep): string =>
  writeSuccess(said.status, { crm_url: crmUrl, step: { value: step, description: crmSteps[step] } });

/** The count is misspelt on the wire: `diabled_binds_count`. Source: `binder_api/crm_disable.md`. */
export const writeDisabled = (done: {
  /** Two and more, with a link each way. */
  readonly disabledBinds: number;
  readonly deletedSources: readonly unknown[];
  /** Our webhook at the far side. */
  readonly isWebhookDeleted: boolean;
}): string =>
  writeSuccess(said.disabled, [
    { diabled_binds_count: done.disabledBinds, delete_amocrm_sources: done.deletedSources, delete_webhook: done.isWebhookDeleted },
  ]);

/** The answer of somebody else's connect service. `binds` is a list, an empty list, or the number 0. */
export type ReadConnectReply =
  | { readonly ok: true; readonly message: string; readonly binds: readonly string[]; readonly data: Json }
  | { readonly ok: false; readonly message: string; readonly errors: readonly string[] };

export function readConnectReply(json: unknown): ReadConnectReply {
  if (!isObject(json) || member(json, "ok") !== true) {
    const errors = isObject(json) ? member(json, "errors") : undefined;
    return {
      ok: false,
      message: (isObject(json) ? firstText(json, ["message"]) : undefined) ?? "the answer is not the documented one",
      errors: Array.isArray(errors) ? errors.flatMap((one) => readText(one) ?? []) : [],
    };
  }
  const data = member(json, "data");
  const binds = isObject(data) ? member(data, "binds") : undefined;
  return {
    ...{ ok: true, message: firstText(json, ["message"]) ?? "", data: isObject(data) ? data : {} },
    binds: Array.isArray(binds) ? binds.flatMap((one) => readId(one) ?? []) : [],
  };
}

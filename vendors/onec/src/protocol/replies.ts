import { readJson } from "./json.ts";
import { isObject } from "./reading.ts";
import { readId, readOpaqueId, readText } from "./text.ts";

/** The envelope in which a hub answers 1C, in the key order of the document. Success is HTTP 200 and `success: true`. */

export const writeDone = (data: unknown): string => JSON.stringify({ success: true, data: data ?? null, error: null });

/**
 * `text` in Russian, for the person at 1C (A9): the document shows no error. `code` is ours, for programs; 1C reads JSON into a structure, where
 * one more key does no harm. `data` is false for an unknown account at 2.1 (A10).
 */
export const writeError = (text: string, code?: string, data: false | null = null): string =>
  JSON.stringify({ success: false, data, error: text, ...(code !== undefined && { error_code: code }) });

export type HubReply =
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: string; readonly code?: string; readonly data: unknown };

/** What a hub answered; undefined when it is no such envelope: a page of a server in between, half an answer. */
export function readReply(body: string): HubReply | undefined {
  const read = readJson(body);
  if (!("value" in read) || !isObject(read.value)) return undefined;
  const { success, data = null, error, error_code } = read.value;
  if (success === true) return { success, data };
  if (success !== false) return undefined;
  const code = readText(error_code);
  return { success, error: readText(error) ?? "", data, ...(code !== undefined && { code }) };
}

/** The id of what was made or found in the CRM (2.3 to 2.6). */
export const readRepliedId = (data: unknown): string | undefined => readId(data);

/** 2.8, 2.9 and 2.10: the number of a package, as text (A16). */
export const readRepliedVersion = (data: unknown): string | undefined => (isObject(data) ? readOpaqueId(data["version"]) : undefined);

/** 2.9. */
export const readRepliedHandlers = (data: unknown): unknown => (isObject(data) ? data["handlers"] : undefined);

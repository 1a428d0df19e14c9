import { isRecord, readLenientJson } from "./words.ts";

/** Refusals, byte for byte as the seed has them (`Autorization` is its own spelling). A live PBX adds a detail after the text. */
export const invalidParameters = '{"error":"Invalid parameters"}';
export const invalidToken = '{"error":"Invalid token"}';
export const loginFailed = '{"error":"Autorization failed"}';

/** In the later dialects, with the names of what is missing or wrong: `Invalid parameters: [phone, user]`. */
export const writeInvalidParameters = (names: readonly string[] = []): string =>
  names.length === 0 ? invalidParameters : JSON.stringify({ error: `Invalid parameters: [${names.join(", ")}]` });

/** Errors of `v1`. */
export const writeMessage = (message: string): string => JSON.stringify({ message });

/** What the far side says is wrong, in whatever shape. */
export function readError(body: string): string {
  const json = readLenientJson(body);
  const words = isRecord(json) ? (json["error"] ?? json["message"] ?? json["detail"]) : undefined;
  return typeof words === "string" && words !== ""
    ? words
    : body
        .replace(/<[^>]*>/g, " ")
        .replace(/\s+/g, " ")
        .trim()
        .slice(0, 200);
}

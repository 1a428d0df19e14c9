import { integerOf, listOf, numberOf, objectOf, objectsOf, present, textOf } from "./json.ts";
import { digitsOf } from "./people.ts";

/** What the Graph API said. */
export type ReadAnswer =
  | { readonly kind: "result"; readonly result: unknown }
  | {
      readonly kind: "refused";
      readonly code: number;
      /** 33 with code 100: there is no such object, or not any more. */
      readonly subcode?: number;
      /** `message`: the code in brackets, and words. */
      readonly message: string;
      /** `error_data.details`. */
      readonly details: string;
      /** What Meta's support asks for. */
      readonly traceId?: string;
    }
  /** It is no answer of this API: a page of a proxy, half of it. */
  | { readonly kind: "unreadable" };

/** The body of an answer. Never throws. */
export function readAnswer(body: string): ReadAnswer {
  const answer = objectOf(parse(body));
  if (!answer) return { kind: "unreadable" };
  if (answer["error"] === undefined) return { kind: "result", result: answer };
  const error = objectOf(answer["error"]);
  const code = integerOf(error?.["code"]);
  if (!error || code === undefined) return { kind: "unreadable" };
  return present({
    ...{ kind: "refused" as const, code, subcode: integerOf(error["error_subcode"]) },
    message: (textOf(error["message"]) ?? `error ${code}`).slice(0, 500),
    details: (textOf(objectOf(error["error_data"])?.["details"]) ?? textOf(error["error_user_msg"]) ?? "").slice(0, 500),
    traceId: textOf(error["fbtrace_id"])?.slice(0, 100),
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A message that was accepted: a status tells what becomes of it. */
export interface Sent {
  /** `wamid.…` */
  readonly id: string;
  /** The recipient's number as WhatsApp knows it; it may differ from the one that was written to. */
  readonly waId?: string;
  /** `accepted`, `held_for_quality_assessment`, `paused`: told for templates. */
  readonly state?: string;
}
export function readSent(result: unknown): Sent | undefined {
  const [message] = objectsOf(objectOf(result)?.["messages"]);
  const id = textOf(message?.["id"]);
  if (id === undefined) return undefined;
  const [contact] = objectsOf(objectOf(result)?.["contacts"]);
  return present({ id, waId: digitsOf(contact?.["wa_id"]), state: textOf(message?.["message_status"]) });
}

/** A number of ours. */
export interface PhoneNumber {
  readonly id: string;
  /** As it is shown: `+1 555-078-3881`. */
  readonly phone: string;
  /** Of the company, as Meta has approved it. */
  readonly name?: string;
  /** GREEN, YELLOW, RED or UNKNOWN. */
  readonly quality?: string;
  /** CONNECTED, PENDING, BANNED, …: only a connected one can send. */
  readonly status?: string;
}
export const phoneNumberFields = "id,display_phone_number,verified_name,quality_rating,status";
export function readPhoneNumber(result: unknown): PhoneNumber | undefined {
  const number = objectOf(result);
  const [id, phone] = [textOf(number?.["id"]), textOf(number?.["display_phone_number"])];
  if (!number || id === undefined || phone === undefined) return undefined;
  return present({
    ...{ id, phone, name: textOf(number["verified_name"]) },
    ...{ quality: textOf(number["quality_rating"]), status: textOf(number["status"]) },
  });
}

/** Where a file is, for five minutes. */
export interface Media {
  readonly id: string;
  readonly url: string;
  /** MIME. */
  readonly type: string;
  readonly bytes?: number;
  /** Base64 or hex: both have been seen. */
  readonly sha256?: string;
}
export function readMedia(result: unknown): Media | undefined {
  const media = objectOf(result);
  const [id, url, type] = [textOf(media?.["id"]), textOf(media?.["url"]), textOf(media?.["mime_type"])];
  if (!media || id === undefined || url === undefined) return undefined;
  const size = media["file_size"];
  const bytes = typeof size === "string" && /^\d{1,12}$/.test(size) ? Number(size) : integerOf(size);
  return present({ id, url, type: type ?? "application/octet-stream", bytes, sha256: textOf(media["sha256"]) });
}

export const readId = (result: unknown): string | undefined => textOf(objectOf(result)?.["id"]);

/** Seconds that the answer asks to wait: `Retry-After`, or the minutes of `X-Business-Use-Case-Usage`. */
export function readWait(headers: Readonly<Record<string, string>>): number | undefined {
  const after = headers["retry-after"]?.trim() ?? "";
  if (/^\d{1,6}$/.test(after)) return Number(after);
  const date = after === "" ? Number.NaN : Date.parse(after);
  if (Number.isFinite(date)) return Math.max(0, Math.ceil((date - Date.now()) / 1000));
  const usage = Object.values(objectOf(parse(headers["x-business-use-case-usage"] ?? "")) ?? {});
  const minutes = usage.flatMap(listOf).flatMap((one) => numberOf(objectOf(one)?.["estimated_time_to_regain_access"]) ?? []);
  const most = Math.max(0, ...minutes);
  return most > 0 ? Math.ceil(most * 60) : undefined;
}

import { type FailureReason, reasonOf } from "./failures.ts";
import { integerOf, type Json, momentOf, objectOf, objectsOf, present, textOf } from "./json.ts";
import { digitsOf } from "./people.ts";

export type StatusState = "sent" | "delivered" | "read" | "failed";

/** What is wrong with a message of ours. */
export interface StatusError {
  readonly code: number;
  readonly title: string;
  readonly details: string;
  readonly reason: FailureReason;
}

/** How far a message of ours has come. They come in no order, more than once, and `delivered` may be left out. */
export interface Status {
  /** Of the message. */
  readonly id: string;
  /** Digits, or the `userId` of one who hides the phone. */
  readonly recipient: string;
  readonly state: StatusState;
  readonly at: Date;
  readonly error?: StatusError;
  /** What is paid for together. */
  readonly conversation?: { readonly id: string; readonly origin?: string; readonly expiresAt?: Date };
  /** What we gave along with the message: `biz_opaque_callback_data`. */
  readonly callbackData?: string;
}

/** A voice message that was played was read. */
const states: Readonly<Record<string, StatusState>> = {
  sent: "sent",
  delivered: "delivered",
  read: "read",
  played: "read",
  failed: "failed",
};

/** One of `value.statuses`; or why it is none. */
export function readStatus(status: Json): Status | { readonly irrelevant: string } | { readonly unrecognised: string } {
  const [id, at, named] = [textOf(status["id"]), momentOf(status["timestamp"]), textOf(status["status"])];
  if (id === undefined || !at || named === undefined) return { unrecognised: "a status has no id, timestamp or status" };
  const recipient = digitsOf(status["recipient_id"]) ?? textOf(status["recipient_user_id"]);
  if (recipient === undefined || status["recipient_type"] === "group") return { irrelevant: "a status of a message to no single person" };
  const state = Object.hasOwn(states, named) ? states[named] : undefined;
  if (!state) return { unrecognised: `a status that we do not know: ${named.slice(0, 50)}` };
  return present({
    ...{ id, recipient, state, at },
    error: state === "failed" ? (objectsOf(status["errors"]).flatMap(readError)[0] ?? noError) : undefined,
    conversation: readConversation(objectOf(status["conversation"])),
    callbackData: textOf(status["biz_opaque_callback_data"]),
  });
}

const noError: StatusError = { code: -1, title: "failed, and nothing is told why", details: "", reason: "unknown" };

/** One of `errors`, in a status or beside the messages. */
export function readError(error: Json): StatusError[] {
  const code = integerOf(error["code"]);
  if (code === undefined) return [];
  const details = (textOf(objectOf(error["error_data"])?.["details"]) ?? "").slice(0, 500);
  return [
    { code, details, title: (textOf(error["title"]) ?? textOf(error["message"]) ?? "").slice(0, 300), reason: reasonOf(code, details) },
  ];
}

function readConversation(conversation: Json | undefined): Status["conversation"] {
  const id = textOf(conversation?.["id"]);
  if (!conversation || id === undefined) return undefined;
  return present({
    id,
    origin: textOf(objectOf(conversation["origin"])?.["type"]),
    expiresAt: momentOf(conversation["expiration_timestamp"]),
  });
}

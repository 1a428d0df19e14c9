import { type Json, objectOf, objectsOf, textOf } from "./json.ts";
import { type IncomingMessage, type Reaction, readMessage } from "./messages.ts";
import { readError, readStatus, type Status } from "./statuses.ts";

/** Which number of ours it is about: one address takes the hooks of all. */
interface OfNumber {
  readonly phoneNumberId: string;
}
export type WhatsAppEvent = OfNumber &
  (({ readonly kind: "message" } & IncomingMessage) | ({ readonly kind: "reaction" } & Reaction) | ({ readonly kind: "status" } & Status));

/** What one hook means. */
export type ReadHook =
  | {
      readonly kind: "events";
      readonly events: readonly WhatsAppEvent[];
      /** What else stood in it and was left out, in words. */
      readonly leftOut: readonly string[];
    }
  | { readonly kind: "irrelevant"; readonly why: string }
  | { readonly kind: "unrecognised"; readonly why: string };

interface Reading {
  readonly events: WhatsAppEvent[];
  readonly irrelevant: string[];
  readonly unrecognised: string[];
}

/** The body of a webhook: three levels of arrays, flat. Never throws. Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages */
export function readHook(json: unknown): ReadHook {
  const hook = objectOf(json);
  if (!hook) return { kind: "unrecognised", why: "it is no hook: no JSON object" };
  const object = textOf(hook["object"]);
  if (object !== undefined && object !== "whatsapp_business_account")
    return { kind: "irrelevant", why: `it is about something else than WhatsApp: ${object.slice(0, 100)}` };
  const reading: Reading = { events: [], irrelevant: [], unrecognised: [] };
  for (const entry of objectsOf(hook["entry"])) for (const change of objectsOf(entry["changes"])) readChange(change, reading);
  const { events, irrelevant, unrecognised } = reading;
  if (events.length > 0) return { kind: "events", events, leftOut: told([...unrecognised, ...irrelevant]) };
  if (unrecognised.length > 0) return { kind: "unrecognised", why: told(unrecognised).join("; ") };
  if (irrelevant.length > 0) return { kind: "irrelevant", why: told(irrelevant).join("; ") };
  return { kind: "unrecognised", why: "it is no hook: there is nothing in it" };
}

/** Each thing once, and not too many. */
const told = (words: readonly string[]): string[] => [...new Set(words)].slice(0, 5);

function readChange(change: Json, { events, irrelevant, unrecognised }: Reading): void {
  const [field, value] = [textOf(change["field"]), objectOf(change["value"])];
  if (field !== "messages") {
    // Notices of the account, its templates and numbers; what the owner of the number writes on their own phone.
    if (field === undefined) unrecognised.push("a change of no field");
    else irrelevant.push(`${field.slice(0, 100)}: not a conversation`);
    return;
  }
  const phoneNumberId = textOf(objectOf(value?.["metadata"])?.["phone_number_id"]);
  if (!value || phoneNumberId === undefined) {
    unrecognised.push("messages for no number");
    return;
  }
  for (const message of objectsOf(value["messages"])) {
    const read = readMessage(message, value["contacts"]);
    if ("message" in read) events.push({ kind: "message", phoneNumberId, ...read.message });
    else if ("reaction" in read) events.push({ kind: "reaction", phoneNumberId, ...read.reaction });
    else if ("irrelevant" in read) irrelevant.push(read.irrelevant);
    else unrecognised.push(read.unrecognised);
  }
  for (const status of objectsOf(value["statuses"])) {
    const read = readStatus(status);
    if ("state" in read) events.push({ kind: "status", phoneNumberId, ...read });
    else if ("irrelevant" in read) irrelevant.push(read.irrelevant);
    else unrecognised.push(read.unrecognised);
  }
  for (const { code, title } of objectsOf(value["errors"]).flatMap(readError)) irrelevant.push(`trouble of the account: ${code} ${title}`);
}

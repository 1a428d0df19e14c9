import { readBrackets, type Tree } from "@svyazka/wire";
import { readTokens, type TokenAnswer } from "./access.ts";
import { mapOf, textIn } from "./envelope.ts";

/** Events: forms with brackets in which every value is text, sent once and never again. Source: api-reference/events */

export interface PortalEvent {
  /** Upper case. */
  readonly event: string;
  readonly data: Tree;
  /** Where `data` is no tree: the number of a line that was deleted. */
  readonly value?: string;
  readonly memberId?: string;
  readonly applicationToken?: string;
  readonly domain?: string;
  /** When it was told, in Unix seconds. */
  readonly at?: string;
  /** With the event of an installation, and with that of the offline queue. */
  readonly tokens?: TokenAnswer;
}

/** Undefined when it is no event. */
export function readEvent(body: string): PortalEvent | undefined {
  const tree = readBrackets(body);
  const { event, data, auth, ts } = tree;
  if (typeof event !== "string" || !/^[A-Z0-9_]{3,100}$/i.test(event)) return undefined;
  const who = mapOf(auth);
  const [member, token, domain] = [textIn(who, "member_id"), textIn(who, "application_token"), textIn(who, "domain")];
  const tokens = readTokens(who);
  return {
    event: event.toUpperCase(),
    data: typeof data === "object" ? data : {},
    ...(typeof data === "string" && data !== "" && { value: data }),
    ...(member !== undefined && { memberId: member }),
    ...(token !== undefined && { applicationToken: token }),
    ...(domain !== undefined && { domain }),
    ...(typeof ts === "string" && /^\d{1,12}$/.test(ts) && { at: ts }),
    ...(tokens && { tokens }),
  };
}

/** What in it lets anybody in, wherever in a long form it stands. */
export const secretsIn = (body: string): string[] =>
  ["access_token", "refresh_token", "application_token"].flatMap((name) => textIn(mapOf(readBrackets(body)["auth"]), name) ?? []);

/** The tree below a name, or an empty one. */
export const below = (tree: Tree, name: string): Tree => {
  const branch = tree[name];
  return typeof branch === "object" ? branch : {};
};

/** Of an event of the CRM: which object, and what became of it. Undefined for every other event. */
export interface ToldObject {
  readonly of: "lead" | "deal" | "contact" | "company" | "activity" | "comment";
  readonly id: string;
  readonly change: "created" | "changed" | "deleted" | "stage_changed";
}

/** Source: api-reference/crm/*\/events */
export function readToldObject({ event, data }: Pick<PortalEvent, "event" | "data">): ToldObject | undefined {
  const id = below(data, "FIELDS")["ID"];
  if (typeof id !== "string" || !/^\d{1,15}$/.test(id)) return undefined;
  // A move into another pipeline comes in place of the event of a change.
  if (event === "ONCRMDEALMOVETOCATEGORY") return { of: "deal", id, change: "stage_changed" };
  const [, name, what] = /^ONCRM(LEAD|DEAL|CONTACT|COMPANY|ACTIVITY|TIMELINECOMMENT)(ADD|UPDATE|DELETE)$/.exec(event) ?? [];
  if (name === undefined || what === undefined) return undefined;
  const of = name === "TIMELINECOMMENT" ? "comment" : (name.toLowerCase() as Exclude<ToldObject["of"], "comment">);
  return { of, id, change: what === "ADD" ? "created" : what === "UPDATE" ? "changed" : "deleted" };
}

/** Somebody has clicked on a phone in the portal. Source: api-reference/telephony/events/on-external-call-start */
export interface WantedCall {
  readonly callId: string;
  readonly phone: string;
  readonly user: string;
  readonly line?: string;
}

export function readWantedCall({ event, data }: PortalEvent): WantedCall | undefined {
  if (event !== "ONEXTERNALCALLSTART") return undefined;
  const at = (name: string): string | undefined => textIn(data, name);
  const [callId, phone, user, line] = [
    at("CALL_ID"),
    at("PHONE_NUMBER_INTERNATIONAL") ?? at("PHONE_NUMBER"),
    at("USER_ID"),
    at("LINE_NUMBER"),
  ];
  if (callId === undefined || phone === undefined || user === undefined) return undefined;
  return { callId, phone, user, ...(line !== undefined && { line }) };
}

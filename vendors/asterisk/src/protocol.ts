import { readJson } from "@svyazka/wire";

/** The parts of ARI (Asterisk 18 to 22) that a call engine needs: shapes, names, and what causes mean. Members we do not use are borne with. */

export interface Channel {
  readonly id: string;
  readonly name: string;
  /** Down, Ring, Ringing, Up, Busy, … */
  readonly state: string;
  /** Who calls, as far as the line tells. */
  readonly callerNumber: string;
  /** What the dialplan runs: `Stasis` and its arguments while we have it. */
  readonly app: string;
  readonly appData: string;
}

export type AriEvent =
  /** A call came into our application, or a phone that we rang was taken up. */
  | { readonly type: "StasisStart"; readonly channel: Channel; readonly args: readonly string[] }
  | { readonly type: "ChannelStateChange"; readonly channel: Channel }
  | { readonly type: "ChannelDestroyed"; readonly channel: Channel; readonly cause: number; readonly techCause: number | undefined }
  | { readonly type: "StasisEnd"; readonly channel: Channel }
  | { readonly type: "RecordingFinished" | "RecordingFailed"; readonly recording: string }
  /** Another program has taken our application's name. */
  | { readonly type: "ApplicationReplaced" };

/** Each call sends dozens of events that say nothing to us (`ChannelVarset`): only these are asked for. */
export const wantedEvents = [
  "StasisStart",
  "StasisEnd",
  "ChannelStateChange",
  "ChannelDestroyed",
  "RecordingFinished",
  "RecordingFailed",
  "ApplicationReplaced",
] as const;

/** Undefined for an event we do not use, or that is none. */
export function readEvent(text: string): AriEvent | undefined {
  const event = readJson(text);
  if (!isRecord(event)) return undefined;
  const channel = readChannel(event["channel"]);
  switch (event["type"]) {
    case "ApplicationReplaced":
      return { type: "ApplicationReplaced" };
    case "RecordingFinished":
    case "RecordingFailed": {
      const recording = isRecord(event["recording"]) ? event["recording"]["name"] : undefined;
      return typeof recording === "string" ? { type: event["type"], recording } : undefined;
    }
    case "StasisStart":
      return channel && { type: "StasisStart", channel, args: Array.isArray(event["args"]) ? event["args"].map(String) : [] };
    case "StasisEnd":
    case "ChannelStateChange":
      return channel && { type: event["type"], channel };
    case "ChannelDestroyed": {
      const techCause = event["tech_cause"];
      return (
        channel && {
          type: "ChannelDestroyed",
          channel,
          cause: Number(event["cause"] ?? 0),
          techCause: techCause === undefined ? undefined : Number(techCause),
        }
      );
    }
    default:
      return undefined;
  }
}

export function readChannel(value: unknown): Channel | undefined {
  if (!isRecord(value) || typeof value["id"] !== "string") return undefined;
  const caller = isRecord(value["caller"]) ? value["caller"] : {};
  const dialplan = isRecord(value["dialplan"]) ? value["dialplan"] : {};
  const text = (from: Readonly<Record<string, unknown>>, name: string) => (typeof from[name] === "string" ? from[name] : "");
  return {
    ...{ id: value["id"], name: text(value, "name"), state: text(value, "state"), callerNumber: text(caller, "number") },
    ...{ app: text(dialplan, "app_name"), appData: text(dialplan, "app_data") },
  };
}

export const readChannels = (body: string): Channel[] => {
  const json = readJson(body);
  return (Array.isArray(json) ? json : []).flatMap((one: unknown) => readChannel(one) ?? []);
};

export const readIds = (body: string): string[] => {
  const json = readJson(body);
  return (Array.isArray(json) ? json : []).flatMap((one: unknown) => (isRecord(one) && typeof one["id"] === "string" ? [one["id"]] : []));
};

export interface Endpoint {
  readonly resource: string;
  /** online, offline, unknown */
  readonly state: string;
}
export const readEndpoints = (body: string): Endpoint[] => {
  const json = readJson(body);
  return (Array.isArray(json) ? json : []).flatMap((one: unknown) =>
    isRecord(one) && typeof one["resource"] === "string" ? [{ resource: one["resource"], state: String(one["state"] ?? "unknown") }] : [],
  );
};

export function readFault(body: string): string {
  const json = readJson(body);
  const words = isRecord(json) ? (json["error"] ?? json["message"]) : undefined;
  return typeof words === "string"
    ? words
    : body
        .replace(/<[^>]*>/g, " ")
        .replace(/\s+/g, " ")
        .trim()
        .slice(0, 200);
}

export type Unanswered = "busy" | "unavailable" | "not_found" | "not_allowed";

/**
 * Why the client's phone was not taken up: by the SIP answer where Asterisk tells it, else by the Q.850 cause.
 * Measured with Asterisk 22 and real SIP endpoints (fixtures/causes.json).
 */
export function outcomeOf(cause: number, techCause: number | undefined): Unanswered {
  switch (techCause) {
    case 403:
      return "not_allowed";
    case 404:
    case 484:
      return "not_found";
    case 486:
    case 600:
      return "busy";
    case 408:
    case 480:
    case 503:
      return "unavailable";
    case 603:
      return "busy";
  }
  switch (cause) {
    case 17:
      return "busy";
    case 1:
    case 28:
      return "not_found";
    case 21:
      return "not_allowed";
    default:
      return "unavailable";
  }
}

// ── Names of our own making ─────────────────────────────────────────────────────────────────────────────────────────

const prefix = "svz-";
/** Chosen by us, so that asking twice cannot ring twice, and the call has its name before anything rings. */
export const legName = (call: string, leg: string): string => `${prefix}${call}-${leg}`;
export const bridgeName = (call: string): string => `${prefix}${call}`;
/** No folder in it: one that is not there makes Asterisk fail. */
export const recordingName = (call: string): string => `svyazka-${call}`;
export const callOfRecording = (name: string): string | undefined => /^svyazka-([\da-f-]{36})$/.exec(name)?.[1];
export const callOfChannel = (id: string): string | undefined => /^svz-([\da-f-]{36})(?:-|$)/.exec(id)?.[1];
export const isOurs = (id: string): boolean => id.startsWith(prefix);
/** The leg of the client in a call that we began. */
export const clientLeg = "client";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

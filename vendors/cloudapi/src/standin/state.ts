import { randomBytes, randomInt } from "node:crypto";
import type { StatusState } from "../protocol.ts";

export interface Someone {
  /** Digits. */
  readonly phone: string;
  readonly name: string;
  /** They hide their phone: all that is told of them is this id. */
  readonly hiddenAs?: string;
}

/** How WhatsApp is in trouble, or untidy; each holds until it is set back. */
export interface Switches {
  /** Does what it is asked for, and breaks the line before it answers. */
  lostAnswers: boolean;
  /** Answers 503, with a page. */
  down: boolean;
  /** Answers 429, to wait so many seconds. */
  floodSeconds: number | undefined;
  /** The token has run out. */
  expired: boolean;
  /** How far each message comes; `["sent", "read"]` leaves one out, as happens while the chat is open. */
  ladder: readonly StatusState[];
  /** The last status comes first. */
  shuffledStatuses: boolean;
  /** Every hook comes twice. */
  duplicatedHooks: boolean;
  /** How it is told that the window is closed: by a status, as on most days, or in the answer. */
  windowToldBy: "status" | "answer";
}

export interface StoredMedia {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly name: string;
  readonly bornAt: number;
  readonly livesSeconds: number;
}
/** What the number sent, as it was asked for. */
export interface SentMessage {
  readonly id: string;
  /** A phone or a `userId`. */
  readonly to: string;
  readonly type: string;
  /** The body of the request. */
  readonly body: Readonly<Record<string, unknown>>;
}
/** As Meta keeps it: `components` and all. */
export interface StoredTemplate {
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly status: string;
  readonly components: readonly Readonly<Record<string, unknown>>[];
}

export interface State {
  readonly phoneNumberId: string;
  readonly wabaId: string;
  /** Digits. */
  readonly phone: string;
  readonly token: string;
  readonly appSecret: string;
  readonly switches: Switches;
  readonly people: Map<string, { readonly person: Someone; lastSaid: number }>;
  /** Numbers that nobody has in WhatsApp. */
  readonly strangers: Set<string>;
  /** Ids of messages that people wrote. */
  readonly received: Set<string>;
  readonly read: { readonly id: string; readonly isTyping: boolean }[];
  readonly sent: SentMessage[];
  readonly media: Map<string, StoredMedia>;
  /** Of an address of a file: which one it is, and until when. */
  readonly links: Map<string, { readonly id: string; readonly until: number }>;
  readonly templates: StoredTemplate[];
  /** Seconds that this clock is ahead. */
  ahead: number;
}

/** What is kept at most; the oldest goes first. */
const most = 10_000;
export const windowSeconds = 24 * 3600;
/** Of the address of a file: five minutes. "Media IDs returned by the API expire after 30 days. Media IDs in webhooks expire after 7 days." */
export const linkSeconds = 300;
export const mediaSeconds = { uploaded: 30 * 24 * 3600, received: 7 * 24 * 3600 } as const;

export const nowSeconds = (state: State): number => Math.floor(Date.now() / 1000) + state.ahead;

export const newMessageId = (): string => `wamid.${randomBytes(36).toString("base64")}`;
export const newId = (): string => String(randomInt(1e14, 2e14));

export function keep<T>(list: T[], one: T): void {
  list.push(one);
  if (list.length > most) list.shift();
}

/** Drops the oldest of a map or a set. */
export function bound(all: Map<string, unknown> | Set<string>, limit: number = most): void {
  for (const key of all.keys()) {
    if (all.size <= limit) return;
    all.delete(key);
  }
}

export function keepMedia(state: State, file: Omit<StoredMedia, "id" | "bornAt">): StoredMedia {
  const media = { ...file, id: newId(), bornAt: nowSeconds(state) };
  state.media.set(media.id, media);
  bound(state.media, 1_000);
  return media;
}

/** Undefined once it is too old, or was forgotten. */
export function mediaOf(state: State, id: string): StoredMedia | undefined {
  const media = state.media.get(id);
  return media && nowSeconds(state) - media.bornAt <= media.livesSeconds ? media : undefined;
}

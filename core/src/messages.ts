import type { RecordId } from "./words.ts";

/** A client as a channel knows them. */
export interface OwnClient {
  /** The channel's own id of them. */
  readonly external: string | null;
  readonly name: string;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  /** Addresses of pages and pictures. */
  readonly avatar?: string | undefined;
  readonly link?: string | undefined;
}

export const ownMessageKinds = ["text", "contact", "file", "video", "picture", "voice", "audio", "sticker", "location"] as const;
export type OwnMessageKind = (typeof ownMessageKinds)[number];

/** What somebody here writes to a client: the channel that carries the conversation gives it to them. */
export interface SentMessage {
  readonly message: {
    readonly id: RecordId;
    readonly uid: string;
    readonly kind: OwnMessageKind;
    readonly text: string;
    readonly content: Readonly<Record<string, unknown>> | null;
    /** ISO 8601. */
    readonly at: string;
  };
  readonly conversation: {
    readonly id: RecordId;
    readonly uid: string;
    /** The channel's own id of it; absent while we have written first. */
    readonly external?: string;
    readonly network: string;
    readonly client: OwnClient;
    readonly contact?: RecordId;
    readonly source?: RecordId;
  };
  /** Who wrote it; absent for a program. */
  readonly user?: RecordId;
}

/** A port of channels that carry messages. */
export interface Messenger {
  /** The number of the connection: it carries its own conversations only. */
  readonly of: string;
  /** Gives it to the channel, and keeps with the message what became of it. Throws `Refused` where it must not be sent twice, and may have been sent. */
  send(sent: SentMessage): Promise<void>;
}

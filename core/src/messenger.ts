import type { EventType } from "./events.ts";
import type { FileKind, SentFile, SentMessage, SentTemplate } from "./messages.ts";
import type { OutgoingRequest } from "./network.ts";

/** What a channel can do with messages. */
export interface MessengerAbilities {
  /** What its conversations are of (`ReceivedMessage.conversation.network`), where that is always the same: one that we begin is called so at once. */
  readonly network?: string;
  /** By what a conversation may be begun with somebody who has not written yet. */
  readonly writesFirstBy?: "phone" | "username";
  /** Hours after the client's last message during which anything may be written; later, templates only. */
  readonly windowHours?: number;
  /** Letters; a longer text is sent in pieces. */
  readonly longestText: number;
  /** Letters that may go with a file; 0 is none. */
  readonly longestCaption: number;
  /** Kinds of files that words may go with; without it, all but stickers and voice messages. */
  readonly captioned?: readonly FileKind[];
  /** Bytes. */
  readonly largestFile: number;
  readonly hasTemplates?: true;
  readonly tellsDelivered?: true;
  readonly tellsRead?: true;
}

/** The facts of a channel: what it brings, and what follows from it. */
export const messengerFacts = [
  ...(["message.received", "attachment.received", "message.changed", "message.sent"] as const),
  ...(["conversation.begun", "message.kept", "message.marked"] as const),
] as const satisfies readonly EventType[];

/** One message of the channel: a message of ours may need several. */
export type MessagePart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly file: SentFile; readonly caption: string }
  | { readonly kind: "template"; readonly template: SentTemplate }
  /** A place, a card: as `SentMessage.content` has it. */
  | { readonly kind: "content" };

export interface SendingPart {
  /** From 0. */
  readonly place: number;
  readonly part: MessagePart;
  /** For a channel that gives it back with what it tells of the message: the same at every try. */
  readonly key: string;
}

export interface MessageTemplate {
  readonly name: string;
  readonly language: string;
  readonly text: string;
  /** How many gaps there are to fill. */
  readonly gaps: number;
  readonly isUsable: boolean;
}

/** A port of channels that carry messages. */
export interface Messenger {
  /** The number of the connection: it carries its own conversations only. */
  readonly of: string;
  readonly abilities: MessengerAbilities;
  /**
   * Gives one part to the channel; answers the channel's id of it, where it has one, and of the conversation. Throws `Undelivered` or `Refused` when the channel will not have it, `Unavailable` when it was
   * certainly not taken and may be later, and `Unsure` when it may have been taken: whoever reads the same words twice thinks badly of us.
   */
  send(sending: SendingPart, sent: SentMessage): Promise<{ readonly external?: string; readonly conversation?: string }>;
  /**
   * Where the channel can be asked what was said: the ids of messages of ours that may be this part, the latest first. Only what the channel has for certain: a part that is not there was not taken.
   * Without it, a part that may have been taken is for a person to look at.
   */
  find?(sending: SendingPart, sent: SentMessage): Promise<readonly string[]>;
  /** The request that answers with the bytes of `ToldFile.ref`. May ask the channel first. Throws what a port throws. */
  media?(ref: string): Promise<OutgoingRequest>;
  /** Words let pass beforehand. */
  templates?(): Promise<readonly MessageTemplate[]>;
  /** The client sees that somebody is writing. Nobody minds when it fails. */
  showTyping?(conversation: SentMessage["conversation"]): Promise<void>;
  /** The client sees that it was read. `external`: the last message of theirs. */
  markRead?(conversation: SentMessage["conversation"], external: string): Promise<void>;
}

/** What a message of ours becomes at such a channel, in order: the same every time. */
export function partsOf(
  { message }: Pick<SentMessage, "message">,
  abilities: Pick<MessengerAbilities, "longestText" | "longestCaption" | "captioned">,
): MessagePart[] {
  const template = message.kind === "template" ? readTemplate(message.content) : undefined;
  if (template) return [{ kind: "template", template }];
  const [first, ...others] = message.files;
  const text = message.text.trim() === "" ? "" : message.text;
  const isCaption =
    first !== undefined && (abilities.captioned ?? usuallyCaptioned).includes(first.kind) && text.length <= abilities.longestCaption;
  const files: MessagePart[] =
    first === undefined
      ? []
      : [
          { kind: "file", file: first, caption: isCaption ? text : "" },
          ...others.map((file) => ({ kind: "file" as const, file, caption: "" })),
        ];
  const texts: MessagePart[] =
    isCaption || text === "" ? [] : splitText(text, abilities.longestText).map((piece) => ({ kind: "text", text: piece }));
  const hasContent = (message.kind === "location" || message.kind === "contact") && message.content !== null;
  const parts = [...(hasContent ? [{ kind: "content" as const }] : []), ...texts, ...files];
  return parts.length > 0 ? parts : [{ kind: "text", text: message.text }];
}

const usuallyCaptioned: readonly FileKind[] = ["file", "picture", "video", "audio"];

export function readTemplate(content: Readonly<Record<string, unknown>> | null): SentTemplate | undefined {
  const { name, language, values } = content ?? {};
  return typeof name === "string" && typeof language === "string" && Array.isArray(values)
    ? { name, language, values: values.map(String) }
    : undefined;
}

/** Pieces of at most `longest` letters, cut at the ends of lines or words where there are any; never inside of a letter. */
export function splitText(text: string, longest: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > longest) {
    const head = rest.slice(0, longest);
    const soft = Math.max(head.lastIndexOf("\n"), head.lastIndexOf(" "));
    const hard = /[\uD800-\uDBFF]$/.test(head) ? longest - 1 : longest;
    const cut = soft > longest / 2 ? soft : Math.max(hard, 1);
    pieces.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return rest === "" ? pieces : [...pieces, rest];
}

/** How an account of a messenger is, for whoever looks after it. */
export interface ChannelState {
  readonly state: "active" | "starting" | "needs_qr" | "needs_code" | "blocked" | "disabled" | "unknown";
  /** In the channel's own words. */
  readonly detail?: string;
  /** As the channel writes it. */
  readonly phone?: string;
  readonly name?: string;
}

/** An account that a person signs in by hand: with a picture that a phone reads, or a code. */
export interface ChannelSignIn {
  state(): Promise<ChannelState>;
  /** What a phone has to read, as a data URL of a picture; undefined while there is none. */
  picture(): Promise<string | undefined>;
  /** Starts the account anew, or ends its session. May take a minute and a half. */
  restart(): Promise<void>;
  signOut?(): Promise<void>;
}

import { isObject, type Json, member, present, readId, readText } from "./json.ts";
import { writeRecipient } from "./sources.ts";

/** Bodies of calls: JSON by POST, with `source`, `login` and `token` in each of them, and no header for access. */

export interface Credentials {
  readonly source: string;
  readonly login: string;
  readonly token: string;
}

/** A part of a message as it is sent: `image`, `video`, `audio`, `file` … with an address that the far side fetches. */
export interface SentPart {
  readonly type: string;
  readonly src?: string;
  readonly filename?: string;
}

export interface MessageDraft {
  /** The conversation as hooks name it: surer than `to`, since a person whose number is hidden (`…@lid`) is not found by it. */
  readonly thread?: string;
  /** A phone or a name, for a first message. */
  readonly to?: string;
  readonly text?: string;
  readonly content?: readonly SentPart[];
  /** Item of the message that is answered. */
  readonly replyTo?: string;
}

/** Both are taken by the far side; `flat` has been seen with a number and a text only, so that everything else goes `nested` all the same. */
export type SendShape = "nested" | "flat";

/** The fields of `sendMessage` beside the credentials. */
export function writeDraft(source: string, draft: MessageDraft, shape: SendShape = "nested"): Json {
  const { thread, to, text, content = [], replyTo } = draft;
  const recipient = to === undefined ? undefined : writeRecipient(source, to);
  if (shape === "flat" && thread === undefined && content.length === 0 && replyTo === undefined)
    return present({ msg_to: recipient, msg_text: text ?? "" });
  return { msg: { ...present({ thread, to: thread === undefined ? recipient : undefined, replyTo }), text: text ?? null, content } };
}

/** What was asked to be sent, in either shape; undefined when it is neither. */
export function readDraft(json: unknown): MessageDraft | undefined {
  if (!isObject(json)) return undefined;
  const msg = member(json, "msg");
  if (isObject(msg))
    return present({
      thread: readId(member(msg, "thread")),
      to: readId(member(msg, "to")),
      text: readText(member(msg, "text")),
      content: readSentParts(member(msg, "content")),
      replyTo: readId(member(msg, "replyTo")),
    });
  const to = readId(member(json, "msg_to"));
  return to === undefined ? undefined : present({ to, text: readText(member(json, "msg_text")) });
}

const readSentParts = (content: unknown): SentPart[] | undefined => {
  if (!Array.isArray(content) || content.length === 0) return undefined;
  return content.filter(isObject).flatMap((part) => {
    const type = readText(member(part, "type"));
    return type === undefined ? [] : [present({ type, src: readText(member(part, "src")), filename: readText(member(part, "filename")) })];
  });
};

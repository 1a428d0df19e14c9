import type { MessageState } from "./hook-events.ts";
import type { Json } from "./json.ts";
import { type TimeUnit, writeMoment } from "./moments.ts";
import type { SentPart } from "./requests.ts";

/** Bodies of hooks as Touch-API posts them: fields of the vendor's own sample in its cabinet. */

interface HookFields {
  readonly source: string;
  readonly login: string;
  readonly thread: string;
  readonly item: string;
  readonly at: Date;
  readonly unit: TimeUnit;
}

export interface WrittenMessage extends HookFields {
  readonly from: string;
  readonly to: string;
  readonly text?: string;
  readonly content?: readonly SentPart[];
  readonly isOutgoing: boolean;
  readonly replyTo?: string;
  readonly name?: string;
}

export function writeMessageHook({ from, to, text, content = [], isOutgoing, replyTo, name, ...fields }: WrittenMessage): Json {
  return {
    ...{ hook_type: "message", ...common(fields), from, to, text: text ?? "", content, outgoing: isOutgoing, replyTo: replyTo ?? null },
    ...(name !== undefined && { pushname: name }),
  };
}

const words: Readonly<Record<MessageState, string>> = {
  ...{ sent: "server", delivered: "delivered", read: "has_seen", failed: "errored", pending: "pending" },
};

/** A status of a message that was sent to `to`. */
export function writeStatusHook({
  from,
  to,
  state,
  error,
  ...fields
}: HookFields & { readonly from: string; readonly to: string; readonly state: MessageState; readonly error?: string }): Json {
  const part = { type: words[state], ...(error !== undefined && { error }) };
  return { hook_type: "message_status", ...common(fields), from, to, outgoing: true, content: [part] };
}

/** An empty emoji takes the reaction back. */
export function writeReactionHook({
  from,
  to,
  emoji,
  ...fields
}: HookFields & { readonly from: string; readonly to: string; readonly emoji: string }): Json {
  return { hook_type: "add_message_reaction", ...common(fields), from, to, outgoing: false, content: [{ reaction: emoji }] };
}

const common = ({ source, login, thread, item, at, unit }: HookFields) => ({
  ...{ source, login, thread, item, time: writeMoment(at, unit) },
});

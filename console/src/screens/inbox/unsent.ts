import type { BodyOf } from "../../data/client.ts";
import type { Message, MessageFile } from "../../data/shapes.ts";

/**
 * What was written and has not been taken by the hub yet. Each has one key for all its tries, so that nothing is sent twice; it outlives the page being loaded again,
 * and what the hub refused stays until the person does something about it.
 */
export interface Unsent {
  readonly key: string;
  /** Whose it is: workspace and person. */
  readonly owner: string;
  readonly conversation: number;
  readonly body: BodyOf<"sendMessage">;
  readonly files: readonly MessageFile[];
  readonly at: string;
  /** The newest message that was there when it was written. */
  readonly after: number;
  readonly state: "sending" | "stopped";
  /** Why it was stopped. */
  readonly error?: unknown;
}

/** Those that the list of messages does not show yet: news of a message may come before the answer to whoever sent it. */
export function notThereYet(waiting: readonly Unsent[], messages: readonly Message[], me: number | undefined): Unsent[] {
  const claimed = new Set<number>();
  return waiting.filter(({ after, body, files }) => {
    const found = messages.find(
      ({ id, origin, user, text, files: theirs }) =>
        id > after && !claimed.has(id) && origin === "user" && user === me && text === (body.text ?? "") && theirs.length === files.length,
    );
    if (found) claimed.add(found.id);
    return !found;
  });
}

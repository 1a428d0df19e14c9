import { describe, expect, it } from "vitest";
import type { Message } from "../../data/shapes.ts";
import { withLatest, withOlder } from "./thread.ts";

const message = (id: number, rest: Partial<Message> = {}): Message => ({
  ...{ id, direction: "in", user: null, origin: "client", kind: "text", text: `${id}`, content: null, files: [], reply_to: null },
  ...{ state: "delivered", error: null, reason: null, reactions: {}, edited_at: null, deleted_at: null },
  at: new Date(id * 60_000).toISOString(),
  ...rest,
});
const page = (ids: readonly number[], next_cursor: string | null) => ({ items: ids.map((id) => message(id)), next_cursor });
const ids = (thread: { readonly messages: readonly Message[] }) => thread.messages.map(({ id }) => id);

describe("a thread", () => {
  it("stands the oldest first, each message once, as it is now", () => {
    const first = withLatest(undefined, page([5, 4, 3], "3"));
    expect([ids(first), first.older]).toEqual([[3, 4, 5], "3"]);
    const edited = withLatest(first, { items: [message(6), message(5, { text: "mended" }), message(4)], next_cursor: "3" });
    expect([ids(edited), edited.messages[2]?.text, edited.older]).toEqual([[3, 4, 5, 6], "mended", "3"]);
  });

  it("grows at its beginning, though what came in meanwhile has moved the pages", () => {
    const first = withLatest(undefined, page([5, 4, 3], "3"));
    const later = withLatest(first, page([7, 6, 5], "3"));
    const whole = withOlder(later, page([4, 3, 2, 1], null));
    expect([ids(whole), whole.older]).toEqual([[1, 2, 3, 4, 5, 6, 7], null]);
  });

  it("leaves what it knew when something is missing in between", () => {
    const later = withLatest(withLatest(undefined, page([5, 4, 3], "3")), page([99, 98, 97], "3"));
    expect([ids(later), later.older]).toEqual([[97, 98, 99], "3"]);
  });
});

import { describe, expect, it } from "vitest";
import type { Message } from "../../data/shapes.ts";
import { notThereYet, type Unsent } from "./unsent.ts";

const me = 7;
const unsent = (key: string, text: string, after: number): Unsent => ({
  ...{ key, owner: "1/7", conversation: 1, body: { text }, files: [], at: "2026-01-05T12:00:00Z", after, state: "sending" },
});
const message = (id: number, text: string, rest: Partial<Message> = {}): Message => ({
  ...{ id, direction: "out", user: me, origin: "user", kind: "text", text, content: null, files: [], reply_to: null },
  ...{ state: "sent", error: null, reason: null, reactions: {}, at: "2026-01-05T12:00:01Z", edited_at: null, deleted_at: null },
  ...rest,
});
const left = (waiting: readonly Unsent[], messages: readonly Message[]) => notThereYet(waiting, messages, me).map(({ key }) => key);

describe("what is on its way", () => {
  it("goes when the message is there, before its answer is", () => {
    expect(left([unsent("a", "Yes", 5)], [message(5, "Earlier")])).toEqual(["a"]);
    expect(left([unsent("a", "Yes", 5)], [message(5, "Earlier"), message(6, "Yes")])).toEqual([]);
  });

  it("is not taken for the same words that were said before, by another or by a program", () => {
    const others = [message(5, "Yes"), message(6, "Yes", { user: 8 }), message(7, "Yes", { origin: "robot", user: null })];
    expect(left([unsent("a", "Yes", 5)], others)).toEqual(["a"]);
  });

  it("of two with the same words, one goes for each message", () => {
    const two = [unsent("a", "Yes", 5), unsent("b", "Yes", 5)];
    expect(left(two, [message(6, "Yes")])).toEqual(["b"]);
    expect(left(two, [message(6, "Yes"), message(7, "Yes")])).toEqual([]);
  });
});

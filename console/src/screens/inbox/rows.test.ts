import { describe, expect, it } from "vitest";
import type { Message } from "../../data/shapes.ts";
import { firstUnread, rowsOf } from "./rows.ts";

const at = (minutes: number): string => new Date(2026, 0, 5, 12, minutes).toISOString();
const message = (id: number, minutes: number, rest: Partial<Message> = {}): Message => ({
  ...{ id, direction: "in", user: null, origin: "client", kind: "text", text: "", content: null, files: [], reply_to: null },
  ...{ state: "delivered", error: null, reason: null, reactions: {}, edited_at: null, deleted_at: null },
  at: at(minutes),
  ...rest,
});
const shape = (rows: ReturnType<typeof rowsOf>): string =>
  rows.map((row) => (row.kind === "message" ? `${row.isFirst ? "(" : ""}${row.message.id}${row.isLast ? ")" : ""}` : row.kind)).join(" ");

describe("rows", () => {
  it("put together what one says within five minutes", () => {
    const messages = [message(1, 0), message(2, 1), message(3, 20), message(4, 21, { direction: "out", origin: "user", user: 1 })];
    expect(shape(rowsOf(messages, undefined))).toBe("day (1 2) (3) (4)");
  });

  it("begin each day with its name", () => {
    expect(shape(rowsOf([message(1, 0), message(2, 24 * 60)], undefined))).toBe("day (1) day (2)");
  });

  it("tell two of our people apart", () => {
    const ours = { direction: "out", origin: "user" } as const;
    expect(shape(rowsOf([message(1, 0, { ...ours, user: 1 }), message(2, 1, { ...ours, user: 2 })], undefined))).toBe("day (1) (2)");
  });

  it("have a line above what nobody has read", () => {
    const messages = [message(1, 0), message(2, 1, { direction: "out", origin: "user" }), message(3, 2), message(4, 3)];
    expect(firstUnread(messages, 2)).toBe(3);
    expect(shape(rowsOf(messages, 3))).toBe("day (1) (2) unread (3 4)");
  });

  it("have it at the beginning when more is unread than has been loaded, and not at all when nothing is", () => {
    expect(firstUnread([message(7, 0)], 40)).toBe(7);
    expect(firstUnread([message(7, 0)], 0)).toBeUndefined();
  });
});

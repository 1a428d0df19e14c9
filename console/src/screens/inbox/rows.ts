import type { Message } from "../../data/shapes.ts";

/** A conversation as it stands on the screen: days, a line above what is new, and messages that belong together. */

export type Row =
  | { readonly kind: "day"; readonly key: string; readonly at: string }
  | { readonly kind: "unread"; readonly key: string }
  | { readonly kind: "message"; readonly key: string; readonly message: Message; readonly isFirst: boolean; readonly isLast: boolean };

/** What one says within this time stands together. */
const breathMs = 5 * 60_000;

const authorOf = ({ direction, origin, user }: Message): string => `${direction} ${origin} ${user ?? ""}`;
const dayOf = (at: string): string => new Date(at).toDateString();

/** `unread`: the id of the first message that nobody had read when the conversation was opened. */
export function rowsOf(messages: readonly Message[], unread: number | undefined): Row[] {
  const isBreak = (one: Message | undefined, next: Message | undefined): boolean =>
    !one ||
    !next ||
    authorOf(one) !== authorOf(next) ||
    dayOf(one.at) !== dayOf(next.at) ||
    next.id === unread ||
    Date.parse(next.at) - Date.parse(one.at) > breathMs;
  return messages.flatMap((message, place) => {
    const before = messages[place - 1];
    const isNewDay = !before || dayOf(before.at) !== dayOf(message.at);
    return [
      ...(isNewDay ? [{ kind: "day", key: `day ${dayOf(message.at)}`, at: message.at } as const] : []),
      ...(message.id === unread ? [{ kind: "unread", key: "unread" } as const] : []),
      {
        ...({ kind: "message", key: `message ${message.id}`, message } as const),
        ...{ isFirst: isBreak(before, message), isLast: isBreak(message, messages[place + 1]) },
      },
    ];
  });
}

/** The first of the last `count` messages of the client. */
export function firstUnread(messages: readonly Message[], count: number): number | undefined {
  if (count <= 0) return undefined;
  const theirs = messages.filter(({ direction }) => direction === "in");
  return theirs[Math.max(0, theirs.length - count)]?.id;
}

import type { TimeUnit } from "../protocol.ts";

/** What goes wrong, and how it is told. Sources: messengers.md §7, and README.md. */
export interface Switches {
  /** Each hook is posted twice. */
  duplicates: boolean;
  /** Of a sent message `server`, `delivered` and `has_seen` follow by themselves. */
  autoStatuses: boolean;
  /** Those come in the order has_seen, server, delivered. */
  shuffleStatuses: boolean;
  /** What is sent by a call comes back as a hook with `outgoing`. */
  echoes: boolean;
  /** The echo is there before the answer to the call. */
  echoFirst: boolean;
  /** What changes something is done, and then the line breaks before anybody hears of it. */
  lostAnswers: boolean;
  /** Nothing is done: the line is cut, or 500, or a page of HTML, or too many requests with `retry-after: 7`. */
  down: false | "reset" | "500" | "html" | "429";
  /** Only `setState` takes so long. */
  slowStateSeconds: number;
  /** Media answers 404 when it is older; 0 is never. */
  deadMediaAfterSeconds: number;
  /** The messenger has blocked the account: the call is `ok`, and the message is refused in `results[]`. */
  blocked: boolean;
  /** Everybody's number is hidden: whom one has no thread of, is not found by a number. */
  hiddenNumbers: boolean;
  /** Of times in hooks and answers. */
  timeUnit: TimeUnit;
}

export const noTrouble = (): Switches => ({
  ...{ duplicates: false, autoStatuses: false, shuffleStatuses: false, echoes: true, echoFirst: false, lostAnswers: false },
  ...{ down: false, slowStateSeconds: 0, deadMediaAfterSeconds: 0, blocked: false, hiddenNumbers: false, timeUnit: "us" },
});

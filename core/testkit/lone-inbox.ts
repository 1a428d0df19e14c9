import type { Inbox } from "../src/inbox.ts";

const alone = (): Promise<never> => Promise.reject(new Error("there is no book of conversations"));

/** For flows that have nothing to do with conversations: whoever asks for one fails. */
export const loneInbox: Inbox = {
  ...{
    keep: alone,
    change: alone,
    attach: alone,
    write: alone,
    open: alone,
    answer: alone,
    begin: alone,
    strange: alone,
    beginPart: alone,
    settle: alone,
    report: alone,
  },
  ...{ isOwn: () => false, findPlace: alone, findKin: alone, place: alone },
};

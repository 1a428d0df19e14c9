import type { ConnectionId, Inbox, Kept, Workspace } from "@svyazka/core";
import type { By } from "../by.ts";
import type { Sql } from "../sql.ts";
import { attachFile } from "./attach.ts";
import { beginConversation } from "./begin.ts";
import { changeMessage, reportOf } from "./change.ts";
import { strangeTo } from "./find.ts";
import { keepMessage } from "./keep.ts";
import { getMessage } from "./messages.ts";
import { findKin, findOwnPlace, findPlace, placeElsewhere, placeInOwn } from "./place.ts";
import { beginPart, beginSending, settlePart } from "./send.ts";
import { answerByProgram, writeMessage } from "./write.ts";

export interface InboxOptions {
  readonly home: Pick<Workspace, "country" | "currency">;
  /** In whose name it is written down. */
  readonly connection: ConnectionId;
  /** Whether this connection is our own CRM, where conversations stand by themselves. */
  isOwn(connection: ConnectionId): boolean;
  /** Something is new in this conversation: open pages need not find out by themselves. */
  tell(conversation: number): Promise<void>;
}

/** Our own book of conversations, as flows are lent it. */
export function inboxOf(sql: Sql, { home, connection, isOwn, tell }: InboxOptions): Inbox {
  const by: By = { actor: `connection:${connection}`, via: connection, home };
  const telling = async <T extends Kept | undefined>(kept: Promise<T>): Promise<T> => {
    const done = await kept;
    if (done?.isNew) await tell(Number(done.conversation.id));
    return done;
  };
  return {
    isOwn,
    keep: (channel, told) => telling(keepMessage(sql, channel, told, by)),
    async change(channel, told) {
      const message = await changeMessage(sql, channel, told);
      if (!message) return [];
      await tell(message.conversation);
      return reportOf(sql, message);
    },
    async attach(channel, at, file) {
      const attached = await attachFile(sql, channel, at, file);
      if (attached) await tell(attached.message.conversation);
      return attached?.facts;
    },
    write: (written, uid, files) => telling(writeMessage(sql, written, uid, files)),
    open: async (channel, client) => (await beginConversation(sql, { channel, client }, by)).uid,
    answer: (conversation, text, key) => telling(answerByProgram(sql, Number(conversation), text, key)),
    begin: (message, texts) => beginSending(sql, Number(message), texts),
    strange: (channel, externals) => strangeTo(sql, channel, externals),
    beginPart: (message, part) => beginPart(sql, Number(message), part),
    async settle(message, part, result) {
      const { conversation } = await settlePart(sql, Number(message), part, result, by);
      await tell(conversation);
    },
    report: async (message) => reportOf(sql, await getMessage(sql, Number(message))),
    findPlace: (conversation, crm) => (isOwn(crm) ? findOwnPlace(sql, Number(conversation)) : findPlace(sql, Number(conversation), crm)),
    findKin: (conversation, crm) => findKin(sql, Number(conversation), isOwn(crm) ? undefined : crm),
    async place(conversation, crm, place) {
      if (isOwn(crm)) await placeInOwn(sql, Number(conversation), place, by);
      else await placeElsewhere(sql, Number(conversation), crm, place);
    },
  };
}

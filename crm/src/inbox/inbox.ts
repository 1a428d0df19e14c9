import type { ConnectionId, Inbox, Workspace } from "@svyazka/core";
import type { By } from "../by.ts";
import { getMessage } from "../messages.ts";
import type { Sql } from "../sql.ts";
import { attachFile } from "./attach.ts";
import { changeMessage, reportOf } from "./change.ts";
import { keepMessage } from "./keep.ts";
import { findKin, findOwnPlace, findPlace, placeElsewhere, placeInOwn } from "./place.ts";
import { beginPart, beginSending, settlePart } from "./send.ts";
import { answerByProgram, writeMessage } from "./write.ts";

export interface InboxOptions {
  readonly home: Pick<Workspace, "country" | "currency">;
  /** In whose name it is written down. */
  readonly connection: ConnectionId;
  /** Whether this connection is our own CRM, where conversations stand by themselves. */
  isOwn(connection: ConnectionId): boolean;
}

/** Our own book of conversations, as flows are lent it. */
export function inboxOf(sql: Sql, { home, connection, isOwn }: InboxOptions): Inbox {
  const by: By = { actor: `connection:${connection}`, via: connection, home };
  return {
    isOwn,
    keep: (channel, told) => keepMessage(sql, channel, told, by),
    change: (channel, told) => changeMessage(sql, channel, told),
    attach: (channel, at, file) => attachFile(sql, channel, at, file),
    write: (written, files) => writeMessage(sql, written, files),
    answer: (conversation, text, key) => answerByProgram(sql, Number(conversation), text, key),
    begin: (message, texts) => beginSending(sql, Number(message), texts),
    async beginPart(message, part) {
      await beginPart(sql, Number(message), part);
    },
    async settle(message, part, result) {
      await settlePart(sql, Number(message), part, result, by);
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

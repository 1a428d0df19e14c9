import {
  type ConnectionId,
  type EventDraft,
  type FailureReason,
  type KeptMessage,
  type OwnConversation,
  type OwnMessage,
  sentMessage,
  toldConversation,
} from "@svyazka/core";
import { sql as raw } from "kysely";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";

/** What others are told of a message of our own book. Told again, each is known by its key. */

/** Whether no file of it is still being copied. */
const isWhole = ({ files }: OwnMessage): boolean => files.every(({ file, error }) => file !== undefined || error !== undefined);

/** For CRMs elsewhere: once its files are here, and, of one that goes out, once it has left. */
export async function keptFacts(sql: Sql, message: OwnMessage, conversation: OwnConversation): Promise<EventDraft<"message.kept">[]> {
  const { id, uid, direction, kind, text, content, files, desk, user, at, state } = message;
  if (!isWhole(message) || (direction === "out" && (state === "waiting" || state === "unknown" || state === "failed"))) return [];
  const replyTo = message.replyTo === null ? undefined : (await namesOf(sql, message.replyTo))?.uid;
  const told: KeptMessage = {
    message: {
      ...{ id: String(id), uid, direction, kind, text, content, files, at: at.toISOString() },
      ...(replyTo !== undefined && { replyTo }),
    },
    conversation: toldConversation(conversation),
    ...(desk !== null && { desk: desk as ConnectionId }),
    ...(user !== null && { user: String(user) }),
  };
  return [{ type: "message.kept", key: `kept ${id}`, subject: subjectOf(conversation), data: told }];
}

/** For CRMs elsewhere: how far a message has come that went out. */
export function markedFacts(message: OwnMessage, conversation: OwnConversation): EventDraft<"message.marked">[] {
  const { id, uid, direction, state, reason, error, desk, deskId, attempt } = message;
  if (direction === "in" || state === "waiting") return [];
  return [
    {
      type: "message.marked",
      key: `marked ${id} ${attempt} ${state}`,
      subject: subjectOf(conversation),
      data: {
        message: {
          ...{ id: String(id), uid, state },
          ...(reason !== null && { reason: reason as FailureReason }),
          ...(error !== null && { error }),
          ...(deskId !== null && { deskId }),
        },
        conversation: toldConversation(conversation),
        ...(desk !== null && { desk: desk as ConnectionId }),
      },
    },
  ];
}

/** For the CRM: somebody needs a place in it. */
export const begunFacts = (message: OwnMessage, conversation: OwnConversation): EventDraft<"conversation.begun">[] => [
  {
    type: "conversation.begun",
    key: `begun ${message.id}`,
    subject: subjectOf(conversation),
    data: { conversation: toldConversation(conversation), text: message.text, at: message.at.toISOString() },
  },
];

/** For the channel: what waits to be sent. */
export async function sentFacts(sql: Sql, message: OwnMessage, conversation: OwnConversation): Promise<EventDraft<"message.sent">[]> {
  const replyTo = message.replyTo === null ? undefined : (await namesOf(sql, message.replyTo))?.external;
  return [sentMessage(message, conversation, replyTo ?? undefined)];
}

const subjectOf = ({ id }: OwnConversation): string => `conversation ${id}`;

/** What a message is called here and by its channel: of one of ours that is in parts, the first. */
async function namesOf(sql: Sql, id: number): Promise<{ readonly uid: string; readonly external: string | null } | undefined> {
  const [row] = await run<{ uid: string; external: string | null }>(
    sql,
    raw`select m.uid::text as uid, coalesce(m.external, (select p.external from crm.message_part p where p.workspace = ${sql.workspace} and p.message = m.id
          and p.external is not null order by p.part limit 1)) as external
        from crm.message m where m.workspace = ${sql.workspace} and m.id = ${id}`,
  );
  return row;
}

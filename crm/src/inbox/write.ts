import { type Kept, type MessageFile, type OwnConversation, type OwnMessage, toldConversation, type WrittenMessage } from "@svyazka/core";
import { sql as raw } from "kysely";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { getConversation, uuidsOf } from "./conversations.ts";
import { sentFacts } from "./facts.ts";
import { getMessage, insertMessage } from "./messages.ts";

/** What somebody writes in a CRM elsewhere, in our book, to be sent. Undefined when there is no such conversation. */
export const writeMessage = (sql: Sql, written: WrittenMessage, named: string, files: readonly MessageFile[]): Promise<Kept | undefined> =>
  sql.transaction(async (sql) => {
    const [uid] = uuidsOf([named]);
    if (uid === undefined) return undefined;
    const id = await idOf(sql, raw`select id from crm.conversation where workspace = ${sql.workspace} and uid = ${uid}::uuid`);
    if (id === undefined) return undefined;
    const conversation = await getConversation(sql, id, {}, "lock");
    const { desk, deskId, kind, text, content, at } = written;
    const known = await idOf(
      sql,
      raw`select id from crm.message where workspace = ${sql.workspace} and desk = ${desk} and desk_id = ${deskId}`,
    );
    if (known !== undefined) return answer(sql, await getMessage(sql, known), conversation, false);
    const [answered] = uuidsOf([written.replyTo ?? ""]);
    const replyTo =
      answered === undefined
        ? undefined
        : await idOf(sql, raw`select id from crm.message where workspace = ${sql.workspace} and uid = ${answered}::uuid`);
    const made = await insertMessage(sql, conversation, {
      ...{ direction: "out", user: null, origin: "desk", desk: { connection: desk, id: deskId }, state: "waiting" },
      ...{ kind, text, content: content ?? null, files, at: new Date(at) },
      ...(replyTo !== undefined && { replyTo }),
    });
    return answer(sql, made, conversation, true);
  });

/** A program answers by itself: once per `key`. */
export const answerByProgram = (sql: Sql, conversation: number, text: string, key: string): Promise<Kept> =>
  sql.transaction(async (sql) => {
    const found = await getConversation(sql, conversation, {}, "lock");
    const known = await idOf(sql, raw`select id from crm.message where workspace = ${sql.workspace} and key = ${key}`);
    if (known !== undefined) return answer(sql, await getMessage(sql, known), found, false);
    const made = await insertMessage(sql, found, {
      direction: "out",
      user: null,
      origin: "robot",
      kind: "text",
      text,
      state: "waiting",
      key,
    });
    return answer(sql, made, found, true);
  });

const answer = async (sql: Sql, message: OwnMessage, conversation: OwnConversation, isNew: boolean): Promise<Kept> => ({
  ...{ message: String(message.id), conversation: toldConversation(conversation), isNew, files: [] },
  facts: await sentFacts(sql, message, conversation),
});

const idOf = async (sql: Sql, statement: Parameters<typeof run>[1]): Promise<number | undefined> =>
  (await run<{ id: number }>(sql, statement))[0]?.id;

import type { OwnCrm } from "@svyazka/core";
import type { By } from "../by.ts";
import { listConversations, openConversation, updateConversation } from "../inbox/conversations.ts";
import { addMessage, listMessages, reactToMessage, updateMessage } from "../inbox/messages.ts";
import type { Sql } from "../sql.ts";

/** Conversations of our own CRM, for `OwnCrm`. */
export const ownConversations = (sql: Sql, by: By): OwnCrm["conversations"] => ({
  list: (filter) => listConversations(sql, filter, by),
  open: (draft) => openConversation(sql, draft, by),
  update: (id, changes) => updateConversation(sql, id, changes, by),
});

export const ownMessages = (sql: Sql, by: By): OwnCrm["messages"] => ({
  list: (filter) => listMessages(sql, filter, by),
  add: (conversation, draft) => addMessage(sql, conversation, draft, by),
  update: (id, changes) => updateMessage(sql, id, changes, by),
  react: (id, who, emoji) => reactToMessage(sql, id, who, emoji, by),
});

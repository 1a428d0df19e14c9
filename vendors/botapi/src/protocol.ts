/** The Telegram Bot API: pure functions that read what it sends and answers. Source: https://core.telegram.org/bots/api and README.md */
export * from "./protocol/answers.ts";
export type { Attachment, AttachmentKind } from "./protocol/attachments.ts";
export * from "./protocol/failures.ts";
export type { IncomingMessage, Location, SharedContact } from "./protocol/messages.ts";
export type { Person } from "./protocol/people.ts";
export * from "./protocol/secret.ts";
export * from "./protocol/text.ts";
export * from "./protocol/updates.ts";

/** The WhatsApp Cloud API of Meta: pure functions that read and write what goes over the wire. Source: https://developers.facebook.com/documentation/business-messaging/whatsapp and README.md */
export * from "./protocol/answers.ts";
export * from "./protocol/failures.ts";
export * from "./protocol/hooks.ts";
export type { Attachment, AttachmentKind, IncomingMessage, Location, Reaction, Referral, SharedContact } from "./protocol/messages.ts";
export { isUserId, type Person } from "./protocol/people.ts";
export * from "./protocol/sending.ts";
export * from "./protocol/signature.ts";
export type { Status, StatusError, StatusState } from "./protocol/statuses.ts";
export * from "./protocol/templates.ts";

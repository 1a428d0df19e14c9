import type { AnswerOf, ItemOf } from "./client.ts";

/** What the API answers, by the words of the CRM. */
export type Deal = AnswerOf<"getDeal">;
export type Contact = AnswerOf<"getContact">;
export type Company = AnswerOf<"getCompany">;
export type Task = AnswerOf<"getTask">;
export type Call = AnswerOf<"getCall">;
export type Pipeline = ItemOf<"listPipelines">;
export type Stage = Pipeline["stages"][number];
export type User = ItemOf<"listUsers">;
export type Field = ItemOf<"listFields">;
export type TimelineEntry = ItemOf<"dealTimeline">;
export type Import = AnswerOf<"getImport">;
export type Conversation = AnswerOf<"getConversation">;
export type Message = ItemOf<"listMessages">;
export type MessageFile = Message["files"][number];
export type Channel = ItemOf<"listChannels">;
export type JournalEntry = AnswerOf<"getJournal">;
export type Connection = ItemOf<"listConnections">;
export type Vendor = ItemOf<"listVendors">;
export type RouteMatrix = AnswerOf<"listRoutes">;
export type Session = AnswerOf<"whoAmI">;
export type Entity = "contact" | "company" | "deal";
/** The kinds of records that can be one. */
export type Mergeable = "contact" | "company";

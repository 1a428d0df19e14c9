/** The wire between 1C accounting and a hub, both ways: pure functions that read and write it. Source: fixtures/ and README.md. */
export * from "./protocol/answers.ts";
export * from "./protocol/call-readers.ts";
export * from "./protocol/call-writers.ts";
export * from "./protocol/calls.ts";
export * from "./protocol/failures.ts";
export * from "./protocol/json.ts";
export * from "./protocol/links.ts";
export * from "./protocol/moments.ts";
export * from "./protocol/numbers.ts";
export type { Problem, Read } from "./protocol/reading.ts";
export * from "./protocol/replies.ts";
export * from "./protocol/request-readers.ts";
export * from "./protocol/requests.ts";
export * from "./protocol/tax.ts";
export * from "./protocol/text.ts";
export * from "./protocol/versions.ts";

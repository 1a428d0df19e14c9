/** The wire of Touch-API and of the connect service beside it: pure functions that read and write it. Source: fixtures/ and README.md. */
export * from "./protocol/access.ts";
export * from "./protocol/answers.ts";
export * from "./protocol/connect.ts";
export * from "./protocol/connect-replies.ts";
export * from "./protocol/crm.ts";
export * from "./protocol/hook-events.ts";
export * from "./protocol/hook-writers.ts";
export { readHook } from "./protocol/hooks.ts";
export { isObject, type Json } from "./protocol/json.ts";
export * from "./protocol/moments.ts";
export * from "./protocol/requests.ts";
export * from "./protocol/sources.ts";
export * from "./protocol/steps.ts";

/** amoCRM's protocol: shapes and the pure functions that read and write them. */
export * from "./protocol/chats.ts";
export * from "./protocol/entities.ts";
export * from "./protocol/errors.ts";
export * from "./protocol/hooks.ts";
export * from "./protocol/oauth.ts";
export * from "./protocol/v2.ts";

/** Bitrix24's wire shapes. Source: the public documentation at https://apidocs.bitrix24.ru */
export * from "./protocol/access.ts";
export * from "./protocol/calls.ts";
export * from "./protocol/envelope.ts";
export * from "./protocol/events.ts";
export * from "./protocol/objects.ts";
export * from "./protocol/open-lines.ts";

export * from "./by.ts";
export * from "./defaults.ts";
export * from "./directory-changed.ts";
export * from "./errors.ts";
export * from "./sql.ts";
export * from "./users.ts";

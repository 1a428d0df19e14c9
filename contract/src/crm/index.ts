export * from "./activity.ts";
export * from "./bulk.ts";
export * from "./calls.ts";
export * from "./merges.ts";
export * from "./records.ts";
export * from "./search.ts";
export * from "./setup.ts";
export * from "./views.ts";

export * from "./activity.ts";
export * from "./records.ts";
export * from "./setup.ts";

export * from "./brackets.ts";
export * from "./network.ts";

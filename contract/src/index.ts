export * from "./route.ts";
export * from "./hub/index.ts";

export * from "./crm/index.ts";
export * from "./hub/index.ts";
export * from "./route.ts";

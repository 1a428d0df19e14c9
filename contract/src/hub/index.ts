export * from "./access.ts";
export * from "./connections.ts";
export * from "./deliveries.ts";
export * from "./doctor.ts";
export * from "./journal.ts";
export * from "./telephony.ts";
export * from "./workspaces.ts";

export * from "./accounting-contract.ts";
export * from "./crm-contract.ts";
export * from "./lone-inbox.ts";
export * from "./lone-kit.ts";
export * from "./memory-crm.ts";
export * from "./memory-kit.ts";
export type * from "./memory-records.ts";
export * from "./subscriber-contract.ts";
export * from "./telephony-contract.ts";

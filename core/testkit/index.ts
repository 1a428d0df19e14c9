export * from "./crm-contract.ts";
export * from "./lone-kit.ts";
export * from "./memory-crm.ts";

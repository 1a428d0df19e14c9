export * from "./crm-contract.ts";
export * from "./memory-crm.ts";

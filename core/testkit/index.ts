export * from "./crm-contract.ts";

/** What adapters of CRMs that are elsewhere have in common: what every such CRM lacks, the hub keeps for it. */
export * from "./calls.ts";
export * from "./find.ts";
export * from "./gone.ts";
export * from "./home.ts";
export * from "./in-words.ts";
export * from "./kept-copy.ts";
export * from "./leftovers.ts";
export * from "./load.ts";
export * from "./marked-tasks.ts";
export * from "./once.ts";
export * from "./told.ts";

/** The wire of the protocol between a virtual PBX and a CRM, in all three dialects: pure functions that read and write it. Source: fixtures/ and README.md. */
export * from "./commands.ts";
export * from "./pushes.ts";
export * from "./replies.ts";
export * from "./rest.ts";
export * from "./words.ts";

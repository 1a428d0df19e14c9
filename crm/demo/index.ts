export * from "./fill.ts";
export { chances, type Stranger, stranger } from "./story.ts";

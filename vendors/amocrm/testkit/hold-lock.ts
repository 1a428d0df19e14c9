import { fileTokens } from "../src/client.ts";

/** A process of its own that takes the lock of a file of tokens, says so, and never lets go. */
const [path = ""] = process.argv.slice(2);
await fileTokens(path).exclusively(async () => {
  console.log("held");
  await new Promise((resolve) => setTimeout(resolve, 600_000));
});

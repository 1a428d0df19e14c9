import { fileTokens, makeAmo, overFetch } from "../src/client.ts";

/** A process of its own that uses the same tokens as others. Waits for a moment that all know, then asks for the account; prints what it got. */
const [domain = "", path = "", credentials = "", startAt = "0"] = process.argv.slice(2);
const amo = makeAmo({ domain, tokens: fileTokens(path), credentials: JSON.parse(credentials), send: overFetch(fetch) });
await new Promise((resolve) => setTimeout(resolve, Number(startAt) - Date.now()));
console.log((await amo.account.get()).subdomain);

import { readConfig, WrongConfiguration } from "../config.ts";
import { startHub } from "../start.ts";
import { makeClient } from "./client.ts";

/** `npm run demo`: a hub of its own below `data/demo`, with a company that does not exist and people who ring and write. */

const person = { email: "demo@demo.example", password: "demo-demo" };
const russian = Intl.DateTimeFormat().resolvedOptions().locale.startsWith("ru");

try {
  const args = process.argv.slice(2);
  const config = readConfig(args.includes("--data") ? args : ["--data", "data/demo", ...args]);
  const hub = await startHub(config);
  const client = makeClient(config.DATA_DIR);
  if (hub.setupUrl !== undefined) {
    const language = russian ? "ru" : "en";
    await client.call("POST", "/workspaces", {
      body: {
        name: language === "ru" ? "Окна «Ромашка»" : "Camomile Windows",
        subdomain: "demo",
        admin_name: language === "ru" ? "Ирина Демо" : "Irene Demo",
        admin_email: person.email,
        admin_password: person.password,
        language,
        time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      },
    });
  }
  await client.call("POST", "/demo", { workspace: "demo", body: {} });
  console.log(`The demo is at ${hub.address}\n  e-mail:   ${person.email}\n  password: ${person.password}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void hub.stop().then(() => process.exit(0)));
} catch (error) {
  if (!(error instanceof WrongConfiguration)) throw error;
  console.error(`The demo did not start. ${error.message}`);
  process.exit(1);
}

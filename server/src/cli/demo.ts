import { readConfig, WrongConfiguration } from "../config.ts";
import { type RunningHub, startHub } from "../start.ts";
import { CommandFailed, makeClient } from "./client.ts";

/** `npm run demo`: a hub of its own below `data/demo`, with a company that does not exist and people who ring and write. */

const person = { email: "demo@demo.example", password: "demo-demo" };
const russian = Intl.DateTimeFormat().resolvedOptions().locale.startsWith("ru");

let hub: RunningHub | undefined;
try {
  const args = process.argv.slice(2);
  const config = readConfig(args.includes("--data") ? args : ["--data", "data/demo", ...args]);
  const running = await startHub(config);
  hub = running;
  const client = makeClient(config.DATA_DIR);
  if (running.setupUrl !== undefined) {
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
  console.log(`The demo is at ${running.address}\n  e-mail:   ${person.email}\n  password: ${person.password}`);
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void running.stop().then(() => process.exit(0)));
} catch (error) {
  // What it has started, its database among it, does not outlive it.
  await hub?.stop();
  if (!(error instanceof WrongConfiguration || error instanceof CommandFailed)) throw error;
  console.error(`The demo did not start. ${error.message}`);
  process.exit(1);
}

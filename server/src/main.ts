import { enableCompileCache } from "node:module";

// The second start need not compile again.
enableCompileCache();

const { readConfig, WrongConfiguration } = await import("./config.ts");

try {
  const config = readConfig(process.argv.slice(2));
  const { startHub } = await import("./start.ts");
  const hub = await startHub(config);
  console.log(`Svyazka listens on ${hub.address}`);
  if (hub.setupUrl !== undefined) console.log(`It is empty. Set it up, once, at:\n${hub.setupUrl}`);
  stopOnSignals(hub.stop);
} catch (error) {
  if (!(error instanceof WrongConfiguration)) throw error;
  console.error(`Svyazka did not start. ${error.message}`);
  process.exit(1);
}

function stopOnSignals(stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = async (signal: string) => {
    // A second signal does not wait.
    if (stopping) process.exit(1);
    stopping = true;
    console.log(`${signal}: finishing what is in hand`);
    const patience = setTimeout(() => process.exit(1), 60_000);
    patience.unref();
    await stop();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void onSignal(signal));
}

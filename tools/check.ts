import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** `npm run check`: types, lint, import law, vendors. Runs them all and says which failed. */
const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name: string): string => `${root}node_modules/.bin/${name}`;
const tsc = `${root}node_modules/typescript-native/bin/tsc`;

const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ["types of core, without Node or DOM", process.execPath, tsc, "-p", "core"],
  ["types of flows, without Node or DOM", process.execPath, tsc, "-p", "flows"],
  ["types of everything", process.execPath, tsc, "-p", "."],
  ...globSync("vendors/*/src/page/tsconfig.json", { cwd: root }).map(
    (file) => [`types of ${file.split("/")[1]}'s page`, process.execPath, tsc, "-p", file] as const,
  ),
  ["types of the console", process.execPath, tsc, "-p", "console"],
  ["format and lint", bin("biome"), "check", "."],
  ["promises", bin("oxlint"), "--type-aware", "."],
  [
    "import law",
    bin("depcruise"),
    "wire",
    "core",
    "vendors",
    "flows",
    "crm",
    "contract",
    "console",
    "server",
    "e2e",
    "bench",
    "tools",
    "--config",
    ".dependency-cruiser.cjs",
  ],
  ["house rules", process.execPath, "tools/check-house.ts"],
  ["vendors", process.execPath, "tools/check-vendors.ts"],
];

const failed: string[] = [];
for (const [name, command, ...args] of steps) {
  const started = performance.now();
  const { code, output } = await run(command, args);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
  if (code !== 0) {
    failed.push(name);
    console.log(output.trimEnd());
  }
}
if (failed.length > 0) {
  console.log(`\nFailed: ${failed.join(", ")}`);
  process.exit(1);
}

function run(command: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => resolve({ code: 1, output: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }));
  });
}

// Installs what is missing. Plain JavaScript without dependencies: it runs before anything is installed, on any Node from 18.
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const installed = `${root}node_modules/.package-lock.json`;
const wanted = `${root}package-lock.json`;

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
  console.log("Svyazka: installing the libraries (once, about a minute)…");
  // `--include` because NODE_ENV=production would leave the runtime and the test tools out.
  const result = spawnSync("npm", ["ci", "--include=optional", "--include=dev", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    console.error("Svyazka: `npm ci` failed; mend what it says above and run the command again.");
    process.exit(result.status ?? 1);
  }
}

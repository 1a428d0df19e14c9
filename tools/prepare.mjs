// Installs what is missing. Plain JavaScript without dependencies: it runs before anything is installed, on any Node from 18.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
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

// The runtime the libraries brought along stands first on the PATH of every npm script; where there is none for this platform, the user's own must do.
const oldest = 24;
const version = startedOlder()
  ? spawnSync("node", ["-p", "process.versions.node"], { encoding: "utf8", shell: process.platform === "win32" }).stdout.trim()
  : process.versions.node;
if (Number(version.split(".")[0]) < oldest) {
  console.error(
    `Svyazka needs Node ${oldest} or later, and this is ${version}: there is none on the npm registry for ${process.platform}-${process.arch}, so install one.`,
  );
  process.exit(1);
}

// The console is the one part that is built. Anew when something it is made of is newer than what there is.
const built = `${root}console/dist/index.html`;
const sources = [
  "console",
  "contract/src",
  "core/src",
  "server/src/api/description.ts",
  "server/src/api/serve.ts",
  "tools/build-console.ts",
  "tools/describe-api.ts",
];
if (!existsSync(built) || newest(sources) > statSync(built).mtimeMs) {
  console.log("Svyazka: building the console…");
  const result = spawnSync("node", [`${root}tools/build-console.ts`], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    console.error("Svyazka: the console could not be built; the reason stands above.");
    process.exit(result.status ?? 1);
  }
}

/** When anything below was changed last. */
function newest(/** @type {string[]} */ paths) {
  let latest = 0;
  for (const path of paths) {
    const stat = statSync(`${root}${path}`);
    if (!stat.isDirectory()) latest = Math.max(latest, stat.mtimeMs);
    else {
      const inside = readdirSync(`${root}${path}`).filter(
        (name) => name !== "dist" && name !== "node_modules" && !name.endsWith(".gen.ts"),
      );
      latest = Math.max(latest, newest(inside.map((name) => `${path}/${name}`)));
    }
  }
  return latest;
}

/** This very process may still be the older one that began the installation. */
function startedOlder() {
  return Number(process.versions.node.split(".")[0]) < oldest;
}

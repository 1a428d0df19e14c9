import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** What the import law cannot say about globals. Each rule has the few files that are its reason to exist. */
interface HouseRule {
  readonly name: string;
  readonly say: string;
  readonly pattern: RegExp;
  readonly within: RegExp;
  readonly but: RegExp;
}

const tests = /\.test\.ts$|\/testkit\/|\/standin\.ts$/;

export const houseRules: readonly HouseRule[] = [
  {
    name: "environment-in-config-only",
    say: "process.env is read in server/src/config.ts only",
    pattern: /\bprocess\.env\b/,
    within: /^(wire|core|vendors|flows|crm|contract|server)\//,
    but: /^server\/src\/config\.ts$/,
  },
  {
    name: "network-through-kit",
    say: "the way out to the network is kit.fetch (the command line calls its own hub)",
    pattern: /(?<![.\w"'`])fetch\(/,
    within: /^(wire|core|vendors|flows|crm|contract|server)\/.*\.ts$/,
    but: /^server\/src\/(net\/|cli\/client\.ts)/,
  },
  {
    name: "no-clock-or-chance-in-core-and-flows",
    say: "core and flows take the time and chance from their caller",
    pattern: /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/,
    within: /^(core|flows)\/src\//,
    but: /^$/,
  },
];

/** Answers `rule: file:line` for each breach. */
export function findBreaches(root: string): string[] {
  const files = globSync("{wire,core,vendors,flows,crm,contract,server}/**/*.ts", { cwd: root, exclude: ["**/node_modules/**"] }).filter(
    (file) => !tests.test(file),
  );
  return files.flatMap((file) => {
    const lines = readFileSync(`${root}/${file}`, "utf8").split("\n");
    return houseRules.flatMap(({ name, pattern, within, but }) =>
      !within.test(file) || but.test(file)
        ? []
        : lines.flatMap((line, index) => (pattern.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line) ? [`${name}: ${file}:${index + 1}`] : [])),
    );
  });
}

if (import.meta.main) {
  const breaches = findBreaches(fileURLToPath(new URL("..", import.meta.url)));
  for (const breach of breaches) console.log(breach);
  if (breaches.length > 0) process.exit(1);
}

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findBreaches } from "./check-house.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
let tree = "";

/** A small house of the same shape as ours, with one violation of each rule planted in it. */
const planted: Readonly<Record<string, string>> = {
  "wire/src/index.ts": "export const wire = 1;",
  "wire/src/greedy.ts": 'import { word } from "../../core/src/index.ts"; export const greedy = word;',
  "core/src/index.ts": "export const word = 1;",
  "core/src/greedy.ts": 'import { readFileSync } from "node:fs"; export const greedy = readFileSync;',
  "core/testkit/kit.ts": "export const kit = 1;",
  "vendors/one/src/adapter.ts": 'import { word } from "../../../core/src/index.ts"; export const one = word;',
  "vendors/one/src/protocol.ts": 'import { one } from "./adapter.ts"; export const protocol = one;',
  "vendors/one/src/client.ts": 'import { word } from "../../../core/src/index.ts"; export const client = word;',
  "vendors/one/src/served.ts": 'import { server } from "../../../server/src/index.ts"; export const served = server;',
  "vendors/one/src/standin.ts": "export const standin = 1;",
  "vendors/two/src/adapter.ts": 'import { one } from "../../one/src/adapter.ts"; export const two = one;',
  "flows/src/flow.ts": 'import { crm } from "../../crm/src/index.ts"; export const flow = crm;',
  "crm/src/index.ts": 'import { route } from "../../contract/src/index.ts"; export const crm = route;',
  "contract/src/index.ts": 'import { word } from "../../core/src/index.ts"; export const route = word;',
  "contract/src/nosy.ts": 'import type { server } from "../../server/src/index.ts"; export type Nosy = typeof server;',
  "console/src/screen.ts": 'import { server } from "../../server/src/index.ts"; export const screen = server;',
  "server/src/index.ts": 'import { two } from "../../vendors/two/src/adapter.ts"; export const server = two;',
  "server/src/shortcut.ts":
    'import { standin } from "../../vendors/one/src/standin.ts"; import { kit } from "../../core/testkit/kit.ts"; export const shortcut = [standin, kit];',
  "tools/a.ts": 'import { b } from "./b.ts"; export const a = () => b;',
  "tools/b.ts": 'import { a } from "./a.ts"; export const b = () => a;',
  "crm/src/nosy.ts": 'import { server } from "../../server/src/index.ts"; export const nosy = server;',
  "server/src/sly.ts": "export const sly = process.env.SECRET;",
  "flows/src/clock.ts": "export const late = () => Date.now();",
  "vendors/two/src/direct.ts": 'export const direct = () => fetch("http://example.com");',
};

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), "svyazka-law-"));
  for (const [file, text] of Object.entries(planted)) {
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    writeFileSync(join(tree, file), `${text}\n`);
  }
  for (const file of [".dependency-cruiser.cjs", "tsconfig.json", "tsconfig.base.json"]) cpSync(join(root, file), join(tree, file));
  writeFileSync(join(tree, "package.json"), '{"type":"module"}');
  symlinkSync(join(root, "node_modules"), join(tree, "node_modules"));
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

it("reports a planted violation of each import rule by its name", async () => {
  const rules = [...readFileSync(join(root, ".dependency-cruiser.cjs"), "utf8").matchAll(/^ {6}name: "([\w-]+)"/gm)].map(
    (match) => match[1],
  );
  const { stdout } = await run(
    join(root, "node_modules/.bin/depcruise"),
    [
      "wire",
      "core",
      "vendors",
      "flows",
      "crm",
      "contract",
      "console",
      "server",
      "tools",
      "--config",
      ".dependency-cruiser.cjs",
      "--output-type",
      "json",
    ],
    { cwd: tree, maxBuffer: 50_000_000 },
  ).catch((error: { stdout: string }) => error);
  const violations = (JSON.parse(stdout) as { summary: { violations: { rule: { name: string }; from: string }[] } }).summary.violations;
  const reported = new Set(violations.map((violation) => violation.rule.name));
  expect([...reported].sort()).toEqual([...rules].sort());
  expect(rules).toHaveLength(15);
});

it("reports environment, network, clock and chance where they do not belong", () => {
  expect(findBreaches(tree).sort()).toEqual([
    "environment-in-config-only: server/src/sly.ts:1",
    "network-through-kit: vendors/two/src/direct.ts:1",
    "no-clock-or-chance-in-core-and-flows: flows/src/clock.ts:1",
  ]);
});

import { execFile, execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findFaults } from "./check-vendors.ts";
import { vendorLine, writeVendor } from "./new-vendor.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
let copy = "";

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "svyazka-vendor-"));
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter(Boolean);
  // Written before anything is checked, and not kept.
  files.push("console/src/data/api.gen.ts");
  for (const file of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file), { force: true });
  }
  // The libraries of the original, and the workspaces of the copy.
  mkdirSync(join(copy, "node_modules/@svyazka"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")))
    if (name !== "@svyazka") symlinkSync(join(root, "node_modules", name), join(copy, "node_modules", name));
  for (const name of ["wire", "core", "flows", "crm", "contract", "server"])
    symlinkSync(join(copy, name), join(copy, "node_modules/@svyazka", name));
  for (const name of readdirSync(join(copy, "vendors")))
    symlinkSync(join(copy, "vendors", name), join(copy, "node_modules/@svyazka", name));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

it("makes a vendor that passes the whole check with one folder and one line", { timeout: 120_000 }, async () => {
  writeVendor(copy, "test-vendor");
  symlinkSync(join(copy, "vendors/test-vendor"), join(copy, "node_modules/@svyazka/test-vendor"));
  expect(await findFaults(copy)).toEqual([expect.stringContaining("exactly one line")]);
  appendFileSync(join(copy, "server/src/vendors.ts"), `${vendorLine("test-vendor")}\n`);
  await run(join(root, "node_modules/.bin/biome"), ["check", "--write", "vendors/test-vendor", "server/src/vendors.ts"], { cwd: copy });
  const { stdout } = await run(process.execPath, ["tools/check.ts"], { cwd: copy, maxBuffer: 50_000_000 }).catch(
    (error: { stdout: string }) => error,
  );
  expect(stdout).not.toContain("FAILED");
  expect(stdout).toContain("ok     vendors");
});

it("refuses a name that is no folder of ours", () => {
  for (const name of ["", "Тест", "../x", "A", "a_b"]) expect(() => writeVendor(copy, name), name).toThrow(/will not do/);
});

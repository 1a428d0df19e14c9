import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AnyVendor, Setting } from "@svyazka/core";

/**
 * What every vendor's folder must have: the number to judge by is one new folder and one line.
 * Answers a sentence for each thing that is missing.
 */
export async function findFaults(root: string): Promise<string[]> {
  const names = readdirSync(join(root, "vendors"), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  const faults: string[] = [];
  for (const name of names) {
    const vendor = await adapterOf(root, name);
    faults.push(
      ...[
        ...registration(root, name),
        ...readme(root, name),
        ...files(root, name),
        ...labels(name, vendor),
        ...abilities(vendor),
        ...contractRun(root, name, vendor),
      ].map((fault) => `${name}: ${fault}`),
    );
  }
  faults.push(...strayNames(root, names));
  return faults;
}

const readmeSections = ["What it can do", "How to connect", "Quirks", "Tried against the real service"];

async function adapterOf(root: string, name: string): Promise<AnyVendor | undefined> {
  const file = join(root, "vendors", name, "src", "adapter.ts");
  if (!existsSync(file)) return undefined;
  const exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  return Object.values(exported).find(
    (value): value is AnyVendor => typeof value === "object" && value !== null && (value as AnyVendor).id === name,
  );
}

function registration(root: string, name: string): string[] {
  const lines = readFileSync(join(root, "server/src/vendors.ts"), "utf8")
    .split("\n")
    .filter((line) => line.includes(`"@svyazka/${name}/adapter"`));
  return lines.length === 1
    ? []
    : [`server/src/vendors.ts must have exactly one line for it: export { … } from "@svyazka/${name}/adapter";`];
}

function readme(root: string, name: string): string[] {
  const file = join(root, "vendors", name, "README.md");
  if (!existsSync(file)) return ["README.md is missing"];
  const text = readFileSync(file, "utf8");
  return readmeSections
    .filter((section) => !text.includes(`\n## ${section}\n`))
    .map((section) => `README.md lacks the section "## ${section}"`);
}

function files(root: string, name: string): string[] {
  const folder = join(root, "vendors", name);
  const wanted = ["package.json", "src/protocol.ts", "src/index.ts", "src/adapter.ts", "src/standin.ts"].filter(
    (file) => !existsSync(join(folder, file)),
  );
  const missing = wanted.map((file) => `${file} is missing`);
  if (globSync("fixtures/**/*.*", { cwd: folder }).length === 0) missing.push("fixtures/ has none of the documents' own examples");
  if (globSync("src/**/*.test.ts", { cwd: folder }).length === 0) missing.push("there is no test beside the code");
  return missing;
}

function labels(name: string, vendor: AnyVendor | undefined): string[] {
  if (!vendor) return [`src/adapter.ts must export a vendor with the id "${name}"`];
  const faults = [...incomplete("title", vendor.title), ...incomplete("about", vendor.about ?? {})];
  const settings = vendor.settings as Record<string, Setting>;
  for (const [setting, { label, hint, group, when, ...rest }] of Object.entries(settings)) {
    for (const [part, text] of Object.entries({ label, hint, group }))
      if (text) faults.push(...incomplete(`settings.${setting}.${part}`, text));
    if (when && !settings[when.setting]) faults.push(`settings.${setting}.when names no setting: ${when.setting}`);
    if ("options" in rest)
      for (const [option, text] of Object.entries(rest.options)) faults.push(...incomplete(`settings.${setting}.options.${option}`, text));
  }
  return faults;
}

const incomplete = (place: string, text: Partial<Record<string, string>>): string[] =>
  (["ru", "en"] as const).filter((language) => !text[language]).map((language) => `${place} has no text in ${language}`);

/** What it says of itself is what people are told before they choose it. */
const abilities = (vendor: AnyVendor | undefined): string[] => [
  ...(vendor?.connect && !vendor.ports ? ["it connects, and does not say to which ports: ports"] : []),
  ...((vendor?.receive || vendor?.listen || vendor?.poll) && !vendor.tells ? ["it may bring facts, and does not say which: tells"] : []),
];

/** A vendor that can do something for flows runs the contract of that port. */
function contractRun(root: string, name: string, vendor: AnyVendor | undefined): string[] {
  if (!vendor?.connect) return [];
  const tests = globSync("src/**/*.test.ts", { cwd: join(root, "vendors", name) });
  const runs = tests.some((file) => /@svyazka\/core\/testkit/.test(readFileSync(join(root, "vendors", name, file), "utf8")));
  return runs ? [] : ["it connects to ports, and no test of it runs a contract from @svyazka/core/testkit"];
}

/** A vendor's name stands in its folder and in the one list, and nowhere else in the code. */
function strayNames(root: string, names: readonly string[]): string[] {
  const code = globSync("{wire,core,flows,crm,contract,server,console,tools}/**/*.{ts,tsx,sql,js,html}", {
    cwd: root,
    exclude: ["**/node_modules/**", "console/dist/**"],
  });
  return code
    .filter((file) => file !== "server/src/vendors.ts" && !/\.test\.ts$|\/testkit\//.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(root, file), "utf8");
      return names.filter((name) => new RegExp(`\\b${name}\\b`, "i").test(text)).map((name) => `${name}: its name stands in ${file}`);
    });
}

if (import.meta.main) {
  const faults = await findFaults(fileURLToPath(new URL("..", import.meta.url)));
  for (const fault of faults) console.log(fault);
  if (faults.length > 0) process.exit(1);
}

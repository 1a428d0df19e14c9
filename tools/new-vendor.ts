import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** `npm run new-vendor -- <name>`: a folder that already passes `npm run check`; what is left is the protocol. */
const exported = (name: string): string => name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

export function vendorFiles(name: string): Record<string, string> {
  const value = exported(name);
  return {
    "package.json": `${JSON.stringify(
      {
        name: `@svyazka/${name}`,
        version: "0.1.0",
        private: true,
        type: "module",
        exports: { ".": "./src/index.ts", "./adapter": "./src/adapter.ts", "./standin": "./src/standin.ts" },
      },
      null,
      2,
    )}\n`,
    "README.md": `# ${name}

## What it can do

It receives \`POST /${name}\` and keeps it in the journal.

## How to connect

\`\`\`
npm run -s hub -- connection add ${name} --workspace romashka
\`\`\`

## Quirks

None is known. Each one gets its source here, and a comment beside the line that handles it.

## Tried against the real service

Never yet.
`,
    "fixtures/hello.json": '{ "hello": "world" }\n',
    "src/protocol.ts": `/** The wire shapes of ${name}: pure functions that read and write them, used by every other file here. */
export interface Hello {
  readonly hello: string;
}

/** Undefined when it is no such thing. */
export function readHello(json: unknown): Hello | undefined {
  return typeof json === "object" && json !== null && "hello" in json && typeof json.hello === "string" ? { hello: json.hello } : undefined;
}

export const writeHello = (hello: Hello): string => JSON.stringify(hello);
`,
    "src/index.ts": `export * from "./protocol.ts";\n`,
    "src/adapter.ts": `import { type Door, Malformed, type Reply, type Vendor } from "@svyazka/core";
import { readHello } from "./protocol.ts";

const settings = {
  token: { type: "secret", generated: true, door: true, label: { ru: "Токен", en: "Token" } },
} as const;

const json = (status: number, body: object): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
});

const statuses: Partial<Record<string, number>> = { no_token: 401, unknown_token: 401, wrong_token: 401, disabled: 403, removed: 410, not_found: 404, method_not_allowed: 405, too_large: 413, malformed: 422, rate_limited: 429 };

const door: Door = {
  routes: [{ methods: ["POST"], path: "/${name}", inboundOnly: true }],
  bodyLimit: 262_144,
  token: (request) => request.query["token"] ?? request.form["token"],
  refuse: (problem) => json(statuses[problem.kind] ?? 503, { error: problem.kind }),
};

export const ${value}: Vendor<typeof settings> = {
  id: "${name}",
  title: { ru: "${name}", en: "${name}" },
  about: { ru: "Принимает приветствия.", en: "Takes greetings." },
  tells: [],
  settings,
  door,
  receive(request) {
    const hello = readHello(request.json);
    if (!hello) throw new Malformed("Send {\\"hello\\": \\"…\\"}", { hello: ["is required"] });
    return { ignored: \`hello, \${hello.hello}\`, reply: json(200, { ok: true }) };
  },
};
`,
    "src/standin.ts": `import { writeHello } from "./protocol.ts";

/** The far side in memory, for tests and the demo: what it would send. */
export const hello = (): string => writeHello({ hello: "world" });
`,
    "src/protocol.test.ts": `import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readHello } from "./protocol.ts";
import { hello } from "./standin.ts";

it("reads the example of the document, and what the stand-in sends", () => {
  const example: unknown = JSON.parse(readFileSync(new URL("../fixtures/hello.json", import.meta.url), "utf8"));
  expect(readHello(example)).toEqual({ hello: "world" });
  expect(readHello(JSON.parse(hello()))).toEqual({ hello: "world" });
  expect(readHello(null)).toBeUndefined();
});
`,
  };
}

export const vendorLine = (name: string): string => `export { ${exported(name)} } from "@svyazka/${name}/adapter";`;

/** Writes the folder below `root/vendors`. Throws when the name will not do. */
export function writeVendor(root: string, name: string): void {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(`"${name}" will not do: lower-case Latin letters, digits and hyphens, beginning with a letter`);
  const folder = join(root, "vendors", name);
  if (existsSync(folder)) throw new Error(`${folder} is already there`);
  for (const [file, text] of Object.entries(vendorFiles(name))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

if (import.meta.main) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const name = process.argv[2] ?? "";
  try {
    writeVendor(root, name);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  spawnSync(join(root, "node_modules/.bin/biome"), ["check", "--write", `vendors/${name}`], { cwd: root, stdio: "ignore" });
  // Lets Node find the new workspace by its name.
  spawnSync("npm", ["install", "--ignore-scripts", "--include=dev", "--include=optional"], { cwd: root, stdio: "ignore" });
  console.log(`vendors/${name} is there. Now add one line to server/src/vendors.ts:\n\n${vendorLine(name)}\n`);
}

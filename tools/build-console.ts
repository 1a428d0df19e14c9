import { globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "vite";
import { writeApiTypes } from "./describe-api.ts";

/** `npm run build`: the console's client from the API's description, its pages, and both compressed beforehand, so that no request waits for it. */
const console_ = fileURLToPath(new URL("../console/", import.meta.url));

await writeApiTypes(`${console_}src/data/api.gen.ts`);
await build({ root: console_, logLevel: "warn" });
for (const file of globSync("dist/console/**/*.{js,css,svg,json}", { cwd: console_ })) {
  const path = `${console_}${file}`;
  if (statSync(path).size < 1024) continue;
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
}

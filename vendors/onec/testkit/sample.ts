import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../fixtures/seed/", import.meta.url);

export const sampleNames = readdirSync(folder).sort();
/** A sample of the document as it stands there. */
export const sampleText = (name: string): string => readFileSync(new URL(name, folder), "utf8");

/** Addresses that stand above a sample: `POST /sync/base`. */
export const samplePaths = (name: string): string[] =>
  [...sampleText(name).matchAll(/^> (GET|POST): (\S+)$/gm)].map(([, method, path]) => `${method} ${path}`);

/** Names that the sample marks as mandatory, in order. */
export const sampleRequired = (name: string): string[] =>
  [...sampleText(name).matchAll(/"?(\w+)"?(?: -|:) .*\(обязательный[,)]/g)].map(([, key]) => key ?? "");

/**
 * A sample with values in place of its words: nothing else of it is mended, its trailing commas stay. `values` by key, otherwise the sample's own
 * words; `***` in a key is 101, 102 …; `stars` stand for its lines `*…*`, in order.
 */
export function sampleBody(name: string, values: Readonly<Record<string, unknown>> = {}, stars: readonly string[] = []): string {
  const lines = sampleText(name).split("\n");
  const rest = [...stars];
  let field = 100;
  return lines
    .slice(lines.findIndex((line) => /^[{[]/.test(line)))
    .map((line) => {
      if (/^\s*\.\.\.\s*$/.test(line)) return ",";
      if (/^\s*\*.*\*\s*$/.test(line)) return rest.shift() ?? "";
      const [, indent = "", key = "", value = "", comma = ""] = /^(\s*)"([^"]+)": (.+?)(,?)$/.exec(line) ?? [];
      if (key === "" || /^[{[]/.test(value)) return line;
      const spoken = value.replace(/ \(обязательный(?:,[^)]*)?\)$/, "");
      const isJson = /^(?:"[^"]*"|null|true|false)$/.test(spoken);
      const written = isJson ? spoken : JSON.stringify(values[key] ?? spoken);
      return `${indent}"${key.replace("***", () => String(++field))}": ${written}${comma}`;
    })
    .join("\n");
}

/** Names of the keys, and of those within, in order: what is compared when only the values may differ. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value === "boolean" || value === null ? value : "value";
  return Object.entries(value).map(([key, one]) => [key, shapeOf(one)]);
}

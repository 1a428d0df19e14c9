import type { InboundRequest } from "@svyazka/core";
import type { Pair } from "./names.ts";
import { cleanText, clip } from "./protocol.ts";
import { isObject, isSteering, sentIn } from "./sent.ts";

/** Bounds for bodies made to hurt: deeper or longer than this, nobody's form is. */
const deepest = 8;
const mostPairs = 500;

/** One leaf of a body, by the way to it: `fields[name][value]` and `{fields: {name: {value}}}` are the same. */
interface Leaf {
  readonly path: readonly string[];
  readonly value: string;
}

/** The fields of one submission, whatever shape they came in: flat, `fields[x][value]` (Elementor), or lists of name and value. */
export function pairsIn(request: InboundRequest, item: unknown = request.json): Pair[] {
  const leaves: Leaf[] = [];
  if (isObject(item)) collect(item, [], leaves);
  else for (const [name, value] of sentIn({ ...request, query: {} }).values) leaves.push({ path: bracketPath(name), value });
  for (const name in request.query) leaves.push({ path: [name], value: cleanText(request.query[name] ?? "") });
  return group(leaves.filter(({ path, value }) => value !== "" && path[0] !== "__proto__" && !isSecret(path)));
}

const isSecret = (path: readonly string[]): boolean => {
  const name = path.at(-1) ?? "";
  return isSteering(name) && !name.startsWith("_") && name !== "consent_version";
};

function collect(value: unknown, path: readonly string[], leaves: Leaf[]): void {
  if (leaves.length >= mostPairs || path.length > deepest) return;
  if (typeof value !== "object") leaves.push({ path, value: clip(String(value), 20_000) });
  else if (value !== null)
    for (const key of Object.keys(value)) collect((value as Readonly<Record<string, unknown>>)[key], [...path, clip(key, 255)], leaves);
}

/** `a[b][]` → a, b. */
const bracketPath = (name: string): string[] => {
  if (!name.includes("[")) return [name];
  const parts = name.split(/\[|\]\[?/).filter((part) => part !== "");
  return parts.length === 0 ? [name] : parts.slice(0, deepest);
};

const valueKeys = ["value", "answer", "string_value", "raw_value", "text"];
const nameKeys = ["key", "column_id", "id", "name", "field"];
const labelKeys = ["title", "label", "question", "column_name"];
const groupKeys = new Set([...valueKeys, ...nameKeys, ...labelKeys]);

/** Leaves that describe one field together become one pair; every other leaf is a pair of its own. */
function group(leaves: readonly Leaf[]): Pair[] {
  const groups = new Map<string, Map<string, string>>();
  for (const { path, value } of leaves) {
    const key = path.at(-1) ?? "";
    if (path.length < 2 || !groupKeys.has(key)) continue;
    const parent = path.slice(0, -1).join("\0");
    const members = groups.get(parent) ?? new Map<string, string>();
    groups.set(parent, members.set(key, value));
  }
  const pairs: Pair[] = [];
  const taken = new Set<string>();
  for (const { path, value } of leaves) {
    const parentPath = path.slice(0, -1);
    const parent = parentPath.join("\0");
    const members = groups.get(parent);
    const groupValue = members && first(members, valueKeys);
    if (members === undefined || groupValue === undefined) pairs.push({ name: leafName(path), value });
    else if (!taken.has(parent)) {
      taken.add(parent);
      const label = first(members, labelKeys);
      pairs.push({ name: first(members, nameKeys) ?? leafName(parentPath), ...(label !== undefined && { label }), value: groupValue });
    }
  }
  return pairs;
}

const first = (members: ReadonlyMap<string, string>, keys: readonly string[]): string | undefined => {
  for (const key of keys) if (members.has(key)) return members.get(key);
  return undefined;
};

/** The last word of the path; an index, or a word too general to stand alone, takes the one before it along. */
function leafName(path: readonly string[]): string {
  const words = path.filter((part) => !/^\d+$/.test(part));
  const last = words.at(-1) ?? path.join("_");
  return /^(?:id|name|title|type)$/i.test(last) &&
    words.length > 1 &&
    /^(?:form|page|site|product|order|company|campaign)$/i.test(words.at(-2) ?? "")
    ? `${words.at(-2)}_${last}`
    : last;
}

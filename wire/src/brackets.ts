/**
 * PHP's brackets: how query strings, forms and webhooks of programs in PHP carry nested values.
 * `a[b][0]=1` is `{a: {b: {"0": "1"}}}`. Whether a level is a list or an object only its reader knows, so it is always an object here, in the order of the text.
 */
export interface Tree {
  readonly [name: string]: Tree | string;
}

const mostPairs = 20_000;
const deepest = 12;

/** Text of a form or query string. What is said twice counts as PHP counts it: the last one wins, an array over a scalar. Too much or too deep is left out. */
export function readBrackets(text: string): Tree {
  const root: Grown = Object.create(null);
  let pairs = 0;
  for (const [name, value] of new URLSearchParams(text)) {
    if (++pairs > mostPairs) break;
    const path = pathOf(name);
    if (path.length <= deepest) put(root, path, value);
  }
  return root;
}

/** As `readBrackets`, of names that somebody else has taken apart from their values. */
export function readBracketPairs(pairs: Readonly<Record<string, string>>): Tree {
  return readBrackets(new URLSearchParams(pairs).toString());
}

interface Grown {
  [name: string]: Grown | string;
}

/** `a[b][]` is a, b and a next one. A bracket that is never closed belongs to the name. */
function pathOf(name: string): string[] {
  const start = name.indexOf("[");
  if (start <= 0) return [name];
  const path = [name.slice(0, start)];
  let at = start;
  while (name[at] === "[") {
    const end = name.indexOf("]", at);
    if (end === -1) break;
    path.push(name.slice(at + 1, end));
    at = end + 1;
  }
  return path;
}

function put(root: Grown, path: readonly string[], value: string): void {
  let level = root;
  path.forEach((part, index) => {
    const name = part === "" && index > 0 ? nextIndex(level) : part;
    if (index === path.length - 1) {
      level[name] = value;
      return;
    }
    const below = level[name];
    const grown: Grown = typeof below === "object" ? below : Object.create(null);
    level[name] = grown;
    level = grown;
  });
}

function nextIndex(level: Grown): string {
  let most = -1;
  for (const name in level) if (/^\d{1,9}$/.test(name)) most = Math.max(most, Number(name));
  return String(most + 1);
}

/** What may be written: null and undefined are left out, true and false are 1 and 0. */
export type Branch = string | number | boolean | null | undefined | readonly Branch[] | { readonly [name: string]: Branch };

/** A form as PHP writes it: every value a string, UTF-8, a space as `+`. */
export function writeBrackets(tree: { readonly [name: string]: Branch }): string {
  return new URLSearchParams(bracketPairs(tree)).toString();
}

/** The names and values of such a form, in order. */
export function bracketPairs(tree: { readonly [name: string]: Branch }): [string, string][] {
  return Object.entries(tree).flatMap(([name, branch]) => pairsOf(name, branch));
}

function pairsOf(name: string, branch: Branch): [string, string][] {
  if (branch === null || branch === undefined) return [];
  if (typeof branch !== "object") return [[name, typeof branch === "boolean" ? (branch ? "1" : "0") : String(branch)]];
  return Object.entries(branch).flatMap(([part, below]) => pairsOf(`${name}[${part}]`, below as Branch));
}

/** The values of one level in order: of `a[]=1&a[]=2`, of `a[0]=1&a[1]=2`, and of a lone `a=1`. */
export const listOf = (branch: Tree | string | undefined): (Tree | string)[] =>
  branch === undefined ? [] : typeof branch === "string" ? [branch] : Object.values(branch);

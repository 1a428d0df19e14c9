/**
 * Which of two versions of the handlers is newer: -1, 0 or 1, as sorting wants it. Equal as text, or else dotted numbers; undefined when they are
 * neither, and nobody can tell. 1C answers numbers and texts (A16).
 */
export function compareVersions(one: number | string, other: number | string): -1 | 0 | 1 | undefined {
  const [left, right] = [String(one).trim(), String(other).trim()];
  if (left === right) return 0;
  const dotted = /^\d{1,30}(?:\.\d{1,30})*$/;
  if (!dotted.test(left) || !dotted.test(right)) return undefined;
  const [mine, theirs] = [left, right].map((version) => version.split(".").map(BigInt)) as [bigint[], bigint[]];
  for (let place = 0; place < Math.max(mine.length, theirs.length); place++) {
    const [a, b] = [mine[place] ?? 0n, theirs[place] ?? 0n];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

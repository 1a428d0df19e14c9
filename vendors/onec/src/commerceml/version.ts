/** The newest version of the exchange that we speak. */
export const newestVersion = "2.10";

/** Whether `version` is `other` or later; the parts are numbers, so that 2.10 is later than 2.9 and 2.09. */
export function atLeast(version: string, other: string): boolean {
  const mine = version.split(".").map(Number);
  const theirs = other.split(".").map(Number);
  for (let at = 0; at < Math.max(mine.length, theirs.length); at++) {
    const difference = (mine[at] || 0) - (theirs[at] || 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * What we answer to the version that 1C asks for: that one, or our newest when it asks for a later one; undefined when it is
 * no version.
 */
export function agreeVersion(asked: string | undefined): string | undefined {
  const version = asked?.trim();
  if (!version || !/^\d{1,2}\.\d{1,3}(\.\d{1,4})*$/.test(version)) return undefined;
  return atLeast(newestVersion, version) ? version : newestVersion;
}

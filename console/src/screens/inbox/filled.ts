/** Templates: words with gaps, `{{1}}` or `{{name}}`, and what fills them in the order that the channel takes it. */

const gap = /\{\{\s*([^{}]+?)\s*\}\}/g;

/** What each gap is called, in the order of its values: by its number, where they have numbers, otherwise as they stand. */
export function gapsOf(text: string, count: number): string[] {
  const names = [...new Set([...text.matchAll(gap)].map(([, name = ""]) => name))];
  const isNumbered = names.every((name) => /^\d+$/.test(name));
  // A channel may count gaps that stand in its head or on its buttons, beside the words.
  return Array.from({ length: count }, (_, place) => (isNumbered ? String(place + 1) : (names[place] ?? String(place + 1))));
}

/** The words with their gaps filled. What has no value stays a gap. */
export function filled(text: string, values: readonly string[]): string {
  const names = gapsOf(text, values.length);
  return text.replace(gap, (whole, name: string) => values[names.indexOf(name)]?.trim() || whole);
}

/** JSON text that PostgreSQL can keep: it has no NUL character and no half of a surrogate pair. Both are taken out; nothing else changes. */
export function storableJson(value: unknown): string {
  const text = JSON.stringify(value);
  // JSON.stringify writes whole pairs as they are, and NUL and lone surrogates as escapes: without such an escape all is well.
  if (!text.includes("\\u") || !/\\u(?:0000|d[89a-f])/i.test(text)) return text;
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "string") return storableText(item);
    if (item !== null && typeof item === "object" && !Array.isArray(item)) {
      return Object.fromEntries(Object.entries(item).map(([key, inner]) => [storableText(key), inner]));
    }
    return item;
  });
}

const storableText = (text: string): string => text.replaceAll("\0", "").toWellFormed();

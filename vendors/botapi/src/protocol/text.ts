/** In characters "after entities parsing": `sendMessage` and the captions. An emoji counts as two here, so that a text never is too long for Telegram. */
export const textLimit = 4096;
export const captionLimit = 1024;
/** "Bots can currently send files of any type of up to 50 MB in size"; pictures 10 MB. https://core.telegram.org/bots/api#sending-files */
export const sendLimitBytes = { picture: 10_000_000, other: 50_000_000 } as const;
/** "For the moment, bots can download files of up to 20MB in size": `getFile`. */
export const downloadLimitBytes = 20_000_000;

/**
 * The text in parts of `limit` UTF-16 units at most: cut at the end of a line, else of a word, else anywhere but within a character of two units.
 * What is cut at is left out, and so are parts of nothing but spaces, which are refused. Throws when the limit is below 2.
 */
export function splitText(text: string, limit: number = textLimit): string[] {
  if (limit < 2) throw new RangeError("a part must have room for one character of two units");
  const parts: string[] = [];
  let rest = text;
  while (rest.length > limit) {
    const { end, next } = cut(rest, limit);
    parts.push(rest.slice(0, end));
    rest = rest.slice(next);
  }
  parts.push(rest);
  return parts.filter((part) => part.trim() !== "");
}

/** Where a part ends, and where the next one begins. */
function cut(text: string, limit: number): { end: number; next: number } {
  // One more than fits: it may be the very space at which to cut.
  const window = text.slice(0, limit + 1);
  const line = window.lastIndexOf("\n");
  // A first line that is short would leave many short parts.
  if (line > limit / 2) return { end: line, next: line + 1 };
  const space = Math.max(window.lastIndexOf(" "), line);
  if (space > 0) return { end: space, next: space + 1 };
  const isWithinPair = isHigh(text.charCodeAt(limit - 1)) && isLow(text.charCodeAt(limit));
  const end = isWithinPair ? limit - 1 : limit;
  return { end, next: end };
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

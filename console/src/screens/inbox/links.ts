/** Addresses in what people write: those that a browser may open, and nothing else. */

export interface Piece {
  readonly text: string;
  readonly href?: string;
}

const address = /\b(?:https?:\/\/|www\.)[^\s<>"«»]+/giu;
/** What stands behind an address in a sentence does not belong to it. */
const tail = /[.,:;!?'"»”’]+$/u;

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const found of text.matchAll(address)) {
    const shown = trimmed(found[0]);
    const url = URL.parse(/^www\./i.test(shown) ? `https://${shown}` : shown);
    if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) continue;
    if (found.index > at) pieces.push({ text: text.slice(at, found.index) });
    pieces.push({ text: shown, href: url.href });
    at = found.index + shown.length;
  }
  return at < text.length ? [...pieces, { text: text.slice(at) }] : pieces;
}

function trimmed(found: string): string {
  let shown = found.replace(tail, "");
  // A bracket that was opened before the address.
  while (shown.endsWith(")") && shown.split(")").length > shown.split("(").length) shown = shown.slice(0, -1).replace(tail, "");
  return shown;
}

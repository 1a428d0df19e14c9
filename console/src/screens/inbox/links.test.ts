import { expect, it } from "vitest";
import { piecesOf } from "./links.ts";

it.each([
  ["no address", [["no address"]]],
  ["see https://example.com/a?b=1#c.", [["see "], ["https://example.com/a?b=1#c", "https://example.com/a?b=1#c"], ["."]]],
  ["(www.example.com)", [["("], ["www.example.com", "https://www.example.com/"], [")"]]],
  ["https://example.com/a_(b)", [["https://example.com/a_(b)", "https://example.com/a_(b)"]]],
  ["«https://пример.рф/путь»", [["«"], ["https://пример.рф/путь", "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C"], ["»"]]],
  ["javascript:alert(1) data:text/html,x", [["javascript:alert(1) data:text/html,x"]]],
  ["<b>https://example.com</b>", [["<b>"], ["https://example.com", "https://example.com/"], ["</b>"]]],
  ["http://", [["http://"]]],
])("addresses that a browser may open are links, and nothing else is: %s", (text, pieces) => {
  expect(piecesOf(text).map(({ text, href }) => (href === undefined ? [text] : [text, href]))).toEqual(pieces);
  expect(
    piecesOf(text)
      .map((piece) => piece.text)
      .join(""),
  ).toBe(text);
});

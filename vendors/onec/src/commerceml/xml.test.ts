import { describe, expect, it } from "vitest";
import { encode } from "./encoding.ts";
import { XmlItems, type XmlLimits, type XmlNode, xmlLimits } from "./xml.ts";

const isItem = (path: readonly string[]): boolean => path.join("/") === "А/Б";
function read(bytes: Uint8Array, chunk = bytes.length, limits: XmlLimits = xmlLimits): { nodes: XmlNode[]; warnings: string[] } {
  const items = new XmlItems(isItem, limits);
  const nodes: XmlNode[] = [];
  for (let at = 0; at < bytes.length; at += Math.max(1, chunk))
    nodes.push(...items.push(bytes.subarray(at, at + chunk)).map(({ node }) => node));
  nodes.push(...items.end().map(({ node }) => node));
  return { nodes, warnings: items.warnings };
}
const utf8 = (text: string): Uint8Array => encode(text, "utf-8");
const sample = '<?xml version="1.0" encoding="ENC"?>\r\n<А><Б к="ё"><В>Щи &amp; борщ №1</В></Б><Б>796 </Б></А>\r\n';

describe("an XML file", () => {
  it("reads the same wherever its chunks are cut, also in the middle of a letter", () => {
    const bytes = utf8(sample.replace("ENC", "UTF-8"));
    const whole = read(bytes).nodes;
    expect(whole.map(({ children, text }) => [children[0]?.text, text])).toEqual([
      ["Щи & борщ №1", ""],
      [undefined, "796 "],
    ]);
    for (const chunk of [1, 2, 3, 7, 64]) expect(read(bytes, chunk).nodes).toEqual(whole);
  });

  it("reads in the encoding that its declaration names, and of its BOM", () => {
    const whole = read(utf8(sample.replace("ENC", "UTF-8"))).nodes;
    const utf16 = new Uint8Array(Buffer.from(`\ufeff${sample.replace("ENC", "UTF-16")}`, "utf16le"));
    for (const bytes of [
      encode(sample.replace("ENC", "Windows-1251"), "windows-1251"),
      utf8(`\ufeff${sample.replace("ENC", "UTF-8")}`),
      utf16,
    ])
      expect(read(bytes, 5).nodes).toEqual(whole);
    const bare = sample.slice(sample.indexOf("<А>"));
    expect(read(encode(bare, "windows-1251")).nodes[0]?.children[0]?.text).toBe("Щи & борщ №1");
    expect(read(utf8(`\n${sample.replace("ENC", "UTF-8")}`)).nodes).toHaveLength(2);
  });

  it("reads as windows-1251 what calls itself UTF-8 and is not, and says so", () => {
    const { nodes, warnings } = read(encode(sample.replace("ENC", "UTF-8"), "windows-1251"));
    expect(nodes[0]?.children[0]?.text).toBe("Щи & борщ №1");
    expect(warnings).toEqual([expect.stringContaining("windows-1251")]);
  });

  it("loses a control character, not the file", () => {
    const { nodes, warnings } = read(utf8("<А>\n<Б>до\u000bпосле &#11;</Б></А>"));
    expect(nodes[0]?.text).toMatch(/^допосле/);
    expect(warnings).toEqual([expect.stringMatching(/^Строка 2: символ/)]);
  });

  it.each([
    ["<А>\n<Б>\n<В>1</В>", "строка 3: файл обрывается: не закрыт элемент «Б»", true],
    ["<А>\n<Б", "файл обрывается", true],
    ["", "файл пуст или это не XML", true],
    ["<А>\n<Б></В></А>", "строка 2: элементы закрыты не в том порядке", false],
    ["<А><Б>&nbsp;</Б></А>", "строка 1: неизвестная сущность", false],
    ['<?xml version="1.0" encoding="klingon"?><А/>', "неизвестная кодировка «klingon»", false],
    ["<А/>\n</Б>", "строка 2: элемент «Б» закрыт, но не открыт", false],
    ["<html>\n<br></html>", "элементы закрыты не в том порядке", false],
    ["Не XML", "это не XML", false],
  ])("that is broken (%j) is refused in words", (text, why, truncated) => {
    expect(() => read(utf8(text))).toThrow(expect.objectContaining({ message: expect.stringContaining(why), truncated }));
  });

  it("that ends in the middle of a letter is told from one in another encoding", () => {
    const bytes = utf8('<?xml version="1.0" encoding="UTF-8"?><А><Б>Борщ');
    expect(() => read(bytes.subarray(0, -1))).toThrow(
      expect.objectContaining({ message: expect.stringContaining("посреди буквы"), truncated: true }),
    );
  });
});

describe("a file that is meant to do harm", () => {
  it("with a DTD is refused before its entities mean anything", () => {
    const laughs = Array.from({ length: 9 }, (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`).join("\n");
    const bomb = `<?xml version="1.0"?>\n<!DOCTYPE А [<!ENTITY l0 "ха">\n${laughs}]>\n<А><Б>&l9;</Б></А>`;
    expect(() => read(utf8(bomb))).toThrow(/DTD/);
    expect(() => read(utf8('<!DOCTYPE А SYSTEM "file:///etc/passwd"><А/>'))).toThrow(/DTD/);
  });

  it("10,000 elements deep is refused", () => {
    expect(() => read(utf8(`<А><Б>${"<В>".repeat(10_000)}`))).toThrow(/вложенность больше 64/);
    expect(() => read(utf8("<В>".repeat(10_000)))).toThrow(/вложенность больше 64/);
  });

  it("is refused when an item, a value or all of it is too long", () => {
    const small: XmlLimits = { bytes: 2_000_000, depth: 8, nodesPerItem: 100, lettersPerItem: 1000, bytesAtOnce: 200_000 };
    const within = (text: string): unknown => read(utf8(text), 10_000, small);
    expect(() => within(`<А><Б>${"<В/>".repeat(101)}</Б></А>`)).toThrow(/больше 100 вложенных/);
    expect(() => within(`<А><Б>${"<В>12345678901</В>".repeat(95)}</Б></А>`)).toThrow(/слишком много текста/);
    expect(() => within(`<А><!-- ${"x".repeat(300_000)} --></А>`)).toThrow(/слишком длинное значение/);
    expect(() => within(`<А б="${"x".repeat(300_000)}"/>`)).toThrow(/слишком длинное значение/);
    expect(() => within(`<А>${"<Б/>".repeat(600_000)}</А>`)).toThrow(/файл больше 2 МБ/);
    expect(() => within(`<А>${"<Б><В/></Б>".repeat(10_000)}</А>`)).not.toThrow();
  });
});

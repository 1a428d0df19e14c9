import { SaxesParser, type SaxesTagPlain } from "saxes";
import { TextFeed } from "./encoding.ts";
import { ExchangeFileError } from "./error.ts";

/** One element; its name without a prefix, its text as it stands (a unit's code ends in a space that matters: `796 `). */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
  readonly text: string;
  /** Where it begins in the file, counted from 1. */
  readonly line: number;
}

/** An element that was asked for, with all that is in it. */
export interface XmlItem {
  readonly node: XmlNode;
  /** The name of the element around it. */
  readonly parent: string;
  /** A number of the element around it, another one for each: items with the same stand in the same element. */
  readonly within: number;
}

/** What a file may cost. An order of 5,000 lines has about 100,000 elements; a full first exchange of a big base is about 100 MB. */
export interface XmlLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly nodesPerItem: number;
  readonly lettersPerItem: number;
  /** Bytes between two marks of XML: the parser keeps them until the next one. */
  readonly bytesAtOnce: number;
}

const MiB = 1024 * 1024;
export const xmlLimits: XmlLimits = {
  ...{ bytes: 1024 * MiB, depth: 64, nodesPerItem: 500_000 },
  ...{ lettersPerItem: 32 * MiB, bytesAtOnce: 4 * MiB },
};

/** Pieces given to the parser at once, so that a limit is noticed soon after it is passed. */
const pieceBytes = 64 * 1024;
const warningsKept = 50;

interface OpenNode extends XmlNode {
  readonly children: OpenNode[];
  text: string;
}

/**
 * Reads a file chunk by chunk and hands out the elements whose path `isItem` names, as soon as each is closed; all else is passed over.
 * Nothing but the item being read is kept. A DTD is refused, so there are no entities but XML's own five and nothing can expand.
 */
export class XmlItems {
  /** The outermost element's name and attributes, once it was read. */
  root: { readonly name: string; readonly attributes: Readonly<Record<string, string>> } | undefined;
  readonly warnings: string[] = [];
  private readonly parser = new SaxesParser();
  private readonly feed = new TextFeed();
  private readonly path: string[] = [];
  private readonly serials: number[] = [];
  private readonly open: OpenNode[] = [];
  private ready: XmlItem[] = [];
  private opened = 0;
  private bytes = 0;
  private sinceMark = 0;
  private nodes = 0;
  private letters = 0;
  private readonly isItem: (path: readonly string[]) => boolean;
  private readonly limits: XmlLimits;

  constructor(isItem: (path: readonly string[]) => boolean, limits: XmlLimits = xmlLimits) {
    this.isItem = isItem;
    this.limits = limits;
    this.parser.on("error", (error) => this.fault(error.message));
    this.parser.on("doctype", () => this.stop("DTD (<!DOCTYPE …>) в файлах обмена не принимается"));
    this.parser.on("opentag", (tag) => this.enter(tag));
    this.parser.on("closetag", () => this.leave());
    this.parser.on("text", (text) => this.keep(text));
    this.parser.on("cdata", (text) => this.keep(text));
    this.parser.on("comment", () => this.mark());
  }

  push(bytes: Uint8Array): XmlItem[] {
    for (let at = 0; at < bytes.length; at += pieceBytes) {
      const piece = bytes.subarray(at, at + pieceBytes);
      this.bytes += piece.length;
      if (this.bytes > this.limits.bytes) this.stop(`файл больше ${Math.round(this.limits.bytes / MiB)} МБ`);
      this.write(() => this.feed.push(piece));
      this.sinceMark += piece.length;
      if (this.sinceMark > this.limits.bytesAtOnce) this.stop("слишком длинное значение");
    }
    return this.take();
  }

  end(): XmlItem[] {
    this.write(() => this.feed.end());
    this.parser.close();
    return this.take();
  }

  private write(text: () => string): void {
    let more: string;
    try {
      more = text();
    } catch (error) {
      if (error instanceof ExchangeFileError && error.line === undefined)
        throw new ExchangeFileError(error.message, this.parser.line, error.truncated);
      throw error;
    }
    for (const warning of this.feed.warnings.splice(0)) this.warn(warning);
    if (more !== "") this.parser.write(more);
  }

  private take(): XmlItem[] {
    const ready = this.ready;
    this.ready = [];
    return ready;
  }

  private enter(tag: SaxesTagPlain): void {
    this.mark();
    if (this.path.length >= this.limits.depth) this.stop(`вложенность больше ${this.limits.depth}`);
    const name = tag.name.slice(tag.name.indexOf(":") + 1);
    this.path.push(name);
    this.serials.push(++this.opened);
    this.root ??= { name, attributes: tag.attributes };
    const parent = this.open.at(-1);
    if (!parent && !this.isItem(this.path)) return;
    if (!parent) this.nodes = this.letters = 0;
    if (++this.nodes > this.limits.nodesPerItem) this.stop(`в одном элементе больше ${this.limits.nodesPerItem} вложенных`);
    const node: OpenNode = { name, attributes: tag.attributes, children: [], text: "", line: this.parser.line };
    this.letters += Object.values(tag.attributes).reduce((sum, { length }) => sum + length, 0);
    parent?.children.push(node);
    this.open.push(node);
  }

  private leave(): void {
    this.mark();
    this.path.pop();
    this.serials.pop();
    const node = this.open.pop();
    if (!node) return;
    if (node.children.length > 0) node.text = node.text.trim();
    if (this.open.length === 0) this.ready.push({ node, parent: this.path.at(-1) ?? "", within: this.serials.at(-1) ?? 0 });
  }

  private keep(text: string): void {
    this.mark();
    const node = this.open.at(-1);
    if (!node) return;
    this.letters += text.length;
    if (this.letters > this.limits.lettersPerItem) this.stop("слишком много текста в одном элементе");
    node.text += text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
  }

  private mark(): void {
    this.sinceMark = 0;
  }

  /** A control character that slipped into a comment must not stop the exchange of everybody else's orders; all other faults do. */
  private fault(message: string): void {
    const said = message.replace(/^\d+:\d+: /, "");
    if (said === "disallowed character." || said === "malformed character entity.")
      this.warn(`Строка ${this.parser.line}: символ, которого в XML быть не может, пропущен`);
    else throw new ExchangeFileError(inRussian(said), this.parser.line, /^unclosed tag|^unexpected end|must contain a root/.test(said));
  }

  private stop(why: string): never {
    throw new ExchangeFileError(why, this.parser.line);
  }

  private warn(text: string): void {
    if (this.warnings.length < warningsKept && !this.warnings.includes(text)) this.warnings.push(text);
  }
}

const words: readonly (readonly [pattern: RegExp, russian: string])[] = [
  [/^unclosed tag: (.+)$/, "файл обрывается: не закрыт элемент «$1»"],
  [/^unexpected end/, "файл обрывается"],
  [/^document must contain a root/, "файл пуст или это не XML"],
  [/^unmatched closing tag: (.+?)\.?$/, "элемент «$1» закрыт, но не открыт"],
  [/^unexpected close tag/, "элементы закрыты не в том порядке"],
  [/^undefined entity/, "неизвестная сущность (&…;)"],
  [/^text data outside of root/, "текст вне корневого элемента: это не XML"],
  [/^duplicate attribute: (.+?)\.?$/, "атрибут «$1» указан дважды"],
  [/^documents may contain only one root/, "больше одного корневого элемента"],
];

function inRussian(said: string): string {
  for (const [pattern, russian] of words) {
    const found = pattern.exec(said);
    if (found) return russian.replace("$1", () => found[1] ?? "");
  }
  return `ошибка разметки XML (${said.replace(/\.$/, "")})`;
}

import { readParty } from "./read-counterparty.ts";
import { badSum, kindOf, readDocument } from "./read-document.ts";
import type { CmlDocument, CmlFile, CmlOrderRef, CmlPart } from "./types.ts";
import { listed, readId } from "./values.ts";
import { type XmlItem, XmlItems, type XmlLimits, type XmlNode, xmlLimits } from "./xml.ts";

/** Bytes as they come: one array, several, or a stream of them. */
export type Bytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** `id_1c` is kept up to this length. */
const longestId = 255;
/** Orders remembered to tell whose a later payment is; a file of more forgets the oldest. */
const ordersKept = 50_000;
const warningsKept = 50;
const rootName = "КоммерческаяИнформация";

/**
 * Counterparties stand in a list of their own, documents under the root, in a `Контейнер` (newer modules, one for each order
 * and what belongs
 * to it), or in `Документы` (hand-made). A counterparty inside a document is read with it.
 */
function isItem(path: readonly string[]): boolean {
  const [root, outer, inner] = path;
  if (root !== rootName) return false;
  if (path.length === 2) return outer === "Документ" || outer === "Контрагент";
  if (path.length !== 3) return false;
  return inner === "Документ" ? outer === "Контейнер" || outer === "Документы" : inner === "Контрагент" && outer === "Контрагенты";
}

/** Reads one file of an exchange, chunk by chunk; keeps no more than the record being read and the ids of the orders seen. */
export class ExchangeReader {
  readonly warnings: string[] = [];
  private readonly items: XmlItems;
  private readonly orders = new Map<string, string>();
  private container: { readonly within: number; readonly order: string } | undefined;
  private schemaText = "";
  private told = false;

  constructor(limits: XmlLimits = xmlLimits) {
    this.items = new XmlItems(isItem, limits);
  }

  /** `ВерсияСхемы`. */
  get schema(): string {
    return this.schemaText;
  }

  /** Throws an {@link ExchangeFileError} in Russian words. */
  push(bytes: Uint8Array): CmlPart[] {
    return this.read(this.items.push(bytes));
  }

  end(): CmlPart[] {
    return this.read(this.items.end());
  }

  private read(items: readonly XmlItem[]): CmlPart[] {
    const { root } = this.items;
    if (root && !this.told) {
      this.told = true;
      this.schemaText = root.attributes["ВерсияСхемы"] ?? "";
      if (root.name !== rootName) this.warn(`Корневой элемент «${root.name}», а не «${rootName}»: в файле нет ничего для обмена`);
    }
    for (const warning of this.items.warnings.splice(0)) this.warn(warning);
    return items.flatMap((item) => (item.node.name === "Контрагент" ? this.readCounterparty(item.node) : this.readDocuments(item)));
  }

  private readCounterparty(node: XmlNode): CmlPart[] {
    const party = readParty(node);
    const { id } = party;
    if (id === undefined) this.warn(`Строка ${node.line}: контрагент «${party.name}» без Ид пропущен`);
    else if (id.length > longestId)
      this.warn(`Строка ${node.line}: контрагент «${party.name}» пропущен, его Ид длиннее ${longestId} знаков`);
    else return [{ is: "counterparty", counterparty: { ...party, id } }];
    return [];
  }

  private readDocuments({ node, parent, within: around }: XmlItem): CmlPart[] {
    const document = this.readOne(node);
    if (!document) return [];
    const within = parent === "Контейнер" ? around : undefined;
    const children = listed(node, "ПодчиненныеДокументы", "ПодчиненныйДокумент").flatMap((each) => this.readOne(each) ?? []);
    if (document.kind === "order") {
      this.remember(document.id, document.id);
      this.container = within === undefined ? undefined : { within, order: document.id };
      for (const { id, kind } of children) if (kind !== "order") this.remember(id, document.id);
    }
    // A payment may also list the order it is for.
    const above = document.kind === "order" ? document : children.find(({ kind }) => kind === "order");
    const own = this.orderOf(document, within, above);
    return [
      { is: "document", document: own ? { ...document, order: own } : document },
      ...children.map((each): CmlPart => {
        const order = this.orderOf(each, undefined, above);
        return { is: "document", document: order ? { ...each, order } : each };
      }),
    ];
  }

  private readOne(node: XmlNode): CmlDocument | undefined {
    const document = readDocument(node);
    if (!document) this.warn(`Строка ${node.line}: документ без Ид и номера пропущен`);
    if (!document || document.id.length > longestId) return undefined;
    const name = document.number ?? document.id;
    if (kindOf(document.operation) === undefined)
      this.warn(`Документ ${name}: хозяйственная операция «${document.operation}» не известна, принят как прочий документ`);
    const sum = badSum(node);
    if (sum !== undefined) this.warn(`Документ ${name}: сумма «${sum.slice(0, 40)}» не читается`);
    return document;
  }

  /**
   * The order of a payment or shipment: its `Основание`; else who lists it; else an order with the same `Ид`; else the order
   * of its container.
   */
  private orderOf(document: CmlDocument, within: number | undefined, above: CmlDocument | undefined): CmlOrderRef | undefined {
    const { id, kind, basis } = document;
    if (kind !== "payment" && kind !== "shipment") return undefined;
    if (basis !== undefined) return readBasis(basis);
    const listedIn = above?.id ?? this.orders.get(id);
    if (listedIn !== undefined) return { id: listedIn, by: listedIn === id ? "same id" : "subordinate" };
    return this.container && this.container.within === within ? { id: this.container.order, by: "container" } : undefined;
  }

  private remember(id: string, order: string): void {
    this.orders.set(id, order);
    const oldest = this.orders.keys().next();
    if (this.orders.size > ordersKept && !oldest.done) this.orders.delete(oldest.value);
  }

  private warn(text: string): void {
    if (this.warnings.length < warningsKept && !this.warnings.includes(text)) this.warnings.push(text);
  }
}

/** `Основание` holds the order's Ид, its number, or its presentation: "Заказ клиента 0000-000123 от 02.03.2026 10:00:00". */
function readBasis(text: string): CmlOrderRef {
  const named = /(?:№\s*)?(\S*\d\S*)\s+от\s+\d/.exec(text.slice(0, longestId))?.[1];
  if (named !== undefined) return { number: named, by: "basis", text };
  const id = /\s/.test(text) ? undefined : readId(text);
  return id === undefined ? { by: "basis", text } : { id, number: text, by: "basis", text };
}

/** The records of a file of any size, one by one; `reader` holds the schema and the warnings. */
export async function* readExchangeParts(bytes: Bytes, reader: ExchangeReader = new ExchangeReader()): AsyncGenerator<CmlPart> {
  for await (const chunk of bytes) yield* reader.push(chunk);
  yield* reader.end();
}

/** A small file at once. */
export function readExchange(bytes: Uint8Array, limits: XmlLimits = xmlLimits): CmlFile {
  const reader = new ExchangeReader(limits);
  const parts = [...reader.push(bytes), ...reader.end()];
  return {
    schema: reader.schema,
    counterparties: parts.flatMap((part) => (part.is === "counterparty" ? [part.counterparty] : [])),
    documents: parts.flatMap((part) => (part.is === "document" ? [part.document] : [])),
    warnings: reader.warnings,
  };
}

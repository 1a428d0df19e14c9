import { isDeleted, readParty } from "./read-counterparty.ts";
import type { CmlDocument, CmlDocumentKind, CmlLine, CmlMark, CmlParty } from "./types.ts";
import { child, listed, propertiesOf, readBoolean, readDate, readDecimal, readId, textOf } from "./values.ts";
import type { XmlNode } from "./xml.ts";

/**
 * `ХозОперация` → what it is for us. The values are those of the schema (2.04–2.10) plus `Эквайринговая операция`, which the
 * shop modules add,
 * plus the names of 1C's own documents, which hand-made exports use. Returns of goods or money are "other": there is no event for them.
 */
const kinds: ReadonlyMap<string, CmlDocumentKind> = new Map([
  ["заказ товара", "order"],
  ["заказ клиента", "order"],
  ["заказ покупателя", "order"],
  ["выплата безналичных денег", "payment"],
  ["выплата наличных денег", "payment"],
  ["эквайринговая операция", "payment"],
  ["отпуск товара", "shipment"],
  ["реализация товаров и услуг", "shipment"],
]);

/** The kind of an operation; undefined for one that the schema does not have. */
export function kindOf(operation: string): CmlDocumentKind | undefined {
  const word = operation.toLowerCase().replace(/ё/g, "е").replace(/\s+/g, " ").trim();
  if (kinds.has(word)) return kinds.get(word);
  return schemaOnly.has(word) ? "other" : undefined;
}

const schemaOnly: ReadonlySet<string> = new Set([
  ...["счет на оплату", "счет-фактура", "возврат товара", "передача товара на комиссию", "возврат комиссионного товара"],
  ...["отчет о продажах комиссионного товара", "возврат наличных денег", "возврат безналичных денег", "переоценка товаров"],
  ...["передача прав", "прочие"],
]);

/** Reads a `Документ` or a `ПодчиненныйДокумент`, without the order that it belongs to; undefined when nothing names it. */
export function readDocument(node: XmlNode): CmlDocument | undefined {
  const number = textOf(node, "Номер");
  const id = readId(textOf(node, "Ид")) ?? number;
  if (id === undefined) return undefined;
  const properties = propertiesOf(node);
  const property = (...names: string[]): string | undefined => names.map((name) => properties.get(name)).find((value) => value);
  const operation = textOf(node, "ХозОперация") ?? "";
  const kind = kindOf(operation) ?? "other";
  const posted = readBoolean(property("Проведен", "Проведён") ?? textOf(node, "Проведен"));
  const buyer = buyerOf(listed(node, "Контрагенты", "Контрагент").map(readParty));
  const paid = markOf(property("Номер оплаты по 1С"), property("Дата оплаты по 1С"), property("Оплачен", "Заказ оплачен"));
  const shipped = markOf(property("Номер отгрузки по 1С"), property("Дата отгрузки по 1С"), property("Отгружен"));
  return known<CmlDocument>({
    id,
    number,
    date: readDate(textOf(node, "Дата"), textOf(node, "Время")),
    number1c: property("Номер по 1С") ?? textOf(node, "Номер1С"),
    date1c: readDate(property("Дата по 1С") ?? textOf(node, "Дата1С")),
    ...{ kind, operation, role: textOf(node, "Роль"), currency: textOf(node, "Валюта") },
    rate: readDecimal(textOf(node, "Курс")),
    sum: readDecimal(textOf(node, "Сумма")),
    comment: textOf(node, "Комментарий"),
    basis: textOf(node, "Основание", "ДокументОснование") ?? property("ДокументОснование"),
    order: undefined,
    counterparty: buyer,
    lines: listed(node, "Товары", "Товар").map(readLine),
    taxes: listed(node, "Налоги", "Налог").map(readTax),
    posted,
    deleted: isDeleted(node, properties),
    cancelled: readBoolean(property("Отменен", "Отменён") ?? textOf(node, "Отменен")) ?? false,
    status: property("Статус заказа", "СтатусЗаказа", "Статуса заказа ИД", "Статус заказа ИД"),
    paid: kind === "order" ? paid : undefined,
    shipped: kind === "order" ? shipped : undefined,
    properties: [...properties].map(([name, value]) => ({ name, value })),
  });
}

/** A sum that is written and cannot be read is worth a word. */
export function badSum(node: XmlNode): string | undefined {
  const text = textOf(node, "Сумма");
  return text !== undefined && readDecimal(text) === undefined ? text : undefined;
}

/** The other side of the document: whoever is not the seller. */
function buyerOf(parties: readonly CmlParty[]): CmlParty | undefined {
  const isSeller = ({ role }: CmlParty): boolean => /^продавец$/i.test(role ?? "");
  return (
    parties.find(({ role }) => /^покупатель$/i.test(role ?? "")) ??
    parties.find((party) => party.role !== undefined && !isSeller(party)) ??
    parties.find((party) => !isSeller(party)) ??
    parties[0]
  );
}

/** An order is paid (or shipped) when 1C names the document that did it, or says so; an explicit "no" wins over an old number. */
function markOf(number: string | undefined, date: string | undefined, said: string | undefined): CmlMark | undefined {
  const told = readBoolean(said);
  if (told === false || (told === undefined && number === undefined && date === undefined)) return undefined;
  const day = readDate(date);
  if (told === undefined && number === undefined && day === undefined) return undefined;
  return { ...(number !== undefined && { number }), ...(day !== undefined && { date: day }) };
}

function readLine(node: XmlNode): CmlLine {
  // The unit stands as text, or (2.08+) as an element with the code in an attribute and the text inside. Its space is part of the code.
  const unitNode = child(node, "БазоваяЕдиница") ?? child(child(node, "ЕдиницаИзмерения"), "Код") ?? child(node, "Единица");
  const unit = unitNode?.attributes["Код"] ?? (unitNode?.text || undefined);
  return known<CmlLine>({
    id: readId(textOf(node, "Ид")),
    name: textOf(node, "Наименование") ?? "",
    article: textOf(node, "Артикул"),
    unit,
    quantity: readDecimal(textOf(node, "Количество")),
    price: readDecimal(textOf(node, "ЦенаЗаЕдиницу")),
    sum: readDecimal(textOf(node, "Сумма")),
  });
}

function readTax(node: XmlNode): CmlDocument["taxes"][number] {
  return known<CmlDocument["taxes"][number]>({
    name: textOf(node, "Наименование") ?? "",
    sum: readDecimal(textOf(node, "Сумма")),
    included: readBoolean(textOf(node, "УчтеноВСумме")),
  });
}

/** Leaves out what is not known. */
function known<T extends object>(record: { readonly [K in keyof T]-?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}

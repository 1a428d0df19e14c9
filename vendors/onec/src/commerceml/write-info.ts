import type { Encoding } from "./encoding.ts";
import { element, writeXml, type XmlOut } from "./write-xml.ts";

/** What 1C may choose from when it maps statuses, ways of payment and of delivery. */
export interface ExchangeInfo {
  readonly statuses: readonly InfoEntry[];
  readonly payments?: readonly InfoEntry[];
  readonly deliveries?: readonly InfoEntry[];
}

export interface InfoEntry {
  readonly id: string;
  readonly name: string;
}

/**
 * The answer to `mode=info`. The first letter of `Cтатусы` is a Latin C: so it is in the shop system whose exchange 1C's modules
 * were written for, and they look for exactly that. All three lists are there even when empty.
 */
export function writeInfo({ statuses, payments = [], deliveries = [] }: ExchangeInfo, encoding: Encoding): Uint8Array {
  return writeXml(
    element("Справочник", [
      element("C\u0442\u0430\u0442\u0443\u0441\u044b", statuses.map(writeEntry)),
      element("ПлатежныеСистемы", payments.map(writeEntry)),
      element("СлужбыДоставки", deliveries.map(writeEntry)),
    ]),
    encoding,
  );
}

function writeEntry({ id, name }: InfoEntry): XmlOut {
  return element("Элемент", [element("Ид", id), element("Название", name)]);
}

import type { Encoding } from "./encoding.ts";
import type { CmlPair } from "./types.ts";
import { atLeast } from "./version.ts";
import { element, optional, writeXml, type XmlOut } from "./write-xml.ts";

/** The buyer of an order of ours. */
export interface CmlBuyerOut {
  readonly id: string;
  readonly name: string;
  readonly fullName?: string;
  readonly kind: "company" | "person";
  readonly inn?: string;
  readonly kpp?: string;
  readonly address?: string;
  readonly phones?: readonly string[];
  readonly emails?: readonly string[];
}

export interface CmlLineOut {
  readonly id: string;
  readonly name: string;
  /** The unit's code in ОКЕИ, three digits; 796 (piece) when none is given. */
  readonly unit?: string;
  /** Amounts and sums: decimal text with a point. */
  readonly quantity: string;
  readonly price: string;
  readonly sum: string;
}

/** An order of ours, as 1C is to take it. */
export interface CmlOrderOut {
  /** 1C's own Ид when it has the order, else ours. */
  readonly id: string;
  readonly number: string;
  /** `YYYY-MM-DDTHH:MM:SS` in the base's own zone. */
  readonly date: string;
  /** Changes with each change of the order: 1C (2.08+) asks for it to see what it has. */
  readonly version?: string;
  readonly currency: string;
  readonly sum: string;
  readonly comment?: string;
  readonly status?: { readonly id: string; readonly name: string };
  readonly cancelled?: boolean;
  readonly counterparty: CmlBuyerOut;
  readonly lines: readonly CmlLineOut[];
  readonly properties?: readonly CmlPair[];
}

export interface OrdersForm {
  /** `version` of the exchange; undefined is the old style (2.05, plain documents). From 2.08 each order gets a `Контейнер`. */
  readonly version?: string | undefined;
  readonly encoding: Encoding;
  /** `ДатаФормирования`, written as given: `YYYY-MM-DDTHH:MM:SS`. */
  readonly now: string;
}

/** The answer to `mode=query`. Without orders it is a document with none, which 1C takes as "nothing new". */
export function writeOrders(orders: readonly CmlOrderOut[], { version, encoding, now }: OrdersForm): Uint8Array {
  // Newer modules of 1C read nothing that is not in a container: https://github.com/arsengoian/commerce-ml/pull/4
  const contained = version !== undefined && atLeast(version, "2.08");
  const documents = orders.map((order) => writeOrder(order, contained));
  const content = contained ? documents.map((document) => element("Контейнер", [document])) : documents;
  return writeXml(element("КоммерческаяИнформация", content, { ВерсияСхемы: version ?? "2.05", ДатаФормирования: now }), encoding);
}

function writeOrder(order: CmlOrderOut, contained: boolean): XmlOut {
  const [day = "", time = "00:00:00"] = order.date.split("T");
  return element("Документ", [
    element("Ид", order.id),
    contained ? optional("НомерВерсии", order.version) : undefined,
    element("Номер", order.number),
    element("Дата", day),
    element("Время", time),
    element("ХозОперация", "Заказ товара"),
    element("Роль", "Продавец"),
    element("Валюта", order.currency),
    element("Курс", "1"),
    element("Сумма", order.sum),
    element("Контрагенты", [writeBuyer(order.counterparty, contained)]),
    optional("Комментарий", order.comment),
    element("Товары", order.lines.map(writeLine)),
    element("ЗначенияРеквизитов", [
      order.status && writeProperty({ name: "Статус заказа", value: order.status.name }),
      order.status && writeProperty({ name: "Статуса заказа ИД", value: order.status.id }),
      writeProperty({ name: "Отменен", value: String(order.cancelled ?? false) }),
      ...(order.properties ?? []).map(writeProperty),
    ]),
  ]);
}

function writeBuyer(buyer: CmlBuyerOut, contained: boolean): XmlOut {
  const full = buyer.fullName ?? buyer.name;
  const address = buyer.address ? [element("Представление", buyer.address)] : undefined;
  const isCompany = buyer.kind === "company";
  // The words for contacts changed with the modules that use containers.
  const [phone, email] = contained ? ["Телефон рабочий", "Электронная почта"] : ["ТелефонРабочий", "Почта"];
  const contacts = [...(buyer.phones ?? []).map((value) => [phone, value]), ...(buyer.emails ?? []).map((value) => [email, value])];
  return element("Контрагент", [
    element("Ид", buyer.id),
    element("Наименование", buyer.name),
    element("Роль", "Покупатель"),
    // Which of the two is there tells 1C a company from a person.
    element(isCompany ? "ОфициальноеНаименование" : "ПолноеНаименование", full),
    address && element(isCompany ? "ЮридическийАдрес" : "АдресРегистрации", address),
    optional("ИНН", buyer.inn),
    isCompany ? optional("КПП", buyer.kpp) : undefined,
    contacts.length > 0
      ? element(
          "Контакты",
          contacts.map(([type = "", value = ""]) => element("Контакт", [element("Тип", type), element("Значение", value)])),
        )
      : undefined,
  ]);
}

function writeLine(line: CmlLineOut): XmlOut {
  // 1C's codes of ОКЕИ are four signs wide: three digits and a space, compared as text.
  const unit = (line.unit ?? "796").padEnd(4, " ");
  return element("Товар", [
    element("Ид", line.id),
    element("Наименование", line.name),
    element("БазоваяЕдиница", unit),
    element("ЦенаЗаЕдиницу", line.price),
    element("Количество", line.quantity),
    element("Сумма", line.sum),
    element("ЗначенияРеквизитов", [
      writeProperty({ name: "ВидНоменклатуры", value: "Товар" }),
      writeProperty({ name: "ТипНоменклатуры", value: "Товар" }),
    ]),
  ]);
}

function writeProperty({ name, value }: CmlPair): XmlOut {
  return element("ЗначениеРеквизита", [element("Наименование", name), element("Значение", value)]);
}

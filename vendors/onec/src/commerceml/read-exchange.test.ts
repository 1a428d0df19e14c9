import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encode } from "./encoding.ts";
import { kindOf } from "./read-document.ts";
import { ExchangeReader, readExchange, readExchangeParts } from "./read-exchange.ts";

const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../../fixtures/commerceml/${name}`, import.meta.url)));
const guid = "5f1c7a52-0b8e-4d0e-9a36-2f6d1c0e7b11";
const file = (content: string): Uint8Array => encode(`<КоммерческаяИнформация>${content}</КоммерческаяИнформация>`, "utf-8");

describe("counterparties of 2.08", () => {
  const { schema, counterparties, documents, warnings } = readExchange(fixture(`contragents___${guid}.xml`));
  const [company, trader, deleted] = counterparties;

  it("are all there, without a warning", () => {
    expect({ schema, warnings, documents, count: counterparties.length }).toEqual({
      schema: "2.08",
      warnings: [],
      documents: [],
      count: 3,
    });
  });

  it("have their names, tax numbers, address and people", () => {
    expect(company).toMatchObject({
      ...{ id: "b762b136-68d0-11eb-9050-4b9f68677668", name: "Ромашка ООО", kind: "company", deleted: false },
      fullName: 'Общество с ограниченной ответственностью "Ромашка & Ко"',
      ...{ inn: "7707083893", kpp: "770701001", okpo: "00032537", address: "115093, Москва г, Люсиновская ул, дом № 12" },
      representatives: [{ id: "3d9e7c10-68d1-11eb-9050-4b9f68677668", name: "Иванова Мария Петровна", relation: "Контактное лицо" }],
    });
    expect(company?.addressFields).toContainEqual({ name: "Город", value: "Москва г" });
  });

  it("have phones and addresses of mail one by one, and no postal address among them", () => {
    expect([company?.phones, company?.emails]).toEqual([["+7 (495) 123-45-67", "8 800 555-35-35"], ["info@romashka.example"]]);
    expect([trader?.phones, trader?.emails]).toEqual([["8 (910) 123-45-67"], ["sidorov@mail.example", "buh@mail.example"]]);
    expect(company?.contacts).toHaveLength(3);
  });

  it("are persons when nothing says otherwise, and are known to be deleted", () => {
    expect([trader?.kind, deleted?.kind, deleted?.deleted]).toEqual(["person", "person", true]);
  });

  it("without an id, or with one that is too long, are left out with a word", () => {
    const long = `<Контрагент><Ид>${"x".repeat(256)}</Ид><Наименование>Б</Наименование></Контрагент>`;
    const read = readExchange(file(`<Контрагенты><Контрагент><Наименование>А</Наименование></Контрагент>${long}</Контрагенты>`));
    expect(read.counterparties).toEqual([]);
    expect(read.warnings).toEqual([expect.stringContaining("«А» без Ид"), expect.stringContaining("длиннее 255")]);
  });
});

describe("documents of 2.08", () => {
  const { documents, warnings } = readExchange(fixture(`documents___${guid}.xml`));
  const [order, payment, shipment] = documents;

  it("are told apart by their operation", () => {
    expect(documents.map(({ kind }) => kind)).toEqual(["order", "payment", "shipment"]);
    expect(warnings).toEqual([]);
  });

  it("hold an order with its buyer, lines and taxes", () => {
    expect(order).toMatchObject({
      ...{
        number: "4711",
        date: "2026-03-02T10:00:00",
        number1c: "0000-000123",
        date1c: "2026-03-02T10:05:30",
        sum: "12500.50",
        currency: "RUB",
      },
      ...{ status: "К выполнению", posted: true, deleted: false, cancelled: false, comment: "Звонить с 9 до 18" },
      counterparty: { id: "b762b136-68d0-11eb-9050-4b9f68677668", kind: "company", role: "Покупатель" },
      lines: [{ article: "К-100", name: "Кресло «Бюрократ» 2×2", unit: "796 ", quantity: "5", price: "2500.10", sum: "12500.50" }],
      taxes: [{ name: "НДС", included: true, sum: "2254.19" }],
    });
    expect(order).not.toHaveProperty("order");
  });

  it("name the order they belong to by its id or by its number in words", () => {
    expect(payment).toMatchObject({ sum: "5000", posted: true, order: { by: "basis", id: order?.id } });
    expect(shipment).toMatchObject({ posted: false, deleted: true, date: "2026-03-04", order: { by: "basis", number: "0000-000123" } });
    expect(shipment?.order).not.toHaveProperty("id");
  });
});

describe("orders of 2.04", () => {
  const { schema, documents, warnings } = readExchange(fixture("orders-2.04.xml"));
  const [order, cancelled] = documents;

  it("are read from windows-1251, and a unit keeps its space", () => {
    expect({ schema, warnings }).toEqual({ schema: "2.04", warnings: [] });
    expect(order).toMatchObject({ sum: "1234.50", lines: [{ name: "Ёлка искусственная № 3", unit: "796 ", price: "411.50" }] });
    expect(order?.counterparty).toMatchObject({ id: "17#ivan@example.ru#Иванов Иван", kind: "person", phones: ["+7 910 123-45-67"] });
  });

  it("say in themselves that they are paid, and an empty number is none", () => {
    expect(order?.paid).toEqual({ number: "ТД000000045", date: "2026-03-03T12:30:00" });
    expect(order).not.toHaveProperty("shipped");
    expect([order?.date1c, order?.cancelled, cancelled?.cancelled, cancelled?.sum]).toEqual(["2026-03-02T10:05:30", false, true, "0"]);
    expect(cancelled).not.toHaveProperty("posted");
  });
});

describe("containers of 2.10", () => {
  const { documents, warnings } = readExchange(fixture("containers-2.10.xml"));
  const order = "0a1b2c3d-17f4-11f1-8a10-00155d0a0b01";

  it("tie to an order what it lists, what shares its container and what has its id, and nothing else", () => {
    expect(documents.map(({ kind, number, order: ref }) => [number, kind, ref?.by, ref?.id])).toEqual([
      ["4711", "order", undefined, undefined],
      ["1", "payment", "subordinate", order],
      ["2", "payment", "container", order],
      ["3", "shipment", undefined, undefined],
      ["4", "payment", "same id", order],
      ["5", "other", undefined, undefined],
    ]);
  });

  it("let an operation that nobody knows and a sum that is none pass with a word", () => {
    expect(documents.at(-1)).toMatchObject({ operation: "Списание бонусов", kind: "other" });
    expect(documents.at(-1)).not.toHaveProperty("sum");
    expect(warnings).toEqual([expect.stringContaining("«Списание бонусов»"), expect.stringContaining("«сто рублей»")]);
    expect([kindOf("возврат  товара"), kindOf("ЗАКАЗ ТОВАРА"), kindOf("")]).toEqual(["other", "order", undefined]);
  });
});

describe("other files", () => {
  it("of goods hold nothing for us, one that is no CommerceML says so", () => {
    expect(readExchange(file("<Каталог><Товары><Товар><Ид>1</Ид></Товар></Товары></Каталог>"))).toMatchObject({
      counterparties: [],
      documents: [],
      warnings: [],
    });
    expect(readExchange(encode("<html><body/></html>", "utf-8")).warnings).toEqual([expect.stringContaining("«html»")]);
  });

  it("a document alone under the root lends its order to nobody", () => {
    const one = (id: string, operation: string): string => `<Документ><Ид>${id}</Ид><ХозОперация>${operation}</ХозОперация></Документ>`;
    const { documents } = readExchange(file(one("1", "Заказ товара") + one("2", "Отпуск товара")));
    expect(documents.map(({ order }) => order)).toEqual([undefined, undefined]);
  });
});

it("values that are made to be slow to read are read at once", () => {
  const long = 1_000_000;
  const values = [
    "1".repeat(long),
    `${"а".repeat(long)}1`,
    `a@${".".repeat(long)}@`,
    `1 ${"1".repeat(long)} от`,
    " ".repeat(long),
    `${"/tmp".repeat(long / 4)}`,
  ];
  const names = ["Ид", "Номер", "Дата", "Время", "ХозОперация", "Сумма", "Курс", "Основание", "ПометкаУдаления", "Комментарий"];
  const contact = (value: string): string =>
    `<Контакты><Контакт><Тип></Тип><Значение>${value}</Значение></Контакт></Контакты><ИНН>${value}</ИНН>`;
  const started = performance.now();
  for (const value of values)
    for (const name of names)
      readExchange(
        file(`<Документ><Ид>1</Ид><ХозОперация>Отпуск товара</ХозОперация><${name}>${value}</${name}>
          <Контрагенты><Контрагент>${contact(value)}</Контрагент></Контрагенты></Документ>`),
      );
  // 60 files of 6 MB in all letters: mostly the parser. A single regular expression that backtracks takes minutes.
  expect(performance.now() - started).toBeLessThan(20_000);
}, 120_000);

it("a file of 20,000 documents is read in flat memory", async () => {
  const line = `<Товар><Ид>77aa</Ид><Наименование>${"Товар ".repeat(20)}</Наименование><Количество>1</Количество></Товар>`;
  let bytes = 0;
  function* generate(): Generator<Uint8Array> {
    yield encode('<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.10">', "utf-8");
    for (let at = 0; at < 20_000; at++) {
      const head = `<Ид>${at}</Ид><ХозОперация>Заказ товара</ХозОперация><Сумма>${at}.10</Сумма>`;
      const order = `<Документ>${head}<Товары>${line.repeat(15)}</Товары></Документ>`;
      const chunk = encode(`<Контейнер>${order}</Контейнер>`, "utf-8");
      bytes += chunk.length;
      yield chunk;
    }
    yield encode("</КоммерческаяИнформация>", "utf-8");
  }
  const reader = new ExchangeReader();
  let count = 0;
  let cents = 0n;
  let highest = 0;
  const before = process.memoryUsage().heapUsed;
  for await (const part of readExchangeParts(generate(), reader)) {
    if (part.is === "document") cents += BigInt((part.document.sum ?? "").replace(".", ""));
    if (++count % 500 === 0) highest = Math.max(highest, process.memoryUsage().heapUsed - before);
  }
  expect(bytes).toBeGreaterThan(90e6);
  expect([count, cents, reader.schema]).toEqual([20_000, 19_999n * 20_000n * 50n + 200_000n, "2.10"]);
  // The garbage of a few chunks and the ids of the orders; the tree of the whole file would be over 500 MB.
  expect(highest).toBeLessThan(100e6);
}, 60_000);

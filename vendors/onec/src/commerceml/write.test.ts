import { describe, expect, it } from "vitest";
import { encode } from "./encoding.ts";
import { readExchange } from "./read-exchange.ts";
import { writeInfo } from "./write-info.ts";
import { type CmlOrderOut, writeOrders } from "./write-orders.ts";
import { element, writeXml } from "./write-xml.ts";
import { XmlItems } from "./xml.ts";

const order: CmlOrderOut = {
  ...{ id: "deal-7", number: "7", date: "2026-03-02T10:00:00", version: "5", currency: "RUB", sum: "1234.50" },
  comment: 'Срочно! <b>"Тест"</b> & смайл 😀, ₽ и ∑\r\nвторая строка',
  status: { id: "won", name: "Успешно" },
  cancelled: true,
  counterparty: {
    ...{ id: "company-1", name: "ООО «Ромашка»", fullName: "Общество «Ромашка»", kind: "company", inn: "7707083893", kpp: "770701001" },
    ...{ address: "Москва, ул. Люсиновская, 12", phones: ["+79101234567", "+74951234567"], emails: ["a@b.example"] },
  },
  lines: [{ id: "p1", name: "Ёлка № 3", quantity: "3", price: "411.50", sum: "1234.50" }],
  properties: [{ name: "Сайт", value: "shop.example" }],
};
const now = "2026-03-02T12:00:00";
const text = (bytes: Uint8Array, encoding = "utf-8"): string => new TextDecoder(encoding).decode(bytes);

describe("orders of ours", () => {
  it.each([
    ["2.05, windows-1251", undefined, "windows-1251"],
    ["2.05, UTF-8", undefined, "utf-8"],
    ["2.08, UTF-8", "2.08", "utf-8"],
    ["2.10, windows-1251", "2.10", "windows-1251"],
  ] as const)("are read again as they were: %s", (_, version, encoding) => {
    const { schema, documents, warnings } = readExchange(writeOrders([order, { ...order, id: "deal-8" }], { version, encoding, now }));
    expect({ schema, warnings, ids: documents.map(({ id }) => id) }).toEqual({
      schema: version ?? "2.05",
      warnings: [],
      ids: ["deal-7", "deal-8"],
    });
    expect(documents[0]).toMatchObject({
      ...{
        kind: "order",
        number: "7",
        date: order.date,
        sum: order.sum,
        currency: "RUB",
        comment: order.comment,
        status: "Успешно",
        cancelled: true,
      },
      counterparty: {
        ...{ id: "company-1", name: "ООО «Ромашка»", fullName: "Общество «Ромашка»", kind: "company", inn: "7707083893", kpp: "770701001" },
        ...{ address: order.counterparty.address, phones: order.counterparty.phones, emails: order.counterparty.emails },
      },
      lines: [{ id: "p1", name: "Ёлка № 3", unit: "796 ", quantity: "3", price: "411.50", sum: "1234.50" }],
    });
    expect(documents[0]?.properties).toContainEqual({ name: "Сайт", value: "shop.example" });
  });

  it("stand in containers from 2.08 on and bare before", () => {
    const written = (version: string | undefined): string => text(writeOrders([order, order], { version, encoding: "utf-8", now }));
    expect(written(undefined)).not.toContain("Контейнер");
    expect(written("2.07")).not.toContain("Контейнер");
    expect(written("2.08").match(/<Контейнер>/g)).toHaveLength(2);
    expect(written("2.10")).toContain("<НомерВерсии>5</НомерВерсии>");
    expect(written("2.10")).toContain("<Тип>Телефон рабочий</Тип>");
    expect(written(undefined)).toContain("<Тип>ТелефонРабочий</Тип>");
  });

  it("declare the encoding that they are in", () => {
    expect(text(writeOrders([], { encoding: "windows-1251", now }), "windows-1251")).toMatch(
      /^<\?xml version="1.0" encoding="windows-1251"\?>\n<КоммерческаяИнформация /,
    );
    expect(text(writeOrders([], { encoding: "utf-8", now }))).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>/);
    expect(readExchange(writeOrders([], { encoding: "utf-8", now }))).toMatchObject({ documents: [], warnings: [] });
  });

  it("of a person tell 1C so by the field of the full name", () => {
    const { kpp: _, ...buyer } = { ...order.counterparty, kind: "person" as const, inn: "500100732259" };
    const [read] = readExchange(writeOrders([{ ...order, counterparty: buyer }], { encoding: "utf-8", now })).documents;
    expect(read?.counterparty).toMatchObject({ kind: "person", fullName: "Общество «Ромашка»", address: order.counterparty.address });
  });
});

describe("what is written", () => {
  const roundTrip = (content: string, encoding: "utf-8" | "windows-1251"): string | undefined => {
    const items = new XmlItems((path) => path.length === 1);
    const bytes = writeXml(element("А", content, { б: content }), encoding);
    const [item] = [...items.push(bytes), ...items.end()];
    expect(item?.node.attributes["б"]).toBe(item?.node.text);
    return item?.node.text;
  };

  it("comes back the same in both encodings, whatever letters it has", () => {
    const letters = "Привет 😀 ₴ қазақ ґ \u0098 <&>\"']]> \t\r\n конец ";
    expect([roundTrip(letters, "utf-8"), roundTrip(letters, "windows-1251")]).toEqual([letters, letters]);
  });

  it("loses only what XML cannot hold", () => {
    expect(roundTrip("а\u0000б\u000bв\ud800г\uffff", "utf-8")).toBe("а б в\ufffdг\ufffd");
  });

  it("in plain lines has a question mark for what windows-1251 lacks", () => {
    expect(text(encode("№1 😀", "windows-1251"), "windows-1251")).toBe("№1 ?");
  });
});

it("the answer to info has the Latin C that exchange modules look for, and all three lists", () => {
  const info = text(writeInfo({ statuses: [{ id: "142", name: "Успешно & закрыто" }] }, "utf-8"));
  expect(info).toContain("<C\u0442атусы>");
  expect(info).toContain("<Ид>142</Ид>");
  expect(info).toContain("<Название>Успешно &amp; закрыто</Название>");
  expect(info).toContain("<ПлатежныеСистемы></ПлатежныеСистемы>");
  expect(info).toContain("<СлужбыДоставки></СлужбыДоставки>");
});

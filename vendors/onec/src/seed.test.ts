import { describe, expect, it } from "vitest";
import { sampleBody, sampleNames, samplePaths, sampleRequired, sampleText, shapeOf } from "../testkit/sample.ts";
import {
  callPaths,
  entityNames,
  eventNames,
  kindOfSharedCall,
  type Read,
  readBaseCall,
  readCheckActive,
  readCounterpartyCall,
  readDocuments,
  readEventCall,
  readFieldsCall,
  readHandlersCall,
  readJson,
  readMade,
  readOrderCall,
  readPlainCall,
  readRepliedHandlers,
  readRepliedId,
  readRepliedVersion,
  readReply,
  readRequest,
  readTableAnswer,
  readVersion,
  writeBaseCall,
  writeCompanyCall,
  writeContactCall,
  writeDocuments,
  writeDone,
  writeEventCall,
  writeFieldsCall,
  writeGetHandlersVersion,
  writeGetOrders,
  writeHandlersCall,
  writeMade,
  writeNewLead,
  writeNewOrder,
  writeOrderCall,
  writePlainCall,
  writeTable,
  writeVersion,
} from "./index.ts";

const seen = new Set<string>();
const look = (name: string): string => {
  seen.add(name);
  return name;
};
/** The sample's JSON, with its trailing commas forgiven. */
function jsonOf(name: string, values: Readonly<Record<string, unknown>> = {}, stars: readonly string[] = []): unknown {
  const read = readJson(sampleBody(look(name), values, stars));
  if (!("value" in read)) throw new Error(`${name}: ${read.problem}`);
  return read.value;
}
function got<T>(read: Read<T>): T {
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  return read.value;
}
const from = { key: 11111111, id_base: 7 };
const sender = { key: "11111111", id_base: "7" };

describe("what 1C tells a hub in the document", () => {
  it("asks whether an account is connected", () => {
    const name = look("check_active.request.txt");
    expect(samplePaths(name)).toEqual([`GET ${callPaths.checkActive}`]);
    expect(sampleRequired(name)).toEqual(["key"]);
    expect(got(readCheckActive({ key: "11111111" }))).toEqual({ key: "11111111" });
    expect(JSON.parse(writeDone(true))).toEqual(jsonOf("check_active.200.txt"));
  });

  it("registers a base", () => {
    const values = { ...from, web_address: "http://srv/base/hs/amo", url_address: "http://srv/base", param1: "Обмен", param2: " п:ароль " };
    const json = jsonOf("base.request.txt", values);
    expect(samplePaths("base.request.txt")).toEqual([`POST ${callPaths.base}`]);
    expect(got(readBaseCall(json))).toEqual({ ...values, ...sender, unknown: {} });
    expect(shapeOf(JSON.parse(writeBaseCall(from, values)))).toEqual(shapeOf(json));
  });

  it("tells of a person, with several e-mails and phones in one field", () => {
    const values = { ...from, id: 5, id_1c: "A", link: "e1cib/data/x", name: "Иван", responsible_user_id: 9 };
    const sent = { ...values, email: "a@x.ru; b@x.ru", phone: "+7 495 1234567, 8 912 7654321" };
    const json = jsonOf("clients_contacts.request.txt", sent);
    expect(samplePaths("clients_contacts.request.txt")).toEqual([`POST ${callPaths.contacts}`]);
    expect(got(readCounterpartyCall(json))).toEqual({
      ...{ ...values, ...sender, id: "5", responsible_user_id: "9", unknown: {}, fields: {} },
      ...{ emails: ["a@x.ru", "b@x.ru"], phones: ["+7 495 1234567", "8 912 7654321"] },
    });
    expect(shapeOf(JSON.parse(writeContactCall(from, sent)))).toEqual(shapeOf(json));
  });

  it("tells of a company at the address that orders share, and is told apart by what it sends", () => {
    const values = { ...from, id: 5, id_1c: "A", link: "x", name: "ООО Ромашка", inn: "7707083893", responsible_user_id: 9 };
    const json = jsonOf("clients_companies.request.txt", values);
    expect(kindOfSharedCall(json)).toBe("company");
    expect(samplePaths("clients_companies.request.txt")).toEqual(samplePaths("clients_companies.order.request.txt"));
    expect(got(readCounterpartyCall(json))).toMatchObject({ name: "ООО Ромашка", inn: "7707083893", emails: [], phones: [] });
    expect(shapeOf(JSON.parse(writeCompanyCall(from, values)))).toEqual(shapeOf(json));
  });

  it("tells of an order", () => {
    const values = {
      id: 5,
      id_1c: "A",
      link: "x",
      company_id: 3,
      contact_id: 4,
      budget: "1 234,50",
      order_number: "УТ-1",
      responsible_user_id: 9,
    };
    const json = jsonOf(look("clients_companies.order.request.txt"), { ...from, ...values });
    expect(kindOfSharedCall(json)).toBe("order");
    expect(got(readOrderCall(json))).toEqual({
      ...{ ...sender, id: "5", id_1c: "A", link: "x", company_id: "3", contact_id: "4", budget: "1234.50", order_number: "УТ-1" },
      ...{ responsible_user_id: "9", fields: {}, unknown: {} },
    });
    expect(shapeOf(JSON.parse(writeOrderCall(from, values)))).toEqual(shapeOf(json));
  });

  it("tells of five events", () => {
    const told = [...sampleText(look("process_event.names.txt")).matchAll(/^- (\w+) - /gm)].map(([, name]) => name);
    expect(told).toEqual(eventNames);
    const values = { event_name: "part_payment" as const, id: 5, id_1c: "A", sum: 100.5, debt_sum: "-3", document_name: "ПКО 1" };
    const json = jsonOf("process_event.request.txt", { ...from, ...values });
    expect(samplePaths("process_event.request.txt")).toEqual([`POST ${callPaths.event}`]);
    expect(got(readEventCall(json))).toEqual({ ...sender, ...values, id: "5", sum: "100.5", unknown: {} });
    expect(shapeOf(JSON.parse(writeEventCall(from, values)))).toEqual(shapeOf(json));
  });

  it("declares which fields were matched, at three addresses", () => {
    const json = jsonOf("save_fields.request.txt", from, ['"p_12": null, "inn_13": null, "Договор": 1']);
    expect(samplePaths("save_fields.request.txt")).toEqual(
      [callPaths.contactFields, callPaths.companyFields, callPaths.orderFields].map((path) => `POST ${path}`),
    );
    expect(got(readFieldsCall(json))).toEqual({
      ...sender,
      declared: [
        { key: "p_12", kind: "p", field: "12", value: null },
        { key: "inn_13", kind: "inn", field: "13", value: null },
      ],
      unknown: { Договор: 1 },
    });
    expect(shapeOf(JSON.parse(writeFieldsCall(from, { p_12: null, inn_13: null, Договор: 1 })))).toEqual(shapeOf(json));
  });

  it("asks for handlers, and is given them", () => {
    for (const [name, path] of [
      ["get_actual_version.request.txt", callPaths.actualVersion],
      ["get_actual_handlers.request.txt", callPaths.actualHandlers],
    ] as const) {
      expect(samplePaths(name)).toEqual([`POST ${path}`]);
      expect(got(readPlainCall(jsonOf(name, from)))).toEqual({ ...sender, unknown: {} });
      expect(JSON.parse(writePlainCall(from))).toEqual(jsonOf(name, from));
    }
    const handlers = { Обмен: ["////f", 1.5, null] };
    const json = jsonOf("set_handlers.request.txt", { ...from, handlers });
    expect(samplePaths("set_handlers.request.txt")).toEqual([`POST ${callPaths.setHandlers}`]);
    expect(got(readHandlersCall(json))).toEqual({ ...sender, handlers, unknown: {} });
    expect(JSON.parse(writeHandlersCall(from, handlers))).toEqual(json);
    expect(shapeOf(JSON.parse(writeDone({ version: 3, handlers })))).toEqual(shapeOf(jsonOf("get_actual_handlers.200.txt", { handlers })));
    const answered = readReply(sampleBody("get_actual_handlers.200.txt", { version: 3, handlers }));
    expect(answered).toMatchObject({ success: true });
    if (answered?.success) expect([readRepliedVersion(answered.data), readRepliedHandlers(answered.data)]).toEqual(["3", handlers]);
  });

  it("is answered in one envelope, whose keys stand in one order", () => {
    for (const name of ["base", "save_fields"]) expect(writeDone(null)).toBe(JSON.stringify(jsonOf(`${name}.200.txt`)));
    for (const name of ["clients_contacts", "clients_companies", "clients_companies.order", "process_event"]) {
      const json = jsonOf(`${name}.200.txt`);
      expect(shapeOf(JSON.parse(writeDone(77)))).toEqual(shapeOf(json));
      const reply = readReply(sampleBody(`${name}.200.txt`));
      expect(reply?.success && readRepliedId(reply.data)).toBe("id созданной/найденной сущности amoCRM");
    }
    for (const name of ["get_actual_version", "set_handlers"])
      expect(shapeOf(JSON.parse(writeDone({ version: 3 })))).toEqual(shapeOf(jsonOf(`${name}.200.txt`)));
  });
});

const client = { id: 5, name: "Иван", responsible_user_id: 9, id_1c: "A", fields: { 101: "a", 102: "b" } };
const contact = { ...client, phone: "+74951234567", email: "a@x.ru" };
const company = { ...client, inn: "7707083893" };

describe("what a hub asks of 1C in the document", () => {
  it("is written with the same keys in the same order", () => {
    const name = "Сделка";
    const row = { amo_name: "ИНН", amo_id: 13, entity_name: "Компания" } as const;
    const inside = (text: string): string =>
      JSON.stringify((JSON.parse(text) as { clients: { company: unknown } }).clients.company).slice(1, -1);
    const stars = [inside(writeNewLead(from, { contact })), inside(writeNewLead(from, { company }))];
    const pairs = [
      ["get_orders", writeGetOrders(from, 5), {}],
      ["new_lead.contact", writeNewLead(from, { contact }), {}],
      ["new_lead.company", writeNewLead(from, { company }), {}],
      ["new_order", writeNewOrder(from, { id: 5, name, responsible_user_id: 9, id_1c: "qweqwe", contact, company }), {}],
      ["get_handlers_version", writeGetHandlersVersion(from), {}],
      ["corr_table", writeTable(from, row, 9), {}],
    ] as const;
    for (const [sample, written] of pairs) {
      const json = jsonOf(
        `${sample}.request.txt`,
        { ...from, id: 5, responsible_user_id: 9, amo_id: 13, user_id: 9, entity_name: "Компания" },
        stars,
      );
      expect(shapeOf(JSON.parse(written)), sample).toEqual(shapeOf(json));
      const read = got(readRequest(json));
      expect(read).toMatchObject({ ...sender, type: sample.split(".")[0] });
      expect(shapeOf(read)).toEqual(shapeOf(got(readRequest(JSON.parse(written)))));
    }
  });

  it("names four entities", () => {
    expect([...sampleText(look("corr_table.entities.txt")).matchAll(/^- (\S+)$/gm)].map(([, name]) => name)).toEqual(entityNames);
  });

  it("is answered without an envelope", () => {
    const documents = readDocuments(sampleBody(look("get_orders.200.txt")));
    expect(documents).toEqual([{ title: "название документа", link: "ссылка на документ" }]);
    expect(JSON.parse(writeDocuments([{ title: "название документа", link: "ссылка на документ" }]))).toEqual(jsonOf("get_orders.200.txt"));
    for (const name of ["new_lead.200.txt", "new_order.200.txt"]) {
      const made = readMade(sampleBody(look(name)));
      expect("id_1c" in made && writeMade(made)).toBe(JSON.stringify(jsonOf(name)));
    }
    expect(readVersion(sampleBody(look("get_handlers_version.200.txt")))).toBe("версия обработчиков");
    expect(readTableAnswer(sampleBody(look("corr_table.200.txt")))).toBe("версия обработчиков");
    expect(shapeOf(JSON.parse(writeVersion(2)))).toEqual(shapeOf(jsonOf("corr_table.200.txt")));
  });
});

it("leaves no sample of the document unread", () => {
  expect([...seen].sort()).toEqual(sampleNames);
});

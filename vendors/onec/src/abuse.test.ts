import { describe, expect, it } from "vitest";
import { sampleRequired } from "../testkit/sample.ts";
import {
  eventNames,
  kindOfSharedCall,
  type Read,
  readBaseCall,
  readCheckActive,
  readCounterpartyCall,
  readEventCall,
  readFieldsCall,
  readHandlersCall,
  readOrderCall,
  readPlainCall,
  readRequest,
} from "./index.ts";

interface Case {
  readonly name: string;
  /** The document's sample that says which fields are mandatory. */
  readonly sample: string;
  readonly read: (json: unknown) => Read<unknown>;
  readonly whole: Readonly<Record<string, unknown>>;
  /** Mandatory in fact, though the sample does not mark it. */
  readonly alsoRequired?: readonly string[];
  /** Take any JSON value. */
  readonly anything?: readonly string[];
}

const from = { key: 11111111, id_base: "base-1" };
const common = { id: 5, id_1c: "A", link: "e1cib/data/x", name: "Имя", responsible_user_id: 9, p_101: "значение" };
const calls: readonly Case[] = [
  {
    name: "2.1",
    sample: "check_active.request.txt",
    read: (json) => readCheckActive(json as Record<string, unknown>),
    whole: { key: "1" },
  },
  {
    ...{ name: "2.2", sample: "base.request.txt", read: readBaseCall },
    whole: { ...from, web_address: "http://srv/base/hs/amo", url_address: "http://srv/base", param1: "Обмен", param2: "секрет" },
  },
  {
    ...{ name: "2.3", sample: "clients_contacts.request.txt", read: readCounterpartyCall },
    whole: { ...from, ...common, email: "a@x.ru", phone: "1" },
  },
  {
    ...{ name: "2.4", sample: "clients_companies.request.txt", read: readCounterpartyCall },
    whole: { ...from, ...common, inn: "7707083893", kpp: "770701001", inn_13: "7707083893" },
  },
  {
    ...{ name: "2.5", sample: "clients_companies.order.request.txt", read: readOrderCall },
    whole: { ...from, ...common, company_id: 1, contact_id: 2, budget: "1 234,50", order_number: "УТ-1" },
  },
  {
    ...{ name: "2.6", sample: "process_event.request.txt", read: readEventCall },
    whole: { ...from, event_name: "payment", id: 5, id_1c: "A", sum: 1, debt_sum: -1, document_name: "ПКО" },
  },
  {
    ...{ name: "2.7", sample: "save_fields.request.txt", read: readFieldsCall },
    ...{ whole: { ...from, p_101: null, inn_13: null }, anything: ["p_101", "inn_13"] },
  },
  { name: "2.8", sample: "get_actual_version.request.txt", read: readPlainCall, whole: from },
  {
    ...{ name: "2.10", sample: "set_handlers.request.txt", read: readHandlersCall },
    ...{ whole: { ...from, handlers: "////f" }, alsoRequired: ["handlers"], anything: ["handlers"] },
  },
];

const problemsOf = (read: Read<unknown>) => ("problems" in read ? read.problems : []);
const fieldsIn = (read: Read<unknown>): string[] => problemsOf(read).map(({ field }) => field);
const without = (whole: object, name: string): object => Object.fromEntries(Object.entries(whole).filter(([other]) => other !== name));
const wrongTypes = [{ a: 1 }, [1], true, false];

describe.each(calls)("the call of $name", ({ sample, read, whole, alsoRequired = [], anything = [] }) => {
  const required = [...sampleRequired(sample), ...alsoRequired];

  it("is read whole, without a problem or a warning", () => {
    expect(read(whole)).toMatchObject({ value: {}, warnings: [] });
  });

  it.each(Object.keys(whole))("says what is missing when %s is missing, null or empty, if the document wants it", (name) => {
    const mayBeEmpty = name === "param2";
    for (const spoiled of [without(whole, name), { ...whole, [name]: null }, ...(mayBeEmpty ? [] : [{ ...whole, [name]: "" }])]) {
      expect(fieldsIn(read(spoiled))).toEqual(required.includes(name) ? [name] : []);
      for (const { message } of problemsOf(read(spoiled))) expect(message).toBe("Обязательное поле не заполнено");
    }
  });

  it.each(Object.keys(whole).filter((name) => !anything.includes(name)))("says in Russian that %s has a wrong type", (name) => {
    const isField = /^(p|inn)_\d+$/.test(name);
    for (const wrong of wrongTypes) {
      // A field of the CRM may be a tick.
      const isTick = isField && typeof wrong === "boolean";
      const problems = problemsOf(read({ ...whole, [name]: wrong }));
      expect(problems.map(({ field }) => field)).toEqual(isTick ? [] : [name]);
      for (const { message } of problems) expect(message).toMatch(/^Ожидается/);
    }
  });

  it("names everything that is wrong at once", () => {
    expect(fieldsIn(read({})).sort()).toEqual([...required].sort());
  });

  it.each([null, undefined, 1, "text", [], [{}], true])("is not taken in the shape of %j", (json) => {
    expect(fieldsIn(read(json))).toContain("");
  });

  it("survives any text in any field, and is never taken for an object's own machinery", () => {
    for (const name of Object.keys(whole))
      for (const text of [
        "",
        " ",
        "\0",
        "\ud800",
        "Ёлка 🎄",
        "x".repeat(100_000),
        "__proto__",
        "1e999",
        "'; drop table x; --",
        "[]",
        "NaN",
      ]) {
        const result = read({ ...whole, [name]: text });
        expect("problems" in result || "value" in result).toBe(true);
        const strings = JSON.stringify("value" in result ? result.value : "");
        if (name !== "handlers" && !/^(param|p_|inn_)/.test(name)) expect(strings).not.toMatch(/\\u0000|\\ud800/);
      }
    const hostile = JSON.parse('{"__proto__":{"admin":true},"constructor":1}') as object;
    const result = read({ ...whole, ...hostile });
    expect(({} as Record<string, unknown>)["admin"]).toBeUndefined();
    expect("value" in result).toBe(true);
  });
});

describe("ids", () => {
  it("may be numbers or texts, and printed by 1C with a no-break space", () => {
    for (const id of [28345678, "28345678", " 28345678 ", "28\u00a0345\u00a0678", "28 345 678"])
      expect(readCounterpartyCall({ ...from, id })).toMatchObject({ value: { id: "28345678" } });
  });

  it("are none when they are 0", () => {
    for (const id of [0, "0", ""]) {
      const read = readOrderCall({ ...from, id, company_id: id, contact_id: id, responsible_user_id: id });
      expect(read).toEqual({ value: { key: "11111111", id_base: "base-1", fields: {}, unknown: {} }, warnings: [] });
    }
  });

  it("are refused when they are fractions, too long for a number, or longer than 255 signs", () => {
    expect(problemsOf(readCounterpartyCall({ ...from, id: 1.5 }))).toEqual([{ field: "id", message: "Ожидается целое число или текст" }]);
    expect(fieldsIn(readCounterpartyCall({ ...from, id: 2 ** 60 }))).toEqual(["id"]);
    expect(fieldsIn(readCounterpartyCall({ ...from, id_1c: "x".repeat(256) }))).toEqual(["id_1c"]);
    expect(fieldsIn(readCounterpartyCall({ ...from, id_1c: "x".repeat(255) }))).toEqual([]);
  });

  it("of 1C are GUIDs in lower case without braces, and nothing when they are the zero GUID", () => {
    const id = "4B9F6867-7668-11EB-B762-B13668D09050";
    expect(readOrderCall({ ...from, id_1c: `{${id}}` })).toMatchObject({ value: { id_1c: id.toLowerCase() } });
    const empty = readOrderCall({ ...from, id_1c: "00000000-0000-0000-0000-000000000000" });
    expect("value" in empty && empty.value.id_1c).toBeUndefined();
    expect(readOrderCall({ ...from, id_1c: "qweqwe" })).toMatchObject({ value: { id_1c: "qweqwe" } });
  });
});

describe("a registration", () => {
  const whole = { ...from, web_address: "x", url_address: "1c.local", param1: "Обмен", param2: "" };
  const addressOf = (web_address: string): string | undefined => {
    const read = readBaseCall({ ...whole, web_address });
    return "value" in read ? read.value.web_address : undefined;
  };

  it("is given a scheme when it has none, and loses nothing", () => {
    expect(addressOf("192.168.1.5/base/hs/amo/")).toBe("http://192.168.1.5/base/hs/amo/");
    expect(addressOf("srv:8080/база?x=1#y")).toBe("http://srv:8080/база?x=1#y");
    expect(addressOf("HTTPS://srv/base")).toBe("HTTPS://srv/base");
  });

  it.each([
    "ftp://srv/base",
    "javascript:alert(1)",
    "http:\\\\srv\\base",
    "http://",
    "e1c://srv/base",
    "http://user:secret@srv/base",
    "a b c",
  ])("does not take %s for an address", (web_address) => {
    expect(fieldsIn(readBaseCall({ ...whole, web_address }))).toEqual(["web_address"]);
  });

  it("keeps login and password as they are, and takes an empty password and one of digits", () => {
    const read = readBaseCall({ ...whole, web_address: "http://srv", param1: " Обмен ", param2: 12345 });
    expect(read).toMatchObject({ value: { param1: " Обмен ", param2: "12345" } });
    expect(fieldsIn(readBaseCall({ ...whole, web_address: "http://srv" }))).toEqual([]);
    expect(fieldsIn(readBaseCall({ ...whole, web_address: "http://srv", param1: "a:b" }))).toEqual(["param1"]);
  });
});

describe("an order and a company at one address", () => {
  it("are told apart by which keys are present, null or not", () => {
    for (const name of ["order_number", "budget", "company_id", "contact_id"])
      expect(kindOfSharedCall({ name: "ООО", inn: "1", [name]: null })).toBe("order");
    for (const name of ["inn", "name"]) expect(kindOfSharedCall({ id_1c: "A", [name]: null })).toBe("company");
    expect(kindOfSharedCall({ id_1c: "A" })).toBe("unknown");
    expect(kindOfSharedCall([])).toBe("unknown");
    expect(kindOfSharedCall(null)).toBe("unknown");
  });
});

describe("other fields", () => {
  it("warn of a sum that is none, and go on without it", () => {
    const read = readOrderCall({ ...from, id: 5, budget: "по договору" });
    expect(read).toMatchObject({ value: { id: "5" }, warnings: [{ field: "budget" }] });
    expect("value" in read && "budget" in read.value).toBe(false);
  });

  it("list the five events when it is none of them, and take any case", () => {
    const [problem] = problemsOf(readEventCall({ ...from, event_name: "refund" }));
    expect(problem).toEqual({ field: "event_name", message: `Неизвестное событие «refund». Бывают: ${eventNames.join(", ")}` });
    expect(readEventCall({ ...from, event_name: " Part_Payment " })).toMatchObject({ value: { event_name: "part_payment" } });
  });

  it("keep fields of the CRM as text, an empty one for null, and keys that nobody knows as they came", () => {
    const read = readCounterpartyCall({ ...from, p_1: 12.5, p_2: null, p_3: true, inn_4: " 77 ", p_x: { a: 1 }, Склад: [1] });
    expect(read).toMatchObject({
      value: { fields: { p_1: "12.5", p_2: "", p_3: "true", inn_4: "77" }, unknown: { p_x: { a: 1 }, Склад: [1] } },
    });
  });
});

describe("a request to 1C", () => {
  const client = { id: 5, name: "ООО", responsible_user_id: 9 };
  const whole = {
    ...from,
    type: "new_order",
    id: 1,
    name: "Сделка",
    responsible_user_id: 9,
    clients: { contact: client, company: { ...client, inn: "1" } },
  };

  it("names what is missing, also within", () => {
    for (const name of ["key", "id_base", "type", "id", "name", "responsible_user_id"])
      expect(fieldsIn(readRequest(without(whole, name)))).toEqual([name]);
    const missing = fieldsIn(readRequest({ ...whole, clients: { company: { inn: "1", name: [] } } }));
    expect(missing.sort()).toEqual(["clients.company.id", "clients.company.name", "clients.company.responsible_user_id"]);
    expect(fieldsIn(readRequest({ ...whole, type: "get_money" }))).toEqual(["type"]);
    expect(fieldsIn(readRequest({ ...from, type: "corr_table", table: [{ amo_name: "x", amo_id: 1, entity_name: "Дом" }] }))).toEqual([
      "table[0].entity_name",
    ]);
    expect(fieldsIn(readRequest({ ...from, type: "corr_table" }))).toEqual(["table"]);
    expect(fieldsIn(readRequest({ ...from, type: "new_lead", clients: {} }))).toEqual(["clients"]);
    expect(fieldsIn(readRequest({ ...from, type: "new_lead", clients: whole.clients }))).toEqual(["clients"]);
  });

  it("tells a contact from a company by its INN, under either key", () => {
    for (const [clients, kind] of [
      [{ company: client }, "contact"],
      [{ contact: client }, "contact"],
      [{ company: { ...client, inn: "7707083893" } }, "company"],
    ] as const)
      expect(readRequest({ ...from, type: "new_lead", clients })).toMatchObject({ value: { client: { kind, id: "5" } } });
  });
});

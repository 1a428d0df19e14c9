import { setTimeout as sleep } from "node:timers/promises";
import { deflateRawSync } from "node:zlib";
import type { WorkspaceId } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";
import { Importers } from "./importers.ts";

let hub: TestHub;
let workspace: { id: number; api_token: string };
let token: string;
beforeAll(async () => {
  hub = await testHub();
  workspace = await hub.addWorkspace("alpha");
  token = workspace.api_token;
  await call("POST", "/fields", { entity: "contact", code: "limit", name: "Лимит", type: "money" });
  await call("POST", "/fields", {
    entity: "contact",
    code: "likes",
    name: "Интересы",
    type: "multiselect",
    options: [{ value: "Окна" }, { value: "Двери" }],
  });
});
afterAll(() => hub.close());

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
type Body = any;
const call = async (method: string, path: string, body?: object, as = token): Promise<{ status: number; body: Body; text: string }> =>
  hub.call(method, path, { token: as, ...(body && { body }) });
const upload = async (file: string | Buffer, type = "application/octet-stream", as = token): Promise<{ status: number; body: Body }> => {
  const answer = await fetch(`${hub.url}/hub/v1/imports?name=table`, {
    method: "POST",
    headers: { authorization: `Bearer ${as}`, "content-type": type },
    body: typeof file === "string" ? file : new Uint8Array(file),
  });
  return { status: answer.status, body: await answer.json() };
};
const settled = async (id: number): Promise<Body> => {
  for (let tries = 0; tries < 400; tries++) {
    const { body } = await call("GET", `/imports/${id}`);
    if (!["running", "undoing"].includes(body.state)) return body;
    await sleep(25);
  }
  throw new Error("the import does not end");
};
/** Brings a table, runs it with these settings and answers its rows. */
const run = async (file: string | Buffer, settings: object = {}): Promise<{ id: number; done: Body; rows: Body[] }> => {
  const { status, body } = await upload(file);
  expect(status, JSON.stringify(body)).toBe(201);
  const changed = await call("PATCH", `/imports/${body.id}`, settings);
  expect(changed.status, changed.text).toBe(200);
  expect((await call("POST", `/imports/${body.id}/run`)).status).toBe(202);
  const done = await settled(body.id);
  return { id: body.id, done, rows: (await call("GET", `/imports/${body.id}/rows?limit=250`)).body.items };
};

/** Windows-1251, as far as Russian goes. */
const windows1251 = (text: string): Buffer =>
  Buffer.from(
    [...text].map((letter) => {
      const code = letter.charCodeAt(0);
      if (letter === "ё") return 0xb8;
      return code >= 0x410 && code <= 0x44f ? code - 0x350 : code;
    }),
  );

/** A ZIP archive of these files. */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = deflateRawSync(text);
    const head = Buffer.alloc(30 + name.length);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(8, 8);
    head.writeUInt16LE(name.length, 26);
    head.write(name, 30);
    const entry = Buffer.alloc(46 + name.length);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(data.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    entry.write(name, 46);
    parts.push(head, data);
    directory.push(entry);
    offset += head.length + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}

describe("a table that is brought", () => {
  it("is read in UTF-8 and windows-1251, with any delimiter, and its columns are guessed", async () => {
    const text = (mark: string) =>
      ["ФИО", "Мобильный телефон", "почта", "Город", "Неведомое", "x"].join(mark) +
      "\r\n" +
      ["Петров Пётр Петрович", "89100000001", "p@example.com", "Тверь", "1", "79261234567"].join(mark);
    for (const file of [text(";"), text("\t"), text(","), `\ufeff${text(";")}`, windows1251(text(";"))]) {
      const { status, body } = await upload(file);
      expect(status, JSON.stringify(body)).toBe(201);
      expect(body).toMatchObject({ name: "table", state: "new", rows: 1 });
      expect(body.columns.map(({ suggestion }: { suggestion: string }) => suggestion)).toEqual([
        ...["contact.full_name", "contact.phone", "contact.email", "contact.fields.city", null, "contact.phone"],
      ]);
      expect(body.columns[0]).toMatchObject({ name: "ФИО", samples: ["Петров Пётр Петрович"] });
    }
  });

  it("may be a part of a form, or a spreadsheet with shared texts, dates and gaps", async () => {
    const form = `--x\r\ncontent-disposition: form-data; name="file"; filename="люди.csv"\r\n\r\nИмя,Сумма\r\n"Анна, я",5\r\n--x--\r\n`;
    const { body } = await upload(form, "multipart/form-data; boundary=x");
    expect(body).toMatchObject({ rows: 1, columns: [{ suggestion: "contact.name", samples: ["Анна, я"] }, { suggestion: "deal.sum" }] });
    const sheet = `<worksheet xmlns="x"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>Дата</t></is></c></row>
      <row r="2"/><row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3"><v>7.9101234567E10</v></c><c r="C3" s="1"><v>46022</v></c></row></sheetData></worksheet>`;
    const xlsx = zip({
      "xl/worksheets/sheet1.xml": sheet,
      "xl/sharedStrings.xml": `<sst><si><t>Имя</t></si><si><r><t xml:space="preserve">О&apos;</t></r><r><t>Нил &amp; Ко</t></r></si></sst>`,
      "xl/styles.xml": `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
    });
    const { body: read } = await upload(xlsx);
    expect(read.columns).toMatchObject([
      { name: "Имя", samples: ["О'Нил & Ко"] },
      { name: "2", samples: ["79101234567"] },
      { name: "Дата", samples: ["2025-12-31"] },
    ]);
  });

  it("is refused in words when it is none", async () => {
    const broken = zip({ "xl/worksheets/sheet1.xml": "<row>" });
    for (const file of [
      "",
      "\n\n",
      "Имя;Телефон\n",
      Buffer.from([0x50, 0x4b, 3, 4, 1, 2]),
      zip({ a: "b" }),
      broken,
      broken.subarray(0, 60),
      Buffer.alloc(51 * 1024 * 1024, "a"),
    ]) {
      const { status, body } = await upload(file);
      expect(status, JSON.stringify(body)).toBe(422);
      expect(body.errors.file).toHaveLength(1);
    }
    expect((await upload("нет", "multipart/form-data")).status).toBe(422);
    expect((await upload("a;b\n1;2", "image/png")).status).toBe(415);
    expect((await call("GET", "/imports?limit=250")).body.items.every(({ state }: { state: string }) => state === "new")).toBe(true);
  });
});

describe("an import", () => {
  it("shows the first rows as they would become, with what is wrong in which cell", async () => {
    const { body } = await upload(
      "Имя;Телефон;ИНН;Сумма;Этап\nАнна;8 910 555-00-01;77;много;Нет такого\nБорис;89105550002;7700000001;1 000,50;",
    );
    const { items } = (await call("GET", `/imports/${body.id}/preview`)).body;
    expect(items).toMatchObject([
      {
        ...{ n: 1, action: "fail" },
        problems: [
          { column: 2, detail: '"77" is not an INN' },
          { column: 3, detail: '"много" is not a sum' },
          { column: 4, detail: 'there is no stage "Нет такого"' },
        ],
      },
      {
        n: 2,
        action: "create",
        contact: { name: "Борис", phones: [{ value: "89105550002" }] },
        deal: { sum: "1 000,50" },
        company: { inn: "7700000001" },
      },
    ]);
    expect((await call("PATCH", `/imports/${body.id}`, { columns: [null] })).body.errors.columns).toHaveLength(1);
    expect((await call("PATCH", `/imports/${body.id}`, { columns: [null, null, null, null, "deal.nothing"] })).body.errors).toHaveProperty(
      "columns.4",
    );
  });

  it("makes people, companies and deals of rows, ties them, and tells what became of each", async () => {
    const file = [
      "Имя;Фамилия;Телефон;Компания;ИНН;Сделка;Сумма;Теги;Примечание",
      "Анна;Первая;89106660001;ООО Ромашка;7710000001;Окна;100;VIP, Москва;важно",
      ";;;;;;;;",
      "Борис;Второй;89106660002;Ромашка;7710000001;Двери;200;;",
      "Вера;;нет;;;;;;",
    ].join("\n");
    const { done, rows, id } = await run(file, { tags: ["выставка"], duplicates: "update_empty" });
    expect(done).toMatchObject({ state: "done", rows: 3, progress: { done: 3, created: 2, failed: 1 } });
    expect(rows.map(({ outcome }) => outcome)).toEqual(["created", "created", "failed"]);
    expect(rows[2].detail).toBe('"нет" is not a phone');
    const { body: anna } = await call("GET", `/contacts/${rows[0].contact}`);
    expect(anna).toMatchObject({ full_name: "Анна Первая", company: rows[0].company, tags: ["VIP", "выставка", "Москва"] });
    expect(rows[1].company).toBe(rows[0].company);
    const { body: deal } = await call("GET", `/deals/${rows[0].deal}`);
    expect(deal).toMatchObject({ name: "Окна", sum: "100.00", company: rows[0].company, contacts: [{ id: rows[0].contact }] });
    expect((await call("GET", `/notes?deal=${rows[0].deal}`)).body.items).toMatchObject([{ text: "важно" }]);
    expect((await call("GET", `/imports/${id}/rows?outcome=failed`)).body.items).toHaveLength(1);
    const { text } = await call("GET", `/imports/${id}/report.csv?outcome=failed`);
    expect(text.split("\r\n")[1]).toBe('Вера;;нет;;;;;;;failed;"""нет"" is not a phone";;;');
  });

  it.each([
    ["skip", { outcome: "skipped", position: null, city: "Тверь" }],
    ["update_empty", { outcome: "updated", position: "Директор", city: "Тверь" }],
    ["update", { outcome: "updated", position: "Директор", city: "Москва" }],
    ["create", { outcome: "created", position: null, city: "Тверь" }],
  ])("does about a person who is there already what it is told: %s", async (duplicates, expected) => {
    const phone = `891077700${["skip", "update_empty", "update", "create"].indexOf(duplicates) + 10}`;
    const { body: there } = await call("POST", "/contacts", { name: duplicates, phones: [{ value: phone }], fields: { city: "Тверь" } });
    const { rows } = await run(`Имя;Телефон;E-mail;Должность;Город\n${duplicates};${phone};${duplicates}@example.com;Директор;Москва`, {
      duplicates,
    });
    expect(rows[0].outcome).toBe(expected.outcome);
    const { body: now } = await call("GET", `/contacts/${there.id}`);
    expect([now.position, now.fields.city]).toEqual([expected.position, expected.city]);
    expect(now.emails.length).toBe(duplicates.startsWith("update") ? 1 : 0);
    expect(rows[0].contact === there.id).toBe(duplicates !== "create");
  });

  it("takes rows of one person for one, and ends where it is cancelled", async () => {
    const { rows } = await run("Имя;Телефон\nГалина;89108880001\nГалина;8 (910) 888-00-01");
    expect(rows.map(({ outcome, contact }) => [outcome, contact])).toEqual([
      ["created", rows[0].contact],
      ["updated", rows[0].contact],
    ]);
    const many = `Имя\n${Array.from({ length: 3000 }, (_, n) => `Некто ${n}`).join("\n")}`;
    const { body } = await upload(many);
    await call("POST", `/imports/${body.id}/run`);
    expect((await call("POST", `/imports/${body.id}/run`)).status).toBe(422);
    expect((await call("POST", `/imports/${body.id}/cancel`)).body.state).toBe("cancelled");
    await sleep(2500);
    const { done } = (await call("GET", `/imports/${body.id}`)).body.progress;
    await sleep(300);
    expect((await call("GET", `/imports/${body.id}`)).body.progress.done).toBe(done);
    expect(done).toBeLessThan(3000);
  });

  it("is done once row by row, by several processes at once and when one of them dies in the middle", async () => {
    const { body } = await upload(
      `Имя;Телефон\n${Array.from({ length: 400 }, (_, n) => `Одиночка ${n};8911${String(1_000_000 + n)}`).join("\n")}`,
    );
    const sql = hub.test.database.in(workspace.id as WorkspaceId);
    const errors: unknown[] = [];
    const importer = () =>
      new Importers({
        in: () => sql,
        workspaces: async () => [],
        workspace: async (id) => ({ id, subdomain: "alpha", name: "", country: "RU", timeZone: "UTC", language: "ru", currency: "RUB" }),
        onError: (error) => errors.push(error),
      });
    // A lease that nobody holds any longer, as of a process that died: each of these takes the import over from the other.
    await sql.query({ text: "update crm.import set state = 'running' where workspace = $1 and id = $2", values: [workspace.id, body.id] });
    const others = [importer(), importer(), importer()];
    const freeLeases = setInterval(
      () => void sql.query({ text: "update crm.import set leased_until = null where workspace = $1", values: [workspace.id] }),
      20,
    );
    const wake = setInterval(() => {
      for (const one of others) one.wake(workspace.id as WorkspaceId);
    }, 30);
    const done = await settled(body.id);
    clearInterval(freeLeases);
    clearInterval(wake);
    await Promise.all(others.map((one) => one.stop()));
    expect(errors).toEqual([]);
    expect(done).toMatchObject({ state: "done", progress: { created: 400, done: 400 } });
    const { rows } = await hub.test.owner.query(
      "select count(*)::int as n, count(distinct name)::int as names from crm.contact where name like 'Одиночка %'",
    );
    expect(rows).toEqual([{ n: 400, names: 400 }]);
  });

  it("is undone: what it made and nobody has touched is put away", async () => {
    const { id, rows } = await run("Имя;Компания;Сделка\nДарья;Новая фирма;Раз\nЕлена;Другая фирма;Два");
    await call("PATCH", `/contacts/${rows[1].contact}`, { position: "тронута" });
    expect((await call("POST", `/imports/${id}/undo`)).status).toBe(202);
    const done = await settled(id);
    expect(done).toMatchObject({ state: "undone", progress: { undone: 1, kept: 1 } });
    const status = async (path: string) => (await call("GET", path)).status;
    expect(
      await Promise.all([
        status(`/contacts/${rows[0].contact}`),
        status(`/companies/${rows[0].company}`),
        status(`/deals/${rows[0].deal}`),
      ]),
    ).toEqual([404, 404, 404]);
    expect(
      await Promise.all([
        status(`/contacts/${rows[1].contact}`),
        status(`/companies/${rows[1].company}`),
        status(`/deals/${rows[1].deal}`),
      ]),
    ).toEqual([200, 404, 404]);
    expect((await call("POST", `/imports/${id}/undo`)).status).toBe(422);
    expect((await call("POST", `/imports/${id}/run`)).status).toBe(422);
  });
});

describe("an export", () => {
  it("comes back by an import elsewhere as it was, down to custom fields, labels, tags and formulas", async () => {
    const elsewhere = await hub.addWorkspace("beta");
    for (const [path, field] of [
      ["/fields", { entity: "contact", code: "limit", name: "Лимит", type: "money" }],
      [
        "/fields",
        { entity: "contact", code: "likes", name: "Интересы", type: "multiselect", options: [{ value: "Окна" }, { value: "Двери" }] },
      ],
    ] as const)
      await call("POST", path, field, elsewhere.api_token);
    const { body: company } = await call("POST", "/companies", {
      name: 'АО "Экспорт", филиал',
      inn: "7799999999",
      phones: [{ value: "+7 495 000-11-22" }],
    });
    const { body: one } = await call("POST", "/contacts", {
      ...{
        name: "=cmd|'/c calc'!A1",
        surname: 'О\'Нил; "кавычки"',
        middlename: "строка\nвторая",
        position: "-5",
        website: "@site",
        company: company.id,
      },
      phones: [{ value: "+7 (916) 123-45-67", label: "mobile" }, { value: "8 495 765-43-21 доб. 12" }],
      emails: [{ value: "one@example.com", label: "home" }],
      messengers: [{ network: "whatsapp", value: "+79161234567" }],
      tags: ["экспорт", "VIP"],
      fields: { city: "Тверь", limit: { sum: "1000.50", currency: "USD" }, likes: ["Окна", "Двери"] },
    });
    const answer = await fetch(`${hub.url}/hub/v1/contacts/export.csv?ids=${one.id}`, { headers: { authorization: `Bearer ${token}` } });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="contacts.csv"');
    const text = Buffer.from(await answer.arrayBuffer()).toString();
    expect(text.startsWith("\ufeffID контакта;Имя;")).toBe(true);
    expect(text).toContain("'=cmd|'/c calc'!A1");
    expect(text).toContain("'-5;");
    expect((await call("GET", `/contacts/export.csv?ids=${one.id}&delimiter=comma`)).text.startsWith("ID контакта,Имя,")).toBe(true);

    const bring = async (file: string, as: string) => {
      const { body } = await upload(file, "text/csv", as);
      await call("PATCH", `/imports/${body.id}`, { duplicates: "update" }, as);
      await call("POST", `/imports/${body.id}/run`, undefined, as);
      for (let tries = 0; tries < 200; tries++) {
        const now = (await call("GET", `/imports/${body.id}`, undefined, as)).body;
        if (now.state === "done") break;
        await sleep(25);
      }
      return (await call("GET", `/imports/${body.id}/rows`, undefined, as)).body.items;
    };
    const [row] = await bring(text, elsewhere.api_token);
    expect(row).toMatchObject({ outcome: "created", detail: null });
    const { body: copy } = await call("GET", `/contacts/${row.contact}`, undefined, elsewhere.api_token);
    const told = ({ name, surname, middlename, position, website, phones, emails, messengers, tags, fields }: Body) => ({
      name,
      surname,
      middlename,
      position,
      website,
      phones,
      emails,
      messengers,
      tags,
      fields,
    });
    expect(told(copy)).toEqual(told(one));
    expect((await call("GET", `/companies/${copy.company}`, undefined, elsewhere.api_token)).body).toMatchObject({
      name: company.name,
      inn: company.inn,
    });
    // At home it changes nothing.
    const { body: before } = await call("GET", `/contacts/${one.id}`);
    expect(await bring(text, token)).toMatchObject([{ outcome: "updated", contact: one.id, company: company.id }]);
    expect((await call("GET", `/contacts/${one.id}`)).body).toEqual(before);
  });

  it("of deals and companies comes back, too", async () => {
    const { body: company } = await call("POST", "/companies", { name: "Сама по себе", inn: "7788888888", kpp: "770101001", tags: ["a"] });
    const { body: contact } = await call("POST", "/contacts", { name: "Пётр", phones: [{ value: "89169990001" }] });
    const stages = (await call("GET", "/pipelines")).body.items[0].stages;
    const draft = {
      name: "Сделка",
      sum: "10.05",
      currency: "USD",
      stage: stages.at(-1).id,
      company: company.id,
      contacts: [{ id: contact.id }],
      tags: ["b"],
    };
    const { body: deal } = await call("POST", "/deals", draft);
    for (const [path, made] of [
      ["/companies", company],
      ["/deals", deal],
    ] as const) {
      const { text } = await call("GET", `${path}/export.csv?ids=${made.id}`);
      const { rows } = await run(text, { duplicates: "update" });
      expect(rows, path).toMatchObject([{ outcome: "updated", detail: null }]);
      expect((await call("GET", `${path}/${made.id}`)).body, path).toEqual((await call("GET", `${path}/${made.id}`)).body);
      expect((await call("GET", `${path}/${made.id}`)).body.version, path).toBe(made.version);
      await call("DELETE", `${path}/${made.id}`);
      const again = await run(text, { duplicates: "update" });
      const id = again.rows[0][path === "/deals" ? "deal" : "company"];
      const { body: copy } = await call("GET", `${path}/${id}`);
      expect(copy, path).toMatchObject(
        path === "/deals"
          ? { name: "Сделка", sum: "10.05", currency: "USD", stage: draft.stage, tags: ["b"] }
          : { inn: "7788888888", kpp: "770101001", tags: ["a"] },
      );
    }
  });

  it("takes the filters of its list, and comes whole", async () => {
    await hub.test.owner.query(
      `insert into crm.contact (workspace, name, surname) select $1, 'Много', 'Людей ' || n from generate_series(1, 700) n`,
      [workspace.id],
    );
    const { text } = await call("GET", `/contacts/export.csv?q=${encodeURIComponent("много людей")}`);
    expect(text.trimEnd().split("\r\n")).toHaveLength(701);
    expect((await call("GET", "/contacts/export.csv?tag=нет такого")).text.trimEnd().split("\r\n")).toHaveLength(1);
    expect((await call("GET", "/contacts/export.csv?limit=5")).status).toBe(422);
  });
});

import type { ConnectionId } from "@svyazka/core";
import { createDefaults, createField, createUser, crmPort, gatherStragglers } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
const sql = test.database.in(workspace.id);
const port = crmPort(sql, { workspace, connection: 7 as ConnectionId });
let [me, other] = [0, 0];
beforeAll(async () => {
  await createDefaults(sql, workspace);
  me = (await createUser(sql, { name: "Мария", role: "manager" })).id;
  other = (await createUser(sql, { name: "Пётр", role: "manager" })).id;
  await createField(sql, { entity: "contact", code: "size", name: "Размер", type: "text" });
});
const make = async (path: string, body: object): Promise<number> => {
  const answer = await ask("POST", path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
};
const get = async (path: string) => (await ask("GET", path)).body;
const idsOf = (list: { items: { id: number }[] }): number[] => list.items.map(({ id }) => id).sort((a, b) => a - b);

/** Two people who are one, with something of everything. */
async function pair() {
  const company = await make("/companies", { name: "ООО Ромашка" });
  const kept = await make("/contacts", {
    ...{ name: "Анна", phones: [{ value: "89100000001" }], tags: ["общий"], responsible: me, fields: { city: "Тверь" } },
  });
  const gone = await make("/contacts", {
    ...{ name: "Анна", surname: "Петрова", position: "Директор", company, responsible: other, tags: ["общий", "свой"] },
    ...{ phones: [{ value: "+7 910 000-00-01" }, { value: "89100000002" }], emails: [{ value: "anna@example.com" }] },
    fields: { city: "Москва", size: "L" },
  });
  const deal = await make("/deals", { name: "её", contacts: [{ id: gone, is_main: true }] });
  const both = await make("/deals", { name: "обеих", contacts: [{ id: gone, is_main: true }, { id: kept }] });
  const note = await make("/notes", { contact: gone, text: "примечание" });
  const task = await make("/tasks", { contact: gone, title: "задача" });
  const saved = await port.saveCall({
    ...{ key: `call ${gone}`, direction: "in", client: { typed: "89100000002", e164: "+79100000002" }, recordings: [], state: "over" },
    ...{ outcome: "missed", contact: String(gone), startedAt: new Date() },
  } as unknown as Parameters<typeof port.saveCall>[0]);
  return { company, kept, gone, deal, both, note, task, call: Number(saved.id) };
}

describe("merging contacts", () => {
  it("moves everything to the kept one, without repeats, fills what was empty, and writes what lost into a note", async () => {
    const { company, kept, gone, deal, both, note, task, call } = await pair();
    const { status, body } = await ask("POST", `/contacts/${kept}/merge`, { from: [gone] });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.kept).toMatchObject({
      ...{ id: kept, name: "Анна", surname: "", position: "Директор", company, responsible: me, tags: ["общий", "свой"] },
      ...{ fields: { city: "Тверь", size: "L" }, merged_into: null },
      phones: [{ e164: "+79100000001" }, { e164: "+79100000002" }],
      emails: [{ value: "anna@example.com" }],
    });
    expect(await get(`/deals/${deal}`)).toMatchObject({ contacts: [{ id: kept, is_main: true }] });
    expect(await get(`/deals/${both}`)).toMatchObject({ contacts: [{ id: kept, is_main: true }] });
    expect(await get(`/tasks/${task}`)).toMatchObject({ contact: kept });
    expect(await get(`/calls/${call}`)).toMatchObject({ contact: { id: kept } });
    const notes = (await get(`/notes?contact=${kept}`)).items as { id: number; text: string }[];
    expect(notes.map(({ id }) => id)).toContain(note);
    const losing = notes.find(({ id }) => id !== note)?.text ?? "";
    for (const lost of [`#${gone} Анна Петрова`, "Имя: Анна Петрова", "Ответственный: Пётр", "Город: Москва"])
      expect(losing).toContain(lost);
    expect(losing).not.toContain("Директор");
    const timeline = (await get(`/contacts/${kept}/timeline?limit=250`)).items as { kind: string; what: unknown }[];
    expect(timeline.filter(({ kind }) => kind === "created")).toHaveLength(4);
    expect(timeline).toContainEqual(expect.objectContaining({ kind: "merged", what: { merge: body.merge, from: [gone] } }));
  });

  it("leaves of the others only where they went", async () => {
    const { kept, gone } = await pair();
    await ask("POST", `/contacts/${kept}/merge`, { from: [gone] });
    expect(await ask("GET", `/contacts/${gone}`)).toMatchObject({ status: 200, body: { id: gone, surname: "Петрова", merged_into: kept } });
    expect(idsOf(await get(`/contacts?ids=${kept},${gone}`))).toEqual([kept]);
    expect((await ask("PATCH", `/contacts/${gone}`, { name: "x" })).status).toBe(404);
    expect((await ask("POST", `/contacts/${gone}/restore`)).status).toBe(422);
    expect((await ask("GET", `/contacts/${gone}`, undefined, { own: other })).status).toBe(404);
    expect((await ask("GET", `/contacts/${gone}`, undefined, { own: me })).status).toBe(200);
    expect((await ask("POST", `/contacts/${kept}/merge`, { from: [gone] })).status).toBe(404);
  });

  it("takes the values that are chosen, and refuses choices that are none", async () => {
    const { kept, gone } = await pair();
    const wrong = await ask("POST", `/contacts/${kept}/merge`, { from: [gone], choices: { nothing: gone, position: 999_999 } });
    expect(Object.keys(wrong.body.errors)).toEqual(["choices.nothing", "choices.position"]);
    const choices = { name: gone, responsible: gone, "fields.city": gone };
    const { body } = await ask("POST", `/contacts/${kept}/merge`, { from: [gone], choices });
    expect(body.kept).toMatchObject({ full_name: "Анна Петрова", responsible: other, fields: { city: "Москва" } });
    expect((await ask("POST", `/contacts/${kept}/merge`, { from: [kept] })).status).toBe(422);
  });

  it("is undone: everything is where it was, and what came afterwards stays", async () => {
    const { kept, gone, deal, both, note, task, call } = await pair();
    const [keptBefore, goneBefore] = [await get(`/contacts/${kept}`), await get(`/contacts/${gone}`)];
    const [dealBefore, bothBefore] = [await get(`/deals/${deal}`), await get(`/deals/${both}`)];
    const goneTimeline = (await get(`/contacts/${gone}/timeline?limit=250`)).items.length;
    const { body } = await ask("POST", `/contacts/${kept}/merge`, { from: [gone] });
    const later = await make("/notes", { contact: kept, text: "позже" });
    const undone = await ask("POST", `/merges/${body.merge}/undo`);
    expect(undone).toMatchObject({ status: 200, body: { restored: [gone], left: [] } });
    const but = ({ version, updated_at, updated_by, ...rest }: Record<string, unknown>) => ({
      ...rest,
      seen: [version, updated_at, updated_by].length,
    });
    expect(but(await get(`/contacts/${kept}`))).toEqual(but(keptBefore));
    expect(but(await get(`/contacts/${gone}`))).toEqual(but(goneBefore));
    expect(but(await get(`/deals/${deal}`))).toEqual(but(dealBefore));
    expect(but(await get(`/deals/${both}`))).toEqual(but(bothBefore));
    expect([(await get(`/notes/${note}`)).contact, (await get(`/tasks/${task}`)).contact]).toEqual([gone, gone]);
    expect((await get(`/calls/${call}`)).contact.id).toBe(gone);
    expect(idsOf(await get(`/notes?contact=${kept}`))).toEqual([later]);
    expect((await get(`/contacts/${gone}/timeline?limit=250`)).items).toHaveLength(goneTimeline);
    expect((await ask("POST", `/merges/${body.merge}/undo`)).status).toBe(422);
    expect((await ask("POST", "/merges/999999/undo")).status).toBe(404);
  });

  it("when undone, says what was changed since and had to stay, and puts phones back that were written anew", async () => {
    const { kept, gone, deal, note } = await pair();
    const somebody = await make("/contacts", { name: "Другой" });
    const { body } = await ask("POST", `/contacts/${kept}/merge`, { from: [gone] });
    await ask("PATCH", `/contacts/${kept}`, { position: "Уволена", phones: [{ value: "89109999999" }], fields: { size: "XL" } });
    await ask("PATCH", `/deals/${deal}`, { contacts: [{ id: somebody }] });
    await sql.query({ text: "update crm.note set contact = $1 where workspace = $2 and id = $3", values: [somebody, workspace.id, note] });
    const { body: undone } = await ask("POST", `/merges/${body.merge}/undo`);
    expect(undone.left.map(({ what, id }: { what: string; id: number | null }) => [what, what === "fields" ? "size" : id])).toEqual(
      expect.arrayContaining([
        ["position", null],
        ["fields", "size"],
        ["deal", deal],
        ["note", note],
      ]),
    );
    expect(await get(`/contacts/${kept}`)).toMatchObject({
      position: "Уволена",
      company: null,
      phones: [{ e164: "+79109999999" }],
      fields: { size: "XL" },
    });
    expect((await get(`/contacts/${gone}`)).phones.map(({ e164 }: { e164: string }) => e164).sort()).toEqual([
      "+79100000001",
      "+79100000002",
    ]);
  });

  it("follows several merges in a row to the last one, and back", async () => {
    const [one, two, three] = [
      await make("/contacts", { name: "1" }),
      await make("/contacts", { name: "2" }),
      await make("/contacts", { name: "3" }),
    ];
    const { body: first } = await ask("POST", `/contacts/${two}/merge`, { from: [one] });
    const { body: second } = await ask("POST", `/contacts/${three}/merge`, { from: [two] });
    expect((await get(`/contacts/${one}`)).merged_into).toBe(three);
    expect((await ask("POST", `/merges/${first.merge}/undo`)).body.errors.id[0]).toContain("undo that first");
    await ask("POST", `/merges/${second.merge}/undo`);
    expect((await get(`/contacts/${one}`)).merged_into).toBe(two);
    expect((await get(`/contacts/${two}`)).merged_into).toBeNull();
    const merges = (await get("/merges?entity=contact&limit=2")).items;
    expect(merges.map(({ id, undone_at }: { id: number; undone_at: unknown }) => [id, undone_at !== null])).toEqual([
      [second.merge, true],
      [first.merge, false],
    ]);
    expect(merges[1]).toMatchObject({ kept: { id: two, name: "2" }, merged: [{ id: one, name: "1" }], actor: "token:1" });
    expect(idsOf(await get(`/merges?entity=contact&record=${one}`))).toEqual([first.merge]);
  });

  it("lets one of several merges of the same people at once be done", async () => {
    const ids = await Promise.all([1, 2, 3].map(() => make("/contacts", { name: "одинаковый" })));
    const answers = await Promise.all(ids.map((id) => ask("POST", `/contacts/${id}/merge`, { from: ids.filter((other) => other !== id) })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404]);
    expect((await get(`/contacts?ids=${ids}`)).items).toHaveLength(1);
  });
});

describe("a delivery that names a merged record", () => {
  it("lands on the kept one, whatever it writes", async () => {
    const { kept, gone } = await pair();
    const oldCompany = await make("/companies", { name: "старая" });
    const company = await make("/companies", { name: "новая" });
    await ask("POST", `/contacts/${kept}/merge`, { from: [gone] });
    await ask("POST", `/companies/${company}/merge`, { from: [oldCompany] });
    const old = String(gone);
    const deal = await port.saveDeal({ key: "d", name: "Заявка", contact: old, company: String(oldCompany) } as Parameters<
      typeof port.saveDeal
    >[0]);
    expect(await get(`/deals/${deal.id}`)).toMatchObject({ contacts: [{ id: kept }], company });
    expect((await port.saveDeal({ key: "d", name: "Заявка", contact: old } as Parameters<typeof port.saveDeal>[0])).id).toBe(deal.id);
    const note = await port.addEntry({ kind: "note", key: "n", on: { contact: old }, text: "привет" });
    expect((await get(`/notes/${note.id}`)).contact).toBe(kept);
    const task = await port.addEntry({ kind: "task", key: "t", on: { company: String(oldCompany) }, title: "привет" });
    expect((await get(`/tasks/${task.id}`)).company).toBe(company);
    const saved = await port.saveContact({ key: "c", id: old, phones: [{ typed: "89105555555", e164: "+79105555555" }], emails: [] });
    expect(saved.id).toBe(String(kept));
    expect((await get(`/contacts/${kept}`)).phones.at(-1)).toMatchObject({ e164: "+79105555555" });
    expect(await port.findDeal({ contact: old, state: "open" })).toMatchObject({ id: deal.id });
    const call = await port.saveCall({
      ...{ key: "late call", direction: "in", client: { typed: "1" }, recordings: [], state: "over", outcome: "missed", contact: old },
    } as unknown as Parameters<typeof port.saveCall>[0]);
    expect(call.contact).toBe(String(kept));
  });

  it("and is written at the very moment of the merge is gathered afterwards", async () => {
    const { kept, gone } = await pair();
    await ask("POST", `/contacts/${kept}/merge`, { from: [gone] });
    const deal = await make("/deals", {});
    await sql.query({
      text: "insert into crm.note (workspace, contact, text) values ($1, $2, 'опоздавшее')",
      values: [workspace.id, gone],
    });
    await sql.query({
      text: "insert into crm.deal_contact (workspace, deal, contact, is_main) values ($1, $2, $3, true)",
      values: [workspace.id, deal, gone],
    });
    expect(await gatherStragglers(sql)).toBe(2);
    expect((await get(`/notes?contact=${kept}`)).items.map(({ text }: { text: string }) => text)).toContain("опоздавшее");
    expect((await get(`/deals/${deal}`)).contacts).toEqual([{ id: kept, is_main: true }]);
  });
});

describe("merging companies", () => {
  it("moves their people and deals, and is undone", async () => {
    const kept = await make("/companies", { name: "ООО Лютик", phones: [{ value: "84950000001" }] });
    const gone = await make("/companies", { name: "Лютик", inn: "7700000001", phones: [{ value: "84950000002" }] });
    const contact = await make("/contacts", { name: "x", company: gone });
    const deal = await make("/deals", { company: gone });
    const { body } = await ask("POST", `/companies/${kept}/merge`, { from: [gone] });
    expect(body.kept).toMatchObject({ inn: "7700000001", phones: [{ e164: "+74950000001" }, { e164: "+74950000002" }] });
    expect([(await get(`/contacts/${contact}`)).company, (await get(`/deals/${deal}`)).company]).toEqual([kept, kept]);
    expect(await get(`/companies/${gone}`)).toMatchObject({ merged_into: kept });
    await ask("POST", `/merges/${body.merge}/undo`);
    expect([(await get(`/contacts/${contact}`)).company, (await get(`/deals/${deal}`)).company]).toEqual([gone, gone]);
    expect(await get(`/companies/${kept}`)).toMatchObject({ inn: null, phones: [{ e164: "+74950000001" }] });
  });
});

describe("duplicates", () => {
  interface Group {
    readonly why: string;
    readonly value: string;
    readonly records: readonly { id: number }[];
  }
  const groups = async (entity: string, as = {}): Promise<Group[]> => {
    const all: Group[] = [];
    let cursor = "";
    do {
      const { status, body } = await ask("GET", `/duplicates?entity=${entity}&limit=2${cursor}`, undefined, as);
      expect(status, JSON.stringify(body)).toBe(200);
      all.push(...body.items);
      cursor = body.next_cursor === null ? "" : `&cursor=${body.next_cursor}`;
    } while (cursor !== "");
    return all;
  };
  const sharing = (all: readonly Group[], value: string) =>
    all.filter((group) => group.value === value).map(({ why, records }) => [why, records.map(({ id }) => id)]);

  it("are people with the same phone or e-mail, until they are said to be two, or are one", async () => {
    const phones = [{ value: "89161234500" }];
    const [one, two, three] = [
      await make("/contacts", { name: "1", phones, responsible: me }),
      await make("/contacts", { name: "2", phones: [{ value: "+7 (916) 123-45-00" }], emails: [{ value: "Same@Example.com" }] }),
      await make("/contacts", { name: "3", emails: [{ value: "same@example.com" }] }),
    ];
    await make("/contacts", { name: "бесплатная", phones: [{ value: "88001234500" }] });
    await make("/contacts", { name: "бесплатная", phones: [{ value: "88001234500" }] });
    const all = await groups("contact");
    expect(sharing(all, "9161234500")).toEqual([["phone", [one, two]]]);
    expect(sharing(all, "same@example.com")).toEqual([["email", [two, three]]]);
    expect(sharing(all, "8001234500")).toEqual([]);
    expect(sharing(await groups("contact", { own: me }), "9161234500")).toEqual([]);
    expect((await ask("POST", "/duplicates/dismiss", { entity: "contact", ids: [one, two] })).status).toBe(204);
    expect(sharing(await groups("contact"), "9161234500")).toEqual([]);
    const four = await make("/contacts", { name: "4", phones });
    expect(sharing(await groups("contact"), "9161234500")).toEqual([["phone", [one, two, four]]]);
    await ask("POST", `/contacts/${two}/merge`, { from: [three] });
    expect(sharing(await groups("contact"), "same@example.com")).toEqual([]);
    expect((await ask("POST", "/duplicates/dismiss", { entity: "contact", ids: [one, 999_999] })).status).toBe(404);
    expect((await ask("GET", "/duplicates?entity=contact&cursor=x")).status).toBe(422);
    expect((await ask("GET", "/duplicates")).status).toBe(422);
  });

  it("are companies with the same INN, unless they are branches, or the same name but for its form", async () => {
    const company = (name: string, inn?: string, kpp?: string) => make("/companies", { name, ...(inn && { inn }), ...(kpp && { kpp }) });
    const [one, two] = [await company('ООО "Василёк"'), await company("василек, ООО")];
    const [a, b] = [await company("А", "7711111111"), await company("Б", "7711111111", "770101001")];
    const [c, d, e] = [
      await company("В", "7722222222", "770101001"),
      await company("Г", "7722222222", "770101002"),
      await company("Д", "7722222222", "770101001"),
    ];
    const all = await groups("company");
    expect(sharing(all, "василек")).toEqual([["name", [one, two]]]);
    expect(sharing(all, "7711111111")).toEqual([["inn", [a, b]]]);
    expect(sharing(all, "7722222222 770101001")).toEqual([["inn", [c, e]]]);
    expect(all.some(({ records }) => records.some(({ id }) => id === d))).toBe(false);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  Conflict,
  type Crm,
  type Directory,
  type DirectoryPipeline,
  type EntryTarget,
  type Money,
  type Phone,
  Refused,
} from "../src/index.ts";
import { callPromises } from "./crm-calls.ts";

/** A contact as a test looks at it, whatever CRM keeps it. */
export interface KeptContact {
  readonly name: string;
  readonly surname: string;
  /** E.164, or as typed where there is none. */
  readonly phones: readonly string[];
  /** Lower case. */
  readonly emails: readonly string[];
  readonly position?: string;
  readonly website?: string;
  readonly company?: string;
  readonly responsible?: string;
  readonly tags: readonly string[];
}

export interface KeptDeal {
  readonly name: string;
  readonly sum?: Money;
  readonly pipeline: string;
  readonly stage: string;
  readonly contacts: readonly string[];
  readonly company?: string;
  readonly responsible?: string;
  readonly source?: string;
  readonly tags: readonly string[];
  /** By code, as text. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface KeptEntry {
  readonly kind: "note" | "task";
  /** Of a task. */
  readonly title?: string;
  readonly text: string;
  /** ISO 8601, in UTC. */
  readonly due?: string;
  readonly type?: string;
  readonly responsible?: string;
}

/**
 * One CRM to try. Its directory has at least: an active user; a default pipeline whose first two stages are not closed ones, and a won stage;
 * a second pipeline; a custom field of deals of type number and one of type select; a task type; a source.
 */
export interface CrmOnTrial {
  readonly crm: Crm;
  directory(): Promise<Directory>;
  /** Its deals begin in the first stage of kind open, even where there is one for what nobody has taken. */
  readonly startsOpen?: true;
  readonly read: {
    contact(id: string): Promise<KeptContact>;
    deal(id: string): Promise<KeptDeal>;
    /** What stands on a record, the oldest first; without a target, tasks that stand on nothing. */
    entriesOn(target: EntryTarget | undefined): Promise<readonly KeptEntry[]>;
  };
  close(): Promise<void>;
}

/** Every promise of the `Crm` port, as one suite: a CRM that passes it can stand behind any flow. */
export function crmContract(name: string, make: () => Promise<CrmOnTrial>): void {
  describe(`${name} keeps the promises of a CRM`, () => {
    let trial: CrmOnTrial;
    let crm: Crm;
    let directory: Directory;
    let count = 0;
    const key = (): string => `key ${++count}`;
    /** A valid number that no other test has. */
    const phone = (): Phone & { readonly e164: string } => {
      const e164 = `+7910${String(1_000_000 + ++count)}`;
      return { typed: e164.replace("+7", "8"), e164 };
    };
    const email = (): string => `person${++count}@example.com`;
    const person = (fields: object = {}) => crm.saveContact({ key: key(), phones: [], emails: [], ...fields });
    const deal = (fields: object = {}) => crm.saveDeal({ key: key(), ...fields });
    const some = <T>(item: T | undefined): T => {
      if (item === undefined) throw new Error("the CRM on trial lacks something that the suite needs: see CrmOnTrial");
      return item;
    };
    const user = () => some(directory.users.find((candidate) => candidate.active)).id;
    const mainPipeline = () => some(directory.pipelines.find((pipeline) => pipeline.isDefault));
    /** Where deals begin: in some CRMs nobody but a person or a form puts one among those that nobody has taken. */
    const firstStage = ({ stages }: DirectoryPipeline) =>
      some(trial.startsOpen ? stages.find(({ kind }) => kind === "open") : stages[0]).id;
    const otherPipeline = () => some(directory.pipelines.find((pipeline) => !pipeline.isDefault));

    beforeAll(async () => {
      trial = await make();
      crm = trial.crm;
      directory = await trial.directory();
    });
    afterAll(() => trial.close());

    describe("calls", () => callPromises({ crm: () => crm, user, key, phone }));

    describe("finding a contact", () => {
      it("finds nobody by nothing, and nobody by an unknown phone", async () => {
        expect(await crm.findContact({ phones: [], emails: [] })).toEqual([]);
        expect(await crm.findContact({ phones: ["+79990000000"], emails: ["nobody@example.com"] })).toEqual([]);
      });

      it("finds a person by any of their phones and e-mails, and says by which", async () => {
        const [first, second, mail] = [phone(), phone(), email()];
        const { id } = await person({ name: "Анна", phones: [first, second], emails: [mail.toUpperCase()], responsible: user() });
        const hit = { id, name: "Анна", responsible: user() };
        expect(await crm.findContact({ phones: [second.e164], emails: [] })).toMatchObject([{ ...hit, matchedBy: "phone" }]);
        expect(await crm.findContact({ phones: [], emails: [mail] })).toMatchObject([{ ...hit, matchedBy: "email" }]);
        const [both] = await crm.findContact({ phones: [first.e164], emails: [mail] });
        expect(both).toMatchObject({ id, matchedBy: "phone" });
        expect(both?.phones).toEqual([first.e164, second.e164]);
        expect(both?.emails).toEqual([mail]);
      });

      it("lists matches by phone before matches by e-mail", async () => {
        const [number, mail] = [phone(), email()];
        const byPhone = await person({ phones: [number] });
        const byEmail = await person({ emails: [mail] });
        const hits = await crm.findContact({ phones: [number.e164], emails: [mail] });
        expect(hits.map((hit) => [hit.id, hit.matchedBy])).toEqual([
          [byPhone.id, "phone"],
          [byEmail.id, "email"],
        ]);
      });

      it("lists the most recently active first", async () => {
        const number = phone();
        const one = await person({ phones: [number] });
        const other = await person({ phones: [phone()] });
        await person({ id: other.id, phones: [number] });
        expect((await crm.findContact({ phones: [number.e164], emails: [] })).map((hit) => hit.id)).toEqual([other.id, one.id]);
        await crm.addEntry({ kind: "note", key: key(), on: { contact: one.id }, text: "Звонил" });
        expect((await crm.findContact({ phones: [number.e164], emails: [] })).map((hit) => hit.id)).toEqual([one.id, other.id]);
      });

      it("lists ten at most", async () => {
        const number = phone();
        for (let made = 0; made < 11; made++) {
          const { id } = await person();
          await person({ id, phones: [number] });
        }
        expect(await crm.findContact({ phones: [number.e164], emails: [] })).toHaveLength(10);
      });
    });

    describe("saving a contact", () => {
      it("changes nothing when the same key is written again, and answers with the same record", async () => {
        const draft = { key: key(), name: "Борис", phones: [phone()], emails: [email()], tags: ["VIP"] };
        const first = await crm.saveContact(draft);
        expect(await crm.saveContact(draft)).toEqual(first);
        expect(await crm.saveContact({ ...draft, name: "Глеб" })).toEqual(first);
        expect(await trial.read.contact(first.id)).toMatchObject({ name: "Борис", tags: ["VIP"] });
        expect(await crm.findContact({ phones: [draft.phones[0]?.e164 ?? ""], emails: [] })).toHaveLength(1);
      });

      it("answers everybody who writes one key at once with one record", async () => {
        const draft = { key: key(), name: "Вера", phones: [phone()], emails: [] };
        const saved = await Promise.all(Array.from({ length: 6 }, () => crm.saveContact(draft)));
        expect(new Set(saved.map((each) => each.id)).size).toBe(1);
        const bare = { key: key(), name: "Без телефона", phones: [], emails: [] };
        const savedBare = await Promise.all(Array.from({ length: 6 }, () => crm.saveContact(bare)));
        expect(new Set(savedBare.map((each) => each.id)).size).toBe(1);
      });

      it("refuses to make a second person with a phone or an e-mail that somebody has by now", async () => {
        const [number, mail] = [phone(), email()];
        await person({ phones: [number], emails: [mail] });
        await expect(person({ phones: [phone(), number] })).rejects.toBeInstanceOf(Conflict);
        await expect(person({ phones: [phone()], emails: [mail.toUpperCase()] })).rejects.toBeInstanceOf(Conflict);
      });

      it("lets one of several who save the same new phone at once through, and no more", async () => {
        const number = phone();
        const results = await Promise.allSettled(Array.from({ length: 6 }, () => person({ phones: [number] })));
        const refused = results.filter((result) => result.status === "rejected");
        expect(refused).toHaveLength(5);
        for (const result of refused) expect(result.reason).toBeInstanceOf(Conflict);
        expect(await crm.findContact({ phones: [number.e164], emails: [] })).toHaveLength(1);
      });

      it("tells nobody apart by a free line or by a number that is none", async () => {
        const free: Phone = { typed: "8-800-333-72-27", e164: "+78003337227", tollFree: true };
        const wrong: Phone = { typed: "12345" };
        const one = await person({ phones: [free, wrong] });
        const other = await person({ phones: [free, wrong] });
        expect(other.id).not.toBe(one.id);
        expect((await trial.read.contact(other.id)).phones).toEqual(["+78003337227", "12345"]);
      });

      it("adds what a contact lacks, and never overwrites", async () => {
        const [old, added, oldMail, newMail] = [phone(), phone(), email(), email()];
        const { id } = await person({ name: "Анна", position: "Директор", phones: [old], emails: [oldMail], tags: ["старый"] });
        const more = { name: "Мария", surname: "", position: "Менеджер", website: "example.com", responsible: user() };
        expect(await person({ id, ...more, phones: [old, added], emails: [oldMail, newMail], tags: ["новый"] })).toEqual({ id });
        const kept = await trial.read.contact(id);
        expect(kept).toMatchObject({ name: "Анна", position: "Директор", website: "example.com", responsible: user() });
        expect(kept.phones).toEqual([old.e164, added.e164]);
        expect(kept.emails).toEqual([oldMail, newMail]);
        expect([...kept.tags].sort()).toEqual(["новый", "старый"]);
      });

      it("changes nothing when an addition is written again", async () => {
        const { id } = await person();
        const draft = { key: key(), id, name: "Анна", phones: [phone()], emails: [] };
        await crm.saveContact(draft);
        await crm.saveContact(draft);
        await crm.saveContact({ ...draft, phones: [phone()] });
        expect((await trial.read.contact(id)).phones).toEqual([draft.phones[0]?.e164]);
      });

      it("refuses a contact, a company and a user it does not know", async () => {
        await expect(person({ id: "999999999" })).rejects.toBeInstanceOf(Refused);
        await expect(person({ id: "no such id" })).rejects.toBeInstanceOf(Refused);
        await expect(person({ company: "999999999" })).rejects.toBeInstanceOf(Refused);
        await expect(person({ responsible: "999999999" })).rejects.toBeInstanceOf(Refused);
      });
    });

    describe("companies", () => {
      const company = (fields: object = {}) => crm.saveCompany({ key: key(), phones: [], emails: [], ...fields });

      it("finds a company of a name, and of this name and INN", async () => {
        const one = await company({ name: "ООО Ромашка", inn: "7701234567" });
        expect(await crm.findCompany({ name: "ООО Ромашка" })).toEqual([one]);
        expect(await crm.findCompany({ inn: "7701234567" })).toEqual([one]);
        expect(await crm.findCompany({ name: "ООО Ромашка", inn: "7701234567" })).toEqual([one]);
        expect(await crm.findCompany({ name: "ООО Ромашка", inn: "7707654321" })).toEqual([]);
        expect(await crm.findCompany({ name: "ООО Лютик" })).toEqual([]);
        expect(await crm.findCompany({})).toEqual([]);
        // Branches of one taxpayer have one INN.
        const branch = await company({ name: "ООО Ромашка, филиал", inn: "7701234567", kpp: "770101001" });
        expect((await crm.findCompany({ inn: "7701234567" })).map(({ id }) => id).sort()).toEqual([one.id, branch.id].sort());
      });

      it("changes nothing when the same key is written again", async () => {
        const draft = { key: key(), name: "АО Одно", phones: [], emails: [] };
        const saved = await Promise.all([crm.saveCompany(draft), crm.saveCompany(draft), crm.saveCompany(draft)]);
        expect(new Set(saved.map((each) => each.id)).size).toBe(1);
      });

      it("adds what a company lacks, and never overwrites", async () => {
        const { id } = await company({ name: "ООО Василёк" });
        expect(await company({ id, name: "ООО Другое", inn: "7712345678", phones: [phone()] })).toEqual({ id });
        expect(await crm.findCompany({ name: "ООО Василёк", inn: "7712345678" })).toEqual([{ id }]);
        await expect(company({ id: "999999999", name: "ООО Никто" })).rejects.toBeInstanceOf(Refused);
      });

      it("overwrites what is given when it is told to, and adds phones all the same", async () => {
        const { id } = await company({ name: "ООО Старое", inn: "7712345679", phones: [phone()] });
        await company({ id, replaces: true, name: "ООО Новое", phones: [phone()] });
        expect(await crm.findRecord("company", id)).toMatchObject({ id, name: "ООО Новое", inn: "7712345679" });
        expect((await crm.findRecord("company", id))?.phones).toHaveLength(2);
        const { id: someone } = await person({ name: "Пётр", surname: "Старый" });
        await person({ id: someone, replaces: true, name: "Павел" });
        expect(await crm.findRecord("contact", someone)).toMatchObject({ name: "Павел" });
      });

      it("tells what a record holds, and nothing of one that is not there", async () => {
        const number = phone();
        const firm = await company({ name: "ООО Целое", inn: "7712345670", responsible: user() });
        const contact = await person({ name: "Вера", phones: [number], emails: ["vera@example.com"], company: firm.id });
        const stage = some(mainPipeline().stages[1]).id;
        const order = await deal({ contact: contact.id, company: firm.id, name: "Заказ", stage, sum: { minor: 150_050, currency: "RUB" } });
        expect(await crm.findRecord("company", firm.id)).toMatchObject({ ...firm, inn: "7712345670", responsible: user(), phones: [] });
        expect(await crm.findRecord("contact", contact.id)).toMatchObject({
          ...{ id: contact.id, name: "Вера", company: firm.id },
          ...{ phones: [number.e164], emails: ["vera@example.com"] },
        });
        expect(await crm.findRecord("deal", order.id)).toMatchObject({
          ...{ id: order.id, name: "Заказ", stage, pipeline: mainPipeline().id, state: "open" },
          ...{ contact: contact.id, company: firm.id },
        });
        for (const kind of ["contact", "company", "deal"] as const) expect(await crm.findRecord(kind, "999999999")).toBeUndefined();
      });

      it("ties a contact to a company", async () => {
        const { id } = await company({ name: "ООО Ветка" });
        const contact = await person({ company: id });
        expect(await trial.read.contact(contact.id)).toMatchObject({ company: id });
      });
    });

    describe("finding a deal", () => {
      it("finds the contact's newest deal that fits", async () => {
        const contact = (await person()).id;
        expect(await crm.findDeal({ contact, state: "open" })).toBeUndefined();
        await deal({ contact, name: "Первая", responsible: user() });
        const second = await deal({ contact, name: "Вторая", pipeline: otherPipeline().id });
        const third = await deal({ contact, name: "Третья", responsible: user() });
        expect(await crm.findDeal({ contact, state: "open" })).toMatchObject({
          id: third.id,
          name: "Третья",
          responsible: user(),
          pipeline: mainPipeline().id,
        });
        expect(await crm.findDeal({ contact, state: "open", pipeline: otherPipeline().id })).toMatchObject({ id: second.id });
        expect(await crm.findDeal({ contact, state: "closed" })).toBeUndefined();
        expect(await crm.findDeal({ contact: (await person()).id, state: "open" })).toBeUndefined();
      });

      it("tells open deals from closed ones", async () => {
        const contact = (await person()).id;
        const won = some(mainPipeline().stages.find((stage) => stage.kind === "won")).id;
        const { id } = await deal({ contact, stage: won });
        expect(await crm.findDeal({ contact, state: "open" })).toBeUndefined();
        expect(await crm.findDeal({ contact, state: "closed" })).toMatchObject({ id, stage: won });
        await deal({ id, stage: some(mainPipeline().stages[1]).id });
        expect(await crm.findDeal({ contact, state: "open" })).toMatchObject({ id });
      });

      it("leaves out the deal that a write with this key made", async () => {
        const contact = (await person()).id;
        const older = await deal({ contact });
        const made = { key: key(), contact, name: "Новая" };
        const newer = await crm.saveDeal(made);
        expect(await crm.findDeal({ contact, state: "open" })).toMatchObject(newer);
        expect(await crm.findDeal({ contact, state: "open", notMadeBy: made.key })).toMatchObject(older);
        expect(await crm.findDeal({ contact, state: "open", notMadeBy: "never written" })).toMatchObject(newer);
      });

      it("looks no further back than asked", async () => {
        const contact = (await person()).id;
        const { id } = await deal({ contact });
        expect(await crm.findDeal({ contact, state: "open", since: new Date(0) })).toMatchObject({ id });
        expect(await crm.findDeal({ contact, state: "open", since: new Date("2099-01-01") })).toBeUndefined();
      });
    });

    describe("saving a deal", () => {
      it("puts a deal without a place into the default pipeline's first stage", async () => {
        const { id } = await deal({ name: "Без места" });
        expect(await trial.read.deal(id)).toMatchObject({ pipeline: mainPipeline().id, stage: firstStage(mainPipeline()) });
      });

      it("lets a stage bring its pipeline, and a pipeline its first stage", async () => {
        const stage = some(otherPipeline().stages[1]).id;
        const byStage = await deal({ stage });
        expect(await trial.read.deal(byStage.id)).toMatchObject({ pipeline: otherPipeline().id, stage });
        const byPipeline = await deal({ pipeline: otherPipeline().id });
        expect(await trial.read.deal(byPipeline.id)).toMatchObject({ stage: firstStage(otherPipeline()) });
      });

      it("refuses places, people, companies and sources it does not know, and a stage of another pipeline", async () => {
        for (const member of ["stage", "pipeline", "contact", "company", "responsible", "source"]) {
          await expect(deal({ [member]: "999999999" }), member).rejects.toBeInstanceOf(Refused);
        }
        await expect(deal({ pipeline: mainPipeline().id, stage: otherPipeline().stages[0]?.id })).rejects.toBeInstanceOf(Refused);
        await expect(deal({ id: "999999999", name: "Никакая" })).rejects.toBeInstanceOf(Refused);
        const { id } = await deal();
        await expect(deal({ id, stage: "999999999" })).rejects.toBeInstanceOf(Refused);
      });

      it("changes nothing when the same key is written again, even by several at once", async () => {
        const draft = { key: key(), name: "Одна", contact: (await person()).id };
        const saved = await Promise.all(Array.from({ length: 6 }, () => crm.saveDeal(draft)));
        expect(new Set(saved.map((each) => each.id)).size).toBe(1);
        expect(await crm.saveDeal({ ...draft, name: "Другая" })).toEqual(saved[0]);
        expect(await trial.read.deal(some(saved[0]).id)).toMatchObject({ name: "Одна" });
      });

      it("keeps what it is given", async () => {
        const contact = (await person()).id;
        const source = some(directory.sources[0]).id;
        const { id } = await deal({
          name: "Окна",
          sum: { minor: 1_000_000, currency: "RUB" },
          contact,
          responsible: user(),
          source,
          tags: ["сайт"],
        });
        expect(await trial.read.deal(id)).toMatchObject({
          ...{ name: "Окна", sum: { minor: 1_000_000, currency: "RUB" }, contacts: [contact], responsible: user(), source, tags: ["сайт"] },
        });
      });

      it("with an id, changes only what is given", async () => {
        const contact = (await person()).id;
        const { id } = await deal({ name: "Окна", sum: { minor: 100, currency: "RUB" }, contact, responsible: user() });
        const stage = some(mainPipeline().stages[1]).id;
        expect(await deal({ id, stage })).toEqual({ id });
        expect(await trial.read.deal(id)).toMatchObject({
          name: "Окна",
          sum: { minor: 100 },
          contacts: [contact],
          responsible: user(),
          stage,
        });
        await deal({ id, name: "Двери", sum: { minor: 25_000, currency: "RUB" } });
        expect(await trial.read.deal(id)).toMatchObject({ name: "Двери", sum: { minor: 25_000 }, stage });
      });

      it("keeps values of custom fields, and puts what no field can hold into a note", async () => {
        const number = some(directory.fields.deal.find((field) => field.type === "number")).code;
        const select = some(directory.fields.deal.find((field) => field.type === "select"));
        const option = some(select.options?.[0]);
        const { id } = await deal({ fields: { [number]: "12,5", [select.code]: option } });
        expect((await trial.read.deal(id)).fields).toMatchObject({ [number]: "12.5", [select.code]: option });
        expect(await trial.read.entriesOn({ deal: id })).toEqual([]);

        const odd = await deal({ fields: { [number]: "много", [select.code]: "нет такого", нежданное: "значение" } });
        const [note, ...others] = await trial.read.entriesOn({ deal: odd.id });
        expect(others).toEqual([]);
        for (const text of ["много", "нет такого", "нежданное", "значение"]) expect(note?.text).toContain(text);

        await deal({ id, fields: { [number]: "13", иное: "тоже" } });
        expect((await trial.read.deal(id)).fields).toMatchObject({ [number]: "13", [select.code]: option });
        expect((await trial.read.entriesOn({ deal: id }))[0]?.text).toContain("тоже");
      });
    });

    describe("adding an entry", () => {
      it("puts notes on contacts, companies and deals", async () => {
        const contact = (await person()).id;
        const company = (await crm.saveCompany({ key: key(), name: "ООО Заметка", phones: [], emails: [] })).id;
        const its = (await deal({ contact })).id;
        for (const on of [{ contact }, { company }, { deal: its }]) {
          await crm.addEntry({ kind: "note", key: key(), on, text: "Перезвонить", author: user() });
          expect(await trial.read.entriesOn(on)).toMatchObject([{ kind: "note", text: "Перезвонить" }]);
        }
      });

      it("puts tasks on a deal, and on nothing", async () => {
        const { id } = await deal();
        const type = some(directory.taskTypes[0]).id;
        const task = {
          kind: "task",
          title: "Позвонить",
          text: "Спросить о сроках",
          type,
          due: "2031-05-06T12:00:00+03:00",
          responsible: user(),
        } as const;
        await crm.addEntry({ ...task, key: key(), on: { deal: id } });
        const kept = {
          kind: "task",
          title: "Позвонить",
          text: "Спросить о сроках",
          type,
          due: "2031-05-06T09:00:00.000Z",
          responsible: user(),
        };
        expect(await trial.read.entriesOn({ deal: id })).toMatchObject([kept]);
        await crm.addEntry({ ...task, key: key(), title: "Ни о чём" });
        expect(await trial.read.entriesOn(undefined)).toMatchObject([{ ...kept, title: "Ни о чём" }]);
      });

      it("changes nothing when the same key is written again, even by several at once", async () => {
        const { id } = await deal();
        const note = { kind: "note", key: key(), on: { deal: id }, text: "Один раз" } as const;
        const saved = await Promise.all(Array.from({ length: 6 }, () => crm.addEntry(note)));
        expect(new Set(saved.map((each) => each.id)).size).toBe(1);
        expect(await trial.read.entriesOn({ deal: id })).toHaveLength(1);
      });

      it("refuses records, users and task types it does not know", async () => {
        const on = { deal: (await deal()).id };
        for (const strange of [{ contact: "999999999" }, { company: "999999999" }, { deal: "999999999" }]) {
          await expect(crm.addEntry({ kind: "note", key: key(), on: strange, text: "Никому" })).rejects.toBeInstanceOf(Refused);
        }
        await expect(crm.addEntry({ kind: "note", key: key(), on, text: "Кто?", author: "999999999" })).rejects.toBeInstanceOf(Refused);
        await expect(crm.addEntry({ kind: "task", key: key(), on, title: "Что?", type: "999999999" })).rejects.toBeInstanceOf(Refused);
        await expect(crm.addEntry({ kind: "task", key: key(), on, title: "Кто?", responsible: "999999999" })).rejects.toBeInstanceOf(
          Refused,
        );
        await expect(crm.addEntry({ kind: "task", key: key(), on, title: "Когда?", due: "скоро" })).rejects.toBeInstanceOf(Refused);
      });
    });

    describe("the directory", () => {
      it("shows who works there, and its pipelines with their stages in order", async () => {
        const shown = await crm.directory();
        expect(shown).toEqual(directory);
        expect(shown.pipelines.filter((pipeline) => pipeline.isDefault)).toHaveLength(1);
        for (const pipeline of shown.pipelines) {
          const kinds = pipeline.stages.map((stage) => stage.kind);
          expect(kinds).toContain("won");
          expect(kinds).toContain("lost");
          expect(kinds.slice(0, kinds.indexOf("won")).every((kind) => kind === "open" || kind === "incoming")).toBe(true);
        }
      });
    });
  });
}
